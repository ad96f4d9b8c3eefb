package namespace_test

import (
	"fmt"

	"github.com/rowsight/rowsight/namespace"
)

func ExampleParseARN() {
	a, err := namespace.ParseARN("arn:aws:quicksight:us-east-1:111122223333:user/default/admin/al")
	fmt.Println(a.Kind, a.Namespace, a.Name, err)
	_, err = namespace.ParseARN("arn:aws:iam::111122223333:user/al")
	fmt.Println(err)
	// Output:
	// user default admin/al <nil>
	// not a QuickSight ARN: "arn:aws:iam::111122223333:user/al" is of service "iam", want "quicksight"
}

func ExampleMustParseARN() {
	fmt.Println(namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:dataset/sales"))
	// Output: arn:aws:quicksight:us-east-1:111122223333:dataset/sales
}

func ExampleIsShort() {
	fmt.Println(namespace.IsShort("arn:aws:quicksight:us-east-1:111122223333:user/Bob"))
	fmt.Println(namespace.IsShort("arn:aws:quicksight:us-east-1:111122223333:user/default/Bob"))
	// Output:
	// true
	// false
}

func ExampleCheckNamespace() {
	fmt.Println(namespace.CheckNamespace("tenant-1"))
	fmt.Println(namespace.CheckNamespace("tenant 1"))
	// Output:
	// <nil>
	// not the name of a namespace: "tenant 1", want 1 to 64 of A-Z, a-z, 0-9, '.', '_', '-'
}

// The same user in two Regions is one person; in two namespaces it is two.
func ExampleARN_Same() {
	virginia := namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:user/default/al")
	ireland := namespace.MustParseARN("arn:aws:quicksight:eu-west-1:111122223333:user/default/al")
	tenant := namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:user/tenant/al")
	fmt.Println(virginia.Same(ireland), virginia.Same(tenant))
	// Output: true false
}

func ExampleARN_AppendTo() {
	a := namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:group/g")
	fmt.Printf("%s\n", a.AppendTo([]byte("for ")))
	// Output: for arn:aws:quicksight:us-east-1:111122223333:group/default/g
}

func ExampleKind_InNamespace() {
	fmt.Println(namespace.KindUser.InNamespace(), namespace.KindDataset.InNamespace())
	// Output: true false
}

func ExampleNamed() {
	p := namespace.Named("al", "sales", "emea")
	fmt.Println(p.User, p.Groups)
	// Output: al [sales emea]
}

func ExampleForARN() {
	p := namespace.ForARN(namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:user/tenant/al"))
	fmt.Println(p.User.Namespace, p.User.Name)
	// Output: tenant al
}

// The zero Principal is nobody: no rule applies to it.
func ExamplePrincipal_IsZero() {
	fmt.Println(namespace.Principal{}.IsZero(), namespace.Named("", "sales").IsZero())
	// Output: true false
}
