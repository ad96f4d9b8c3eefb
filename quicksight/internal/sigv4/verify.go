package sigv4

import (
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// MaxSkew is how far the date of a request may be from the clock.
const MaxSkew = 5 * time.Minute

// maxExpires is how long a presigned URL may be valid: a week.
const maxExpires = 7 * 24 * 60 * 60

const (
	algorithm  = "AWS4-HMAC-SHA256"
	dateFormat = "20060102T150405Z"
)

// A Scope says where requests must be signed for, and what time it is.
type Scope struct {
	Region, Service string
	Now             time.Time
}

// A Key is one pair of credentials. The zero Key verifies nothing.
type Key struct {
	ID     string
	Secret string
	Token  string // the session token of temporary credentials
}

// An Error says why a request is refused, with the code that AWS has for it.
type Error struct {
	Code    string
	Status  int
	Message string
}

// Error returns code: message.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

func incomplete(format string, args ...any) error {
	return &Error{"IncompleteSignatureException", http.StatusBadRequest, fmt.Sprintf(format, args...)}
}

func invalid(format string, args ...any) error {
	return &Error{"InvalidSignatureException", http.StatusForbidden, fmt.Sprintf(format, args...)}
}

// errUnknown is the same for an unknown key and for a wrong session token.
func errUnknown() error {
	return &Error{"UnrecognizedClientException", http.StatusForbidden, "the security token included in the request is invalid"}
}

// A claim is what a request says about its signature.
type claim struct {
	key, day, region, service string
	date                      time.Time
	signed                    []string
	signature                 []byte
	token                     string
	presigned                 bool
}

// Verify returns the id of the key that signed a request with this body.
func Verify(r *http.Request, body []byte, scope Scope, lookup func(id string) (Key, bool)) (id string, err error) {
	if scope.Region == "" || scope.Service == "" || scope.Now.IsZero() || lookup == nil {
		return "", errUnknown()
	}
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil {
		return "", incomplete("the query cannot be read")
	}
	c, err := read(r, query, scope)
	if err != nil {
		return "", err
	}
	if err := c.check(r, scope); err != nil {
		return "", err
	}
	key, ok := lookup(c.key)
	if !ok || key.Secret == "" || key.ID != c.key || subtle.ConstantTimeCompare([]byte(key.Token), []byte(c.token)) != 1 {
		return "", errUnknown()
	}
	sum := sha256.Sum256(body)
	hash := hex.EncodeToString(sum[:])
	if given := r.Header.Get("X-Amz-Content-Sha256"); given != "" && given != hash {
		return "", invalid("the body is not the one that was signed")
	}
	want := c.sign(key.Secret, canonical(r, query, c.signed, hash))
	if !hmac.Equal(want, c.signature) {
		return "", invalid("the request signature does not match: check the secret access key and the signing method")
	}
	return key.ID, nil
}

// read takes the signature out of a request.
func read(r *http.Request, query url.Values, scope Scope) (c claim, err error) {
	header := r.Header.Values("Authorization")
	_, inQuery := query["X-Amz-Signature"]
	var credential, signed, signature, date string
	switch {
	case len(header) == 0 && !inQuery:
		return c, &Error{"MissingAuthenticationTokenException", http.StatusForbidden, "the request is not signed"}
	case len(header) > 1 || len(header) == 1 && inQuery:
		return c, incomplete("the request is signed twice")
	case inQuery:
		c.presigned = true
		for _, name := range []string{"X-Amz-Algorithm", "X-Amz-Credential", "X-Amz-Date", "X-Amz-Expires", "X-Amz-SignedHeaders", "X-Amz-Signature"} {
			if len(query[name]) != 1 {
				return c, incomplete("want %s once", name)
			}
		}
		if query.Get("X-Amz-Algorithm") != algorithm {
			return c, incomplete("want the algorithm %s", algorithm)
		}
		credential, signed, signature, date = query.Get("X-Amz-Credential"), query.Get("X-Amz-SignedHeaders"), query.Get("X-Amz-Signature"), query.Get("X-Amz-Date")
		c.token = query.Get("X-Amz-Security-Token")
	default:
		rest, ok := strings.CutPrefix(header[0], algorithm+" ")
		if !ok {
			return c, incomplete("want the algorithm %s", algorithm)
		}
		parts := make(map[string]string)
		for part := range strings.SplitSeq(rest, ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(part), "=")
			if _, twice := parts[name]; twice {
				return c, incomplete("Authorization has a part twice")
			}
			parts[name] = value
		}
		credential, signed, signature, date = parts["Credential"], parts["SignedHeaders"], parts["Signature"], r.Header.Get("X-Amz-Date")
		c.token = r.Header.Get("X-Amz-Security-Token")
	}
	scopes := strings.Split(credential, "/")
	if len(scopes) != 5 || scopes[4] != "aws4_request" {
		return c, incomplete("want Credential as KEY/DATE/REGION/SERVICE/aws4_request")
	}
	c.key, c.day, c.region, c.service = scopes[0], scopes[1], scopes[2], scopes[3]
	if c.date, err = time.Parse(dateFormat, date); err != nil {
		return c, incomplete("want X-Amz-Date as YYYYMMDDTHHMMSSZ")
	}
	if c.signature, err = hex.DecodeString(signature); err != nil || len(c.signature) != sha256.Size {
		return c, incomplete("want a Signature of 64 hexadecimal digits")
	}
	if signed == "" {
		return c, incomplete("want SignedHeaders")
	}
	c.signed = strings.Split(signed, ";")
	return c, nil
}

