package namespace_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/rowsight/rowsight/namespace"
	"github.com/stretchr/testify/require"
)

const prefix = "arn:aws:quicksight:us-east-1:123456789012:"

func TestParseARN(t *testing.T) {
	user := namespace.ARN{Partition: "aws", Region: "us-east-1", Account: "123456789012", Kind: namespace.KindUser, Namespace: "default", Name: "Bob"}
	with := func(change func(*namespace.ARN)) namespace.ARN {
		a := user
		change(&a)
		return a
	}
	tests := []struct {
		reason, in string
		want       namespace.ARN
		short      bool
	}{
		{reason: "a user", in: prefix + "user/default/Bob", want: user},
		{reason: "a group", in: prefix + "group/default/Bob", want: with(func(a *namespace.ARN) { a.Kind = namespace.KindGroup })},
		{reason: "another namespace", in: prefix + "user/a.B_c-9/Bob", want: with(func(a *namespace.ARN) { a.Namespace = "a.B_c-9" })},
		{reason: "the namespace ends at the first slash only", in: prefix + "user/default/role/session", want: with(func(a *namespace.ARN) { a.Name = "role/session" })},
		{reason: "slashes at the ends of a name are part of it", in: prefix + "user/default//x/", want: with(func(a *namespace.ARN) { a.Name = "/x/" })},
		{reason: "colons, blanks and umlauts in a name", in: prefix + "user/default/a:b ü", want: with(func(a *namespace.ARN) { a.Name = "a:b ü" })},
		{reason: "the short form means default", in: prefix + "user/Bob", want: user, short: true},
		{reason: "China", in: strings.Replace(prefix, "aws", "aws-cn", 1) + "user/default/Bob", want: with(func(a *namespace.ARN) { a.Partition = "aws-cn" })},
		{reason: "no Region", in: "arn:aws:quicksight::123456789012:user/default/Bob", want: with(func(a *namespace.ARN) { a.Region = "" })},
		{reason: "a dataset has no namespace", in: prefix + "dataset/0e91/b", want: with(func(a *namespace.ARN) { a.Kind, a.Namespace, a.Name = namespace.KindDataset, "", "0e91/b" })},
		{reason: "a kind we do not list", in: prefix + "brand/x", want: with(func(a *namespace.ARN) { a.Kind, a.Namespace, a.Name = "brand", "", "x" })},
		{reason: "case counts", in: prefix + "User/default/Bob", want: with(func(a *namespace.ARN) { a.Kind, a.Namespace, a.Name = "User", "", "default/Bob" })},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			got, err := namespace.ParseARN(tt.in)
			require.NoError(t, err)
			require.Equal(t, tt.want, got)
			require.Equal(t, tt.short, namespace.IsShort(tt.in))
			require.True(t, got == namespace.MustParseARN(got.String()), "String reads back")
			if !tt.short {
				require.Equal(t, tt.in, got.String())
			}
		})
	}
}

