package rls_test

import (
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/stretchr/testify/require"
)

// place removes the marks ∑ from a file and returns what stands where they were.
func place(in string) (string, []string) {
	var b strings.Builder
	var at []string
	line, column := 1, 1
	for in != "" {
		if strings.HasPrefix(in, "∑") {
			at = append(at, fmt.Sprintf("rules.csv:%d:%d: ", line, column))
			in = in[len("∑"):]
			continue
		}
		b.WriteByte(in[0])
		column++
		if in[0] == '\n' {
			line, column = line+1, 1
		}
		in = in[1:]
	}
	return b.String(), at
}

func TestReadCSVRefuses(t *testing.T) {
	long := strings.Repeat("ü", 2048)
	user := "arn:aws:quicksight:us-east-1:123456789012:user/default/al"
	group := "arn:aws:quicksight:us-east-1:123456789012:group/default/g"
	// ∑ marks where a problem is expected, in the order of the messages.
	tests := []struct {
		reason, in string
		opts       rls.Options
		want       []string
		err        error
	}{
		{reason: "an empty file", in: "∑", want: []string{"no header"}, err: rls.ErrEmpty},
		{reason: "blank lines only", in: "∑\n\n", want: []string{"no header"}, err: rls.ErrEmpty},
		{reason: "a byte order mark only", in: "\uFEFF", want: []string{"no header"}},
		{reason: "UTF-16", in: "∑\xff\xfeU\x00", want: []string{"UTF-16 text, want UTF-8"}, err: rls.ErrUTF16},

		{reason: "a principal column with a slip of the pen", in: "∑UserNmae,Region\nal,EMEA\n", want: []string{`no principal column: want UserName, GroupName, UserARN or GroupARN; "UserNmae" is not "UserName"`}, err: rls.ErrNoPrincipal},
		{reason: "no principal column", in: "∑Region,Segment\nEMEA,SMB\n", want: []string{"no principal column: want UserName, GroupName, UserARN or GroupARN"}, err: rls.ErrNoPrincipal},
		{reason: "another case", in: "∑username,Region\nal,EMEA\n", want: []string{`no principal column: want UserName, GroupName, UserARN or GroupARN; "username" is not "UserName"`}},
		{reason: "a blank behind", in: "∑UserName ,GROUPNAME\nal,EMEA\n", want: []string{`; "UserName " is not "UserName"; "GROUPNAME" is not "GroupName"`}},
		{reason: "two byte order marks", in: "\uFEFF\uFEFFUserName,Region\n", want: []string{`; "\ufeffUserName" is not "UserName"`}},
		{reason: "another delimiter", in: "∑UserName;Region\nal;EMEA\n", want: []string{`; the only column is "UserName;Region": does the file use another delimiter?`}},
		{reason: "a mapped column that is not there", in: "∑login,Region\nal,EMEA\n", opts: rls.Options{User: "Login"}, want: []string{`column "Login": no principal column of this name; "login" is not "Login"`}},
		{reason: "names and ARNs", in: "UserName,∑GroupARN,Region\n", want: []string{`column "GroupARN": principal columns cannot be combined: "UserName" holds names and "GroupARN" ARNs`}, err: rls.ErrMixed},
		{reason: "two columns of users", in: "UserName,Region,∑UserARN\n", want: []string{`column "UserARN": principal columns cannot be combined: column "UserName" already holds`}, err: rls.ErrMixed},
		{reason: "a standard name beside a mapped one", in: "Login,∑UserName,Region\n", opts: rls.Options{User: "Login"}, want: []string{`column "UserName": principal columns cannot be combined: column "Login" already holds the principals`}},
		{reason: "ARNs where the options say names", in: "∑UserARN,Region\n", opts: rls.Options{FormatVersion: rls.Version1}, want: []string{`column "UserARN": principal columns are of another format version: the column is of VERSION_2, the options or settings say VERSION_1`}, err: rls.ErrVersion},
		{reason: "ARNs and a namespace", in: "∑UserARN,Region\n", opts: rls.Options{Namespace: "tenant"}, want: []string{`bad options: Namespace is "tenant", but rules of VERSION_2 name ARNs`}, err: rls.ErrOptions},
		{reason: "two columns of one name", in: "UserName,Region,∑Region\n", want: []string{`column "Region": duplicate column: column 2 has the same name`}, err: rls.ErrDuplicate},
		{reason: "the principal column twice", in: "UserName,∑UserName,Region\n", want: []string{`column "UserName": duplicate column`}},
		{reason: "a column without a name", in: "UserName,∑\"\",Region,∑\n", want: []string{"column without a name: the name of column 2 is empty", "column without a name: the name of column 4 is empty"}, err: rls.ErrNoName},
		{reason: "no restricted column", in: "∑UserName\nal\n", want: []string{"no restricted column"}, err: rls.ErrNoFields},
		{reason: "a bad header, and lines that are no CSV", in: "∑Region,∑Region\na,b\nx∑\"y,b\n∑a\n", want: []string{"no principal column", "duplicate column", "bare quote in unquoted text", "wrong number of fields: got 1, want 2"}},

		{reason: "a header that is no CSV", in: "User∑\"Name,Region\nal,US\nb∑\"o,US\n", want: []string{"bare quote in unquoted text", "bare quote in unquoted text"}},

		{reason: "a cell too few and one too many", in: "UserName,Region\n∑al\n∑bo,EMEA,SMB\n", want: []string{"wrong number of fields: got 1, want 2", "wrong number of fields: got 3, want 2"}, err: rls.ErrFieldCount},
		{reason: "a bare quote", in: "UserName,Region\nal,EM∑\"EA\n", want: []string{"bare quote in unquoted text"}, err: rls.ErrBareQuote},
		{reason: "a quoted cell never closed", in: "UserName,Region\nal,∑\"EMEA\nbo,US\n", want: []string{"unterminated quote"}, err: rls.ErrUnterminated},
		{reason: "text behind a quoted cell", in: "UserName,Region\nal,\"EMEA\"∑ \n", want: []string{"text after closing quote"}, err: rls.ErrAfterQuote},
		{reason: "invalid UTF-8", in: "UserName,Region\nal,EM∑\xffEA\n", want: []string{"invalid UTF-8: byte 0xFF"}, err: rls.ErrUTF8},
		{reason: "old Mac line ends", in: "UserName,Region∑\ral,EMEA∑\r", want: []string{"carriage return without line feed", "carriage return without line feed"}, err: rls.ErrLoneCR},

		{reason: "lists, all bad ones of the file", in: "UserName,Region,Segment\n" +
			"al,∑\"\"\"AWS,INC\",∑\"\"\"a\"\"x\"\n" +
			"\"b\no\",EMEA,∑\"\"\"\"\"\"\n" +
			"cy,∑\"US,a\"\"b\",SMB\n", want: []string{
			`column "Region": unterminated quote in item 1 of the list`, `column "Segment": text after closing quote in item 1 of the list`,
			`column "Segment": empty quoted item in item 1 of the list`, `column "Region": bare quote in unquoted text in item 2 of the list`}},
		{reason: "a long cell", in: "UserName,Region\nal,∑" + long + "\n∑" + long + ",US\n", want: []string{
			`column "Region": cell too long: got 2048 characters, want at most 2047`, `column "UserName": cell too long: got 2048`}, err: rls.ErrTooLong},
		{reason: "both principals, if they must not be", in: "UserName,GroupName,Region\nal,,US\nal,∑g,EMEA\n", opts: rls.Options{Dual: rls.Reject}, want: []string{`column "GroupName": rule names both a user and a group`}, err: rls.ErrDual},
		{reason: "ARNs that are none, or of another kind", in: "UserARN,GroupARN,Region\n∑Bob," + group + ",US\n∑" + group + ",∑" + user + ",US\n∑Bob,,US\n", want: []string{
			`column "UserARN": not a QuickSight ARN: "Bob"`, `column "UserARN": ARN of the wrong kind: got a group, want a user`,
			`column "GroupARN": ARN of the wrong kind: got a user, want a group`, `column "UserARN": not a QuickSight ARN: "Bob"`}, err: rls.ErrKind},
		{reason: "problems of text and of lists in order", in: "UserName,Region\nal,∑\"\"\"x\"\nbo,E∑\"\ncy,∑\"\"\"y\"\n", want: []string{"unterminated quote in item 1", "bare quote", "unterminated quote in item 1"}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			in, at := place(tt.in)
			tt.opts.File = "rules.csv"
			rules, err := rls.ReadCSV(iotest.HalfReader(strings.NewReader(in)), &tt.opts)
			require.Error(t, err)
			require.Nil(t, rules)
			if tt.err != nil {
				require.ErrorIs(t, err, tt.err)
			}
			messages := strings.Split(err.Error(), "\n")
			require.Len(t, messages, len(tt.want), "%v", err)
			for i, want := range tt.want {
				require.Contains(t, messages[i], want)
				if i < len(at) {
					require.True(t, strings.HasPrefix(messages[i], at[i]), "%s at %s", messages[i], at[i])
				}
			}
			var e *rls.Error
			require.ErrorAs(t, err, &e)
			require.Equal(t, "rules.csv", e.Pos.File)
		})
	}
}

