package portal

import (
	"crypto/rand"
	"net/http"
	"sync"
)

// A login is one browser of one of OkTank's users. The zero login is nobody's.
type login struct {
	user     string
	operator bool // may see why a viewer sees what, tag values included
}

// logins are the sessions of OkTank's own application, by the value of a
// cookie. They have nothing to do with the sessions of the dashboard.
type logins struct {
	mu sync.Mutex
	by map[string]login
}

const cookie = "oktank"

// of returns the login of a request.
func (l *logins) of(r *http.Request) login {
	c, err := r.Cookie(cookie)
	if err != nil {
		return login{}
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.by[c.Value]
}

// set makes who the login of a browser, under a new cookie; the zero login logs
// out.
func (l *logins) set(w http.ResponseWriter, r *http.Request, who login) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if c, err := r.Cookie(cookie); err == nil {
		delete(l.by, c.Value)
	}
	c := &http.Cookie{Name: cookie, Path: "/", MaxAge: -1, HttpOnly: true, SameSite: http.SameSiteStrictMode}
	if who != (login{}) {
		c.Value, c.MaxAge = rand.Text(), 0
		if l.by == nil {
			l.by = make(map[string]login)
		}
		l.by[c.Value] = who
	}
	http.SetCookie(w, c)
}
