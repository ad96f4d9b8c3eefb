package sigv4

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var (
	noon  = time.Date(2026, 11, 29, 12, 0, 0, 0, time.UTC)
	scope = Scope{Region: "us-east-1", Service: "quicksight", Now: noon}
	key   = Key{ID: "AKIDEXAMPLE", Secret: "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY"}
)

func lookup(id string) (Key, bool) { return key, id == key.ID }

// TestZero: nothing is accepted without a scope, keys or a signature.
func TestZero(t *testing.T) {
	r := signed(t, "POST", "/accounts/1?a=b", "{}")
	_, err := Verify(r, []byte("{}"), Scope{}, lookup)
	require.Error(t, err)
	_, err = Verify(r, []byte("{}"), scope, nil)
	require.Error(t, err)
	_, err = Verify(httptest.NewRequest("GET", "/", nil), nil, scope, lookup)
	require.ErrorContains(t, err, "MissingAuthenticationTokenException")
	empty := signed(t, "GET", "/", "")
	Sign(empty, nil, Key{ID: "nobody"}, scope)
	_, err = Verify(empty, nil, scope, func(id string) (Key, bool) { return Key{ID: id}, true })
	require.ErrorContains(t, err, "UnrecognizedClientException", "an empty secret is no secret")
}

// TestVector is the request get-vanilla of the test suite that AWS publishes.
func TestVector(t *testing.T) {
	r := httptest.NewRequest("GET", "https://example.amazonaws.com/", nil)
	r.Header.Set("X-Amz-Date", "20150830T123600Z")
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31")
	who, err := Verify(r, nil, Scope{"us-east-1", "service", time.Date(2015, 8, 30, 12, 36, 0, 0, time.UTC)}, lookup)
	require.NoError(t, err)
	require.Equal(t, "AKIDEXAMPLE", who)
}

func signed(t testing.TB, method, target, body string) *http.Request {
	t.Helper()
	r := httptest.NewRequest(method, target, strings.NewReader(body))
	r.Header.Set("Content-Type", "application/json")
	Sign(r, []byte(body), key, scope)
	return r
}

// TestVerify changes one thing of a request after it was signed.
func TestVerify(t *testing.T) {
	const target, body = "/accounts/1/namespaces/default/users/role%2Fal?b=2&a=1&a=0", `{"Email":"a@b"}`
	tests := []struct {
		reason string
		change func(r *http.Request, body *string, scope *Scope)
		code   string
	}{
		{"nothing", func(*http.Request, *string, *Scope) {}, ""},
		{"a clock that is 4 minutes off", func(_ *http.Request, _ *string, s *Scope) { s.Now = noon.Add(4 * time.Minute) }, ""},
		{"blanks in a header that is not signed", func(r *http.Request, _ *string, _ *Scope) { r.Header.Set("User-Agent", "a  b") }, ""},
		{"the body", func(_ *http.Request, b *string, _ *Scope) { *b = `{"Email":"b@b"}` }, "InvalidSignatureException"},
		{"the method", func(r *http.Request, _ *string, _ *Scope) { r.Method = "DELETE" }, "InvalidSignatureException"},
		{"the path", func(r *http.Request, _ *string, _ *Scope) { r.URL.RawPath, r.URL.Path = "", "/accounts/2" }, "InvalidSignatureException"},
		{"the query", func(r *http.Request, _ *string, _ *Scope) { r.URL.RawQuery = "a=1&b=2" }, "InvalidSignatureException"},
		{"the host", func(r *http.Request, _ *string, _ *Scope) { r.Host = "evil.example.com" }, "InvalidSignatureException"},
		{"a signed header", func(r *http.Request, _ *string, _ *Scope) { r.Header.Set("Content-Type", "text/plain") }, "InvalidSignatureException"},
		{"an X-Amz header more", func(r *http.Request, _ *string, _ *Scope) { r.Header.Set("X-Amz-Target", "x") }, "InvalidSignatureException"},
		{"a replay after 6 minutes", func(_ *http.Request, _ *string, s *Scope) { s.Now = noon.Add(6 * time.Minute) }, "InvalidSignatureException"},
		{"a request from the future", func(_ *http.Request, _ *string, s *Scope) { s.Now = noon.Add(-6 * time.Minute) }, "InvalidSignatureException"},
		{"another Region", func(_ *http.Request, _ *string, s *Scope) { s.Region = "eu-west-1" }, "InvalidSignatureException"},
		{"another service", func(_ *http.Request, _ *string, s *Scope) { s.Service = "kms" }, "InvalidSignatureException"},
		{"a date that is newer than the signature", func(r *http.Request, _ *string, _ *Scope) { r.Header.Set("X-Amz-Date", "20261129T120001Z") }, "InvalidSignatureException"},
		{"a key that nobody has", func(r *http.Request, _ *string, _ *Scope) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "AKIDEXAMPLE", "AKIDOTHER", 1))
		}, "UnrecognizedClientException"},
		{"a session token that nobody gave", func(r *http.Request, b *string, _ *Scope) {
			Sign(r, []byte(*b), Key{ID: key.ID, Secret: key.Secret, Token: "t"}, scope)
		}, "UnrecognizedClientException"},
		{"a signature that is cut", func(r *http.Request, _ *string, _ *Scope) {
			a := r.Header.Get("Authorization")
			r.Header.Set("Authorization", a[:len(a)-2])
		}, "IncompleteSignatureException"},
		{"the host not signed", func(r *http.Request, _ *string, _ *Scope) {
			r.Header.Set("Authorization", strings.Replace(r.Header.Get("Authorization"), "host;", "", 1))
		}, "IncompleteSignatureException"},
		{"two signatures", func(r *http.Request, _ *string, _ *Scope) { r.URL.RawQuery += "&X-Amz-Signature=00" }, "IncompleteSignatureException"},
		{"a hash of another body", func(r *http.Request, b *string, _ *Scope) {
			r.Header.Set("X-Amz-Content-Sha256", "UNSIGNED-PAYLOAD")
			Sign(r, []byte(*b), key, scope)
		}, "InvalidSignatureException"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			b, s := body, scope
			r := signed(t, "POST", target, b)
			tt.change(r, &b, &s)
			who, err := Verify(r, []byte(b), s, lookup)
			if tt.code == "" {
				require.NoError(t, err)
				require.Equal(t, key.ID, who)
				return
			}
			var e *Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, tt.code, e.Code, e.Message)
			require.Empty(t, who)
			require.NotContains(t, err.Error(), key.Secret)
		})
	}
}