func TestErrorWithoutFile(t *testing.T) {
	_, err := rls.ReadCSV(strings.NewReader("UserName,Region\nal,\"\"\"x\"\n"), nil)
	require.EqualError(t, err, `2:4: column "Region": unterminated quote in item 1 of the list`)
	_, err = rls.ReadCSV(iotest.ErrReader(io.ErrClosedPipe), &rls.Options{File: "f"})
	require.ErrorIs(t, err, io.ErrClosedPipe)
	_, err = rls.ReadCSV(io.MultiReader(strings.NewReader("UserName,Region\nal,US\nbo"), iotest.ErrReader(io.ErrClosedPipe)), &rls.Options{File: "f"})
	require.ErrorIs(t, err, io.ErrClosedPipe, "half a file is no file")
}

func TestOptionsRefused(t *testing.T) {
	ns := "tenant"
	good := rls.PermissionDataSet{Arn: "arn:aws:quicksight:us-east-1:123456789012:dataset/d", PermissionPolicy: rls.GrantAccess}
	with := func(change func(*rls.PermissionDataSet)) *rls.PermissionDataSet {
		s := good
		change(&s)
		return &s
	}
	tests := []struct {
		reason string
		opts   rls.Options
		want   []string
	}{
		{"a namespace that is none", rls.Options{Namespace: "my ns"}, []string{`not the name of a namespace: "my ns"`}},
		{"a namespace with ARNs", rls.Options{Namespace: "a", FormatVersion: rls.Version2}, []string{`Namespace is "a", but rules of VERSION_2`}},
		{"an unknown version", rls.Options{FormatVersion: "2"}, []string{`FormatVersion is "2", want VERSION_1 or VERSION_2`}},
		{"one column for both", rls.Options{User: "Who", Group: "Who"}, []string{`column "Who" cannot hold both`}},
		{"an unknown dual", rls.Options{Dual: 9}, []string{"unknown Dual 9"}},
		{"null words that are lists", rls.Options{NullWords: []string{"-", "a,b", `"`}}, []string{`null word "a,b"`, `null word "\""`}},
		{"a delimiter that is a quote", rls.Options{Delimiter: '"'}, []string{"two different characters"}},
		{"settings that are zero", rls.Options{Settings: &rls.PermissionDataSet{}}, []string{`bad settings: Arn: `, `bad settings: PermissionPolicy: `}},
		{"another namespace than the settings", rls.Options{Namespace: "other", Settings: with(func(s *rls.PermissionDataSet) { s.Namespace = &ns })}, []string{`Namespace is "other", and "tenant" in the settings`}},
		{"another version than the settings", rls.Options{FormatVersion: rls.Version2, Settings: &good}, []string{"FormatVersion is VERSION_2, and VERSION_1 in the settings"}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			rules, err := rls.ReadCSV(strings.NewReader("UserName,Region\nal,EMEA\n"), &tt.opts)
			require.Error(t, err)
			require.Nil(t, rules)
			messages := strings.Split(err.Error(), "\n")
			require.Len(t, messages, len(tt.want), "%v", err)
			for i, want := range tt.want {
				require.Contains(t, messages[i], want)
			}
		})
	}
}

