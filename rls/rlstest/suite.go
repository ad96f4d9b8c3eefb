package rlstest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// A Suite is one case file with its rules and its data. It is immutable and
// safe for concurrent use. The zero Suite has no cases, and its report is not
// OK.
type Suite struct {
	file    string
	content []byte // of the file
	id      string // column of the ids in rows and hidden
	rules   *rls.Rules
	ruleOpt *rls.Options
	config  *tagrules.Config
	tagOpt  *tagrules.Options
	data    *table
	cases   []*testCase
}

// File returns the name of the case file.
func (s *Suite) File() string {
	if s == nil {
		return ""
	}
	return s.file
}

// Len returns the number of cases.
func (s *Suite) Len() int {
	if s == nil {
		return 0
	}
	return len(s.cases)
}

// spec is a case file as it is written.
type spec struct {
	rules, tags string
	rulesAt     *jsondoc.Value
	tagsAt      *jsondoc.Value
	optionsAt   *jsondoc.Value
	id          string
	idAt        *jsondoc.Value
	data        *dataSpec
	inline      *table
	ruleOpt     rls.Options
	tagOpt      tagrules.Options
	cases       []*testCase
}

// Load reads a case file and the files that it names. Paths are relative to the
// folder of the case file and cannot leave fsys.
//
// Load reports every problem as an [*Error], or as the error of the package
// that read the file, in order of position, with those of the case file first.
// On an error the Suite is nil.
func Load(fsys fs.FS, name string) (*Suite, error) { return LoadOptions(fsys, name, nil) }

// LoadOptions is [Load] with Roster and Open of opts.
func LoadOptions(fsys fs.FS, name string, opts *Options) (*Suite, error) {
	o := opts.filled()
	content, err := fs.ReadFile(fsys, name)
	if err != nil {
		return nil, err
	}
	d, err := newDecoder(name, content)
	if err != nil {
		return nil, err
	}
	sp := d.file()
	s := &Suite{file: name, content: content, id: sp.id, cases: sp.cases, data: sp.inline}

	// Problems of other files come after those of the case file.
	var others []error
	if at, ok := d.path(sp.rulesAt, "rules", sp.rules); ok {
		sp.ruleOpt.File = at
		opt := sp.ruleOpt
		s.ruleOpt = &opt
		rules, err := readFile(fsys, at, func(f fs.File) (*rls.Rules, error) { return rls.ReadCSV(f, &opt) })
		switch {
		case errors.Is(err, rls.ErrOptions):
			d.fail(sp.optionsAt, "options", "%w", err)
		case err != nil:
			others = append(others, err)
		default:
			s.rules = rules
		}
	}
	if at, ok := d.path(sp.tagsAt, "tags", sp.tags); ok {
		sp.tagOpt.File = at
		opt := sp.tagOpt
		s.tagOpt = &opt
		config, err := readFile(fsys, at, func(f fs.File) (*tagrules.Config, error) { return tagrules.Parse(f, &opt) })
		if err != nil {
			others = append(others, err)
		} else {
			s.config = config
		}
	}
	if sp.data != nil && sp.data.path != "" {
		if at, ok := d.path(sp.data.at, "data", sp.data.path); ok {
			t, errs := readData(fsys, at, sp.data, o.Open)
			if errs == nil {
				s.data = t
				if t.rows == 0 {
					d.fail(sp.data.at, "data", "%w of %s", ErrNoData, at)
				}
			}
			others = append(others, errs...)
		}
	}
	d.check(s, sp)
	d.join(s, o.Roster)
	if err := errors.Join(d.Err(), errors.Join(others...)); err != nil {
		return nil, err
	}
	return s, nil
}

// file reads the whole document.
func (d *decoder) file() *spec {
	sp := &spec{}
	if d.Root.Kind == jsondoc.Null {
		d.fail(d.Root, "", "%w: the file is empty", ErrNoCases)
		return sp
	}
	d.Object(d.Root, "", d.fileFields(sp))
	if d.Root.Kind != jsondoc.Object {
		return sp
	}
	if d.Root.Member("rules") == nil && d.Root.Member("tags") == nil {
		d.fail(d.Root, "", "%w: want rules, a permission dataset, or tags, a tag configuration", ErrMissing)
	}
	if d.Root.Member("cases") == nil {
		d.fail(d.Root, "cases", "%w", ErrNoCases)
	}
	return sp
}

