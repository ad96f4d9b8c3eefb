package vet

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/list"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/header"
	"github.com/rowsight/rowsight/rls/internal/postings"
)

// A table is a permission dataset as it stands, loaded or not: what could be
// read of a file that rls refuses is vetted all the same. Each column keeps its
// different texts once, so that most checks look at a text once, however many
// rules have it.
type table struct {
	file        string
	columns     []*column
	user, group *column // nil if there is none
	fields      []*column
	lines       []uint32 // where each rule begins
	first       []int    // for each rule the first one that is the same (U13)
	places      []place  // of each cell, row by row; nil if not known
	heads       []place  // of each name
	dual        rls.Dual
	namespace   string
	bom         bool
}

type place struct{ line, column uint32 }

// A column is one column of a table.
type column struct {
	at    int
	name  string
	ids   map[string]uint32
	texts []string
	of    []uint32 // text of each rule

	// Of a field: what each text says, and the number of its set of values;
	// texts that say the same in other words have one number.
	cells []cell
	sets  []uint32

	// Of a principal column: whom each text names, 0 for nobody, and how each
	// is written first.
	kind  string // "user" or "group"
	arns  bool
	who   []uint32
	names []string
	keys  []string
	rules postings.Lists[uint32] // that name each, in file order
}

// A cell is what one text of a field says. No values, if it is not bad, is a
// wildcard.
type cell struct {
	list.List
	bad bool // cannot be read; rls refuses it
}

// wild reports whether a set number is that of the wildcard.
func wild(set uint32) bool { return set == wildSet }

const (
	wildSet = 0
	badSet  = ^uint32(0)
)

func (t *table) pos(row int, c *column) rls.Position {
	p := rls.Position{File: t.file, Line: int(t.lines[row]), Column: 1}
	if t.places != nil {
		at := t.places[row*len(t.columns)+c.at]
		p.Line, p.Column = int(at.line), int(at.column)
	}
	return p
}

func (t *table) rowPos(row int) rls.Position {
	return rls.Position{File: t.file, Line: int(t.lines[row]), Column: 1}
}

func (t *table) headPos(c *column) rls.Position {
	p := rls.Position{File: t.file}
	if t.heads != nil {
		p.Line, p.Column = int(t.heads[c.at].line), int(t.heads[c.at].column)
	}
	return p
}

func (c *column) thing() string { return "column " + quote(c.name) }

// principals returns the principal columns there are.
func (t *table) principals() (cs []*column) {
	if t.user != nil {
		cs = append(cs, t.user)
	}
	if t.group != nil {
		cs = append(cs, t.group)
	}
	return cs
}

func (c *column) id(text string) uint32 {
	if n := len(c.of); n > 0 && c.texts[c.of[n-1]] == text {
		return c.of[n-1] // files are often sorted
	}
	id, ok := c.ids[text]
	if !ok {
		id = uint32(len(c.texts))
		text = strings.Clone(text)
		c.ids[text] = id
		c.texts = append(c.texts, text)
	}
	return id
}

// readTable reads what can be read of a file. It is nil if there is no header.
// loads says that rls loads the file: then columns are what rls says they are,
// and else columns that are almost named like principals are taken for them.
func readTable(text []byte, o rls.Options, loads bool) *table {
	tidy := true // so far
	r := csvtext.NewRows(bytes.NewReader(text), &csvtext.Options{Delimiter: o.Delimiter}, func(*rls.Error) { tidy = false })
	names, ok := r.Next()
	if !tidy || !ok {
		return nil // without a header no cell means anything
	}
	t := &table{file: o.File, dual: o.Dual, namespace: o.Namespace, bom: r.BOM()}
	t.namespace = cmp.Or(t.namespace, namespace.Default)
	for i, name := range names {
		t.heads = append(t.heads, placeOf(r, i))
		t.columns = append(t.columns, &column{at: i, name: strings.Clone(name), ids: make(map[string]uint32)})
	}
	t.assign(names, o, !loads)
	for {
		record, ok := r.Next()
		if !ok {
			t.finish(o.NullWords)
			return t
		}
		for i, text := range record {
			t.places = append(t.places, placeOf(r, i))
			c := t.columns[i]
			c.of = append(c.of, c.id(text))
		}
		t.lines = append(t.lines, t.places[len(t.places)-len(record)].line)
	}
}

