package flightsql

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"slices"
	"strings"
	"time"

	arrow15 "github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/embed"
)

// Data is where the datasets are: a *spice.Store.
type Data interface {
	Datasets() iter.Seq[*spice.Dataset]
}

// Login decides who logs in with a name and a password. It is asked by many
// goroutines at once.
type Login interface {
	// Login returns the viewer, or an error that wraps ErrLogin.
	Login(ctx context.Context, user, password string) (Viewer, error)
}

// A Viewer is a registered user who has logged in. It is asked at every call and
// before each record of a stream, so that changes hold at once.
type Viewer interface {
	// Session returns who the viewer is now, with the groups of now. An error ends the
	// session of the viewer.
	Session(ctx context.Context) (spice.Session, error)
	// May reports whether the viewer may open a dataset over this server, before the
	// store and its rules are asked. An error is a refusal.
	May(ctx context.Context, dataset namespace.ARN) error
}

// A login is one session of this server: an embedded one, or a registered user who
// has logged in. id names it; handles are bound to it.
type login struct {
	id       string
	embedded *embed.Session // nil for a registered user
	viewer   Viewer
	ends     time.Time
	now      func() time.Time
	admit    func(ctx context.Context) error // of an embedded session, see Options.Admit; nil admits
}

var errEnded = errors.New("the session has ended")

// check reports whether the login still lives.
func (l *login) check(ctx context.Context) error {
	if l.embedded != nil {
		if l.admit != nil {
			if err := l.admit(ctx); err != nil {
				return err
			}
		}
		return l.embedded.Check(ctx)
	}
	_, err := l.session(ctx)
	return err
}

// session returns a registered viewer as the store knows one.
func (l *login) session(ctx context.Context) (spice.Session, error) {
	if l.viewer == nil || !l.now().Before(l.ends) {
		return spice.Session{}, errEnded
	}
	s, err := l.viewer.Session(ctx)
	if err != nil {
		return spice.Session{}, fmt.Errorf("%w: %w", errEnded, err)
	}
	if s.Principal.IsZero() { // an anonymous session is one of package embed
		return spice.Session{}, fmt.Errorf("%w: the viewer is not registered", errEnded)
	}
	if s.Expires.IsZero() || s.Expires.After(l.ends) {
		s.Expires = l.ends
	}
	return s, nil
}

// identity is who stands in audit records.
func (l *login) identity(ctx context.Context) audit.Identity {
	if l.embedded != nil {
		user := l.embedded.User()
		id := audit.Anonymous(user.String())
		if user.Kind == namespace.KindUser {
			id = audit.Viewer(namespace.Identity{ARN: user})
		}
		id.Label = l.embedded.Label()
		return id
	}
	s, err := l.session(ctx)
	if err != nil {
		return audit.Identity{Type: "Unknown"}
	}
	id := audit.Viewer(s.Principal.User)
	id.Label = s.Label
	return id
}

// reaches reports whether the login may open a dataset, without a record.
func (l *login) reaches(ctx context.Context, d *spice.Dataset) error {
	if l.embedded != nil {
		return l.embedded.Dataset(ctx, d.ARN())
	}
	if _, err := l.session(ctx); err != nil {
		return err
	}
	if err := l.viewer.May(ctx, d.ARN()); err != nil {
		return fmt.Errorf("%w: %w", spice.ErrAccess, err)
	}
	return nil
}

// open returns what the login sees of a dataset, and its columns.
func (l *login) open(ctx context.Context, d *spice.Dataset) (*table, error) {
	if err := l.reaches(ctx, d); err != nil {
		return nil, err
	}
	t := &table{arn: d.ARN(), in: registered{l, d}}
	if l.embedded != nil {
		var err error
		if t.in, err = l.embedded.Open(ctx, d.ARN()); err != nil {
			return nil, err
		}
	}
	var err error
	if t.schema, err = t.Schema(ctx); err != nil {
		return nil, err
	}
	return t, nil
}

