package roster

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/rls"
)

// A source is an [rls.Source] of the lines of a roster. Its columns are called
// by their number, so that no name of the roster means anything to package rls.
type source struct {
	csv          *csvtext.Reader
	file         string
	header       []string
	user, groups int // columns; groups may be -1
	separator    string
	record       []string
	places       []place // of every cell, row by row
	errs         []error
	unclear      bool // a group with an unclear separator was reported
}

type place struct{ line, column int }

func columnName(i int) string { return "column " + strconv.Itoa(i) }

// open reads the header.
func (s *source) open(o Options) {
	s.separator = o.Separator
	if !s.Next() {
		if len(s.errs) == 0 {
			s.fail(1, 1, "", rls.ErrEmpty)
		}
		return
	}
	s.header = slices.Clone(s.record)
	for i, name := range s.header {
		at := s.places[i]
		switch {
		case name == "":
			s.fail(at.line, at.column, "", fmt.Errorf("%w: the name of column %d is empty", rls.ErrNoName, i+1))
		case slices.Index(s.header, name) != i:
			s.fail(at.line, at.column, name, rls.ErrDuplicate)
		}
	}
	s.user = s.find("users", o.User, userNames)
	s.groups = s.find("groups", o.Groups, groupNames)
	if s.user < 0 && len(s.errs) == 0 {
		s.fail(s.places[0].line, s.places[0].column, "", fmt.Errorf("%w: no column of users, want one called %s", ErrHeader, strings.Join(userNames, ", ")))
	}
	s.places = s.places[:0]
}

// find returns the column with the given name or, without one, that whose name
// is one of names in any case.
func (s *source) find(what, given string, names []string) int {
	if given != "" {
		i := slices.Index(s.header, given)
		if i < 0 {
			s.fail(s.places[0].line, s.places[0].column, given, fmt.Errorf("%w: no column of %s of this name", ErrHeader, what))
		}
		return i
	}
	found := -1
	for i, name := range s.header {
		if !slices.Contains(names, strings.ToLower(name)) {
			continue
		}
		if found >= 0 {
			s.fail(s.places[i].line, s.places[i].column, name, fmt.Errorf("%w: column %q holds the %s, too; say which", ErrHeader, s.header[found], what))
			continue
		}
		found = i
	}
	return found
}

// Columns returns the numbers of the columns.
func (s *source) Columns() []string {
	names := make([]string, len(s.header))
	for i := range names {
		names[i] = columnName(i)
	}
	return names
}

// Next reads the next line. Lines that are no CSV are noted and passed over.
func (s *source) Next() bool {
	for {
		record, err := s.csv.Read()
		var bad *csvtext.Error
		switch {
		case err == nil:
			s.record = record
			for i := range record {
				line, column := s.csv.FieldPos(i)
				s.places = append(s.places, place{line, column})
				if s.header != nil && i == s.user && strings.Trim(record[i], ",") == "" {
					s.fail(line, column, s.header[i], ErrNoUser)
				}
			}
			return true
		case errors.As(err, &bad):
			s.fail(bad.Line, bad.Column, "", bad.Err)
		case err == io.EOF:
			return false
		default:
			s.fail(0, 0, "", err)
			return false
		}
	}
}

// Text returns a cell. Names with a separator of their own are not a list of
// package rls, and quoted so that they are one name.
func (s *source) Text(i int) (string, bool) {
	text := s.record[i]
	if i == s.groups && s.separator != "" && text != "" {
		text = `"` + strings.ReplaceAll(text, `"`, `""`) + `"`
	}
	return text, true
}

// Err returns nil: problems are in errs.
func (s *source) Err() error { return nil }

func (s *source) fail(line, column int, field string, err error) {
	s.errs = append(s.errs, &rls.Error{Pos: rls.Position{File: s.file, Line: line, Column: column}, Field: field, Err: err})
}

// pos returns where a cell stands; rows count from 1.
func (s *source) pos(row, column int) rls.Position {
	at := s.places[(row-1)*len(s.header)+column]
	return rls.Position{File: s.file, Line: at.line, Column: at.column}
}

func (s *source) problem(row, column int, err error) {
	s.errs = append(s.errs, &rls.Error{Pos: s.pos(row, column), Field: s.header[column], Err: err})
}

// place notes the errors of package rls, which count rows and columns, where
// they are in the file.
func (s *source) place(err error) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, e := range joined.Unwrap() {
			s.place(e)
		}
		return
	}
	var at *rls.Error
	if errors.As(err, &at) && at.Pos.Line > 0 && at.Pos.Column > 0 {
		s.problem(at.Pos.Line, at.Pos.Column-1, at.Err)
		return
	}
	s.errs = append(s.errs, err)
}

// join returns all problems in the order of their positions.
func (s *source) join() error {
	pos := func(err error) (p rls.Position) {
		var at *rls.Error
		if errors.As(err, &at) {
			p = at.Pos
		}
		return p
	}
	slices.SortStableFunc(s.errs, func(a, b error) int {
		p, q := pos(a), pos(b)
		return cmp.Or(cmp.Compare(p.Line, q.Line), cmp.Compare(p.Column, q.Column))
	})
	return errors.Join(s.errs...)
}
