package roster_test

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/fixture"
	"github.com/rowsight/rowsight/rls/roster"
)

var rules = fixture.Rules

const arn = "arn:aws:quicksight:us-east-1:111122223333:"

func read(t testing.TB, csv string, opts *roster.Options) *roster.Roster {
	t.Helper()
	r, err := roster.ReadCSV(strings.NewReader(csv), opts)
	require.NoError(t, err)
	return r
}

func TestZero(t *testing.T) {
	require.Equal(t, "nobody", roster.Viewer{}.String())
	require.True(t, roster.Viewer{}.Principal.IsZero())
	require.Empty(t, roster.FromRules(nil, new(rls.Rules)))
	for _, r := range []*roster.Roster{nil, {}} {
		require.Zero(t, r.Len())
		require.Empty(t, r.Attributes())
		viewers, err := r.Viewers(nil)
		require.NoError(t, err)
		require.Empty(t, viewers)
		_, err = roster.Generate(r, []roster.Mapping{{Field: "Region", Attribute: "region"}}, nil)
		require.ErrorIs(t, err, roster.ErrMapping)
	}
}

func TestReadCSV(t *testing.T) {
	tests := []struct {
		reason, in string
		opts       *roster.Options
		want       []string
	}{
		{"lists of groups", "user,groups\nal,\"g,h\"\nbo,\n", nil, []string{"al [g h]", "bo []"}},
		{"no groups", "UserName,region\nal,x\n", nil, []string{"al []"}},
		{"other case, other order", "Groups,USER\n\"h,g,h\",al\n", nil, []string{"al [g h]"}},
		{"one line a membership", "UserName,GroupName\nal,g\nal,h\nbo,g\n", nil, []string{"al [g h]", "bo [g]"}},
		{"a group with a comma", "user,groups\nal,\"\"\"g,1\"\",h\"\n", nil, []string{"al [g,1 h]"}},
		{"another separator", "user;groups\nal;g,1|h||\n", &roster.Options{Separator: "|", Delimiter: ';'}, []string{"al [g,1 h]"}},
		{"quotes are plain with a separator", "user,groups\nal,\"\"\"g\"\"|h\"\n", &roster.Options{Separator: "|"}, []string{`al ["g" h]`}},
		{"a semicolon in a name", "user,groups\nal,\"g;1,h\"\n", &roster.Options{Separator: ","}, []string{"al [g;1 h]"}},
		{"columns given", "user,login,team\nx,al,g\n", &roster.Options{User: "login", Groups: "team"}, []string{"al [g]"}},
		{"a byte order mark", "\ufeffuser,groups\r\nal,g\r\n", nil, []string{"al [g]"}},
		{"a user with a comma and spaces", "user,groups\n\" a,b\", g\n", nil, []string{" a,b [ g]"}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			viewers, err := read(t, tt.in, tt.opts).Viewers(rules(t, "UserName,Region\n", nil))
			require.NoError(t, err)
			var got []string
			for _, v := range viewers {
				got = append(got, v.Name+" ["+strings.Join(v.Groups, " ")+"]")
				require.Len(t, v.Principal.Groups, len(v.Groups))
			}
			require.ElementsMatch(t, tt.want, got)
		})
	}
}

