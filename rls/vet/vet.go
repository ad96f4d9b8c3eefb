package vet

import (
	"bytes"
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// CSV checks a permission dataset in CSV. It reads r to its end and keeps the
// text in memory. Findings are in order of position, those of the roster last.
//
// Errors in the file are findings, and the readable rest of the file is checked
// too. An error is about r, the options, or reading the data.
func CSV(r io.Reader, opts *Options) ([]Finding, error) {
	text, err := io.ReadAll(r)
	if err != nil {
		return nil, err
	}
	all := opts.withDefaults()
	o := *all.Rules
	rep := newReport(o.File, all.MaxPerID)
	rs, err := rls.ReadCSV(bytes.NewReader(text), &o)
	if err != nil && !rep.refusals(err, all.Hint) {
		return nil, err // the options: they say nothing about the file
	}
	for _, assumed := range all.Assumed {
		rep.add("RS009", rls.Position{File: o.File}, "", "save the file as CSV UTF-8, with commas, so that every reader reads it alike", "%s", assumed)
	}
	if last := bytes.TrimRight(text, " "); len(last) > 0 && !bytes.HasSuffix(last, []byte("\n")) && bytes.HasSuffix(last, []byte(string(cmp.Or(o.Delimiter, ',')))) {
		rep.add("RS035", rls.Position{File: o.File, Line: 1 + bytes.Count(text, []byte("\n")), Column: 1}, "", "end the last line with a line end if the file is complete",
			"the file ends after a delimiter, without a line end: if it was cut there, the missing cell is a wildcard now")
	}
	resolve(&o)
	t := readTable(text, o, rs != nil)
	if t == nil {
		return rep.finish(), nil
	}
	if err := rep.vet(t, o, rs == nil || rs.Enforced(), &all); err != nil {
		return nil, err
	}
	return rep.finish(), nil
}

// Unreadable returns the findings for a file that cannot be made CSV of.
// Each line of the reason is a finding.
func Unreadable(file string, reason error, suggestion string) []Finding {
	rep := newReport(file, DefaultMaxPerID)
	for line := range strings.Lines(reason.Error()) {
		rep.add("RS001", rls.Position{File: file}, "", suggestion, "%s", strings.TrimSuffix(line, "\n"))
	}
	return rep.finish()
}

// Rules checks loaded rules. It leaves out findings that need the text of the
// file: those about the header and about rejected cells. Positions are those of
// the rules, so Column is 1. opts.Rules should be the options that the rules
// were read with.
//
// For a nil *rls.Rules, the finding is that it grants nothing.
func Rules(rs *rls.Rules, opts *Options) ([]Finding, error) {
	all := opts.withDefaults()
	o := *all.Rules
	resolve(&o)
	rep := newReport(o.File, all.MaxPerID)
	t := &table{file: o.File}
	if rs != nil {
		t = fromRules(rs, o)
	}
	rep.vetted = t.file
	if err := rep.vet(t, o, rs.Enforced(), &all); err != nil {
		return nil, err
	}
	return rep.finish(), nil
}

// resolve applies the settings, which are good if rls took them.
func resolve(o *rls.Options) {
	if s := o.Settings; s != nil {
		if s.Namespace != nil {
			o.Namespace = *s.Namespace
		}
		if o.FormatVersion = s.FormatVersion; s.FormatVersion == "" {
			o.FormatVersion = rls.Version1
		}
	}
	o.MaxValues = cmp.Or(o.MaxValues, rls.MaxValues)
}

// A vetting is a table on its way through the checks.
type vetting struct {
	*report
	*table
	opts     rls.Options
	enforced bool
	data     *dataset // nil without data
	roster   *members // nil without a roster

	misnamed []*column // almost named like a principal column, and no column of the data
}

func (r *report) vet(t *table, o rls.Options, enforced bool, opts *Options) (err error) {
	v := &vetting{report: r, table: t, opts: o, enforced: enforced}
	v.headers()
	if r.unclear {
		return nil
	}
	if reader := opts.Data; reader != nil {
		if v.data, err = readData(reader, t.fieldNames()); err != nil {
			return fmt.Errorf("data: %w", err)
		}
	}
	v.misnamed = slices.DeleteFunc(v.misnamed, func(c *column) bool {
		return v.data != nil && bindable(v.data.schema, c.name) == nil
	})
	if r := opts.Roster; r != nil {
		v.roster = match(r, t)
	}
	v.principalCells()
	v.fieldCells()
	v.rules()
	if err := v.subsumed(opts.Effort); err != nil {
		return err
	}
	v.lookAlikes()
	over := v.limits()
	v.rosterChecks()
	v.dataChecks(over)
	return nil
}

func (t *table) fieldNames() (names []string) {
	for _, c := range t.fields {
		names = append(names, c.name)
	}
	return names
}

// unclearHeader are the problems of a header that leave open which column is
// which.
var unclearHeader = [...]error{rls.ErrDuplicate, rls.ErrMixed}

// headerErrors and cellErrors sort what rls refuses; the rest is not CSV.
var (
	headerErrors = [...]error{rls.ErrEmpty, rls.ErrNoName, rls.ErrDuplicate, rls.ErrNoPrincipal, rls.ErrMixed, rls.ErrVersion, rls.ErrNoFields, rls.ErrOptions}
	cellErrors   = [...]error{rls.ErrEmptyItem, rls.ErrDual, rls.ErrKind, namespace.ErrARN}
)

// refusals makes findings of the problems of a file, and reports whether err
// was about the file at all.
func (r *report) refusals(err error, hint string) bool {
	found := false
	// Where the header does not say which column is which, every finding about a
	// cell, and every line with another number of fields, would follow from it.
	textpos.Each(err, func(e *rls.Error) {
		r.unclear = r.unclear || slices.ContainsFunc(unclearHeader[:], func(target error) bool { return errors.Is(e.Err, target) })
	})
	textpos.Each(err, func(e *rls.Error) {
		found, r.refused = true, true
		if r.unclear && errors.Is(e.Err, rls.ErrFieldCount) {
			return
		}
		id, suggestion := "RS001", cmp.Or(hint, "save the file as CSV UTF-8, with quotes only around whole fields")
		switch is := func(target error) bool { return errors.Is(e.Err, target) }; {
		case is(rls.ErrTooLong):
			id, suggestion = "RS004", "split the list over several rules of the same principal"
		case slices.ContainsFunc(headerErrors[:], is):
			id, suggestion = "RS002", "name the principal columns UserName, GroupName, UserARN or GroupARN, and every other one like its column of the data, once"
		case slices.ContainsFunc(cellErrors[:], is):
			id, suggestion = "RS003", "write the principal as QuickSight shows it"
			if is(rls.ErrEmptyItem) {
				suggestion = "take the empty item out of the list"
			}
			if is(rls.ErrDual) {
				suggestion = "write two rules, one for the user and one for the group"
			}
		case e.Field != "":
			id, suggestion = "RS003", `put quotes around the whole item and double those inside it`
		}
		thing := ""
		if e.Field != "" {
			thing = "column " + quote(e.Field)
		}
		r.add(id, e.Pos, thing, suggestion, "%v", e.Err)
	})
	return found
}
