package serve

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio"
	"github.com/rowsight/rowsight/cmd/rowsight/internal/studio/web"
)

// Options say how the page is shown. A nil *Options is the default.
type Options struct {
	// Port is the port to listen on; 0 is any that is free.
	Port int
	// EndWithPage ends Serve when the last page was closed for Grace.
	EndWithPage bool
	// Grace is how long no page may be open; 0 is 4 seconds. Reloading a page
	// takes less.
	Grace time.Duration
}

// A Server shows one engine. It is safe for concurrent use. Build it with [New].
type Server struct {
	engine *studio.Engine
	opts   Options
	listen net.Listener
	host   string // 127.0.0.1:PORT
	token  string

	mu      sync.Mutex
	used    bool
	session string // the value of the cookie
	key     string // what every question carries
	pages   int
	idle    *time.Timer
	done    chan struct{}
	closed  bool
}

const (
	defaultGrace = 4 * time.Second

	// maxFile is how many bytes a file may have that is dropped on the page.
	maxFile = 1 << 30
	// maxQuestion is how many bytes a question may have.
	maxQuestion = 64 << 20
)

// Header is the header with the key that every question needs. Unlike a cookie, no
// browser sends it to another port of this machine.
const Header = "X-Rowsight-Studio"

// New starts to listen.
func New(engine *studio.Engine, opts *Options) (*Server, error) {
	s := &Server{engine: engine, token: rand.Text(), session: rand.Text() + rand.Text(), key: rand.Text() + rand.Text(), done: make(chan struct{})}
	if opts != nil {
		s.opts = *opts
	}
	s.opts.Grace = cmp.Or(s.opts.Grace, defaultGrace)
	var err error
	if s.listen, err = net.Listen("tcp4", fmt.Sprintf("127.0.0.1:%d", s.opts.Port)); err != nil {
		return nil, err
	}
	s.host = strings.TrimSuffix(s.listen.Addr().String(), ":80") // browsers do not name this port
	return s, nil
}

// URL returns the address to open. It works once.
func (s *Server) URL() string { return "http://" + s.host + "/?token=" + s.token }

// Serve answers until the context ends, or until the last page is closed if
// [Options.EndWithPage] says so.
func (s *Server) Serve(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	server := &http.Server{
		Handler:           s,
		ReadHeaderTimeout: 10 * time.Second,
		BaseContext:       func(net.Listener) context.Context { return ctx },
	}
	result := make(chan error, 1)
	go func() { result <- server.Serve(s.listen) }()
	select {
	case err := <-result:
		return err
	case <-ctx.Done():
	case <-s.done:
	}
	cancel() // ends the streams of open pages
	stop, end := context.WithTimeout(context.WithoutCancel(ctx), 2*time.Second)
	defer end()
	if err := server.Shutdown(stop); err != nil {
		server.Close()
	}
	return nil
}

// ServeHTTP implements [http.Handler].
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("X-Frame-Options", "DENY")
	h.Set("Referrer-Policy", "no-referrer")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "no-store")
	if r.Host != s.host {
		refuse(w, http.StatusForbidden, "This server answers requests for "+s.host+" only.")
		return
	}
	if origin := r.Header.Get("Origin"); origin != "" && origin != "http://"+s.host {
		refuse(w, http.StatusForbidden, "This server answers its own page only.")
		return
	}
	if r.URL.Path == "/" && r.Method == http.MethodGet && r.URL.Query().Has("token") {
		s.enter(w, r)
		return
	}
	if !s.known(r) {
		refuse(w, http.StatusForbidden, "Open the address that rowsight studio printed. It works once: start rowsight studio again for a new one.")
		return
	}
	switch path := r.URL.Path; {
	case strings.HasPrefix(path, "/api/"):
		s.api(w, r, strings.TrimPrefix(path, "/api/"))
	case r.Method != http.MethodGet && r.Method != http.MethodHead:
		refuse(w, http.StatusMethodNotAllowed, "Only GET is answered here.")
	default:
		asset(w, path, "", "")
	}
}

// policy lets the page run the scripts of this server and nothing else, and
// nobody make markup of text.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"

// cookie is the name of the cookie. Cookies do not tell ports apart, so the name
// does.
func (s *Server) cookie() string {
	_, port, _ := net.SplitHostPort(s.host)
	return "rowsight_studio_" + port
}