func TestReadCSVRefuses(t *testing.T) {
	tests := []struct {
		reason, in string
		opts       *roster.Options
		want       string
		is         error
	}{
		{"nothing", "", nil, "r.csv:1:1: no header", rls.ErrEmpty},
		{"no column of users", "name,groups\nal,g\n", nil, "r.csv:1:1: roster header: no column of users, want one called user, username, userarn", roster.ErrHeader},
		{"two columns of users", "user,UserName\nal,al\n", nil, `r.csv:1:6: column "UserName": roster header: column "user" holds the users, too; say which`, roster.ErrHeader},
		{"a column that is not there", "user\nal\n", &roster.Options{User: "login"}, `r.csv:1:1: column "login": roster header: no column of users of this name`, roster.ErrHeader},
		{"a duplicate column", "user,x,x\nal,,\n", nil, `r.csv:1:8: column "x": duplicate column`, rls.ErrDuplicate},
		{"groups with another separator", "user,groups\nal,g\nbo,A;B\ncy,A|B\n", nil,
			`r.csv:3:4: column "groups": unclear separator of groups: got "A;B", which is one group or a list with ";"; name the separator, "," if it is one group`, roster.ErrSeparator},
		{"blanks behind the commas of a list", "user,groups\nal,\"g, h\"\n", nil, `r.csv:2:4: column "groups": unclear separator of groups: got " h", with white space around it, as behind the commas of a list; name the separator, ", "`, roster.ErrSeparator},
		{"distinguished names", "user,memberOf\nal,\"CN=g,OU=x,DC=y\"\n", nil, `got "CN=g", a part of the distinguished name of a group`, roster.ErrSeparator},
		{"strokes with blanks", "user,groups\nal,g / h\n", nil, `which is one group or a list with " / "`, roster.ErrSeparator},
		{"groups on lines of a cell", "user,groups\nal,\"g\nh\"\n", nil, `r.csv:2:4: column "groups": unclear separator of groups`, roster.ErrSeparator},
		{"every problem, in order", "user,groups\n,g\nal,\"a\"\"b\"\nbo\n", nil, "r.csv:2:1: column \"user\": no user\nr.csv:3:4: column \"groups\": ", roster.ErrNoUser},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			o := roster.Options{}
			if tt.opts != nil {
				o = *tt.opts
			}
			o.File = "r.csv"
			r, err := roster.ReadCSV(strings.NewReader(tt.in), &o)
			require.Nil(t, r)
			require.ErrorContains(t, err, tt.want)
			require.ErrorIs(t, err, tt.is)
		})
	}
	_, err := roster.ReadCSV(broken{}, nil)
	require.ErrorIs(t, err, errBroken)
}

var errBroken = errors.New("broken")

type broken struct{}

func (broken) Read([]byte) (int, error) { return 0, errBroken }

func TestNamed(t *testing.T) {
	a := rules(t, "UserName,GroupName,Region\nbo,,x\nal,g,x\nal,,y\n,,x\n", nil)
	b := rules(t, "GroupName,Region\nal,x\n", nil)
	var got []string
	for _, v := range roster.FromRules(a, b) {
		got = append(got, v.String())
	}
	require.Equal(t, []string{"user al", "user bo", "group al", "group g"}, got)

	arns := rules(t, "UserARN,Region\n"+arn+"user/al,x\n"+strings.Replace(arn, "us-east-1", "eu-west-1", 1)+"user/default/al,x\n"+arn+"user/other/al,x\n", nil)
	viewers := roster.FromRules(arns)
	require.Len(t, viewers, 2, "Regions are not compared")
	for _, v := range viewers {
		p, err := arns.For(v.Principal)
		require.NoError(t, err)
		require.True(t, p.Match(func(string) (string, bool) { return "x", true }))
	}

	other := rules(t, "UserName,Region\nal,x\n", &rls.Options{Namespace: "tenant"})
	p, err := other.For(roster.FromRules(other)[0].Principal)
	require.NoError(t, err)
	require.Equal(t, `Region in ("x")`, p.String(), "names belong to the namespace of the rules")
	viewers, err = roster.Viewers(read(t, "user\nal\n", nil), other)
	require.NoError(t, err)
	require.Equal(t, "tenant", viewers[0].Principal.User.Namespace)
}

func TestViewersARNs(t *testing.T) {
	rs := rules(t, "UserARN,GroupARN,Region\n,"+arn+"group/default/g,x\n", nil)
	viewers, err := read(t, "user,groups\n"+arn+"user/default/al,"+arn+"group/default/g\n", nil).Viewers(rs)
	require.NoError(t, err)
	p, err := rs.For(viewers[0].Principal)
	require.NoError(t, err)
	require.Equal(t, `Region in ("x")`, p.String())
	_, err = read(t, "user,groups\nal,"+arn+"user/default/g\n", nil).Viewers(rs)
	require.ErrorIs(t, err, roster.ErrNames)
	require.ErrorContains(t, err, `want the ARN of a user, got "al"`)
	require.ErrorContains(t, err, "want the ARN of a group")
}

