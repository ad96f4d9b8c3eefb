package records_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/fixture"
	"github.com/rowsight/rowsight/rls/internal/records"
)

func TestZero(t *testing.T) {
	require.Empty(t, records.Header(nil, "UserName", "GroupName"))
	require.Empty(t, records.Record(new(rls.Rules), rls.Rule{}, "al", "sales"))
}

// Principals come first whatever the order of the file, and only those that it has.
func TestRecord(t *testing.T) {
	for _, tt := range []struct {
		reason, csv    string
		header, record []string
	}{
		{"users before groups", "Region,GroupName,UserName\n\"US,\",g,al\n", []string{"UserName", "GroupName", "Region"}, []string{"al", "g", "US,"}},
		{"users only", "Region,UserName,Tier\n,al,b\n", []string{"UserName", "Region", "Tier"}, []string{"al", "", "b"}},
		{"groups only", "GroupName,Region\ng,\"b,a\"\n", []string{"GroupName", "Region"}, []string{"g", "b,a"}},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			rs := fixture.Rules(t, tt.csv, nil)
			require.Equal(t, tt.header, records.Header(rs, "UserName", "GroupName"))
			for rule := range rs.All() {
				require.Equal(t, tt.record, records.Record(rs, rule, rule.User(), rule.Group()))
			}
		})
	}
}
