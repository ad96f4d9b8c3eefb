package flightsql

import (
	"crypto/rand"
	"errors"
	"sync"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
)

// A handle is what a ticket or a prepared statement stands for.
type handle struct {
	login    string // that made it
	prepared bool   // or a ticket, which works once
	sql      string // without EXPLAIN
	explain  bool
	args     []any         // nil before they are bound
	schema   *arrow.Schema // that a ticket promised
	until    time.Time
}

const (
	handleSize   = 32
	maxHandles   = 100_000 // of all sessions
	preparedLife = 10 * time.Hour
)

// Why a handle is refused. A client gets one text for all handles that it has not.
var (
	errNoHandle       = errors.New("no such statement of this session, or it was used or has ended")
	errManyHandles    = errors.New("too many open statements: close some, or read their results")
	errManyStatements = errors.New("too many statements run at once: wait for one to end")
)

// handles are the tickets and prepared statements of all sessions.
type handles struct {
	mu      sync.Mutex
	all     map[string]*handle
	open    map[string]int // by login
	running map[string]int
	most    int // of a login
	now     func() time.Time
}

// add keeps a handle and returns its name.
func (h *handles) add(what handle) ([]byte, error) {
	name := make([]byte, handleSize)
	_, _ = rand.Read(name) // never fails
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.all == nil {
		h.all, h.open = make(map[string]*handle), make(map[string]int)
	}
	if h.open[what.login] >= h.most || len(h.all) >= maxHandles {
		h.sweep()
		if h.open[what.login] >= h.most || len(h.all) >= maxHandles {
			return nil, errManyHandles
		}
	}
	if len(h.all)%1000 == 999 {
		h.sweep() // parameters of ended sessions are not kept
	}
	h.all[string(name)] = &what
	h.open[what.login]++
	return name, nil
}

// sweep forgets handles that have ended.
func (h *handles) sweep() {
	for name, old := range h.all {
		if !h.now().Before(old.until) {
			h.drop(name, old)
		}
	}
}

func (h *handles) drop(name string, old *handle) {
	delete(h.all, name)
	if h.open[old.login]--; h.open[old.login] <= 0 {
		delete(h.open, old.login)
	}
}

// of returns a handle of a login.
func (h *handles) of(login string, name []byte, prepared bool) (*handle, error) {
	what := h.all[string(name)]
	if what == nil || what.login != login || what.prepared != prepared {
		return nil, errNoHandle
	}
	return what, nil
}

// find returns a copy of a handle of a login. A ticket is gone afterwards; that of
// another login stays.
func (h *handles) find(login string, name []byte, prepared bool) (handle, error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	what, err := h.of(login, name, prepared)
	if err != nil {
		return handle{}, err
	}
	live := h.now().Before(what.until)
	if !prepared || !live {
		h.drop(string(name), what)
	}
	if !live {
		return handle{}, errNoHandle
	}
	return *what, nil
}

// bind sets the parameters of a prepared statement.
func (h *handles) bind(login string, name []byte, args []any) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	what, err := h.of(login, name, true)
	if err == nil {
		what.args = args
	}
	return err
}

// close forgets a prepared statement.
func (h *handles) close(login string, name []byte) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	what, err := h.of(login, name, true)
	if err == nil {
		h.drop(string(name), what)
	}
	return err
}

// closeAll forgets everything of a login.
func (h *handles) closeAll(login string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for name, old := range h.all {
		if old.login == login {
			h.drop(name, old)
		}
	}
}

// begin counts a statement that runs. The function that it returns ends it.
func (h *handles) begin(login string, most int) (func(), error) {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.running == nil {
		h.running = make(map[string]int)
	}
	if h.running[login] >= most {
		return nil, errManyStatements
	}
	h.running[login]++
	return sync.OnceFunc(func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		if h.running[login]--; h.running[login] <= 0 {
			delete(h.running, login)
		}
	}), nil
}