func placeOf(r *csvtext.Rows, i int) place {
	at := r.Pos(i)
	return place{uint32(at.Line), uint32(at.Column)}
}

// assign says which columns hold principals. guess takes columns that are almost
// named like principals for them where there are no others.
func (t *table) assign(names []string, o rls.Options, guess bool) {
	h, _ := header.Read(names, header.Options{User: o.User, Group: o.Group, Version: string(o.FormatVersion)}) // rls reports the problems
	if guess && h.User < 0 && h.Group < 0 {
		h.User, h.Group = header.Guess(names)
	}
	for i, c := range t.columns {
		switch i {
		case h.User:
			t.user = c
		case h.Group:
			t.group = c
		default:
			t.fields = append(t.fields, c)
			continue
		}
		c.arns = h.Version == header.Version2 || header.HoldsARNs(c.name)
	}
}

// fromRules makes a table of loaded rules.
func fromRules(rs *rls.Rules, o rls.Options) *table {
	t := &table{file: o.File, dual: o.Dual, namespace: rs.Namespace(), bom: rs.BOM()}
	newColumn := func(name string) *column {
		c := &column{at: len(t.columns), name: name, ids: make(map[string]uint32)}
		t.columns = append(t.columns, c)
		return c
	}
	user, group := rs.PrincipalColumns()
	if user != "" {
		t.user = newColumn(user)
		t.user.arns = rs.FormatVersion() == rls.Version2
	}
	if group != "" {
		t.group = newColumn(group)
		t.group.arns = rs.FormatVersion() == rls.Version2
	}
	for _, name := range rs.Columns() {
		t.fields = append(t.fields, newColumn(name))
	}
	for rule := range rs.All() {
		at := rule.Pos()
		t.file = at.File
		t.lines = append(t.lines, uint32(at.Line))
		for _, c := range t.columns {
			text := ""
			switch c {
			case t.user:
				text = rule.User()
			case t.group:
				text = rule.Group()
			default:
				text = rule.Text(c.name)
				if rule.Wildcard(c.name) && !list.Blank(text) {
					text = "" // a null word
				}
			}
			c.of = append(c.of, c.id(text))
		}
	}
	t.finish(nil)
	return t
}

// finish reads the texts of all columns.
func (t *table) finish(nullWords []string) {
	for _, c := range t.fields {
		c.readCells(nullWords)
	}
	if t.user != nil {
		t.user.kind = "user"
	}
	if t.group != nil {
		t.group.kind = "group"
	}
	for _, c := range t.principals() {
		c.readPrincipals(nullWords)
	}
	t.index()
}

func (c *column) readCells(nullWords []string) {
	known := map[string]uint32{"": wildSet}
	var key []byte
	for _, text := range c.texts {
		var got cell
		if !slices.Contains(nullWords, text) {
			got = parseCell(text)
		}
		set := badSet
		if !got.bad {
			key = key[:0]
			for _, v := range got.Values {
				key = append(binary.AppendUvarint(key, uint64(len(v))), v...)
			}
			var ok bool
			if set, ok = known[string(key)]; !ok {
				set = uint32(len(known))
				known[string(key)] = set
			}
		}
		c.cells = append(c.cells, got)
		c.sets = append(c.sets, set)
	}
}

// parseCell reads the list in a cell as rls does.
func parseCell(text string) cell {
	l, _, err := list.Parse(text, nil)
	return cell{l, err != nil}
}
