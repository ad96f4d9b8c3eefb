package plain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/plain"
)

func TestNumber(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 1234567: "1,234,567", -100: "-100", -999: "-999", -1000: "-1,000"} {
		require.Equal(t, want, plain.Number(n))
	}
}

func TestPercent(t *testing.T) {
	for _, tt := range []struct {
		reason   string
		n, total int
		want     string
	}{
		{"nothing of nothing", 0, 0, "0%"},
		{"nothing", 0, 7, "0%"},
		{"all", 7, 7, "100%"},
		{"a half", 1, 2, "50.0%"},
		{"rounded", 2, 3, "66.7%"},
		{"a little is not nothing", 1, 100_000, "<0.1%"},
		{"almost all is not all", 99_999, 100_000, ">99.9%"},
	} {
		t.Run(tt.reason, func(t *testing.T) { require.Equal(t, tt.want, plain.Percent(tt.n, tt.total)) })
	}
}

func TestCount(t *testing.T) {
	for n, want := range map[int]string{0: "0 rows", 1: "1 row", 2: "2 rows", -1: "-1 rows"} {
		require.Equal(t, want, plain.Count(n, "row"))
	}
}