func (d *decoder) fileFields(sp *spec) []jsondoc.Field {
	return []jsondoc.Field{
		{Name: "rules", Decode: func(v *jsondoc.Value, at string) { sp.rules, sp.rulesAt = d.nonEmpty(v, at), v }},
		{Name: "tags", Decode: func(v *jsondoc.Value, at string) { sp.tags, sp.tagsAt = d.nonEmpty(v, at), v }},
		{Name: "options", Decode: func(v *jsondoc.Value, at string) {
			sp.optionsAt = v
			d.Object(v, at, d.optionFields(&sp.ruleOpt, &sp.tagOpt))
		}},
		{Name: "data", Must: true, Decode: func(v *jsondoc.Value, at string) {
			sp.data = d.data(v, at)
			if v.Kind == jsondoc.List {
				sp.inline = d.inline(v, at)
			}
		}},
		{Name: "id", Decode: func(v *jsondoc.Value, at string) { sp.id, sp.idAt = d.nonEmpty(v, at), v }},
		{Name: "cases", Decode: func(v *jsondoc.Value, at string) {
			if v.Kind == jsondoc.Null || v.Kind == jsondoc.List && len(v.Items) == 0 {
				d.fail(v, at, "%w", ErrNoCases)
				return
			}
			d.list(v, at, func(v *jsondoc.Value, at string) { sp.cases = append(sp.cases, d.testCase(v, at)) })
		}},
	}
}

// optionFields say how the rules and the tag configuration are to be read: the
// fields of rls.Options and tagrules.Options that a file can have.
func (d *decoder) optionFields(o *rls.Options, t *tagrules.Options) []jsondoc.Field {
	return []jsondoc.Field{
		{Name: "namespace", Decode: func(v *jsondoc.Value, at string) { o.Namespace = d.nonEmpty(v, at) }},
		{Name: "userColumn", Decode: func(v *jsondoc.Value, at string) { o.User = d.nonEmpty(v, at) }},
		{Name: "groupColumn", Decode: func(v *jsondoc.Value, at string) { o.Group = d.nonEmpty(v, at) }},
		{Name: "formatVersion", Decode: func(v *jsondoc.Value, at string) {
			o.FormatVersion = rls.FormatVersion(d.oneOf(v, at, string(rls.Version1), string(rls.Version2)))
		}},
		{Name: "dual", Decode: func(v *jsondoc.Value, at string) {
			o.Dual = rls.Dual(max(0, slices.Index(duals, d.oneOf(v, at, duals...))))
		}},
		{Name: "maxRunes", Decode: func(v *jsondoc.Value, at string) { o.MaxRunes = d.number(v, at, -1) }},
		{Name: "maxValues", Decode: func(v *jsondoc.Value, at string) { o.MaxValues = d.number(v, at, -1) }},
		{Name: "hideNulls", Decode: func(v *jsondoc.Value, at string) { o.HideNulls = d.Bool(v, at) }},
		{Name: "nullWords", Decode: func(v *jsondoc.Value, at string) {
			d.list(v, at, func(v *jsondoc.Value, at string) { o.NullWords = append(o.NullWords, d.nonEmpty(v, at)) })
		}},
		{Name: "allowNoFields", Decode: func(v *jsondoc.Value, at string) { o.AllowNoFields = d.Bool(v, at) }},
		{Name: "comma", Decode: func(v *jsondoc.Value, at string) { o.Delimiter = d.comma(v, at) }},
		{Name: "literalSpaces", Decode: func(v *jsondoc.Value, at string) { t.LiteralSpaces = d.Bool(v, at) }},
		{Name: "matchAllInList", Decode: func(v *jsondoc.Value, at string) { t.MatchAllInList = d.Bool(v, at) }},
	}
}

// duals are the names of rls.Either, rls.UserFirst and rls.Reject, in order.
var duals = []string{"either", "userFirst", "reject"}

