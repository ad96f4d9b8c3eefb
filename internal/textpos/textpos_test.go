package textpos

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestZero(t *testing.T) {
	require.Equal(t, "", Position{}.String(), "a place that is not known")
	require.Equal(t, "unknown problem", (&Error{}).Error(), "a problem stays one")
	require.NoError(t, Join(nil, 0))
	require.NoError(t, Join([]*Error{}, 1))
	require.Empty(t, Flat(nil))
	Each(nil, func(*Error) { t.Fatal("no error") })
}

func TestError(t *testing.T) {
	why := errors.New("why")
	for _, tt := range []struct {
		reason string
		err    *Error
		want   string
	}{
		{"everything", &Error{Pos: At("f", 3, 7), Field: "A.B[1]", Err: why}, "f:3:7: A.B[1]: why"},
		{"a column", InColumn(At("f", 3, 7), `a"b`, why), `f:3:7: column "a\"b": why`},
		{"a column that is not known", InColumn(At("f", 3, 7), "", why), "f:3:7: why"},
		{"a file", InFile("f", why), "f: why"},
		{"a line", &Error{Pos: At("f", 3, 0), Err: why}, "f:3: why"},
		{"text without a name", &Error{Pos: At("", 3, 7), Err: why}, "3:7: why"},
		{"a row without a line", &Error{Pos: At("f", 0, 7), Err: why}, "f: why"},
		{"no place", &Error{Err: why}, "why"},
	} {
		require.EqualError(t, tt.err, tt.want, tt.reason)
		require.ErrorIs(t, tt.err, why, tt.reason)
	}
}

func TestJoin(t *testing.T) {
	at := func(line, column int, text string) *Error {
		return &Error{Pos: At("f", line, column), Err: errors.New(text)}
	}
	list := []*Error{at(2, 1, "c"), at(1, 9, "b"), at(2, 1, "d"), at(1, 2, "a")}
	require.EqualError(t, Join(list, 0), "f:1:2: a\nf:1:9: b\nf:2:1: c\nf:2:1: d", "in order of position; equal ones stay as they were")
	require.EqualError(t, Join(list, 4), Join(list, 0).Error(), "a list that fits is whole")
	err := Join(list, 2)
	require.EqualError(t, err, "f:1:2: a\nf:1:9: b\nf:2:1: more problems that are not listed: 2")
	require.ErrorIs(t, err, ErrMore)
}

func TestEach(t *testing.T) {
	a, b, c := &Error{Err: errors.New("a")}, &Error{Err: errors.New("b")}, errors.New("c")
	inner := &Error{Err: a}
	err := errors.Join(a, fmt.Errorf("read: %w", errors.Join(c, b)), inner)
	var got []*Error
	Each(err, func(e *Error) { got = append(got, e) })
	require.Equal(t, []*Error{a, b, inner}, got)
	require.Equal(t, []error{a, b, c}, Flat(errors.Join(a, errors.Join(b, c))))
}
