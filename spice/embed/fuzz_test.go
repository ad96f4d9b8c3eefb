package embed

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// FuzzParseRequest: what is read is valid, and what it writes reads as the same.
func FuzzParseRequest(f *testing.F) {
	f.Add(document(nil))
	f.Add(document(map[string]string{"": `"SessionLifetimeInMinutes": 600, "AllowedDomains": ["https://*.a.example:1"]`, "SessionTags": ""}))
	f.Add(`{"ExperienceConfiguration": {"DashboardVisual": {"InitialDashboardVisualId": {}}}}`)
	f.Add(`{"SessionTags": [{"Key": "\ud800", "Value": null}]}`)
	f.Add("[]")
	f.Fuzz(func(t *testing.T, text string) {
		req, err := ParseRequest(strings.NewReader(text), nil)
		if err != nil {
			require.Nil(t, req)
			require.Equal(t, true, Code(err) == InvalidParameterValueException || Code(err) == SessionLifetimeInMinutesInvalidException)
			return
		}
		require.NoError(t, req.Validate())
		b, err := json.Marshal(req)
		require.NoError(t, err)
		again, err := ParseRequest(strings.NewReader(string(b)), nil)
		require.NoError(t, err)
		if len(req.AllowedDomains) == 0 {
			req.AllowedDomains, again.AllowedDomains = nil, nil // [] and nothing are the same
		}
		require.Equal(t, req, again)
	})
}

// FuzzToken: no text is a token but those that were made, in their one spelling.
func FuzzToken(f *testing.F) {
	secret := Key{ID: "k1", Secret: []byte(strings.Repeat("not a secret at all ", 2))}
	ring, err := NewRing(secret)
	require.NoError(f, err)
	key, err := ring.newest()
	require.NoError(f, err)
	made := token{kind: kindCode, ends: time.Unix(1714560000, 0).UTC(), key: "k1"}.text(key)
	f.Add(made)
	f.Add(token{kind: kindSession, ends: time.Unix(-1, 0).UTC(), key: "k1"}.text(key))
	f.Add(made[:len(made)-1])
	f.Add("")
	f.Fuzz(func(t *testing.T, text string) {
		for _, k := range []kind{kindCode, kindSession, 0} {
			got, _, err := parseToken(text, k, ring)
			if err != nil {
				require.ErrorIs(t, err, ErrTampered)
				require.Zero(t, got)
				continue
			}
			require.Equal(t, text, got.text(key))
		}
	})
}

// FuzzParseCode reads bodies of redemptions.
func FuzzParseCode(f *testing.F) {
	f.Add(`{"Code": "x"}`)
	f.Add(`{"Code": "x", "Code": "y"}`)
	f.Add(`{"code": "x"}`)
	f.Add(`null`)
	f.Fuzz(func(t *testing.T, text string) {
		code, err := parseCode(strings.NewReader(text))
		if err != nil {
			require.ErrorIs(t, err, errBody)
			require.Empty(t, code)
		}
	})
}

// FuzzParseDomain: what is read is one source of frame-ancestors and nothing
// else, and reads back.
func FuzzParseDomain(f *testing.F) {
	for _, s := range []string{"https://app.example.com/", "https://*.example.com:8443", "http://[::1]:80", "https://a;b", "HTTPS://A.B", "https://xn--a.example"} {
		f.Add(s, "https://app.example.com")
	}
	f.Fuzz(func(t *testing.T, text, origin string) {
		d, err := parseDomain(text)
		if err != nil {
			require.Zero(t, d)
			require.False(t, d.allows(origin))
			return
		}
		require.Regexp(t, `^https?://(\*\.)?[a-z0-9.:\[\]-]+$`, d.String())
		again, err := parseDomain(d.String())
		require.NoError(t, err)
		require.Equal(t, d, again)
		require.Equal(t, !d.sub, d.allows(strings.Replace(d.String(), "*.", "", 1)), "a host is of itself, and not of its subdomains")
		if d.allows(origin) {
			require.True(t, strings.HasPrefix(strings.ToLower(origin), d.scheme+":"))
		}
	})
}

// FuzzParsePolicy: a policy that is refused allows nothing.
func FuzzParsePolicy(f *testing.F) {
	f.Add(allowAll, "tenant1")
	f.Add(`{"Statement": [{"Effect": "Allow", "Action": ["quicksight:*"], "Resource": ["arn:aws:quicksight:us-east-1:111122223333:namespace/{{tenant-id}}" // one a tenant
	]}]}`, "*")
	f.Fuzz(func(t *testing.T, text, tenant string) {
		p, err := ParsePolicy(strings.NewReader(text), &PolicyOptions{Placeholders: map[string]string{"tenant-id": tenant}})
		ok, _ := p.Decide(arnOf("namespace/tenant1"))
		if err != nil {
			require.False(t, ok)
		}
	})
}

// FuzzGrant: what was authenticated and is no grant is refused.
func FuzzGrant(f *testing.F) {
	b, err := grant{Namespace: "default", Minutes: 15}.marshal()
	require.NoError(f, err)
	f.Add(b)
	f.Add([]byte(`{"Namespace":"default","Minutes":601}`))
	f.Fuzz(func(t *testing.T, b []byte) {
		g, err := unmarshal(b)
		if err != nil {
			require.Zero(t, g)
		}
	})
}
