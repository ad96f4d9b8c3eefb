package compact_test

import (
	"bytes"
	"cmp"
	"fmt"
	"io"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/compact"
	"github.com/rowsight/rowsight/rls/internal/fixture"
	"github.com/rowsight/rowsight/rls/internal/randrules"
)

var read = fixture.Rules

func text(t testing.TB, rs *rls.Rules) string {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, rs.WriteCSV(&b))
	return b.String()
}

func TestZero(t *testing.T) {
	for _, rs := range []*rls.Rules{nil, {}} {
		r, err := compact.Rules(rs, nil)
		require.ErrorIs(t, err, compact.ErrNothing)
		require.Nil(t, r)
	}
	r, err := compact.Rules(read(t, "UserName,Region\n", nil), nil)
	require.NoError(t, err)
	require.Zero(t, r.After)
	require.Equal(t, "UserName,Region\n", text(t, r.Rules))
}

func TestRules(t *testing.T) {
	const arn = "arn:aws:quicksight:us-east-1:111122223333:user/default/al"
	tests := []struct {
		reason, in, want string
		opts             *rls.Options
	}{
		{reason: "one field differs", in: "UserName,Region,Segment\nal,US,SMB\nal,EMEA,SMB\nal,\"APAC,US\",SMB\n", want: "UserName,Region,Segment\nal,\"APAC,EMEA,US\",SMB\n"},
		{reason: "in one field, then in another", in: "UserName,Region,Segment\nal,US,a\nal,US,b\nal,EMEA,a\nal,EMEA,b\n", want: "UserName,Region,Segment\nal,\"EMEA,US\",\"a,b\"\n"},
		{reason: "subsumed", in: "UserName,Region,Segment\nal,\"US,EMEA\",\nal,US,SMB\n", want: "UserName,Region,Segment\nal,\"EMEA,US\",\n"},
		{reason: "principals stay apart", in: "UserName,GroupName,Region\nal,,US\nbo,,EMEA\n,al,APAC\nal,g,x\n", want: "UserName,GroupName,Region\n,al,APAC\nal,,US\nal,g,x\nbo,,EMEA\n"},
		{reason: "a rule that others cover together", in: "UserName,A,B\nal,x,\"p,q\"\nal,y,\"q,r\"\nal,\"x,y\",q\n", want: "UserName,A,B\nal,x,\"p,q\"\nal,y,\"q,r\"\n"},
		{reason: "values that others have", in: "UserName,A,B\nal,x,\nal,\"x,y\",q\n", want: "UserName,A,B\nal,x,\nal,y,q\n"},
		{reason: "rules that overlap, three to two", in: "UserName,A,B\nal,x,\"p,q\"\nal,y,q\nal,\"x,z\",q\n", want: "UserName,A,B\nal,\"x,y,z\",q\nal,x,p\n"},
		{reason: "nobody's rules are kept", in: "UserName,A\n,x\n,y\n", want: "UserName,A\n,\"x,y\"\n"},
		{reason: "a value that is a null word", in: "UserName,A,B\nal,\"NULL,NULL\",x\nal,\"NULL,\",y\n", want: "UserName,A,B\nal,\"NULL,\",\"x,y\"\n", opts: &rls.Options{NullWords: []string{"NULL"}}},
		{reason: "values with commas and quotes", in: "UserName,A\nal,\"\"\"AWS,INC\"\"\"\nal,\"\"\"a\"\"\"\"b\"\"\"\n", want: "UserName,A\nal,\"\"\"AWS,INC\"\",\"\"a\"\"\"\"b\"\"\"\n"},
		{reason: "wildcards where NULLs are hidden", in: "UserName,A,B\nal,x,\nal,y,\nal,,p\nal,,q\n", want: "UserName,A,B\nal,\"x,y\",\nal,,\"p,q\"\n", opts: &rls.Options{HideNulls: true}},
		{reason: "one ARN in two Regions", in: "UserARN,A\n" + arn + ",x\n" + strings.Replace(arn, "us-east-1", "eu-west-1", 1) + ",y\n", want: "UserARN,A\n" + arn + ",\"x,y\"\n"},
		{reason: "another delimiter", in: "UserName;A\nal;x\nal;y\n", want: "UserName,A\nal,\"x,y\"\n", opts: &rls.Options{Delimiter: ';'}},
		{reason: "no fields", in: "UserName\nal\nal\n", want: "UserName\nal\n", opts: &rls.Options{AllowNoFields: true}},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			r, err := compact.Rules(read(t, tt.in, tt.opts), tt.opts)
			require.NoError(t, err)
			got := strings.Split(strings.TrimSpace(text(t, r.Rules)), "\n")
			require.ElementsMatch(t, strings.Split(strings.TrimSpace(tt.want), "\n"), got)
		})
	}
}