func TestFor(t *testing.T) {
	const us, de = "arn:aws:quicksight:us-east-1:123456789012:", "arn:aws:quicksight:eu-central-1:123456789012:"
	arn := namespace.MustParseARN
	in := func(ns, user string, groups ...string) namespace.Principal {
		p := namespace.Principal{User: namespace.Identity{Namespace: ns, Name: user}}
		for _, g := range groups {
			p.Groups = append(p.Groups, namespace.Identity{Namespace: ns, Name: g})
		}
		return p
	}
	settings := func(status rls.Status) *rls.PermissionDataSet {
		ns := "tenant"
		return &rls.PermissionDataSet{Arn: us + "dataset/d", PermissionPolicy: rls.GrantAccess, Status: status, Namespace: &ns}
	}
	arns := "UserARN,GroupARN,Region\n" + us + "user/default/role/al,,EMEA\n," + us + "group/tenant/g,US\n" + us + "user/Bob,,APAC\n"
	tests := []struct {
		reason, csv string
		opts        rls.Options
		who         namespace.Principal
		want        string
	}{
		{reason: "the viewer's rules unite", csv: "UserName,Region,Segment\nal,EMEA,SMB\nal,US,\nbo,APAC,\n", who: in("", "al"), want: `Region in ("US") or Region in ("EMEA") and Segment in ("SMB")`},
		{reason: "a header alone grants nothing", csv: "UserName,Region\n", who: in("", "al"), want: "none"},
		{reason: "a rule with only a principal", csv: "Region,UserName\n,al\n", who: in("", "al"), want: "all restricting Region"},
		{reason: "the same with nulls hidden", csv: "Region,UserName,Segment\n,al,\",\"\n", opts: rls.Options{HideNulls: true}, who: in("", "al"), want: "Region has value and Segment has value"},
		{reason: "one wildcard with nulls hidden", csv: "Region,UserName,Segment\nEMEA,al,\n", opts: rls.Options{HideNulls: true}, who: in("", "al"), want: `Region in ("EMEA") and Segment has value`},
		{reason: "no field, allowed", csv: "UserName\nal\n", opts: rls.Options{AllowNoFields: true}, who: in("", "al"), want: "all"},
		{reason: "no field, another viewer", csv: "UserName\nal\n", opts: rls.Options{AllowNoFields: true}, who: in("", "bo"), want: "none"},
		{reason: "a principal is one name, commas and quotes too", csv: "UserName,Region\n\"al,bo\",EMEA\n\"\"\"cy\"\"\",US\n", who: in("", "al"), want: "none"},
		{reason: "a name with a comma", csv: "UserName,Region\n\"al,bo\",EMEA\n", who: in("", "al,bo"), want: `Region in ("EMEA")`},
		{reason: "a name in quotes", csv: "UserName,Region\n\"\"\"cy\"\"\",US\n", who: in("", `"cy"`), want: `Region in ("US")`},
		{reason: "a name is not trimmed", csv: "UserName,Region\n al,US\n", who: in("", "al"), want: "none"},
		{reason: "a name of commas is none", csv: "UserName,Region\n\",,\",US\n", who: in("", ",,"), want: "none"},
		{reason: "NULL is a name", csv: "UserName,Region\nNULL,US\n", who: in("", "NULL"), want: `Region in ("US")`},
		{reason: "NULL is a value", csv: "UserName,Region\nal,NULL\n", who: in("", "al"), want: `Region in ("NULL")`},
		{reason: "NULL may stand for no value", csv: "UserName,Region,Segment\nal,NULL,SMB\nal,\"\"\"NULL\"\"\",A\n", opts: rls.Options{NullWords: []string{"NULL"}}, who: in("", "al"), want: `Segment in ("SMB") or Region in ("NULL") and Segment in ("A")`},
		{reason: "and for no principal", csv: "UserName,Region\nNULL,US\n", opts: rls.Options{NullWords: []string{"NULL"}}, who: in("", "NULL"), want: "none"},
		{reason: "a mapped column", csv: "Login,Region\nal,US\n", opts: rls.Options{User: "Login"}, who: in("", "al"), want: `Region in ("US")`},
		{reason: "a mapped column of ARNs", csv: "Login,Region\n" + us + "user/al,US\n", opts: rls.Options{User: "Login", FormatVersion: rls.Version2}, who: namespace.ForARN(arn(us + "user/al")), want: `Region in ("US")`},
		{reason: "a mapped column beside one of ARNs", csv: "Login,GroupARN,Region\n" + us + "user/al,,US\n", opts: rls.Options{User: "Login"}, who: namespace.ForARN(arn(us + "user/al")), want: `Region in ("US")`},
		{reason: "another delimiter", csv: "UserName;Region\nal;US,EMEA\n", opts: rls.Options{Delimiter: ';'}, who: in("", "al"), want: `Region in ("EMEA", "US")`},
		{reason: "CRLF and a byte order mark", csv: "\uFEFFUserName,Region\r\nal,\"a\r\nb\"\r\n", who: in("", "al"), want: `Region in ("a\r\nb")`},

		{reason: "names belong to the default namespace", csv: "UserName,Region\nal,US\n", who: in("tenant", "al"), want: "none"},
		{reason: "which has a name", csv: "UserName,Region\nal,US\n", who: in("default", "al"), want: `Region in ("US")`},
		{reason: "names of another namespace", csv: "UserName,Region\nal,US\n", opts: rls.Options{Namespace: "tenant"}, who: in("tenant", "al"), want: `Region in ("US")`},
		{reason: "and a viewer of the default one", csv: "UserName,Region\nal,US\n", opts: rls.Options{Namespace: "tenant"}, who: in("", "al"), want: "none"},
		{reason: "groups have a namespace too", csv: "GroupName,Region\ng,US\n", opts: rls.Options{Namespace: "tenant"}, who: in("", "al", "g"), want: "none"},
		{reason: "an ARN has a name", csv: "UserName,Region\nrole/al,US\n", who: namespace.ForARN(arn(us + "user/default/role/al")), want: `Region in ("US")`},
		{reason: "a group is not a user", csv: "UserName,Region\ng,US\n", who: in("", "al", "g"), want: "none"},
		{reason: "a user is not a group", csv: "GroupName,Region\nal,US\n", who: in("", "al", "g"), want: "none"},

		{reason: "ARNs without the Region", csv: arns, who: namespace.ForARN(arn(de+"user/default/role/al"), arn(de+"group/tenant/g")), want: `Region in ("EMEA", "US")`},
		{reason: "another namespace", csv: arns, who: namespace.ForARN(arn(us + "user/tenant/role/al")), want: "none"},
		{reason: "another account", csv: arns, who: namespace.ForARN(arn("arn:aws:quicksight:us-east-1:123456789013:user/default/role/al")), want: "none"},
		{reason: "a short ARN in the rules", csv: arns, who: namespace.ForARN(arn(us + "user/default/Bob")), want: `Region in ("APAC")`},
		{reason: "a name matches no ARN", csv: arns, who: in("", "Bob"), want: "none"},
		{reason: "a user ARN is no group ARN", csv: arns, who: namespace.Principal{User: namespace.Identity{ARN: arn(us + "group/tenant/g")}}, want: "none"},

		{reason: "disabled rules restrict nobody", csv: "UserName,Region\nal,US\n", opts: rls.Options{Settings: settings(rls.Disabled)}, who: in("", "bo"), want: "all restricting Region"},
		{reason: "but nobody is nobody", csv: "UserName,Region\nal,US\n", opts: rls.Options{Settings: settings(rls.Disabled)}, want: "none"},
		{reason: "enabled rules", csv: "UserName,Region\nal,US\n", opts: rls.Options{Settings: settings(rls.Enabled)}, who: in("tenant", "al"), want: `Region in ("US")`},
		{reason: "the namespace of the settings", csv: "UserName,Region\nal,US\n", opts: rls.Options{Settings: settings("")}, who: in("", "al"), want: "none"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			rules, err := rls.ReadCSV(strings.NewReader(tt.csv), &tt.opts)
			require.NoError(t, err)
			p, err := rules.For(tt.who)
			require.NoError(t, err)
			require.Equal(t, tt.want, p.String())
		})
	}
}

