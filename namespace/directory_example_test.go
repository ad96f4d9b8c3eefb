package namespace_test

import (
	"context"
	"fmt"

	"github.com/rowsight/rowsight/namespace"
)

func ExampleNew() {
	ctx := context.Background()
	d, err := namespace.New("111122223333", "us-east-1", nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	admin := d.Administrator()
	for _, tenant := range []string{"acme", "globex"} {
		admin.CreateNamespace(ctx, tenant)
		admin.RegisterUser(ctx, namespace.RegisterUserInput{
			Namespace: tenant, UserName: "embed/al", Email: "al@" + tenant + ".example.com",
			UserRole: namespace.RoleAuthor, IdentityType: namespace.IdentityIAM,
		})
	}

	// One name, two persons, and neither can see the other.
	al := d.As(namespace.Identity{Namespace: "acme", Name: "embed/al"})
	_, err = al.DescribeUser(ctx, "globex", "embed/al")
	fmt.Println(err)
	_, err = al.DescribeUser(ctx, "globex", "nobody")
	fmt.Println(err)
	users, _, err := al.ListUsers(ctx, "acme", namespace.Page{})
	fmt.Println(len(users), users[0].Email, err)
	// Output:
	// DescribeUser: namespace "globex": access denied
	// DescribeUser: namespace "globex": access denied
	// 1 al@acme.example.com <nil>
}

// Package filestore has a Log in a file, sqlstore one in a database.
func ExampleOpen() {
	ctx := context.Background()
	log := new(memLog)
	d, _ := namespace.Open(ctx, log, "111122223333", "us-east-1", nil)
	d.Administrator().CreateNamespace(ctx, "acme")

	again, err := namespace.Open(ctx, log, "111122223333", "us-east-1", nil)
	fmt.Println(err)
	fmt.Println(again.HasNamespace(ctx, "acme"))
	// Output:
	// <nil>
	// true <nil>
}

func ExampleAll() {
	ctx := context.Background()
	d, _ := namespace.New("111122223333", "us-east-1", nil)
	v := d.Administrator()
	for i := range 250 { // three pages
		v.CreateGroup(ctx, namespace.CreateGroupInput{GroupName: fmt.Sprint("g", i)})
	}
	n := 0
	for _, err := range namespace.All(func(p namespace.Page) ([]namespace.Group, string, error) { return v.ListGroups(ctx, "", p) }) {
		if err != nil {
			fmt.Println(err)
			return
		}
		n++
	}
	fmt.Println(n)
	// Output: 250
}

func ExampleRegisterInput() {
	in := namespace.RegisterInput(namespace.User{UserName: "embed/al", Role: namespace.RoleReader, IdentityType: namespace.IdentityIAM, IamArn: "arn:aws:iam::111122223333:role/embed"})
	fmt.Println(in.UserName, in.SessionName)
	// Output: embed/al al
}

// A user comes with the groups that rules may name.
func ExampleDirectory_Principal() {
	ctx := context.Background()
	d, _ := namespace.New("111122223333", "us-east-1", nil)
	v := d.Administrator()
	v.RegisterUser(ctx, namespace.RegisterUserInput{UserName: "al", Email: "al@example.com", UserRole: namespace.RoleReader, IdentityType: namespace.IdentityQuickSight})
	v.CreateGroup(ctx, namespace.CreateGroupInput{GroupName: "sales"})
	v.CreateGroupMembership(ctx, "default", "sales", "al")
	fmt.Println(d.Principal(ctx, namespace.Identity{Name: "al"}))
	fmt.Println(d.Principal(ctx, namespace.Identity{Name: "bo"}))
	// Output:
	// {arn:aws:quicksight:us-east-1:111122223333:user/default/al [arn:aws:quicksight:us-east-1:111122223333:group/default/sales]} <nil>
	// {nobody []} Principal: user "bo": not found
}

// A dashboard that is shared with a namespace is for everybody in it.
func ExampleDirectory_Allows() {
	ctx := context.Background()
	d, _ := namespace.New("111122223333", "us-east-1", nil)
	v := d.Administrator()
	v.CreateNamespace(ctx, "acme")
	board, _ := v.CreateDashboard(ctx, namespace.CreateAssetInput{Id: "revenue", Name: "Revenue", Permissions: []namespace.ResourcePermission{
		{Principal: d.ARN(namespace.KindNamespace, "", "acme"), Actions: []string{"quicksight:DescribeDashboard"}},
	}})
	fmt.Println(d.Allows(ctx, d.ARN(namespace.KindNamespace, "", "acme"), "quicksight:DescribeDashboard", board.Arn))
	fmt.Println(d.Allows(ctx, d.ARN(namespace.KindNamespace, "", "default"), "quicksight:DescribeDashboard", board.Arn))
	// Output:
	// true <nil>
	// false <nil>
}
