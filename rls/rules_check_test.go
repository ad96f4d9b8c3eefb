package rls_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
)

// TestCheckHints: an error for a missing column says which column is meant, if
// one is, or that the name is almost that of a principal column.
func TestCheckHints(t *testing.T) {
	table := []predicate.Column{{Name: "Region", Text: true}, {Name: "Segment", Text: true}, {Name: "amount", Type: "int64"}}
	for column, want := range map[string]string{
		"Region":    "",
		"region":    `column "region": no such column; did you mean "Region"?`,
		"Regoin":    `column "Regoin": no such column; did you mean "Region"?`,
		"Country":   `column "Country": no such column`,
		"Groupname": `column "Groupname": no such column; a principal column is named "GroupName" exactly`,
		"GroupNmae": `column "GroupNmae": no such column; a principal column is named "GroupName" exactly`,
		"amount":    `column "amount": not text: type is int64`,
	} {
		rs, err := rls.ReadCSV(strings.NewReader("UserName,"+column+"\nal,x\n"), nil)
		require.NoError(t, err)
		if err := rs.Check(table); want != "" {
			require.EqualError(t, err, want)
		} else {
			require.NoError(t, err)
		}
	}
}
