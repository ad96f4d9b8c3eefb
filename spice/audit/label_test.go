package audit_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
)

func TestCheckLabel(t *testing.T) {
	for _, good := range []string{"a", "7", "tenant-7", "acme.example.com", "orders@eu/acme:1_2", strings.Repeat("x", audit.MaxLabel)} {
		require.NoError(t, audit.CheckLabel(good), good)
	}
	for reason, bad := range map[string]string{
		"nothing":           "",
		"too long":          strings.Repeat("x", audit.MaxLabel+1),
		"a blank":           "SECRET a",
		"a line feed":       "SECRET\n",
		"a control":         "SECRET\x1b[2J",
		"other letters":     "SECRETé",
		"invalid UTF-8":     "SECRET\xff",
		"an option":         "-SECRET",
		"a quote":           `SECRET"`,
		"what shells read":  "SECRET$(id)",
		"what a table ends": "SECRET,x",
	} {
		err := audit.CheckLabel(bad)
		require.ErrorIs(t, err, audit.ErrLabel, reason)
		require.NotContains(t, err.Error(), "SECRET", reason)
	}
}