// check compares the claim with the scope, the clock and the headers.
func (c claim) check(r *http.Request, scope Scope) error {
	if c.region != scope.Region || c.service != scope.Service {
		return invalid("the credential is scoped to another Region or service: want %s and %s", scope.Region, scope.Service)
	}
	if c.day != c.date.Format("20060102") {
		return invalid("the date of the credential is not that of the request")
	}
	age := scope.Now.Sub(c.date)
	if age < -MaxSkew {
		return invalid("the signature is not yet valid: check the clock")
	}
	last := MaxSkew
	if c.presigned {
		seconds, err := strconv.Atoi(r.URL.Query().Get("X-Amz-Expires"))
		if err != nil || seconds < 1 || seconds > maxExpires {
			return incomplete("want X-Amz-Expires of 1 to %d", maxExpires)
		}
		last = time.Duration(seconds) * time.Second
	}
	if age > last {
		return invalid("the signature has expired")
	}
	if !slices.IsSorted(c.signed) || !slices.Contains(c.signed, "host") {
		return incomplete("want SignedHeaders in order, with host")
	}
	for i, name := range c.signed {
		if name != strings.ToLower(name) || i > 0 && c.signed[i-1] == name {
			return incomplete("want SignedHeaders in lower case, each once")
		}
	}
	for name := range r.Header {
		name = strings.ToLower(name)
		if strings.HasPrefix(name, "x-amz-") && !slices.Contains(c.signed, name) {
			return invalid("the header %s is not signed", name)
		}
	}
	return nil
}

// sign returns the signature of a canonical request.
func (c claim) sign(secret, request string) []byte {
	sum := sha256.Sum256([]byte(request))
	scope := strings.Join([]string{c.day, c.region, c.service, "aws4_request"}, "/")
	text := strings.Join([]string{algorithm, c.date.Format(dateFormat), scope, hex.EncodeToString(sum[:])}, "\n")
	key := []byte("AWS4" + secret)
	for _, part := range []string{c.day, c.region, c.service, "aws4_request", text} {
		mac := hmac.New(sha256.New, key)
		mac.Write([]byte(part))
		key = mac.Sum(nil)
	}
	return key
}