// hidden reports whether an error says that a dataset is not there for a session.
// What it may not open and what does not exist look alike.
func hidden(err error) bool {
	return slices.ContainsFunc([]error{embed.ErrForbidden, spice.ErrAccess, spice.ErrNotVisible, spice.ErrNoDataset},
		func(reason error) bool { return errors.Is(err, reason) })
}

// tables returns the datasets that the login may open and that may be meant by a
// statement: those whose names stand in it.
func (l *login) tables(ctx context.Context, data Data, sql string) (map[string]*table, error) {
	found := make(map[string]*table)
	lower := strings.ToLower(sql)
	for d := range data.Datasets() {
		if !strings.Contains(lower, strings.ReplaceAll(strings.ToLower(d.ID()), `"`, `""`)) {
			continue
		}
		t, err := l.open(ctx, d)
		switch {
		case err == nil:
			found[d.ID()] = t
		case !hidden(err):
			return nil, fmt.Errorf("dataset %q: %w", d.ID(), err)
		}
	}
	return found, nil
}

// engineTables are tables as an [Engine] gets them.
func engineTables(all map[string]*table) map[string]Table {
	out := make(map[string]Table, len(all))
	for name, t := range all {
		out[name] = t
	}
	return out
}

// A table is a dataset that was opened for one call.
type table struct {
	arn    namespace.ARN
	schema *arrow15.Schema // when it was opened
	in     Table
}

// Schema implements [Table].
func (t *table) Schema(ctx context.Context) (*arrow15.Schema, error) {
	schema, err := t.in.Schema(ctx)
	if err != nil {
		return nil, err
	}
	return textSchema(schema), nil
}

// Read implements [Table].
func (t *table) Read(ctx context.Context, opts *spice.ReadOptions) iter.Seq2[arrow15.Record, error] {
	return func(yield func(arrow15.Record, error) bool) {
		for rec, err := range t.in.Read(ctx, opts) {
			if err != nil {
				yield(nil, err)
				return
			}
			texts := textRecord(rec)
			more := yield(texts, nil)
			texts.Release()
			if !more {
				return
			}
		}
	}
}

// Ask implements [Table].
func (t *table) Ask(ctx context.Context, q query.Query, opts *spice.AskOptions) (*eval.Result, error) {
	return t.in.Ask(ctx, q, opts)
}

// registered is what a registered user sees of a dataset. Like *embed.Dataset, it asks
// anew each time.
type registered struct {
	login   *login
	dataset *spice.Dataset
}

func (r registered) begin(ctx context.Context) (spice.Session, error) {
	if err := r.login.reaches(ctx, r.dataset); err != nil {
		return spice.Session{}, err
	}
	return r.login.session(ctx)
}

func (r registered) Schema(ctx context.Context) (*arrow15.Schema, error) {
	s, err := r.begin(ctx)
	if err != nil {
		return nil, err
	}
	return r.dataset.Schema(ctx, s)
}

func (r registered) Read(ctx context.Context, opts *spice.ReadOptions) iter.Seq2[arrow15.Record, error] {
	return func(yield func(arrow15.Record, error) bool) {
		s, err := r.begin(ctx)
		if err != nil {
			yield(nil, err)
			return
		}
		for rec, err := range r.dataset.Read(ctx, s, opts) {
			if err == nil {
				err = r.login.check(ctx)
			}
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(rec, nil) {
				return
			}
		}
	}
}

func (r registered) Ask(ctx context.Context, q query.Query, opts *spice.AskOptions) (*eval.Result, error) {
	s, err := r.begin(ctx)
	if err != nil {
		return nil, err
	}
	answer, err := r.dataset.Ask(ctx, s, q, opts)
	if err != nil {
		return nil, err
	}
	if err := r.login.check(ctx); err != nil {
		answer.Release()
		return nil, err
	}
	return answer, nil
}
