package rlstest

import (
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

// readData reads data: CSV, or what open opens.
func readData(fsys fs.FS, name string, spec *dataSpec, open func(string) (Data, error)) (*table, []error) {
	csv := strings.EqualFold(path.Ext(name), ".csv") || spec.comma != 0 || !spec.null.null // options of CSV
	if open == nil || csv {
		return readCSV(fsys, name, spec)
	}
	data, err := open(name)
	if err != nil {
		return nil, []error{err}
	}
	defer data.Records.Release()
	t, err := readRecords(name, data)
	if err != nil {
		return nil, []error{err}
	}
	return t, nil
}

// readRecords makes a table of records. Values that are no text become what
// Text prints; [table.check] keeps rules from restricting them.
func readRecords(name string, data Data) (*table, error) {
	schema := data.Records.Schema()
	var names []string
	for i, f := range schema.Fields() {
		if schema.FieldIndices(f.Name)[0] != i {
			return nil, textpos.InFile(name, fmt.Errorf("%w: column %q", ErrTwice, f.Name))
		}
		names = append(names, f.Name)
	}
	t := newTable(names)
	t.schema = schema
	for data.Records.Next() {
		rec := data.Records.Record()
		texts := make([]func(int) (string, error), len(names))
		for i, f := range schema.Fields() {
			var err error
			if texts[i], err = data.Text(rec.Column(i), f); err != nil {
				return nil, textpos.InFile(name, fmt.Errorf("column %q: %w", f.Name, err))
			}
		}
		for row := range int(rec.NumRows()) {
			cells := make([]text, len(names))
			for i := range names {
				if rec.Column(i).IsNull(row) {
					cells[i].null = true
					continue
				}
				s, err := texts[i](row)
				if err != nil {
					return nil, textpos.InFile(name, fmt.Errorf("column %q: %w", names[i], err))
				}
				cells[i].s = strings.Clone(s)
			}
			t.add(rls.Position{File: name}, cells)
		}
	}
	return t, data.Records.Err()
}

// check returns why columns cannot be restricted: they are not text.
func (t *table) check(restricted []string) (errs []error) {
	if t.schema == nil {
		return nil
	}
	for _, name := range restricted {
		if !t.schema.HasField(name) {
			continue // reported with the columns that there are
		}
		if err := batch.Check(t.schema, name); err != nil {
			errs = append(errs, err)
		}
	}
	return errs
}

// join gives the users of cases that name no group the groups of a roster.
func (d *decoder) join(s *Suite, r *roster.Roster) {
	if r == nil || s.rules == nil {
		return
	}
	for i, c := range s.cases {
		if c.who == nil || c.who.User.IsZero() || c.who.Groups != nil {
			continue
		}
		who, err := r.Join(*c.who, s.rules)
		if err != nil {
			d.fail(c.value, fmt.Sprintf("cases[%d].who", i), "%w", err)
			continue
		}
		c.who = &who
	}
}