// TestAgainstOracle: every viewer sees the same rows, and nothing grew.
func TestAgainstOracle(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 2))
	rows := randrules.Rows()
	before, after, values, fewer := 0, 0, 0, 0
	for round := range 3000 {
		most := 8
		if round%20 == 0 {
			most = 40
		}
		f := randrules.New(rnd, most)
		rs, err := f.Read()
		require.NoError(t, err)
		opts := f.Options()
		if round%3 == 0 { // so short that lists must be split
			opts.MaxRunes = 24
			if rs, err = rls.ReadCSV(strings.NewReader(f.CSV()), opts); err != nil {
				continue
			}
		}
		r, err := compact.Rules(rs, opts)
		require.NoError(t, err, "%s", f)
		again, err := compact.Rules(rs, opts)
		require.NoError(t, err)
		require.Equal(t, text(t, r.Rules), text(t, again.Rules))
		require.LessOrEqual(t, r.After.Rules, r.Before.Rules)
		require.LessOrEqual(t, r.After.Most, r.Before.Most)
		require.Empty(t, r.Unblocked)
		before, after = before+r.Before.Rules, after+r.After.Rules
		values, fewer = values+r.Before.Values, fewer+r.After.Values
		for _, v := range randrules.Viewers() {
			p, err := r.Rules.For(namespace.Named(v[0], v[1:]...))
			require.NoError(t, err)
			for range 20 {
				row := rows[rnd.IntN(len(rows))]
				if f.Sees(v[0], v[1:], row) != p.Match(row.Value) {
					require.Fail(t, "not the same", "%s\n%s\n%v %v", f, text(t, r.Rules), v, row)
				}
			}
		}
		for rule := range r.Rules.All() {
			for _, c := range rs.Columns() {
				require.LessOrEqual(t, utf8.RuneCountInString(rule.Text(c)), cmp.Or(opts.MaxRunes, rls.MaxRunes))
			}
		}
	}
	t.Logf("%d rules became %d, %d values became %d", before, after, values, fewer)
	require.Less(t, after, before*85/100)
	require.Less(t, fewer, values)
}

// TestSplit: lists end where a cell does.
func TestSplit(t *testing.T) {
	var csv strings.Builder
	csv.WriteString("UserName,Region\n")
	for i := range 900 {
		fmt.Fprintf(&csv, "al,wért%04d\n", i)
	}
	r, err := compact.Rules(read(t, csv.String(), nil), nil)
	require.NoError(t, err)
	require.Equal(t, 900, r.Before.Rules)
	require.Equal(t, 4, r.After.Rules, "227 values of 8 characters and a comma are 2,042 characters")
	for rule := range r.Rules.All() {
		require.LessOrEqual(t, utf8.RuneCountInString(rule.Text("Region")), rls.MaxRunes)
	}
}

// TestUnblocked: who was over a limit is told.
func TestUnblocked(t *testing.T) {
	var csv strings.Builder
	csv.WriteString("UserName,Region\n")
	for i := range 1000 {
		fmt.Fprintf(&csv, "al,r%d\n", i)
	}
	rs := read(t, csv.String(), nil)
	_, err := rs.For(namespace.Named("al"))
	require.ErrorIs(t, err, rls.ErrTooManyRules)
	r, err := compact.Rules(rs, nil)
	require.NoError(t, err)
	require.Len(t, r.Unblocked, 1)
	require.Equal(t, "al", r.Unblocked[0].Name)
	require.Equal(t, "1000 rules with 1000 values become 3 rules with 1000 values; the most rules of one principal: 1000 before, 3 after", r.String())
	p, err := r.Rules.For(namespace.Named("al"))
	require.NoError(t, err)
	require.Equal(t, 1000, p.Len())
}

func TestWrongOptions(t *testing.T) {
	opts := &rls.Options{User: "Login"}
	rs := read(t, "Login,Region\nal,x\n", opts)
	r, err := compact.Rules(rs, &rls.Options{})
	require.Nil(t, r)
	require.ErrorIs(t, err, rls.ErrNoPrincipal)
	r, err = compact.Rules(rs, nil)
	require.NoError(t, err, "rules know how they were read")
	require.Equal(t, rs.Options(), r.Rules.Options())
	_, err = compact.Rules(read(t, "UserName,A,B\nal,x,\n", &rls.Options{HideNulls: true}), &rls.Options{})
	require.ErrorIs(t, err, compact.ErrUnproven, "what is read in another way is not equal")
}

func BenchmarkRules(b *testing.B) {
	for _, per := range []int{1, 10, 100, 900, 100_000} {
		b.Run(fmt.Sprintf("per=%d", per), func(b *testing.B) {
			rnd := rand.New(rand.NewPCG(5, 6))
			var csv strings.Builder
			csv.WriteString("UserName,Region,Segment,Product\n")
			for i := range 100_000 {
				fmt.Fprintf(&csv, "user%d,r%d,\"s%d,s%d\",p%d\n", i/per, rnd.IntN(30), rnd.IntN(6), rnd.IntN(6), rnd.IntN(10))
			}
			rs := read(b, csv.String(), nil)
			var r *compact.Result
			for b.Loop() {
				var err error
				r, err = compact.Rules(rs, nil)
				require.NoError(b, err)
			}
			b.ReportMetric(float64(r.After.Rules), "rules")
		})
	}
}

// TestWriteCSV: principals, columns and values stay in the order in which they
// were written, so that a list that lacks its quotes can still be seen.
func TestWriteCSV(t *testing.T) {
	tests := []struct{ reason, in, want string }{
		{"a value that lacks its quotes", "UserName,Company\nzoe,\"Acme, Inc\"\nal,\"b,a\"\n", "UserName,Company\nzoe,\"Acme, Inc\"\nal,\"b,a\"\n"},
		{"merged lists", "UserName,Company\nal,\"Acme, Inc\"\nal,\"z,Acme\"\n", "UserName,Company\nal,\"Acme, Inc,z\"\n"},
		{"groups, wildcards and quotes", "Z,GroupName,UserName,A\n\"x,\"\"b,a\"\"\",g,,\n,,al,b\n,,al,a\n", "UserName,GroupName,Z,A\n,g,\"x,\"\"b,a\"\"\",\nal,,,\"b,a\"\n"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			rs, err := rls.ReadCSV(strings.NewReader(tt.in), nil)
			require.NoError(t, err)
			r, err := compact.Rules(rs, nil)
			require.NoError(t, err)
			var b strings.Builder
			require.NoError(t, r.WriteCSV(&b))
			require.Equal(t, tt.want, b.String())
		})
	}
	for _, r := range []*compact.Result{nil, {}} {
		require.ErrorIs(t, r.WriteCSV(io.Discard), rls.ErrNothing)
	}
}