// path resolves a path of the case file.
func (d *decoder) path(v *jsondoc.Value, field, p string) (string, bool) {
	if p == "" {
		return "", false
	}
	at := path.Join(path.Dir(d.name), p)
	if path.IsAbs(p) || !fs.ValidPath(at) || strings.Contains(p, `\`) {
		d.fail(v, field, "%q is %w", p, ErrPath)
		return "", false
	}
	return at, true
}

func readFile[T any](fsys fs.FS, name string, read func(fs.File) (T, error)) (T, error) {
	f, err := fsys.Open(name)
	if err != nil {
		var none T
		return none, err
	}
	defer f.Close()
	return read(f)
}

// check looks at what the parts of a case file say of each other.
func (d *decoder) check(s *Suite, sp *spec) {
	names := make(map[string]rls.Position)
	for i, c := range s.cases {
		field := fmt.Sprintf("cases[%d]", i)
		if first, ok := names[c.name]; ok && c.name != "" {
			d.fail(c.value, field+".name", "%w: line %d has a case of the name %q, too", ErrTwice, first.Line, c.name)
		}
		names[c.name] = c.pos
		switch {
		case c.who != nil && sp.rulesAt == nil:
			d.fail(c.value, field, "%w: who needs rules", ErrMissing)
		case c.tags != nil && sp.tagsAt == nil:
			d.fail(c.value, field, "%w: tags need a tag configuration", ErrMissing)
		}
		if c.who != nil && s.rules.FormatVersion() == rls.Version2 {
			for _, id := range append(slices.Clone(c.who.Groups), c.who.User) {
				if id.Name != "" && id.ARN.IsZero() {
					d.fail(c.value, field+".who", "%w: got the name %q, want an ARN, as the rules have", ErrValue, id.Name)
				}
			}
		}
	}
	t := s.data
	if t == nil {
		return
	}
	restricted := slices.Concat(s.rules.Columns(), s.config.Columns())
	t.finish(restricted)
	for _, err := range t.check(restricted) {
		d.fail(sp.data.at, "data", "%w", err)
	}
	for _, by := range []struct {
		at      *jsondoc.Value
		key     string
		columns []string
	}{{sp.rulesAt, "rules", s.rules.Columns()}, {sp.tagsAt, "tags", s.config.Columns()}} {
		for _, name := range by.columns {
			if t.column(name) < 0 {
				d.fail(by.at, by.key, "%w: the rules restrict %q, the data has %s", ErrColumn, name, strings.Join(t.names(), ", "))
			}
		}
	}
	if sp.id != "" && t.column(sp.id) < 0 {
		d.fail(sp.idAt, "id", "%w: got %q, want one of %s", ErrColumn, sp.id, strings.Join(t.names(), ", "))
		return
	}
	for i, c := range s.cases {
		field := fmt.Sprintf("cases[%d]", i)
		if c.only != nil {
			d.bind(c.only, t, field+".only")
		}
		d.bindWanted(c, c.rows, s, field+".rows")
		d.bindWanted(c, c.hidden, s, field+".hidden")
	}
}

// bindWanted looks the rows of a case up. Each item must mean a row that is
// there: no row at all is never visible and never hidden.
func (d *decoder) bindWanted(c *testCase, all []wanted, s *Suite, field string) {
	for i := range all {
		w := &all[i]
		field := fmt.Sprintf("%s[%d]", field, i)
		if len(w.tests) == 1 && w.tests[0].name == "" && w.said == "" {
			if s.id == "" {
				d.fail(w.tests[0].at, field, "%w: want the id column, with id: at the top, or an object of columns and values", ErrMissing)
				continue
			}
			w.tests[0].name = s.id
			w.said = w.String()
		}
		empty := func(t test) bool { return len(t.values) == 0 } // reported already
		if len(w.tests) == 0 || slices.ContainsFunc(w.tests, empty) || !d.bind(&w.condition, s.data, field) {
			continue
		}
		if !w.any(s.data) {
			said := w.said
			if c.secret() {
				said = "what stands here"
			}
			d.fail(w.tests[0].at, field, "%w: %s", ErrNoRow, said)
		}
	}
}

// any reports whether there is a row in the set.
func (c *condition) any(t *table) bool {
	for range c.rows(t) {
		return true
	}
	return false
}