func TestLimits(t *testing.T) {
	rules := func(n int) string {
		var b strings.Builder
		b.WriteString("UserName,GroupName,Region\n")
		for i := range n {
			fmt.Fprintf(&b, "al,g,r%d\n\"\",g,x%d\n", i, i)
		}
		return b.String()
	}
	t.Run("a rule reached twice counts once", func(t *testing.T) {
		rs, err := rls.ReadCSV(strings.NewReader(rules(499)), nil)
		require.NoError(t, err)
		p, err := rs.For(namespace.Named("al", "g", "g"))
		require.NoError(t, err)
		require.Equal(t, 998, p.Len())
	})
	t.Run("too many rules", func(t *testing.T) {
		rs, err := rls.ReadCSV(strings.NewReader(rules(500)), nil)
		require.NoError(t, err)
		p, err := rs.For(namespace.Named("al", "g"))
		require.Equal(t, predicate.OpNone, p.Op())
		require.ErrorIs(t, err, rls.ErrTooManyRules)
		require.EqualError(t, err, "al: too many rules: got 1000, want at most 999")
		var limit *rls.LimitError
		require.ErrorAs(t, err, &limit)
		require.Equal(t, rls.LimitError{Who: namespace.Identity{Name: "al"}, Got: 1000, Max: 999, Err: rls.ErrTooManyRules}, *limit)
	})

	values := "UserName,Region,Segment\nal,\"a,b\",\"1,2,3\"\nal,\"b,c\",\nal,\"c,a\",4\n"
	for _, tt := range []struct {
		reason string
		max    int
		want   string
	}{
		{"the default is far away", 0, ""},
		{"each value counts once", 4, ""},
		{"one too many", 3, `al: column "Segment": too many values: got 4, want at most 3`},
		{"of both columns", 2, "al: column \"Region\": too many values: got 3, want at most 2\nal: column \"Segment\": too many values: got 4, want at most 2"},
		{"no limit", -1, ""},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			rs, err := rls.ReadCSV(strings.NewReader(values), &rls.Options{MaxValues: tt.max})
			require.NoError(t, err)
			p, err := rs.For(namespace.Named("al"))
			if tt.want == "" {
				require.NoError(t, err)
				require.Equal(t, []string{"Region", "Segment"}, p.Columns())
				return
			}
			require.EqualError(t, err, tt.want)
			require.ErrorIs(t, err, rls.ErrTooManyValues)
			require.Equal(t, predicate.OpNone, p.Op())
		})
	}

	t.Run("characters, not bytes", func(t *testing.T) {
		csv := "UserName,Region\nal," + strings.Repeat("ü", 2047) + "\n"
		_, err := rls.ReadCSV(strings.NewReader(csv), nil)
		require.NoError(t, err)
		_, err = rls.ReadCSV(strings.NewReader(csv), &rls.Options{MaxRunes: 2046})
		require.ErrorIs(t, err, rls.ErrTooLong)
		_, err = rls.ReadCSV(strings.NewReader(csv+"al,"+strings.Repeat("x", 70_000)+"\n"), &rls.Options{MaxRunes: -1})
		require.NoError(t, err)
	})
}

