package policy_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/fixture"
	"github.com/rowsight/rowsight/rls/policy"
	"github.com/rowsight/rowsight/rls/roster"
)

var rules = fixture.Rules

// TestForRules: the union of the grants of a user and the user's groups is what
// the rules show that user.
func TestForRules(t *testing.T) {
	rs := rules(t, `UserName,GroupName,Region
al,,EMEA
al,sales,US
,sales,APAC
bo,,
,empty,
`, nil)
	grants, err := policy.ForRules(rs, nil, nil)
	require.NoError(t, err)
	var got []string
	for _, g := range grants {
		got = append(got, fmt.Sprint(g.Kind, " ", g.Name, ": ", g.Rows))
	}
	require.Equal(t, []string{
		`user al: Region in ("EMEA", "US")`,
		`user bo: all restricting Region`,
		`group empty: all restricting Region`,
		`group sales: Region in ("APAC", "US")`,
	}, got)

	viewers := []roster.Viewer{
		{Kind: namespace.KindUser, Name: "cy", Principal: namespace.Named("cy", "sales")},
		{Kind: namespace.KindUser, Name: "nobody", Principal: namespace.Named("nobody")},
		{Kind: namespace.KindGroup, Name: "sales", Principal: namespace.Named("", "sales")},
	}
	grants, err = policy.ForRules(rs, viewers, nil)
	require.NoError(t, err)
	require.Len(t, grants, 1, "groups are in their members, and nobody sees nothing")
	require.Equal(t, "cy", grants[0].Name)
	require.Equal(t, `Region in ("APAC", "US")`, grants[0].Rows.String())

	none, err := policy.ForRules(rs, []roster.Viewer{}, nil)
	require.NoError(t, err)
	require.Empty(t, none, "a roster without viewers is not the same as no roster")
}

func TestForRulesRefused(t *testing.T) {
	disabled := rules(t, "UserName,Region\nal,US\n", &rls.Options{Settings: &rls.PermissionDataSet{
		Arn: "arn:aws:quicksight:us-east-1:111122223333:dataset/x", PermissionPolicy: rls.GrantAccess, Status: rls.Disabled,
	}})
	_, err := policy.ForRules(disabled, nil, nil)
	require.ErrorIs(t, err, policy.ErrDisabled)

	var many strings.Builder
	many.WriteString("GroupName,Region\n")
	for i := range 1000 {
		fmt.Fprintf(&many, "g%d,r%d\n", i, i)
	}
	_, err = policy.ForRules(rules(t, many.String(), nil), nil, nil)
	require.ErrorIs(t, err, policy.ErrLimit, "somebody may be in a thousand groups")

	twice := rules(t, `UserARN,Region
arn:aws:quicksight:us-east-1:111122223333:user/default/al,US
arn:aws:quicksight:us-east-1:111122223333:user/other/al,EMEA
`, nil)
	_, err = policy.ForRules(twice, nil, nil)
	require.ErrorIs(t, err, policy.ErrDuplicate, "two namespaces, one name")
	grants, err := policy.ForRules(twice, nil, func(v roster.Viewer) string { return v.Name })
	require.NoError(t, err)
	require.Len(t, grants, 2)
}