func TestGenerate(t *testing.T) {
	const csv = "user,groups,region,tier\nal,\"g,h\",\"EMEA,\"\"A,B\"\"\",gold\nbo,g,*,gold\ncy,,US,\n"
	region := roster.Mapping{Field: "Region", Attribute: "region", Separator: ",", All: "*"}
	tier := roster.Mapping{Field: "Tier", Attribute: "tier"}
	one := roster.Mapping{Field: "Region", Attribute: "region"}
	tests := []struct {
		reason  string
		in      string
		mapping []roster.Mapping
		opts    *roster.GenerateOptions
		want    string // canonical CSV, or what the error says
		is      error
	}{
		{"one rule a user", csv, []roster.Mapping{region}, nil, "UserName,Region\nal,\"\"\"A,B\"\",EMEA\"\nbo,\ncy,US\n", nil},
		{"a missing value is no wildcard", csv, []roster.Mapping{region, tier}, nil, `4:8: column "tier": no value for user "cy"`, roster.ErrMissing},
		{"or leaves the user out", csv, []roster.Mapping{region, tier}, &roster.GenerateOptions{SkipMissing: true}, "UserName,Region,Tier\nal,\"\"\"A,B\"\",EMEA\",gold\nbo,,gold\n", nil},
		{"groups whose members differ", csv, []roster.Mapping{region}, &roster.GenerateOptions{Groups: true}, `in group "g" user "bo" has other attributes than "al"`, roster.ErrDiffer},
		{"groups whose members agree", csv, []roster.Mapping{tier}, &roster.GenerateOptions{Groups: true}, "GroupName,Tier\ng,gold\nh,gold\n", nil},
		{"all in a list", "user,region\nal,\"*,US\"\n", []roster.Mapping{region}, nil, "the match-all value must be the only value", roster.ErrAll},
		{"a star may be a value", "user,region\nal,*\n", []roster.Mapping{{Field: "Region", Attribute: "region", Literal: []string{"*"}}}, nil, "UserName,Region\nal,*\n", nil},
		{"or be for all", "user,region\nal,*\n", []roster.Mapping{one}, nil, `2:4: column "region": unclear value: got "*", which may stand for all values or be a value like others: say which, of user "al"`, roster.ErrUnclear},
		{"a word for all", "user,region\nal,(All)\n", []roster.Mapping{{Field: "Region", Attribute: "region", All: "*"}}, nil, `got "(All)"`, roster.ErrUnclear},
		{"a star in a list", "user,region\nal,US;*\n", []roster.Mapping{{Field: "Region", Attribute: "region", Separator: ";"}}, nil, `got "*"`, roster.ErrUnclear},
		{"for all and a value", csv, []roster.Mapping{{Field: "Region", Attribute: "region", All: "*", Literal: []string{"*"}}}, nil, `"*" cannot stand for all values and be a value`, roster.ErrMapping},
		{"a cell is one value", "user,region\nal,\"Acme, Inc\"\nbo,\"Acme,Inc\"\ncy,\"\"\"Acme\"\"\"\ndi,A;B\n", []roster.Mapping{one}, nil,
			"UserName,Region\nal,\"\"\"Acme, Inc\"\"\"\nbo,\"\"\"Acme,Inc\"\"\"\ncy,\"\"\"\"\"\"\"Acme\"\"\"\"\"\"\"\ndi,A;B\n", nil},
		{"several lines of a user are several values", "user,region\nal,US\nal,\nal,\"A,B\"\nal,US\n", []roster.Mapping{one}, nil, "UserName,Region\nal,\"\"\"A,B\"\",US\"\n", nil},
		{"lines of a user are no table of all their values", "user,region,tier\nal,US,gold\nal,EMEA,tin\nal,APAC,gold\nal,,\n", []roster.Mapping{one, tier}, nil,
			"UserName,Region,Tier\nal,\"APAC,US\",gold\nal,EMEA,tin\n", nil},
		{"a line that lacks one attribute", "user,region,tier\nal,US,gold\nal,EMEA,\n", []roster.Mapping{one, tier}, nil, `3:9: column "tier": no value for user "al"`, roster.ErrMissing},
		{"a list with another separator", "user,region\nal,\"A,B; US;;\"\n", []roster.Mapping{{Field: "Region", Attribute: "region", Separator: ";"}}, nil, "UserName,Region\nal,\" US,\"\"A,B\"\"\"\n", nil},
		{"a value longer than a cell", "user,region\nal," + strings.Repeat("é", 2048) + "\n", []roster.Mapping{one}, nil, `2:4: column "region": cell too long: the value needs 2048 characters`, rls.ErrTooLong},
		{"a user in two Regions is one", "user,region\n" + arn + "user/default/al,A\n" + strings.Replace(arn, "us-east-1", "eu-west-1", 1) + "user/al,B\n", []roster.Mapping{one}, nil, "UserARN,Region\n" + arn + "user/default/al,\"A,B\"\n", nil},
		{"an unknown attribute", csv, []roster.Mapping{{Field: "Region", Attribute: "Region"}}, nil, `the roster has no attribute "Region", want one of region, tier`, roster.ErrMapping},
		{"a roster without attributes", "user,groups\nal,sales\n", []roster.Mapping{one}, nil, `the roster has no attribute "region": it has only columns of users and groups`, roster.ErrMapping},
		{"a field twice", csv, []roster.Mapping{region, region}, nil, "mapped twice", roster.ErrMapping},
		{"no field", csv, nil, nil, "no field", roster.ErrMapping},
		{"a field that names principals", csv, []roster.Mapping{{Field: "GroupName", Attribute: "region"}}, nil, "cannot be called GroupName", roster.ErrMapping},
		{"ARNs", "user,region\n" + arn + "user/default/al,x\n", []roster.Mapping{region}, nil, "UserARN,Region\n" + arn + "user/default/al,x\n", nil},
		{"ARNs and names", "user,region\n" + arn + "user/default/al,x\nal,x\n", []roster.Mapping{region}, nil, "1 of 2 principals are ARNs", roster.ErrNames},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			got, err := roster.Generate(read(t, tt.in, nil), tt.mapping, tt.opts)
			if tt.is != nil {
				require.Nil(t, got)
				require.ErrorIs(t, err, tt.is)
				require.ErrorContains(t, err, tt.want)
				return
			}
			require.NoError(t, err)
			var out bytes.Buffer
			require.NoError(t, got.WriteCSV(&out))
			require.Equal(t, tt.want, out.String())
		})
	}
}

