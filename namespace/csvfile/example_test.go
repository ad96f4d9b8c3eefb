package csvfile_test

import (
	"context"
	"fmt"
	"os"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/namespace/csvfile"
)

func ExampleImportUsers() {
	d, _ := namespace.New("111122223333", "us-east-1", nil)
	file := `UserName,Email,UserRole,IdentityType
al,al@example.com,READER,QUICKSIGHT
bo,bo@example.com,WRITER,QUICKSIGHT
`
	_, err := csvfile.ImportUsers(context.Background(), d.Administrator(), strings.NewReader(file), &csvfile.Options{File: "users.csv"})
	fmt.Println(err)
	n, err := csvfile.ImportUsers(context.Background(), d.Administrator(), strings.NewReader(strings.Replace(file, "WRITER", "AUTHOR", 1)), nil)
	fmt.Println(n, err)
	// Output:
	// users.csv:3:1: RegisterUsers: user "bo": invalid value: UserRole "WRITER", want one of READER, AUTHOR, ADMIN, READER_PRO, AUTHOR_PRO, ADMIN_PRO
	// 2 <nil>
}

func ExampleImportGroups() {
	d, _ := namespace.New("111122223333", "us-east-1", nil)
	fmt.Println(csvfile.ImportGroups(context.Background(), d.Administrator(), strings.NewReader("GroupName,Description\nsales,who sells\n"), nil))
	// Output: 1 <nil>
}

func ExampleImportMemberships() {
	ctx := context.Background()
	d, _ := namespace.New("111122223333", "us-east-1", nil)
	v := d.Administrator()
	v.RegisterUser(ctx, namespace.RegisterUserInput{UserName: "al", Email: "al@example.com", UserRole: namespace.RoleReader, IdentityType: namespace.IdentityQuickSight})
	v.CreateGroup(ctx, namespace.CreateGroupInput{GroupName: "sales"})
	fmt.Println(csvfile.ImportMemberships(ctx, v, strings.NewReader("GroupName,MemberName\nsales,al\n"), nil))
	csvfile.ExportMemberships(ctx, v, "default", os.Stdout, nil)
	// Output:
	// 1 <nil>
	// Namespace,GroupName,MemberName
	// default,sales,al
}

// A name that a spreadsheet would run is written so that it does not.
func ExampleExportUsers() {
	ctx := context.Background()
	d, _ := namespace.New("111122223333", "us-east-1", nil)
	d.Administrator().RegisterUser(ctx, namespace.RegisterUserInput{UserName: "=HYPERLINK(1)", Email: "al@example.com", UserRole: namespace.RoleReader, IdentityType: namespace.IdentityQuickSight})
	csvfile.ExportUsers(ctx, d.Administrator(), "", os.Stdout, nil)
	// Output:
	// Namespace,UserName,Email,UserRole,IdentityType,IamArn,SessionName,CustomPermissionsName,ExternalLoginFederationProviderType,CustomFederationProviderUrl,ExternalLoginId
	// default,'=HYPERLINK(1),al@example.com,READER,QUICKSIGHT,,,,,,
}

func ExampleExportGroups() {
	ctx := context.Background()
	d, _ := namespace.New("111122223333", "us-east-1", nil)
	d.Administrator().CreateGroup(ctx, namespace.CreateGroupInput{GroupName: "sales", Description: "who sells"})
	csvfile.ExportGroups(ctx, d.Administrator(), "", os.Stdout, nil)
	// Output:
	// Namespace,GroupName,Description
	// default,sales,who sells
}

func ExampleExportMemberships() {
	d, _ := namespace.New("111122223333", "us-east-1", nil)
	csvfile.ExportMemberships(context.Background(), d.Administrator(), "", os.Stdout, nil)
	// Output: Namespace,GroupName,MemberName
}