// presign signs a request without a body in its query.
func presign(r *http.Request, key Key, scope Scope, valid time.Duration) {
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

func TestPresigned(t *testing.T) {
	presigned := func() *http.Request {
		r := httptest.NewRequest("GET", "/accounts/1/namespaces?max-results=5", nil)
		presign(r, key, scope, time.Hour)
		return r
	}
	at := func(after time.Duration) Scope { return Scope{scope.Region, scope.Service, noon.Add(after)} }
	_, err := Verify(presigned(), nil, at(59*time.Minute), lookup)
	require.NoError(t, err)
	_, err = Verify(presigned(), nil, at(61*time.Minute), lookup)
	require.ErrorContains(t, err, "expired")
	_, err = Verify(presigned(), []byte("{}"), scope, lookup)
	require.ErrorContains(t, err, "does not match", "a body that was not signed")
	longer := presigned()
	longer.URL.RawQuery = strings.Replace(longer.URL.RawQuery, "Expires=3600", "Expires=7200", 1)
	_, err = Verify(longer, nil, scope, lookup)
	require.ErrorContains(t, err, "does not match")
}

func TestSessionToken(t *testing.T) {
	temporary := Key{ID: "ASIAEXAMPLE", Secret: "s", Token: "t"}
	of := func(id string) (Key, bool) { return temporary, id == temporary.ID }
	r := httptest.NewRequest("GET", "/", nil)
	Sign(r, nil, temporary, scope)
	_, err := Verify(r, nil, scope, of)
	require.NoError(t, err)
	r = httptest.NewRequest("GET", "/", nil)
	Sign(r, nil, Key{ID: temporary.ID, Secret: temporary.Secret}, scope)
	_, err = Verify(r, nil, scope, of)
	require.ErrorContains(t, err, "UnrecognizedClientException", "the token is missing")
}

// FuzzVerify: no header without the secret is accepted, and none ends the
// process.
func FuzzVerify(f *testing.F) {
	good := signed(f, "GET", "/accounts/1", "")
	f.Add(good.Header.Get("Authorization"), "20261129T120000Z", "a=1")
	f.Add("AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20261129/us-east-1/quicksight/aws4_request, SignedHeaders=host, Signature="+strings.Repeat("0", 64), "20261129T120000Z", "")
	f.Add("", "", "X-Amz-Signature=0&X-Amz-Credential=a/b/c/d/aws4_request")
	f.Fuzz(func(t *testing.T, authorization, date, query string) {
		r := httptest.NewRequest("GET", "/accounts/2", bytes.NewReader(nil))
		r.Header.Set("Authorization", authorization)
		r.Header.Set("X-Amz-Date", date)
		r.URL.RawQuery = query
		_, err := Verify(r, nil, scope, lookup)
		var e *Error
		require.True(t, errors.As(err, &e), "%v", err)
	})
}