// TestGenerateSplits: a list longer than a cell takes several rules.
func TestGenerateSplits(t *testing.T) {
	var list []string
	for i := range 1000 {
		list = append(list, fmt.Sprintf("v%04d", i))
	}
	rs, err := roster.Generate(read(t, "user,region,tier\nal,\""+strings.Join(list, ",")+"\",x\n", nil),
		[]roster.Mapping{{Field: "Region", Attribute: "region", Separator: ","}, {Field: "Tier", Attribute: "tier"}}, nil)
	require.NoError(t, err)
	require.Equal(t, 3, rs.Len())
	p, err := rs.For(namespace.Named("al"))
	require.NoError(t, err)
	for _, v := range list {
		require.True(t, p.Match(func(c string) (string, bool) { return map[string]string{"Region": v, "Tier": "x"}[c], true }))
	}
}

func FuzzReadCSV(f *testing.F) {
	for _, csv := range []string{"user,groups,region\nal,\"g,h\",x\n", "\ufeffUserARN;GroupARN\r\na;\"b\n", "user\n", "user,groups\nal,\"\"\"a\"\n"} {
		f.Add(csv, "", ',')
	}
	f.Add("user;groups\nal;g|h\n", "|", ';')
	f.Fuzz(func(t *testing.T, csv, separator string, comma rune) {
		r, err := roster.ReadCSV(strings.NewReader(csv), &roster.Options{Separator: separator, Delimiter: comma})
		if err != nil {
			require.Nil(t, r)
			return
		}
		viewers, err := r.Viewers(nil)
		require.NoError(t, err)
		require.Len(t, viewers, r.Len())
		seen := map[string]bool{}
		for _, v := range viewers {
			require.NotEmpty(t, v.Name)
			require.False(t, seen[v.Name])
			seen[v.Name] = true
			require.NotContains(t, v.Groups, "")
			require.Equal(t, namespace.KindUser, v.Kind)
		}
		var mapping []roster.Mapping
		for _, a := range r.Attributes() {
			mapping = append(mapping, roster.Mapping{Field: "x" + a, Attribute: a})
		}
		rs, err := roster.Generate(r, mapping, nil)
		if err == nil {
			for rule := range rs.All() {
				for _, m := range mapping {
					require.False(t, rule.Wildcard(m.Field), "nothing becomes a wildcard")
				}
			}
		}
	})
}

