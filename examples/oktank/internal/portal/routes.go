package portal

import (
	"net/http"

	"github.com/rowsight/rowsight/examples/oktank/internal/web"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/embed"
)

// routes returns both sides: OkTank's application, and under /embed/ the
// service. Nothing under /embed/ knows who is logged in to the application.
func (p *Portal) routes(data namespace.ARN) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("GET /{$}", p.home)
	mux.HandleFunc("POST /login", p.login)
	mux.HandleFunc("POST /logout", p.logout)
	mux.HandleFunc("POST /operator", p.operator)
	mux.Handle("GET /assets/", http.StripPrefix("/assets/", http.FileServerFS(web.Files)))

	mux.Handle("GET /embed/{namespace}/dashboards/{id}", p.service.Page(http.HandlerFunc(dashboard)))
	mux.Handle("POST /embed/{namespace}/redeem", p.service.RedeemHandler())
	mux.Handle("POST /embed/{namespace}/ask", p.service.Require(embed.Questions(data)))
	return http.NewCrossOriginProtection().Handler(mux)
}

// dashboard serves the page in the frame. It contains no data: its script redeems
// the code of the address and asks questions about the visible rows.
func dashboard(w http.ResponseWriter, r *http.Request) {
	http.ServeFileFS(w, r, web.Files, "dashboard.html")
}

// home is the page of OkTank's application.
func (p *Portal) home(w http.ResponseWriter, r *http.Request) {
	who := p.logins.of(r)
	page := struct {
		User     string
		People   []Person
		EmbedURL string
		Operator bool
		why
	}{User: who.user, People: People(), Operator: who.operator}
	if person, ok := find(who.user); ok {
		var err error
		if page.EmbedURL, err = p.embedURL(r.Context(), person); err != nil {
			p.log.ErrorContext(r.Context(), "no embed URL", "user", person.Name, "err", err)
			http.Error(w, "The dashboard cannot be shown now.", http.StatusServiceUnavailable)
			return
		}
		if who.operator {
			page.why = p.why(person)
		}
	}
	h := w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Content-Security-Policy", "default-src 'self'; img-src 'self' data:; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	h.Set("Cache-Control", "no-store") // the page holds an embed URL
	h.Set("Referrer-Policy", "same-origin")
	h.Set("X-Content-Type-Options", "nosniff")
	_ = p.pages.ExecuteTemplate(w, "portal.html", page) // the browser has gone
}

func (p *Portal) login(w http.ResponseWriter, r *http.Request) {
	person, ok := find(r.PostFormValue("user"))
	if !ok {
		http.Error(w, "There is no such user.", http.StatusBadRequest)
		return
	}
	p.logins.set(w, r, login{user: person.Name, operator: p.logins.of(r).operator})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

func (p *Portal) logout(w http.ResponseWriter, r *http.Request) {
	p.logins.set(w, r, login{})
	http.Redirect(w, r, "/", http.StatusSeeOther)
}

// operator turns the operator view on and off. A real application would ask
// for the right to; here everyone may try it.
func (p *Portal) operator(w http.ResponseWriter, r *http.Request) {
	who := p.logins.of(r)
	if who.user != "" {
		who.operator = !who.operator
		p.logins.set(w, r, who)
	}
	http.Redirect(w, r, "/", http.StatusSeeOther)
}
