package migrate_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/migrate"
)

// BenchmarkMigration moves 5,000 of 20,000 users, in 100 groups, with 200
// dashboards and a rule for everybody.
func BenchmarkMigration(b *testing.B) {
	ctx := b.Context()
	const users, moving, groups, boards = 20_000, 5_000, 100, 200
	for _, version := range []rls.FormatVersion{rls.Version1, rls.Version2} {
		b.Run(string(version), func(b *testing.B) {
			for b.Loop() {
				b.StopTimer()
				d, err := namespace.New(account, "us-east-1", nil)
				require.NoError(b, err)
				v := d.Administrator()
				var in []namespace.RegisterUserInput
				var members []namespace.Membership
				var rules strings.Builder
				rules.WriteString("UserName,GroupName,Region\n")
				for i := range users {
					name := fmt.Sprintf("embed/u%05d", i)
					in = append(in, iam("", name))
					members = append(members, namespace.Membership{GroupName: fmt.Sprint("g", i%groups), MemberName: name})
					fmt.Fprintf(&rules, "%s,,R%d\n", name, i%50)
				}
				require.NoError(b, v.RegisterUsers(ctx, in))
				for i := range groups {
					_, err := v.CreateGroup(ctx, namespace.CreateGroupInput{GroupName: fmt.Sprint("g", i)})
					require.NoError(b, err)
					fmt.Fprintf(&rules, ",g%d,\"G%d,H\"\n", i, i)
				}
				require.NoError(b, v.CreateGroupMemberships(ctx, members))
				for i := range boards {
					_, err := v.CreateDashboard(ctx, namespace.CreateAssetInput{Id: fmt.Sprint("b", i), Name: "n", Permissions: []namespace.ResourcePermission{
						{Principal: d.ARN(namespace.KindGroup, "", fmt.Sprint("g", i%groups)), Actions: []string{"quicksight:DescribeDashboard"}}}})
					require.NoError(b, err)
				}
				f := memFiles{"rules.csv": rules.String()}
				input := migrate.Input{To: "tenant", Rules: []migrate.RuleFile{{Name: "rules.csv", FormatVersion: version}}}
				for i := range moving {
					input.Users = append(input.Users, in[i].UserName)
				}
				b.StartTimer()
				p, err := migrate.PlanMigration(ctx, d, f, input)
				require.NoError(b, err)
				require.NoError(b, migrate.Apply(ctx, d, f, p, nil))
				require.NoError(b, migrate.Retire(ctx, d, f, p, nil)) // verifies
			}
		})
	}
}