// TestUnlisted holds that everybody that rules name is a viewer, in the roster
// or not.
func TestUnlisted(t *testing.T) {
	const csv = "UserName,GroupName,Region\nal,,x\nceo,,\n,g,x\n,new,\n,empty,x\n"
	arns := "UserARN,GroupARN,Region\n" + arn + "user/default/ceo,,x\n" + arn + "user/other/al,,x\n," + arn + "group/default/g,x\n," + arn + "group/other/g,x\n"
	tests := []struct {
		reason, roster string
		rules          []string
		want           []string
	}{
		{"users and groups that nobody lists", "user,groups\nal,g\nbo,\"g,empty\"\n", []string{csv},
			[]string{"user al", "user bo", "user ceo (not in the roster)", "group new (no member in the roster)"}},
		{"of any rules", "user,groups\nal,g\n", []string{"UserName,Region\nold,x\n", "UserName,Region\nnew,x\n"},
			[]string{"user al", "user new (not in the roster)", "user old (not in the roster)"}},
		{"another case is another user", "user\nCEO\n", []string{"UserName,Region\nceo,x\n"}, []string{"user CEO", "user ceo (not in the roster)"}},
		{"an empty roster lists nobody", "user\n", []string{"GroupName,Region\ng,x\n"}, []string{"group g (no member in the roster)"}},
		{"ARNs of other namespaces", "user,groups\n" + arn + "user/default/al," + strings.Replace(arn, "us-east-1", "eu-west-1", 1) + "group/default/g\n", []string{arns},
			[]string{"user " + arn + "user/default/al", "user " + arn + "user/default/ceo (not in the roster)", "user " + arn + "user/other/al (not in the roster)",
				"group " + arn + "group/other/g (no member in the roster)"}},
		{"names beside ARNs", "user,groups\n" + arn + "user/default/al," + arn + "group/default/g\n", []string{csv, "UserARN,Region\n" + arn + "user/default/al,x\n"},
			[]string{"user " + arn + "user/default/al", "user ceo (not in the roster)", "group empty (no member in the roster)", "group new (no member in the roster)"}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			var all []*rls.Rules
			for _, csv := range tt.rules {
				all = append(all, rules(t, csv, nil))
			}
			viewers, err := roster.Viewers(read(t, tt.roster, nil), all...)
			require.NoError(t, err)
			var got []string
			for _, v := range viewers {
				got = append(got, v.String())
				require.Equal(t, v.Unlisted, strings.HasSuffix(v.String(), "in the roster)"))
			}
			require.Equal(t, tt.want, got)
		})
	}
}

func TestNear(t *testing.T) {
	r := read(t, "user\nBob@x.com\nrole/al\ncy\n", nil)
	require.Equal(t, []string{"Bob@x.com"}, r.Near("bob@x.com"))
	require.Equal(t, []string{"Bob@x.com"}, r.Near("bob@y.com"))
	require.Equal(t, []string{"role/al"}, r.Near("al"))
	require.Equal(t, []string{"cy"}, r.Near("cy "))
	require.Empty(t, r.Near("cy"), "it is there")
	require.Empty(t, r.Near("zoe"))
	arns := read(t, "user\n"+arn+"user/default/Bob\n", nil)
	require.Equal(t, []string{arn + "user/default/Bob"}, arns.Near("bob"))
	require.Empty(t, arns.Near("Bob"), "it is there")
	var none *roster.Roster
	require.Empty(t, none.Near("cy"))
}