func TestParseARNRefuses(t *testing.T) {
	tests := []struct{ reason, in, want string }{
		{"nothing", "", `"" does not begin with "arn:"`},
		{"a name", "Bob", `does not begin with "arn:"`},
		{"a leading blank", " " + prefix + "user/default/Bob", `does not begin with "arn:"`},
		{"case of the prefix", "ARN" + prefix[3:] + "user/default/Bob", `does not begin with "arn:"`},
		{"too few parts", "arn:aws:quicksight:us-east-1:123456789012", "too few parts"},
		{"no partition", "arn::quicksight:us-east-1:123456789012:user/default/Bob", "no partition"},
		{"another service", "arn:aws:iam::123456789012:user/Bob", `service "iam", want "quicksight"`},
		{"an account of 11 digits", "arn:aws:quicksight:us-east-1:12345678901:user/default/Bob", `account "12345678901", want 12 digits`},
		{"an account of letters", "arn:aws:quicksight:us-east-1:12345678901x:user/default/Bob", "want 12 digits"},
		{"digits of another script", "arn:aws:quicksight:us-east-1:٣٣٣٣٣٣:user/default/Bob", "want 12 digits"},
		{"no kind", prefix + "/default/Bob", "no kind"},
		{"no resource", prefix, "no kind"},
		{"only a kind", prefix + "user", "names no user, want user/namespace/name"},
		{"no name in the short form", prefix + "user/", "names no user"},
		{"no name", prefix + "group/default/", "names no group, want group/namespace/name"},
		{"an empty namespace", prefix + "user//Bob", `not the name of a namespace: "", want 1 to 64`},
		{"a namespace with a blank", prefix + "user/my ns/Bob", `not the name of a namespace: "my ns"`},
		{"a namespace of 65", prefix + "user/" + strings.Repeat("n", 65) + "/Bob", "1 to 64"},
		{"no id", prefix + "dataset/", "names no dataset, want dataset/id"},
		{"invalid UTF-8", prefix + "user/default/B\xffb", "invalid UTF-8"},
		{"a placeholder", "${RlsDataSetArn}", `does not begin with "arn:"`},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			a, err := namespace.ParseARN(tt.in)
			require.ErrorIs(t, err, namespace.ErrARN)
			require.ErrorContains(t, err, tt.want)
			require.Zero(t, a)
			require.False(t, namespace.IsShort(tt.in))
			require.Panics(t, func() { namespace.MustParseARN(tt.in) })
		})
	}
	_, err := namespace.ParseARN(strings.Repeat("ü", 1<<20))
	require.Less(t, len(err.Error()), 500, "a message stays readable")
}

func TestSame(t *testing.T) {
	bob := namespace.MustParseARN(prefix + "user/default/Bob")
	tests := []struct {
		reason, other string
		want          bool
	}{
		{"itself", prefix + "user/default/Bob", true},
		{"another Region", "arn:aws:quicksight:eu-west-1:123456789012:user/default/Bob", true},
		{"the short form", prefix + "user/Bob", true},
		{"another partition", "arn:aws-cn:quicksight:us-east-1:123456789012:user/default/Bob", false},
		{"another account", "arn:aws:quicksight:us-east-1:123456789013:user/default/Bob", false},
		{"a group", prefix + "group/default/Bob", false},
		{"another namespace", prefix + "user/tenant/Bob", false},
		{"another case", prefix + "user/default/bob", false},
		{"a dataset of that name", prefix + "dataset/default/Bob", false},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			other := namespace.MustParseARN(tt.other)
			require.Equal(t, tt.want, bob.Same(other))
			require.Equal(t, tt.want, other.Same(bob))
		})
	}
}

func TestText(t *testing.T) {
	var in struct{ A, B namespace.ARN }
	require.NoError(t, json.Unmarshal([]byte(`{"A": "`+prefix+`user/Bob", "B": ""}`), &in))
	out, err := json.Marshal(in)
	require.NoError(t, err)
	require.JSONEq(t, `{"A": "`+prefix+`user/default/Bob", "B": ""}`, string(out))

	require.ErrorIs(t, json.Unmarshal([]byte(`{"A": "Bob"}`), &in), namespace.ErrARN)
	require.Zero(t, in.A, "a bad text leaves nobody behind")
}

func FuzzParseARN(f *testing.F) {
	for _, s := range []string{prefix + "user/default/Bob", prefix + "user/Bob", prefix + "group/ns/a/b", prefix + "dataset/x", "arn:aws:quicksight::1:", ""} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		a, err := namespace.ParseARN(s)
		if err != nil {
			require.Zero(t, a)
			return
		}
		b, err := namespace.ParseARN(a.String())
		require.NoError(t, err)
		require.True(t, a == b, "%#v, %#v", a, b)
		require.True(t, a.Same(b))
		if !namespace.IsShort(s) {
			require.Equal(t, s, a.String())
		}
	})
}
