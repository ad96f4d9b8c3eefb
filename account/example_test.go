package account_test

import (
	"fmt"
	"os"
	"path/filepath"
	"testing/fstest"

	"github.com/rowsight/rowsight/account"
)

// folder is an account in which al sees the rows of the US, through a dashboard.
func folder() fstest.MapFS {
	const arn = "arn:aws:quicksight:us-east-1:111122223333:"
	return fstest.MapFS{
		"account.json":              {Data: []byte(`{"AwsAccountId": "111122223333", "Region": "us-east-1"}`)},
		"users/default/al.json":     {Data: []byte(`{"User": {"Arn": "` + arn + `user/default/al", "UserName": "al", "Role": "READER"}}`)},
		"data-sets/rules.json":      {Data: []byte(`{"DataSet": {"Arn": "` + arn + `dataset/rules", "DataSetId": "rules"}}`)},
		"data-sets/rules.rules.csv": {Data: []byte("UserName,Region\nal,US\n")},
		"data-sets/orders.json": {Data: []byte(`{"DataSet": {"Arn": "` + arn + `dataset/orders", "DataSetId": "orders",
			"RowLevelPermissionDataSet": {"Arn": "` + arn + `dataset/rules", "PermissionPolicy": "GRANT_ACCESS"}}}`)},
		"dashboards/sales.json": {Data: []byte(`{"Dashboard": {"Arn": "` + arn + `dashboard/sales", "DashboardId": "sales", "Version": {"DataSetArns": ["` + arn + `dataset/orders"]}},
			"Permissions": [{"Principal": "` + arn + `user/default/al", "Actions": ["quicksight:QueryDashboard"]}]}`)},
	}
}

func ExampleRead() {
	a, err := account.Read(folder(), nil)
	if err != nil {
		fmt.Println(err)
		return
	}
	al, _ := a.User("default", "al")
	orders, _ := a.DataSet("orders")
	for _, way := range a.Opens(al, orders) {
		fmt.Println(way)
	}
	rows, err := a.Rows(al, orders)
	fmt.Println(rows.Visible, err)
	// Output:
	// dashboard sales, shared with user al
	// Region in ("US") <nil>
}

func ExampleWay_OwnedBy() {
	w := account.Way{Through: account.Folders, Of: account.DataSets, Owns: true}
	fmt.Println(w.OwnedBy(account.User{Role: "AUTHOR"}), w.OwnedBy(account.User{Role: "READER"}))
	// Output: true false
}

func ExampleOpenWriter() {
	dir, err := os.MkdirTemp("", "account")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	w, err := account.OpenWriter(dir, "111122223333", "us-east-1")
	if err != nil {
		fmt.Println(err)
		return
	}
	al := account.Resource{Kind: account.Users, Namespace: "default", Name: "role/al"}
	w.List(al.Kind, al.Namespace, []string{al.Name})
	answer := map[string][]byte{"User": []byte(`{"UserName": "role/al", "Arn": "arn:aws:quicksight:us-east-1:111122223333:user/default/role/al", "Role": "READER"}`)}
	fmt.Println(w.Put(al, answer), w.Close())
	text, _ := os.ReadFile(filepath.Join(dir, "users", "default", "role%2Fal.json"))
	fmt.Print(string(text))
	// Output:
	// <nil> <nil>
	// {
	//   "User": {
	//     "Arn": "arn:aws:quicksight:us-east-1:111122223333:user/default/role/al",
	//     "Role": "READER",
	//     "UserName": "role/al"
	//   }
	// }
}

func ExampleImport() {
	dir, err := os.MkdirTemp("", "account")
	if err != nil {
		fmt.Println(err)
		return
	}
	defer os.RemoveAll(dir)
	printed := fstest.MapFS{"users.json": {Data: []byte(`{"UserList": [{"Arn": "arn:aws:quicksight:us-east-1:111122223333:user/default/al", "UserName": "al", "Role": "READER"}]}`)}}
	report, err := account.Import(printed, dir, &account.ImportOptions{Region: "us-east-1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(report.Resources[account.Users], "user")
	// Output: 1 user
}

func ExampleKey() {
	fmt.Println(account.Key("arn:aws:quicksight:us-east-1:111122223333:user/default/al") == account.Key("arn:aws:quicksight:eu-west-1:111122223333:user/default/al"))
	// Output: true
}
