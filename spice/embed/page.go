package embed

import (
	"net/http"
	"net/url"
	"strings"
)

// Page wraps the page of an embed URL (GET …?code=…). If the code is expired,
// used, changed, revoked or of another namespace, it serves an error page.
// Otherwise it sets the headers, such as the sites that may frame the page
// (AllowedDomains), and serves the page.
//
// It does not redeem the code, because browsers prefetch pages and programs
// preview links. The script of the page redeems it by a POST to
// [Server.RedeemHandler] and then removes it from the address bar.
func (s *Server) Page(page http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := s.page(w, r); err != nil {
			s.writeError(w, r, err)
			return
		}
		page.ServeHTTP(w, r)
	})
}

func (s *Server) page(w http.ResponseWriter, r *http.Request) error {
	if err := s.ready(); err != nil {
		return err
	}
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return errMethod
	}
	t, _, g, err := s.peek(r.Context(), s.namespaceOf(r), r.URL.Query().Get("code"))
	domains := s.domains
	if err == nil && len(g.Domains) > 0 {
		domains, err = parseDomains(g.Domains)
	}
	if err == nil {
		err = s.framed(r, domains)
	}
	if err != nil {
		s.refused(r.Context(), event{name: eventRedeem, user: s.known(t, g), label: g.Label}, err, Public(err).Code)
		return err
	}
	ancestors := "'self'"
	if len(domains) > 0 {
		texts := make([]string, len(domains))
		for i, d := range domains {
			texts[i] = d.String()
		}
		ancestors = strings.Join(texts, " ")
	}
	secure(w.Header())
	w.Header().Set("Content-Security-Policy", s.opts.Policy+"; frame-ancestors "+ancestors)
	return nil
}

// framed checks what the browser says about the page around this one, if it
// says anything. What a browser does not say, its frame-ancestors check sees.
func (s *Server) framed(r *http.Request, domains []domain) error {
	for _, name := range []string{"Origin", "Referer"} {
		from := r.Header.Get(name)
		if from == "" || len(domains) == 0 && sameOrigin(r, from) {
			continue
		}
		allowed := false
		for _, d := range domains {
			allowed = allowed || d.allows(from)
		}
		if !allowed {
			return ErrDomain
		}
	}
	return nil
}

// sameOrigin reports whether a URL is of the host the request came to. The
// scheme is not known behind a proxy.
func sameOrigin(r *http.Request, from string) bool {
	u, err := url.Parse(from)
	return err == nil && u.Host != "" && strings.EqualFold(u.Host, r.Host)
}
