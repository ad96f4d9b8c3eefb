package migrate_test

import (
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/migrate"
)

// An oracleRule is a rule by hand: who, and which values of two fields.
type oracleRule struct {
	user, group string
	a, b        []string // nil: all
}

// TestRandomMigrations moves random people with random rules. An oracle that
// knows nothing of predicates, files or ARNs says row by row what each person
// sees; it must be the same before and after, and for those who stay, too.
// Then the new file is changed at random: Verify finds a difference if and only
// if the oracle does.
func TestRandomMigrations(t *testing.T) {
	users, groups, values := []string{"u0", "u1", "u2", "u3", "u4"}, []string{"g0", "g1", "g2"}, []string{"x", "y", "z", "a,b", `q"`}
	rounds := 150
	if testing.Short() {
		rounds = 30
	}
	found, harmless, moves := 0, 0, 0
	for round := range rounds {
		r := rand.New(rand.NewPCG(uint64(round), 1))
		ctx := t.Context()
		d, err := namespace.New(account, "us-east-1", nil)
		require.NoError(t, err)
		v := d.Administrator()
		_, err = v.CreateNamespace(ctx, "tenant")
		require.NoError(t, err)
		in := make(map[string][]string)
		for _, g := range groups {
			_, err := v.CreateGroup(ctx, namespace.CreateGroupInput{GroupName: g})
			require.NoError(t, err)
		}
		for _, u := range users {
			_, err := v.RegisterUser(ctx, iam("", u))
			require.NoError(t, err)
			for _, g := range groups {
				if r.IntN(2) == 0 {
					_, err := v.CreateGroupMembership(ctx, "", g, u)
					require.NoError(t, err)
					in[u] = append(in[u], g)
				}
			}
		}
		_, err = v.RegisterUser(ctx, iam("tenant", "other"))
		require.NoError(t, err)

		pick := func() []string {
			var some []string
			for _, v := range values {
				if r.IntN(4) == 0 {
					some = append(some, v)
				}
			}
			return some
		}
		var rules []oracleRule
		dual := rls.Dual(r.IntN(2))
		for range r.IntN(8) {
			rule := oracleRule{a: pick(), b: pick()}
			if r.IntN(3) > 0 {
				rule.user = users[r.IntN(len(users))]
			}
			if rule.user == "" || r.IntN(4) == 0 {
				rule.group = groups[r.IntN(len(groups))]
			}
			rules = append(rules, rule)
		}
		from, to := rls.Version1, rls.Version1
		if r.IntN(2) == 0 {
			from, to = rls.Version2, rls.Version2
		} else if r.IntN(2) == 0 {
			to = rls.Version2
		}
		f := memFiles{"rules.csv": file(d, from, rules)}
		input := migrate.Input{To: "tenant", Users: []string{}, Rules: []migrate.RuleFile{{Name: "rules.csv", FormatVersion: to, Options: rls.Options{Dual: dual}}}}
		for _, u := range users {
			if r.IntN(2) == 0 {
				input.Users = append(input.Users, u)
			}
		}
		moves += len(input.Users)
		plan, err := migrate.PlanMigration(ctx, d, f, input)
		require.NoError(t, err, "round %d", round)
		require.NoError(t, migrate.Apply(ctx, d, f, plan, nil))
		report, err := migrate.Verify(ctx, d, f, plan)
		require.NoError(t, err)
		require.True(t, report.Passed(), "round %d: %s", round, report)

		// same reports whether everybody sees in the new file what the oracle says.
		same := func(data string) bool {
			rs, err := rls.ReadCSV(strings.NewReader(data), &plan.Rules[0].TargetOptions)
			require.NoError(t, err)
			see := func(ns, u string) predicate.Predicate {
				p, err := d.Principal(ctx, namespace.Identity{Namespace: ns, Name: u})
				require.NoError(t, err)
				rows, err := rs.For(p)
				require.NoError(t, err)
				return rows
			}
			for _, a := range append(values, "w") {
				for _, b := range append(values, "w") {
					row := func(column string) (string, bool) { return map[string]string{"A": a, "B": b}[column], true }
					for _, u := range users {
						want := visible(rules, dual, u, in[u], a, b)
						if slices.Contains(input.Users, u) && see("tenant", u).Match(row) != want {
							return false
						}
						if rs.FormatVersion() == rls.Version2 && see("default", u).Match(row) != want {
							return false
						}
					}
					if see("tenant", "other").Match(row) {
						return false
					}
				}
			}
			return true
		}
		target := plan.Rules[0].Target
		require.True(t, same(f[target]), "round %d", round)
		if target == "rules.csv" {
			continue
		}
		lines := slices.Collect(strings.Lines(f[target]))
		if len(lines) < 2 {
			continue
		}
		i := 1 + r.IntN(len(lines)-1)
		switch r.IntN(3) {
		case 0: // a rule is lost
			lines = slices.Delete(lines, i, i+1)
		case 1: // a value more
			lines[i] = strings.TrimSuffix(lines[i], "\n") + ",w\n"
			record, err := csvtext.NewReader(strings.NewReader(lines[i]), nil).Read()
			require.NoError(t, err)
			record = slices.Clone(record[:len(record)-1])
			if cell := &record[len(record)-1]; *cell != "" {
				*cell += ",w"
			}
			lines[i] = string(csvtext.AppendRecord(nil, record))
		case 2: // all values
			record, err := csvtext.NewReader(strings.NewReader(lines[i]), nil).Read()
			require.NoError(t, err)
			record = slices.Clone(record)
			record[len(record)-1] = ""
			lines[i] = string(csvtext.AppendRecord(nil, record))
		}
		f[target] = strings.Join(lines, "")
		report, err = migrate.Verify(ctx, d, f, plan)
		require.NoError(t, err)
		require.Equal(t, same(f[target]), report.Passed(), "round %d:\n%s\n%s\n%s", round, f["rules.csv"], f[target], report)
		if report.Passed() {
			harmless++
		} else {
			found++
		}
	}
	require.Greater(t, moves, rounds)
	require.Greater(t, found, rounds/5)
	require.Greater(t, harmless, 0)
}

