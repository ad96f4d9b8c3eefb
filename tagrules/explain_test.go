package tagrules

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestExplain(t *testing.T) {
	c := &Config{
		TagRules: []Rule{
			{"customer_region", "Region", ",", "*"}, {"tenant", "Tenant", "", ""}, {"tier", "Tier", "", "*"}, {"idle", "Idle", "", ""},
		},
		TagRuleConfigurations: [][]string{{"customer_region", "tenant"}, {"tier"}},
	}
	for _, tt := range []struct {
		tags         []Tag
		want, reason string
	}{
		{nil, `no row: the session has not all tags of any list
list 1: incomplete
  "customer_region" restricts "Region": missing
  "tenant" restricts "Tenant": missing
list 2: incomplete
  "tier" restricts "Tier": missing
rule "idle" is in no list and does nothing
`, "no tags"},
		{[]Tag{{" customer_region", "EMEA"}, {"Tenant", "acme"}, {"x", "1"}, {"tier", ""}}, `no row: the session has not all tags of any list
list 1: incomplete
  "customer_region" restricts "Region": missing
  "tenant" restricts "Tenant": missing
list 2: incomplete
  "tier" restricts "Tier": no value
rule "idle" is in no list and does nothing
session tag " customer_region" has no rule
session tag "Tenant" has no rule
session tag "x" has no rule
session tag " customer_region" is not "customer_region": case and white space count
session tag "Tenant" is not "tenant": case and white space count
`, "near misses"},
		{[]Tag{{"customer_region", "EMEA, US"}, {"tenant", " a"}}, `the rows that satisfy one complete list
list 1: complete
  "customer_region" restricts "Region": has values (2), white space trimmed
  "tenant" restricts "Tenant": has values (1)
list 2: incomplete
  "tier" restricts "Tier": missing
rule "idle" is in no list and does nothing
`, "one list complete"},
		{[]Tag{{"tier", "*"}}, `every row: the session matches all
list 1: incomplete
  "customer_region" restricts "Region": missing
  "tenant" restricts "Tenant": missing
list 2: complete
  "tier" restricts "Tier": match all
rule "idle" is in no list and does nothing
`, "match all"},
	} {
		e, err := c.Explain(tt.tags...)
		require.NoError(t, err, tt.reason)
		require.Equal(t, tt.want, e.String(), tt.reason)
	}
	c.Status = Disabled
	e, err := c.Explain()
	require.NoError(t, err)
	require.False(t, e.Restricted())
	require.Contains(t, e.String(), "disabled: they hide no row")

	_, err = c.Explain(Tag{"k", "a"}, Tag{"k", "b"})
	require.ErrorIs(t, err, ErrDuplicateTag)
	require.Equal(t, "State(9)", State(9).String())
}
