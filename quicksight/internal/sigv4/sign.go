package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Sign signs a request with this body in its header.
func Sign(r *http.Request, body []byte, key Key, scope Scope) {
	if r.Host == "" {
		r.Host = r.URL.Host
	}
	r.Header.Set("X-Amz-Date", scope.Now.UTC().Format(dateFormat))
	if key.Token != "" {
		r.Header.Set("X-Amz-Security-Token", key.Token)
	}
	c := newClaim(key, scope)
	c.signed = []string{"host"}
	for name := range r.Header {
		if name = strings.ToLower(name); strings.HasPrefix(name, "x-amz-") || name == "content-type" {
			c.signed = append(c.signed, name)
		}
	}
	slices.Sort(c.signed)
	sum := sha256.Sum256(body)
	signature := c.sign(key.Secret, canonical(r, r.URL.Query(), c.signed, hex.EncodeToString(sum[:])))
	r.Header.Set("Authorization", algorithm+" Credential="+c.credential()+", SignedHeaders="+strings.Join(c.signed, ";")+", Signature="+hex.EncodeToString(signature))
}

// Presign signs a request without a body in its query.
func Presign(r *http.Request, key Key, scope Scope, valid time.Duration) {
	if r.Host == "" {
		r.Host = r.URL.Host
	}
	c := newClaim(key, scope)
	c.signed = []string{"host"}
	query := r.URL.Query()
	query.Set("X-Amz-Algorithm", algorithm)
	query.Set("X-Amz-Credential", c.credential())
	query.Set("X-Amz-Date", c.date.Format(dateFormat))
	query.Set("X-Amz-Expires", strconv.Itoa(int(valid.Seconds())))
	query.Set("X-Amz-SignedHeaders", "host")
	if key.Token != "" {
		query.Set("X-Amz-Security-Token", key.Token)
	}
	sum := sha256.Sum256(nil)
	query.Set("X-Amz-Signature", hex.EncodeToString(c.sign(key.Secret, canonical(r, query, c.signed, hex.EncodeToString(sum[:])))))
	r.URL.RawQuery = query.Encode()
}

func newClaim(key Key, scope Scope) claim {
	date := scope.Now.UTC().Truncate(time.Second)
	return claim{key: key.ID, day: date.Format("20060102"), date: date, region: scope.Region, service: scope.Service}
}

func (c claim) credential() string {
	return strings.Join([]string{c.key, c.day, c.region, c.service, "aws4_request"}, "/")
}