// A small file with very many columns must not take much more memory or time
// than its size.
func TestManyColumns(t *testing.T) {
	var csv strings.Builder
	csv.WriteString("UserName")
	for i := range 50_000 {
		fmt.Fprintf(&csv, ",c%d", i)
	}
	csv.WriteString("\nal" + strings.Repeat(",x", 50_000) + "\n")
	rules, err := rls.ReadCSV(strings.NewReader(csv.String()), nil)
	require.NoError(t, err)
	require.Len(t, rules.Columns(), 50_000)
}

func TestZero(t *testing.T) {
	var none *rls.Rules
	for reason, rs := range map[string]*rls.Rules{"nil": none, "zero": {}} {
		for _, who := range []namespace.Principal{{}, namespace.Named("al", "g"), namespace.ForARN(namespace.MustParseARN("arn:aws:quicksight:us-east-1:123456789012:user/al"))} {
			p, err := rs.For(who)
			require.NoError(t, err, reason)
			require.Equal(t, predicate.OpNone, p.Op(), reason)
			for range rs.Applied(who) {
				t.Fatal("nothing applies")
			}
		}
		for range rs.All() {
			t.Fatal("there is no rule")
		}
		require.Zero(t, rs.Len())
		require.Empty(t, rs.Columns())
		require.True(t, rs.Enforced())
		require.False(t, rs.BOM())
		require.Empty(t, rs.Namespace())
		require.Empty(t, rs.FormatVersion())
		user, group := rs.PrincipalColumns()
		require.Empty(t, user+group)
		require.ErrorIs(t, rs.WriteCSV(io.Discard), rls.ErrNothing)
	}

	var r rls.Rule
	require.False(t, r.AppliesTo(namespace.Named("al")))
	require.Equal(t, predicate.OpNone, r.Predicate().Op())
	require.False(t, r.Wildcard("Region"), "no rule is not a rule for everything")
	require.Empty(t, r.User()+r.Group()+r.Text("Region")+r.Pos().String())
	for range r.Values("Region") {
		t.Fatal("no value")
	}

	rs, err := rls.ReadCSV(strings.NewReader("UserName,GroupName,Region\n,,EMEA\n,,\n"), nil)
	require.NoError(t, err)
	for _, who := range []namespace.Principal{{}, namespace.Named(""), namespace.Named("", ""), namespace.Named("", "", "x")} {
		p, err := rs.For(who)
		require.NoError(t, err)
		require.Equal(t, predicate.OpNone, p.Op())
		for rule := range rs.All() {
			require.False(t, rule.AppliesTo(who))
		}
	}
	for _, read := range []func() (*rls.Rules, error){
		func() (*rls.Rules, error) { return rls.ReadCSV(nil, nil) },
		func() (*rls.Rules, error) { return rls.Read(nil, nil) },
		func() (*rls.Rules, error) { return rls.ReadSQL(nil, nil) },
	} {
		rs, err := read()
		require.Error(t, err)
		require.Nil(t, rs)
	}
}

// TestForOfManyRules: a rule accepts the same rows whether or not it is among
// those that are kept ready for all viewers.
func TestForOfManyRules(t *testing.T) {
	const rules, fields = 30_000, 5
	var b strings.Builder
	b.WriteString("UserName,f0,f1,f2,f3,f4\n")
	for i := range rules {
		fmt.Fprintf(&b, "user%d,a,,b%d,,c\n", i, i%7)
	}
	for _, hide := range []bool{false, true} {
		rs, err := rls.ReadCSV(strings.NewReader(b.String()), &rls.Options{HideNulls: hide})
		require.NoError(t, err)
		for _, i := range []int{0, 1, 32768*4/fields - 1, 32768 * 4 / fields, rules - 1} {
			want := predicate.And(predicate.In("f0", "a"), predicate.In("f2", fmt.Sprintf("b%d", i%7)), predicate.In("f4", "c"))
			if hide {
				want = predicate.And(want, predicate.HasValue("f1"), predicate.HasValue("f3"))
			}
			got, err := rs.For(namespace.Named(fmt.Sprintf("user%d", i)))
			require.NoError(t, err)
			require.Equal(t, want.String(), got.Rows().String())
		}
	}
}