// enter takes the token of the address, and gives the cookie for it.
func (s *Server) enter(w http.ResponseWriter, r *http.Request) {
	right := same(r.URL.Query().Get("token"), s.token)
	s.mu.Lock()
	first := right && !s.used
	s.used = s.used || right
	s.mu.Unlock()
	if !first && !(right && s.known(r)) { // the page that has the cookie may be loaded again
		refuse(w, http.StatusForbidden, "This address was used already, or it is not complete. Start rowsight studio again for a new one.")
		return
	}
	http.SetCookie(w, &http.Cookie{Name: s.cookie(), Value: s.session, Path: "/", HttpOnly: true, SameSite: http.SameSiteStrictMode})
	// No redirect: a browser would follow one without the cookie if another page
	// led here. The page takes the token out of the address. Only the first page
	// gets the key, and keeps it where no other port of this machine reads it.
	if first {
		head := `<meta name="studio-key" content="` + s.key + `">` + "\n</head>"
		asset(w, "/", "</head>", head)
		return
	}
	asset(w, "/", "", "")
}

// known reports whether a request has the cookie.
func (s *Server) known(r *http.Request) bool {
	c, err := r.Cookie(s.cookie())
	return err == nil && same(c.Value, s.session)
}

func same(a, b string) bool {
	x, y := sha256.Sum256([]byte(a)), sha256.Sum256([]byte(b))
	return subtle.ConstantTimeCompare(x[:], y[:]) == 1
}

// asset serves a file of the page, with one text in it replaced.
func asset(w http.ResponseWriter, path, old, text string) {
	name := strings.TrimPrefix(path, "/")
	name = cmp.Or(name, "index.html")
	content, err := fs.ReadFile(web.Files, name)
	if err != nil {
		refuse(w, http.StatusNotFound, "There is no such page here.")
		return
	}
	types := map[string]string{"html": "text/html", "js": "text/javascript", "css": "text/css", "svg": "image/svg+xml"}
	w.Header().Set("Content-Type", types[name[strings.LastIndexByte(name, '.')+1:]]+"; charset=utf-8")
	w.Write(bytes.Replace(content, []byte(old), []byte(text), min(1, len(old))))
}

// refuse answers with a page of text.
func refuse(w http.ResponseWriter, status int, text string) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.WriteHeader(status)
	io.WriteString(w, "rowsight studio\n\n"+text+"\n")
}

// api answers a question.
func (s *Server) api(w http.ResponseWriter, r *http.Request, name string) {
	site := r.Header.Get("Sec-Fetch-Site")
	if r.Method != http.MethodPost || !same(r.Header.Get(Header), s.key) || site != "" && site != "same-origin" {
		refuse(w, http.StatusForbidden, "This server answers its own page only.")
		return
	}
	var answer []byte
	var err error
	switch name {
	case "alive":
		s.alive(w, r)
		return
	case "drop":
		var content []byte
		if content, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxFile)); err == nil {
			answer, err = s.engine.Drop(r.Context(), r.URL.Query().Get("kind"), r.URL.Query().Get("name"), content)
		}
	default:
		var body []byte
		if body, err = io.ReadAll(http.MaxBytesReader(w, r.Body, maxQuestion)); err == nil {
			answer, err = s.engine.Call(r.Context(), name, body)
		}
	}
	w.Header().Set("Content-Type", "application/json")
	if err != nil {
		problem := &studio.Problem{Code: "error", Text: err.Error()}
		errors.As(err, &problem)
		w.WriteHeader(http.StatusUnprocessableEntity)
		json.NewEncoder(w).Encode(problem)
		return
	}
	w.Write(answer)
}

// alive keeps a stream open for as long as the page is open.
func (s *Server) alive(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.pages++
	if s.idle != nil {
		s.idle.Stop()
		s.idle = nil
	}
	s.mu.Unlock()
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	control := http.NewResponseController(w)
	beat := time.NewTicker(2 * time.Second)
	defer beat.Stop()
	for open := true; open; {
		if _, err := io.WriteString(w, ".\n"); err != nil || control.Flush() != nil {
			break
		}
		select {
		case <-r.Context().Done():
			open = false
		case <-beat.C:
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pages--; s.pages == 0 && s.opts.EndWithPage && s.idle == nil {
		s.idle = time.AfterFunc(s.opts.Grace, s.end)
	}
}

// end ends Serve if no page was opened in the meantime.
func (s *Server) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.pages == 0 && !s.closed {
		s.closed = true
		close(s.done)
	}
}
