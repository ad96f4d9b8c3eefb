package rlstest

import (
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// A Suite is one case file with its rules and its data. It is immutable and
// safe for concurrent use. The zero Suite has no cases, and its report is not
// OK.
type Suite struct {
	src     *source
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
	if s == nil || s.src == nil {
		return ""
	}
	return s.src.file
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
	rulesAt     *yaml.Node
	tagsAt      *yaml.Node
	optionsAt   *yaml.Node
	id          string
	idAt        *yaml.Node
	data        *dataSpec
	inline      *table
	ruleOpt     rls.Options
	tagOpt      tagrules.Options
	cases       []*testCase
}

var (
	fileKeys   = []string{"rules", "tags", "options", "data", "id", "cases"}
	optionKeys = []string{
		"namespace", "userColumn", "groupColumn", "formatVersion", "dual", "maxRunes", "maxValues", "hideNulls",
		"nullWords", "allowNoFields", "comma", "literalSpaces", "matchAllInList",
	}
)

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
	d := &decoder{source: newSource(name, content)}
	root, err := d.parse()
	if err != nil {
		return nil, err
	}
	sp := d.file(root)
	s := &Suite{src: d.source, id: sp.id, cases: sp.cases, data: sp.inline}

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
	if err := errors.Join(textpos.Join(d.errs, 0), errors.Join(others...)); err != nil {
		return nil, err
	}
	return s, nil
}

// file reads the whole document.
func (d *decoder) file(root *yaml.Node) *spec {
	sp := &spec{}
	given := make(map[string]bool)
	ok := d.mapping(root, "", fileKeys, func(key string, _, v *yaml.Node) {
		given[key] = true
		switch key {
		case "rules":
			sp.rules, sp.rulesAt = d.name(v, key), v
		case "tags":
			sp.tags, sp.tagsAt = d.name(v, key), v
		case "options":
			sp.optionsAt = v
			d.options(v, sp)
		case "data":
			sp.data = d.data(v)
			if sp.data.rows != nil {
				sp.inline = d.inline(v)
			}
		case "id":
			sp.id, sp.idAt = d.name(v, key), v
		case "cases":
			if v.Kind == yaml.SequenceNode && len(v.Content) == 0 || v.ShortTag() == "!!null" {
				d.fail(v, key, "%w", ErrNoCases)
				return
			}
			d.list(v, key, func(field string, item *yaml.Node) { sp.cases = append(sp.cases, d.testCase(item, field)) })
		}
	})
	if !ok {
		return sp
	}
	if !given["rules"] && !given["tags"] {
		d.fail(root, "", "rules or tags is %w: want a permission dataset, or a tag configuration", ErrMissing)
	}
	if !given["data"] {
		d.fail(root, "data", "%w", ErrMissing)
	}
	if !given["cases"] {
		d.fail(root, "cases", "%w", ErrNoCases)
	}
	return sp
}

// options reads how the rules and the tag configuration are to be read: the
// fields of rls.Options and tagrules.Options that a file can have.
func (d *decoder) options(n *yaml.Node, sp *spec) {
	o, t := &sp.ruleOpt, &sp.tagOpt
	d.mapping(n, "options", optionKeys, func(key string, _, v *yaml.Node) {
		at := "options." + key
		switch key {
		case "namespace":
			o.Namespace = d.name(v, at)
		case "userColumn":
			o.User = d.name(v, at)
		case "groupColumn":
			o.Group = d.name(v, at)
		case "formatVersion":
			o.FormatVersion = rls.FormatVersion(d.oneOf(v, at, string(rls.Version1), string(rls.Version2)))
		case "dual":
			o.Dual = rls.Dual(max(0, slices.Index(duals, d.oneOf(v, at, duals...))))
		case "maxRunes":
			o.MaxRunes = d.number(v, at, -1)
		case "maxValues":
			o.MaxValues = d.number(v, at, -1)
		case "hideNulls":
			o.HideNulls = d.truth(v, at)
		case "nullWords":
			d.list(v, at, func(at string, item *yaml.Node) { o.NullWords = append(o.NullWords, d.name(item, at)) })
		case "allowNoFields":
			o.AllowNoFields = d.truth(v, at)
		case "comma":
			o.Delimiter = d.comma(v, at)
		case "literalSpaces":
			t.LiteralSpaces = d.truth(v, at)
		case "matchAllInList":
			t.MatchAllInList = d.truth(v, at)
		}
	})
}

// duals are the names of rls.Either, rls.UserFirst and rls.Reject, in order.
var duals = []string{"either", "userFirst", "reject"}

// path resolves a path of the case file.
func (d *decoder) path(n *yaml.Node, field, p string) (string, bool) {
	if p == "" {
		return "", false
	}
	at := path.Join(path.Dir(d.source.file), p)
	if path.IsAbs(p) || !fs.ValidPath(at) || strings.Contains(p, `\`) {
		d.fail(n, field, "%q is %w", p, ErrPath)
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
			d.fail(c.node, field+".name", "%q is %w, first in line %d", c.name, ErrTwice, first.Line)
		}
		names[c.name] = c.pos
		switch {
		case c.who != nil && sp.rulesAt == nil:
			d.fail(c.node, field, "who needs rules, which are %w", ErrMissing)
		case c.tags != nil && sp.tagsAt == nil:
			d.fail(c.node, field, "tags needs a tag configuration, which is %w", ErrMissing)
		}
		if c.who != nil && s.rules.FormatVersion() == rls.Version2 {
			for _, id := range append(slices.Clone(c.who.Groups), c.who.User) {
				if id.Name != "" && id.ARN.IsZero() {
					d.fail(c.node, field+".who", "%w: got the name %q, want an ARN, as the rules have", ErrValue, id.Name)
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
		at      *yaml.Node
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
				d.fail(w.tests[0].at, field, "the id column is %w: name it with id: at the top, or write a mapping of columns to values", ErrMissing)
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
