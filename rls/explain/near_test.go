package explain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/explain"
)

func TestNear(t *testing.T) {
	const names = "UserName,GroupName,Region\nBob@Corp.example,,x\nReaderRole/al,,x\n,Sales,x\n,\"EMEA \",x\nMüller,,x\n"
	const arn = "arn:aws:quicksight:us-east-1:111122223333:"
	const arns = "UserARN,GroupARN,Region\n" + arn + "user/default/Bob,,x\n," + arn + "group/tenant/sales,x\n"
	parse := func(s string) namespace.ARN {
		a, err := namespace.ParseARN(arn + s)
		require.NoError(t, err)
		return a
	}
	tests := []struct {
		reason, csv string
		who         namespace.Principal
		want        []string
	}{
		{"another case", names, namespace.Named("bob@corp.example"), []string{`the rules name user "Bob@Corp.example", not "bob@corp.example": they differ in case`}},
		{"another domain", names, namespace.Named("bob@other.example"), []string{`the rules name user "Bob@Corp.example", not "bob@other.example": they differ in the domain`}},
		{"no domain", names, namespace.Named("bob"), []string{`the rules name user "Bob@Corp.example", not "bob": they differ in the domain`}},
		{"no role", names, namespace.Named("al"), []string{`the rules name user "ReaderRole/al", not "al": they differ in the part before the last slash`}},
		{"a group in another case", names, namespace.Named("cy", "sales"), []string{`the rules name group "Sales", not "sales": they differ in case`}},
		{"a blank behind a group", names, namespace.Named("cy", "EMEA"), []string{`the rules name group "EMEA ", not "EMEA": they differ in white space`}},
		{"normalization", names, namespace.Named("Mu\u0308ller"), []string{"the rules name user \"Müller\", not \"Mu\u0308ller\": they differ in Unicode normalization"}},
		{"the user and a group", names, namespace.Named("AL", "SALES"), []string{
			`the rules name user "ReaderRole/al", not "AL": they differ in the part before the last slash`, `the rules name group "Sales", not "SALES": they differ in case`}},
		{"an exact name has no near miss", names + "bob@corp.example,,y\n", namespace.Named("bob@corp.example"), nil},
		{"nobody is near", names, namespace.Named("zoe", "hr"), nil},
		{"nobody", names, namespace.Principal{}, nil},
		{"a name for rules of ARNs", arns, namespace.Named("Bob"), []string{`the rules name user "` + arn + `user/default/Bob", not "Bob": they differ in form: the rules want an ARN`}},
		{"another namespace", arns, namespace.ForARN(parse("user/tenant/Bob")), []string{`the rules name user "` + arn + `user/default/Bob", not "Bob": they differ in namespace`}},
		{"the same ARN", arns, namespace.ForARN(parse("user/default/Bob"), parse("group/tenant/sales")), nil},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			var got []string
			for _, n := range explain.Near(read(t, tt.csv, nil), tt.who) {
				got = append(got, n.String())
			}
			require.Equal(t, tt.want, got)
		})
	}
	require.Empty(t, explain.Near(nil, namespace.Named("al")))
	require.Empty(t, explain.Near(new(rls.Rules), namespace.Named("al")))
}
