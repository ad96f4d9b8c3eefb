package embed

import (
	"fmt"
	"net"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
)

// A domain is one entry of AllowedDomains: pages of this origin, or of all its
// subdomains, may frame the dashboard.
type domain struct {
	scheme string // https, or http for this machine
	host   string // lower case
	sub    bool   // *.host: any subdomain, not the host itself
	port   string // "" is the default of the scheme
}

// hostName takes ASCII only: international names are written in their xn--
// form, which is the one browsers compare.
var hostName = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$`)

// parseDomain reads https://app.example.com, https://*.example.com,
// http://localhost:3000. One slash at the end is dropped, as real requests have
// it. Whatever else could stand there, a path, a query, a list, a quote, would
// be read by browsers as something else.
func parseDomain(text string) (domain, error) {
	bad := func(want string) (domain, error) {
		return domain{}, fmt.Errorf("%w: domain %q, want %s", ErrValue, plain.Abridge(text, maxShown), want)
	}
	u, err := url.Parse(strings.ToLower(strings.TrimSuffix(text, "/")))
	if err != nil || u.Host == "" || u.Scheme+"://"+u.Host != strings.ToLower(strings.TrimSuffix(text, "/")) {
		return bad("https://host, without a path")
	}
	d := domain{scheme: u.Scheme, host: u.Hostname(), port: u.Port()}
	d.host, d.sub = strings.CutPrefix(d.host, "*.")
	ip := net.ParseIP(d.host)
	local := d.host == "localhost" || ip != nil && ip.IsLoopback()
	switch {
	case ip == nil && (len(d.host) > 253 || !hostName.MatchString(d.host)):
		return bad("the name of a host, in ASCII")
	case d.sub && (ip != nil || !strings.Contains(d.host, ".")):
		return bad("a registered domain behind *.")
	case d.scheme != "https" && (d.scheme != "http" || !local):
		return bad("https, or http for localhost")
	case strings.HasSuffix(u.Host, ":"):
		return bad("a port behind the colon")
	case d.port != "":
		if n, err := strconv.Atoi(d.port); err != nil || n < 1 || n > 65535 || d.port != strconv.Itoa(n) {
			return bad("a port from 1 to 65535")
		}
	}
	if d.port == defaultPort(d.scheme) {
		d.port = ""
	}
	if ip != nil {
		d.host = ip.String()
	}
	return d, nil
}

func defaultPort(scheme string) string {
	if scheme == "https" {
		return "443"
	}
	return "80"
}

// String returns the domain in the form of the frame-ancestors directive.
func (d domain) String() string {
	s := d.host
	if strings.Contains(s, ":") {
		s = "[" + s + "]"
	}
	if d.sub {
		s = "*." + s
	}
	if d.port != "" {
		s += ":" + d.port
	}
	return d.scheme + "://" + s
}

// allows reports whether a page at origin, which is a URL, is of the domain.
func (d domain) allows(origin string) bool {
	u, err := url.Parse(origin)
	if err != nil || u.Host == "" {
		return false
	}
	host, port := strings.ToLower(u.Hostname()), u.Port()
	if port == defaultPort(u.Scheme) {
		port = ""
	}
	if u.Scheme != d.scheme || port != d.port {
		return false
	}
	if d.sub {
		label, found := strings.CutSuffix(host, "."+d.host)
		return found && label != ""
	}
	return host == d.host
}

// parseDomains reads a list that was checked before, or that of a site.
func parseDomains(texts []string) (all []domain, err error) {
	for _, text := range texts {
		d, err := parseDomain(text)
		if err != nil {
			return nil, err
		}
		all = append(all, d)
	}
	return all, nil
}
