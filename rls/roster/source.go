package roster

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/rls"
)

// A source reads the lines of a roster.
type source struct {
	csv          *csvtext.Reader
	file         string
	opts         Options
	header       []string
	user, groups int // columns; groups may be -1
	record       []string
	errs         []error
	unclear      bool // a group with an unclear separator was reported
}

// open reads the header.
func (s *source) open() {
	if !s.next() {
		if len(s.errs) == 0 {
			s.fail(1, 1, "", rls.ErrEmpty)
		}
		return
	}
	s.header = slices.Clone(s.record)
	for i, name := range s.header {
		line, column := s.csv.FieldPos(i)
		switch {
		case name == "":
			s.fail(line, column, "", fmt.Errorf("%w: the name of column %d is empty", rls.ErrNoName, i+1))
		case slices.Index(s.header, name) != i:
			s.fail(line, column, name, rls.ErrDuplicate)
		}
	}
	s.user = s.find("users", s.opts.User, userNames)
	s.groups = s.find("groups", s.opts.Groups, groupNames)
	if s.user < 0 && len(s.errs) == 0 {
		s.failAt(0, "", fmt.Errorf("%w: no column of users, want one called %s", ErrHeader, strings.Join(userNames, ", ")))
	}
}

// find returns the column with the given name or, without one, that whose name
// is one of names in any case.
func (s *source) find(what, given string, names []string) int {
	if given != "" {
		i := slices.Index(s.header, given)
		if i < 0 {
			s.failAt(0, given, fmt.Errorf("%w: no column of %s of this name", ErrHeader, what))
		}
		return i
	}
	found := -1
	for i, name := range s.header {
		if !slices.Contains(names, strings.ToLower(name)) {
			continue
		}
		if found >= 0 {
			s.failAt(i, name, fmt.Errorf("%w: column %q holds the %s, too; say which", ErrHeader, s.header[found], what))
			continue
		}
		found = i
	}
	return found
}

// next reads the next line. Lines that are no CSV are noted and passed over.
func (s *source) next() bool {
	for {
		record, err := s.csv.Read()
		var bad *csvtext.Error
		switch {
		case err == nil:
			s.record = record
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

func (s *source) fail(line, column int, field string, err error) {
	s.errs = append(s.errs, &rls.Error{Pos: rls.Position{File: s.file, Line: line, Column: column}, Field: field, Err: err})
}

func (s *source) failAt(i int, field string, err error) {
	line, column := s.csv.FieldPos(i)
	s.fail(line, column, field, err)
}

// pos returns where a cell of the line stands.
func (s *source) pos(i int) rls.Position {
	line, column := s.csv.FieldPos(i)
	return rls.Position{File: s.file, Line: line, Column: column}
}

// problem reports what is wrong with a cell of the line.
func (s *source) problem(i int, err error) { s.failAt(i, s.header[i], err) }

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
