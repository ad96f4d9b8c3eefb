package sigv4

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"slices"
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

func newClaim(key Key, scope Scope) claim {
	date := scope.Now.UTC().Truncate(time.Second)
	return claim{key: key.ID, day: date.Format("20060102"), date: date, region: scope.Region, service: scope.Service}
}

func (c claim) credential() string {
	return strings.Join([]string{c.key, c.day, c.region, c.service, "aws4_request"}, "/")
}
