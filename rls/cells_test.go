package rls_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
)

func TestCellsOfNothing(t *testing.T) { require.Empty(t, rls.Cells(slices.Values([]string{}), 10)) }

func TestCells(t *testing.T) {
	tests := []struct {
		reason string
		values []string
		most   int
		want   []string
	}{
		{"all in one", []string{"a", "b", "c"}, 5, []string{"a,b,c"}},
		{"one character too many", []string{"a", "b", "c"}, 4, []string{"a,b", "c"}},
		{"characters, not bytes", []string{"ü", "é", "c"}, 5, []string{"ü,é,c"}},
		{"quotes count", []string{"a,b", `c"`, "d"}, 9, []string{`"a,b"`, `"c""",d`}},
		{"a value that is too long", []string{"a", "long", "b"}, 3, []string{"a", "long", "b"}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			require.Equal(t, tt.want, rls.Cells(slices.Values(tt.values), tt.most))
		})
	}
}