// visible is the oracle.
func visible(rules []oracleRule, dual rls.Dual, user string, groups []string, a, b string) bool {
	for _, r := range rules {
		applies := r.user == user || r.group != "" && slices.Contains(groups, r.group) && (r.user == "" || dual == rls.Either)
		if applies && (r.a == nil || slices.Contains(r.a, a)) && (r.b == nil || slices.Contains(r.b, b)) {
			return true
		}
	}
	return false
}

// file writes rules as a permission dataset.
func file(d *namespace.Directory, version rls.FormatVersion, rules []oracleRule) string {
	header := []string{"UserName", "GroupName", "A", "B"}
	if version == rls.Version2 {
		header = []string{"UserARN", "GroupARN", "A", "B"}
	}
	b := csvtext.AppendRecord(nil, header)
	cell := func(values []string) string {
		quoted := make([]string, len(values))
		for i, v := range values {
			quoted[i] = v
			if strings.ContainsAny(v, `,"`) {
				quoted[i] = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
			}
		}
		return strings.Join(quoted, ",")
	}
	for _, r := range rules {
		user, group := r.user, r.group
		if version == rls.Version2 {
			user, group = d.ARN(namespace.KindUser, "", user).String(), d.ARN(namespace.KindGroup, "", group).String()
		}
		b = csvtext.AppendRecord(b, []string{user, group, cell(r.a), cell(r.b)})
	}
	return string(b)
}

// TestOptionsOfRules rewrites files that are read with options of all kinds.
func TestOptionsOfRules(t *testing.T) {
	ns := "default"
	settings := func(change func(*rls.PermissionDataSet)) *rls.PermissionDataSet {
		s := &rls.PermissionDataSet{Arn: prefix + "dataset/rules", PermissionPolicy: rls.GrantAccess}
		change(s)
		return s
	}
	tests := []struct {
		reason string
		data   string
		opts   rls.Options
		to     rls.FormatVersion
		want   string // the first line of the target
	}{
		{reason: "columns of other names", data: "login,Region\nembed/ana,EMEA\n", opts: rls.Options{User: "login"}, want: "UserName,Region"},
		{reason: "and to ARNs", data: "login,team,Region\nembed/ana,,EMEA\n", opts: rls.Options{User: "login", Group: "team"}, to: rls.Version2, want: "UserARN,GroupARN,Region"},
		{reason: "groups only", data: "GroupName,Region\nsales,EMEA\n", want: "GroupName,Region"},
		{reason: "another delimiter", data: "UserName;Region\nembed/ana;EMEA,US\n", opts: rls.Options{Delimiter: ';'}, want: "UserName,Region"},
		{reason: "words for no value", data: "UserName,Region\nembed/ana,ALL\n", opts: rls.Options{NullWords: []string{"ALL"}}, want: "UserName,Region"},
		{reason: "nulls are hidden", data: "UserName,Region\nembed/ana,\n", opts: rls.Options{HideNulls: true}, want: "UserName,Region"},
		{reason: "settings", data: "UserName,Region\nembed/ana,EMEA\n", opts: rls.Options{Settings: settings(func(*rls.PermissionDataSet) {})}, want: "UserName,Region"},
		{reason: "settings with a namespace", data: "UserName,Region\nembed/ana,EMEA\n", opts: rls.Options{Settings: settings(func(s *rls.PermissionDataSet) { s.Namespace = &ns })}, want: "UserName,Region"},
		{reason: "settings to ARNs", data: "UserName,Region\nembed/ana,EMEA\n", opts: rls.Options{Settings: settings(func(s *rls.PermissionDataSet) { s.Namespace = &ns })}, to: rls.Version2, want: "UserARN,Region"},
		{reason: "rules that are not enforced", data: "UserName,Region\nembed/ana,EMEA\n", opts: rls.Options{Settings: settings(func(s *rls.PermissionDataSet) { s.Status = rls.Disabled })}, want: "UserName,Region"},
		{reason: "no restricted column", data: "UserName\nembed/ana\n", opts: rls.Options{AllowNoFields: true}, want: "UserName"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			ctx := t.Context()
			d, f := world(t, nil), memFiles{"r.csv": tt.data}
			in := input()
			in.Rules = []migrate.RuleFile{{Name: "r.csv", Options: tt.opts, FormatVersion: tt.to}}
			p, err := migrate.PlanMigration(ctx, d, f, in)
			require.NoError(t, err)
			require.NoError(t, migrate.Apply(ctx, d, f, p, nil))
			require.Contains(t, slices.Collect(maps.Keys(f)), "r.tenant.csv")
			first, _, _ := strings.Cut(f["r.tenant.csv"], "\n")
			require.Equal(t, tt.want, first)
			r, err := migrate.Verify(ctx, d, f, p)
			require.NoError(t, err)
			require.True(t, r.Passed(), "%s", r)
			old := sees(t, d, f, "r.csv", p.Rules[0].SourceOptions, "user/default/embed/ana")
			new := sees(t, d, f, "r.tenant.csv", p.Rules[0].TargetOptions, "user/tenant/embed/ana")
			require.NotEqual(t, predicate.Predicate{}, old)
			require.True(t, old.Equal(new), fmt.Sprint(old, new))
		})
	}
}
