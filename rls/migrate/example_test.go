package migrate_test

import (
	"bytes"
	"context"
	"fmt"
	"os"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls/migrate"
)

// exampleAccount returns a directory with al, who will move from the default namespace
// to one of a tenant, and a folder with the rules of a dataset.
func exampleAccount() (*namespace.Directory, migrate.Files, func()) {
	ctx := context.Background()
	d, _ := namespace.New("111122223333", "us-east-1", nil)
	v := d.Administrator()
	for _, name := range []string{"embed/al", "embed/bo"} {
		v.RegisterUser(ctx, namespace.RegisterUserInput{UserName: name, Email: name + "@example.com", UserRole: namespace.RoleReader, IdentityType: namespace.IdentityIAM})
	}
	v.CreateGroup(ctx, namespace.CreateGroupInput{GroupName: "sales"})
	v.CreateGroupMembership(ctx, "default", "sales", "embed/al")
	v.CreateGroupMembership(ctx, "default", "sales", "embed/bo")
	v.CreateDashboard(ctx, namespace.CreateAssetInput{Id: "revenue", Name: "Revenue", Permissions: []namespace.ResourcePermission{
		{Principal: d.ARN(namespace.KindGroup, "default", "sales"), Actions: []string{"quicksight:DescribeDashboard"}},
	}})
	folder, _ := os.MkdirTemp("", "")
	files := migrate.Dir(folder)
	files.WriteRules(ctx, "rules.csv", []byte("UserName,GroupName,Region\nembed/al,,EMEA\nembed/bo,,US\n,sales,APAC\n"))
	return d, files, func() { os.RemoveAll(folder) }
}

var exampleInput = migrate.Input{To: "tenant", Users: []string{"embed/al"}, Rules: []migrate.RuleFile{{Name: "rules.csv"}}}

// The whole story: plan, read, apply, verify, retire.
func ExamplePlanMigration() {
	ctx := context.Background()
	d, files, done := exampleAccount()
	defer done()

	plan, err := migrate.PlanMigration(ctx, d, files, exampleInput)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Print(plan)
	if err := migrate.Apply(ctx, d, files, plan, nil); err != nil {
		fmt.Println(err)
		return
	}
	report, err := migrate.Verify(ctx, d, files, plan)
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println()
	fmt.Print(report)
	fmt.Println(migrate.Retire(ctx, d, files, plan, nil))
	// Output:
	// move 1 users from namespace default to namespace tenant
	//
	// namespace tenant is created
	//
	// users
	//   embed/al: READER, IAM, embed/al@example.com, in sales
	//
	// groups
	//   sales with embed/al; the old one keeps other members and stays
	//
	// permissions on dashboards
	//   revenue
	//     group sales: DescribeDashboard
	//
	// rules
	//   rules.csv → rules.tenant.csv: 2 rules copied; for the users who move, in namespace tenant
	//     | UserName,GroupName,Region
	//     | embed/al,,EMEA
	//     | ,sales,APAC
	//
	// verified: 1 users, 1 files of rules, 1 assets, 0 problems
	// <nil>
}

// Whatever stops it, calling Apply again goes on.
func ExampleApply() {
	ctx := context.Background()
	d, files, done := exampleAccount()
	defer done()
	plan, _ := migrate.PlanMigration(ctx, d, files, exampleInput)
	err := migrate.Apply(ctx, d, files, plan, &migrate.Options{Done: func(s migrate.Step) error {
		fmt.Println(s)
		if s.Number == 2 {
			return fmt.Errorf("lunch")
		}
		return nil
	}})
	fmt.Println(err)
	fmt.Println(migrate.Apply(ctx, d, files, plan, nil))
	// Output:
	// 1/6 create namespace "tenant"
	// 2/6 register 1 users in namespace "tenant"
	// after step 2/6 register 1 users in namespace "tenant": lunch
	// <nil>
}

// A difference is shown by a row that one of both sees.
func ExampleVerify() {
	ctx := context.Background()
	d, files, done := exampleAccount()
	defer done()
	plan, _ := migrate.PlanMigration(ctx, d, files, exampleInput)
	migrate.Apply(ctx, d, files, plan, nil)
	files.WriteRules(ctx, "rules.tenant.csv", []byte("UserName,GroupName,Region\nembed/al,,\"EMEA,LATAM\"\n,sales,APAC\n"))
	report, err := migrate.Verify(ctx, d, files, plan)
	fmt.Println(err, report.Passed())
	fmt.Println(report.Problems[0])
	// Output:
	// <nil> false
	// arn:aws:quicksight:us-east-1:111122223333:user/tenant/embed/al: rules.tenant.csv: sees what arn:aws:quicksight:us-east-1:111122223333:user/default/embed/al does not see, such as the row Region="LATAM"
}

// Nobody is deleted before everything is as it should be.
func ExampleRetire() {
	ctx := context.Background()
	d, files, done := exampleAccount()
	defer done()
	plan, _ := migrate.PlanMigration(ctx, d, files, migrate.Input{To: "tenant", Users: []string{"embed/al"}})
	fmt.Println(migrate.Retire(ctx, d, files, plan, nil))
	migrate.Apply(ctx, d, files, plan, nil)
	fmt.Println(migrate.Retire(ctx, d, files, plan, nil))
	// Output:
	// not verified, so nothing is deleted:
	// arn:aws:quicksight:us-east-1:111122223333:user/tenant/embed/al: is not registered
	// arn:aws:quicksight:us-east-1:111122223333:group/tenant/sales: is not there
	// not verified: 1 users, 0 files of rules, 1 assets, 2 problems
	//
	// <nil>
}

// A plan is kept as JSON between its making, its review and its use.
func ExampleReadPlan() {
	ctx := context.Background()
	d, files, done := exampleAccount()
	defer done()
	plan, _ := migrate.PlanMigration(ctx, d, files, exampleInput)
	var kept bytes.Buffer
	fmt.Println(plan.WriteJSON(&kept))
	again, err := migrate.ReadPlan(&kept)
	fmt.Println(again.String() == plan.String(), err)
	// Output:
	// <nil>
	// true <nil>
}

func ExampleDir() {
	_, err := migrate.Dir("rules").ReadRules(context.Background(), "../secret.csv")
	fmt.Println(err)
	// Output: "../secret.csv": invalid argument: want a name inside the folder
}
