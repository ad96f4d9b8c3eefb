package studio

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/diff"
)

type diffAnswer struct {
	Rev     int             `json:"rev"`
	Same    bool            `json:"same"` // not a byte differs
	Against string          `json:"against"`
	Old     string          `json:"old,omitempty"` // why the old rules do not load
	New     string          `json:"new,omitempty"`
	Result  json.RawMessage `json:"result"`
	Keys    []string        `json:"keys"` // of the differences, for those that must be accepted
	Gains   []bool          `json:"gains"`
}

// diff compares the edited rules with the saved ones, or with another file.
func (e *Engine) diff(ctx context.Context, q struct {
	Against string `json:"against"` // saved, or file
}) (*diffAnswer, error) {
	s := e.snapshot()
	if s.now == nil {
		return nil, errNoRules
	}
	old, name := s.saved, "saved"
	if q.Against == "file" && s.against != nil {
		old, name = s.against, filepath.Base(s.files.Against)
	}
	return s.compare(ctx, old, name)
}

// compare says who gains and loses rows. Rules that do not load admit no row.
func (s snapshot) compare(ctx context.Context, old *version, name string) (*diffAnswer, error) {
	a := &diffAnswer{Rev: s.rev, Against: name, Same: old.text() == s.now.text(), Keys: []string{}, Gains: []bool{}}
	was, err := old.read()
	if err != nil {
		a.Old, was = err.Error(), new(rls.Rules)
	}
	is, err := s.now.read()
	if err != nil {
		a.New, is = err.Error(), new(rls.Rules)
	}
	opts := &diff.Options{Roster: s.users, Samples: 3, Effort: effort(ctx)}
	if columns := slices.Concat(was.Columns(), is.Columns()); s.data != nil && s.data.fits(columns) == nil {
		r, err := s.data.reader(ctx)
		if err != nil {
			return nil, err
		}
		defer r.Release()
		opts.Data = r
	}
	result, err := diff.Rules(was, is, opts)
	if err != nil {
		return nil, &Problem{Code: "too-hard", Text: err.Error()}
	}
	if a.Result, err = json.Marshal(result); err != nil {
		return nil, err
	}
	for _, d := range result.Differences {
		a.Keys, a.Gains = append(a.Keys, key(d)), append(a.Gains, len(d.Gains) > 0 || d.New == nil && d.Old != nil)
	}
	return a, nil
}

// key names a difference: the same viewers gain and lose the same rows.
func key(d diff.Difference) string {
	var b strings.Builder
	for _, v := range d.Viewers {
		b.WriteString(string(v.Kind) + "\x00" + v.Name + "\x00")
	}
	for _, p := range d.Gains {
		b.WriteString("+" + p.Rows.String() + "\x00")
	}
	sum := sha256.Sum256([]byte(b.String()))
	return hex.EncodeToString(sum[:12])
}

// A saveQuestion says what may be saved.
type saveQuestion struct {
	Rev       int      `json:"rev"`
	Accept    []string `json:"accept"`    // keys of differences with gains
	Refused   bool     `json:"refused"`   // save rules that do not load
	Unchecked bool     `json:"unchecked"` // the page does not ask about gains
}

type saveAnswer struct {
	State    *state `json:"state"`
	Backup   string `json:"backup,omitempty"`
	Path     string `json:"path,omitempty"`
	Download string `json:"download,omitempty"` // the text, if the file has no path
	Name     string `json:"name"`
}

// write saves text at path, whose file must hold old. A text that belongs to a file
// without a place on disk is handed out instead.
func (e *Engine) write(path, of string, old []byte, text string) (*saveAnswer, error) {
	a := &saveAnswer{Name: filepath.Base(path)}
	if e.host.Kept(of) {
		a.Download = text
		return a, nil
	}
	var err error
	a.Backup, err = e.host.Save(path, old, []byte(text), of)
	switch {
	case errors.Is(err, ErrChanged):
		return nil, &Problem{Code: "changed", Text: err.Error()}
	case err != nil:
		return nil, &Problem{Code: "not-saved", Text: err.Error()}
	}
	a.Path = path
	return a, nil
}

// target returns the path under which the rules are saved: beside a file that is not
// plain CSV, such as a workbook, and that file otherwise.
func (s snapshot) target() string {
	if !s.imported {
		return s.files.Rules
	}
	target := strings.TrimSuffix(s.files.Rules, filepath.Ext(s.files.Rules)) + ".csv"
	if target == s.files.Rules {
		target = strings.TrimSuffix(target, ".csv") + ".utf8.csv"
	}
	return target
}

// save writes the edited rules. Nobody gains a row that was not accepted.
func (e *Engine) save(ctx context.Context, q saveQuestion) (*saveAnswer, error) {
	s := e.snapshot()
	if s.now == nil {
		return nil, errNoRules
	}
	if q.Rev != s.rev {
		return nil, errStale
	}
	changes, err := s.compare(ctx, s.saved, "saved")
	if err != nil && !q.Unchecked {
		return nil, err
	}
	if err == nil {
		if changes.New != "" && !q.Refused {
			return nil, &Problem{Code: "refused-rules", Text: changes.New}
		}
		if !q.Unchecked {
			for i, k := range changes.Keys {
				if changes.Gains[i] && !slices.Contains(q.Accept, k) {
					return nil, &Problem{Code: "gains", Text: "a viewer gains rows that nobody has accepted", Detail: changes}
				}
			}
		}
	}
	text := s.now.text()
	target, old := s.target(), s.content
	if s.imported {
		old = nil
	}
	a, err := e.write(target, s.files.Rules, old, text)
	if err != nil {
		return nil, err
	}
	if a.Path == "" {
		target = s.files.Rules
	}
	e.mu.Lock()
	if e.files.Rules == s.files.Rules && e.saved == s.saved { // no other file was opened meanwhile
		e.files.Rules, e.saved, e.content, e.imported = target, s.now, []byte(text), false
		e.rev++
	}
	e.mu.Unlock()
	a.State = e.newState()
	return a, nil
}
