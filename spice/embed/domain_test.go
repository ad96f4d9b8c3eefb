package embed

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestParseDomain(t *testing.T) {
	for _, tt := range []struct{ reason, in, want string }{
		{"a host", "https://app.example.com", "https://app.example.com"},
		{"one slash at the end, as in real requests", "https://app.example.com/", "https://app.example.com"},
		{"case does not count in a host", "HTTPS://App.Example.COM", "https://app.example.com"},
		{"subdomains", "https://*.example.com", "https://*.example.com"},
		{"a port", "https://app.example.com:8443", "https://app.example.com:8443"},
		{"the usual port", "https://app.example.com:443", "https://app.example.com"},
		{"this machine, without TLS", "http://localhost:3000/", "http://localhost:3000"},
		{"this machine by address", "http://127.0.0.1", "http://127.0.0.1"},
		{"this machine by the other address", "http://[::1]:80", "http://[::1]"},
		{"an international name, encoded", "https://xn--mnchen-3ya.example", "https://xn--mnchen-3ya.example"},
	} {
		d, err := parseDomain(tt.in)
		require.NoError(t, err, tt.reason)
		require.Equal(t, tt.want, d.String(), tt.reason)
	}
	for reason, in := range map[string]string{
		"nothing": "", "a host alone": "example.com", "a star": "*", "all hosts": "https://*", "all of a top level": "https://*.com",
		"a star inside": "https://a.*.example.com", "a star in a label": "https://a*.example.com", "a path": "https://example.com/a",
		"two slashes": "https://example.com//", "a query": "https://example.com?x", "a fragment": "https://example.com#x", "a user": "https://u@example.com",
		"another scheme": "ftp://example.com", "no TLS": "http://example.com", "a script": "javascript:alert(1)", "a blank": "https://example.com https://evil.example",
		"a directive": "https://example.com; script-src *", "a list": "https://example.com,https://evil.example", "a line feed": "https://example.com\n",
		"a quote": "https://example.com'", "not ASCII": "https://münchen.example", "no port": "https://example.com:", "a port of 0": "https://example.com:0",
		"a port of zeros": "https://example.com:0443", "a large port": "https://example.com:65536", "an escape": "https://ex%61mple.com", "a dot at the end": "https://example.com.",
		"a backslash": `https://example.com\evil`, "a tab": "https://exa\tmple.com", "subdomains of an address": "https://*.127.0.0.1",
	} {
		_, err := parseDomain(in)
		require.ErrorIs(t, err, ErrValue, reason)
	}
}

func TestDomainAllows(t *testing.T) {
	for _, tt := range []struct {
		reason, domain, origin string
		want                   bool
	}{
		{"itself", "https://app.example.com", "https://app.example.com", true},
		{"a page of it", "https://app.example.com", "https://app.example.com/page?x", true},
		{"the usual port", "https://app.example.com", "https://app.example.com:443", true},
		{"another port", "https://app.example.com", "https://app.example.com:8443", false},
		{"without TLS", "https://app.example.com", "http://app.example.com", false},
		{"a subdomain of a host", "https://app.example.com", "https://x.app.example.com", false},
		{"a host that ends like it", "https://app.example.com", "https://evilapp.example.com", false},
		{"a host that begins like it", "https://app.example.com", "https://app.example.com.evil.example", false},
		{"a subdomain", "https://*.example.com", "https://app.example.com", true},
		{"one below", "https://*.example.com", "https://a.b.example.com", true},
		{"the domain itself is no subdomain", "https://*.example.com", "https://example.com", false},
		{"ends like a subdomain", "https://*.example.com", "https://evilexample.com", false},
		{"a subdomain without a name", "https://*.example.com", "https://.example.com", false},
		{"a sandboxed frame", "https://*.example.com", "null", false},
		{"nothing", "https://*.example.com", "", false},
		{"a user that looks like a host", "https://app.example.com", "https://app.example.com@evil.example", false},
	} {
		d, err := parseDomain(tt.domain)
		require.NoError(t, err, tt.reason)
		require.Equal(t, tt.want, d.allows(tt.origin), tt.reason)
	}
}
