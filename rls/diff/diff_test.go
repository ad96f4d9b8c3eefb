package diff_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/diff"
	"github.com/rowsight/rowsight/rls/internal/fixture"
	"github.com/rowsight/rowsight/rls/internal/randrules"
	"github.com/rowsight/rowsight/rls/roster"
)

var read, people, records = fixture.Rules, fixture.Roster, fixture.Records

func rules(t testing.TB, old, new *rls.Rules, opts *diff.Options) *diff.Result {
	t.Helper()
	r, err := diff.Rules(old, new, opts)
	require.NoError(t, err)
	return r
}

func TestZero(t *testing.T) {
	var r diff.Result
	require.False(t, r.HasGain())
	require.False(t, r.HasLoss())
	require.Equal(t, "no difference\n", r.String())
	require.Equal(t, "no difference\n", diff.Change{}.String())
	require.True(t, diff.Between(predicate.Predicate{}, predicate.Predicate{}).IsZero())
	require.Empty(t, rules(t, nil, nil, nil).Differences)
	require.Empty(t, rules(t, new(rls.Rules), nil, nil).Differences)
}

func TestRules(t *testing.T) {
	const head = "UserName,GroupName,Region,Segment\n"
	tests := []struct {
		reason, old, new, roster, want string
	}{
		{"another order", head + "al,,EMEA,\"a,b\"\nbo,,US,\n", "Segment,UserName,GroupName,Region\n,bo,,US\n\"b,a\",al,,EMEA\n", "", "no difference\n"},
		{"other words", head + "al,,\"EMEA,US\",\n", head + "al,,US,\nal,,EMEA,\nal,,EMEA,x\n", "", "no difference\n"},
		{"a value more and one less", head + "al,,\"EMEA,US\",SMB\n", head + "al,,\"EMEA,APAC\",SMB\n", "",
			"user al\n  + Region in (\"APAC\") and Segment in (\"SMB\")\n      such as Region = \"APAC\", Segment = \"SMB\"\n" +
				"  - Region in (\"US\") and Segment in (\"SMB\")\n      such as Region = \"US\", Segment = \"SMB\"\n"},
		{"a wildcard", head + "al,,EMEA,\n", head + "al,,,\n", "", "user al\n  + every row\n      such as a row without a value in any restricted column\n"},
		{"a new user, a user gone", head + "al,,EMEA,\n", head + "bo,,EMEA,\n", "",
			"user al\n  - Region in (\"EMEA\")\n      such as Region = \"EMEA\"\nuser bo\n  + Region in (\"EMEA\")\n      such as Region = \"EMEA\"\n"},
		{"the same for many", head, head + "al,,EMEA,\nbo,,EMEA,\n,g,EMEA,\n", "", "user al, user bo, group g\n  + Region in (\"EMEA\")\n      such as Region = \"EMEA\"\n"},
		{"a value that another part covers", "UserName,Region,Segment,Tier\ng,\"a,b\",,\ng,\"c,a\",\"x,y\",s\n", "UserName,Region,Segment,Tier\ng,,,t\n", "",
			"user g\n  + Tier in (\"t\")\n      such as Tier = \"t\"\n  - Region in (\"a\", \"b\")\n      such as Region = \"a\"\n" +
				"  - Region in (\"c\") and Segment in (\"x\", \"y\") and Tier in (\"s\")\n      such as Region = \"c\", Segment = \"x\", Tier = \"s\"\n"},
		{"a user through groups", head + ",g,EMEA,\n", head + ",h,EMEA,\n", "user,groups\nal,\"g,h\"\nbo,g\n",
			"user bo\n  - Region in (\"EMEA\")\n      such as Region = \"EMEA\"\n"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			opts := new(diff.Options)
			if tt.roster != "" {
				opts.Roster = people(t, tt.roster)
			}
			old, is := read(t, tt.old, nil), read(t, tt.new, nil)
			r := rules(t, old, is, opts)
			require.Equal(t, tt.want, r.String())
			require.Equal(t, strings.Contains(tt.want, "  + "), r.HasGain())
			require.Equal(t, strings.Contains(tt.want, "  - "), r.HasLoss())
		})
	}
}

func TestLimitsAndSettings(t *testing.T) {
	csv := "UserName,Region\nal,\"a,b\"\nbo,a\n"
	r := rules(t, read(t, csv, &rls.Options{MaxValues: 1}), read(t, csv, nil), nil)
	require.Equal(t, "user al\n  over a limit by the old rules, and sees nothing: al: column \"Region\": too many values: got 2, want at most 1\n"+
		"  + Region in (\"a\", \"b\")\n      such as Region = \"a\"\n", r.String())
	require.ErrorIs(t, r.Differences[0].Old, rls.ErrTooManyValues)

	off := &rls.Options{Settings: &rls.PermissionDataSet{Arn: "arn:aws:quicksight:us-east-1:111122223333:dataset/x", PermissionPolicy: "GRANT_ACCESS", Status: rls.Disabled}}
	r = rules(t, read(t, csv, nil), read(t, csv, off), nil)
	require.Len(t, r.Differences, 1)
	require.Equal(t, "user al, user bo, user anybody else\n  + every row\n      such as a row without a value in any restricted column\n", r.String())

	// A rewriting of names into ARNs is no difference.
	const arn = "arn:aws:quicksight:us-east-1:111122223333:"
	names := read(t, "UserName,GroupName,Region\nal,,a\n,g,b\n", nil)
	arns := read(t, "UserARN,GroupARN,Region\n"+arn+"user/default/al,,a\n,"+arn+"group/default/g,b\n", nil)
	require.Equal(t, "no difference\n", rules(t, names, arns, nil).String())
	require.Equal(t, "no difference\n", rules(t, arns, names, nil).String())
	byARN := people(t, "user,groups\n"+arn+"user/default/al,"+arn+"group/default/g\n")
	require.Equal(t, "no difference\n", rules(t, arns, names, &diff.Options{Roster: byARN}).String())
	_, err := diff.Rules(names, arns, &diff.Options{Roster: people(t, "user\nal\n")})
	require.ErrorIs(t, err, roster.ErrNames)
}

// TestAgainstOracle compares random files with changed ones, row by row.
func TestAgainstOracle(t *testing.T) {
	mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
	defer mem.AssertSize(t, 0)
	rnd := rand.New(rand.NewPCG(1, 2))
	rows := randrules.Rows()
	r := people(t, "user,groups\nal,\"g,h\"\nbo,\nAL,al\n\"al,bo\",h\n")
	groups := map[string][]string{"al": {"g", "h"}, "AL": {"al"}, "al,bo": {"h"}}
	rec := records(mem)
	defer rec.Release()
	gains, losses, same := 0, 0, 0
	for round := range 2500 {
		f := randrules.New(rnd, 8)
		g := f.Change(rnd)
		if rnd.IntN(4) == 0 {
			g = randrules.New(rnd, 8)
		}
		old, err := f.Read()
		require.NoError(t, err)
		is, err := g.Read()
		require.NoError(t, err)
		opts := &diff.Options{}
		if round%2 == 0 {
			opts.Roster = r
		}
		if round%10 == 0 {
			opts.Samples = len(rows)
		}
		if round%5 == 0 {
			opts.Data, err = array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
			require.NoError(t, err)
		}
		result := rules(t, old, is, opts)
		if opts.Data != nil {
			opts.Data.Release()
		}
		viewers, err := roster.Viewers(opts.Roster, old)
		require.NoError(t, err)
		if opts.Roster == nil {
			viewers = roster.FromRules(old, is)
		}
		require.Equal(t, len(viewers), result.Viewers)
		for _, v := range viewers {
			user, in := v.Name, groups[v.Name]
			if opts.Roster == nil {
				in = nil
			}
			if v.Kind == "group" {
				user, in = "", []string{v.Name}
			}
			d := find(result, v)
			gained, lost := 0, 0
			for _, row := range rows {
				was, now := f.Sees(user, in, row), g.Sees(user, in, row)
				up, down := match(d.Gains, row), match(d.Losses, row)
				if (was || now) != (was || up) || (was || now) != (now || down) || up && !now || down && !was {
					require.Fail(t, "old or gains = old or new, new or losses = old or new", "%s\n%s\n%v %v\n%s", f, g, v, row, d.Change)
				}
				if now && !was {
					gained++
				}
				if was && !now {
					lost++
				}
			}
			require.Equal(t, gained > 0, len(d.Gains) > 0)
			require.Equal(t, lost > 0, len(d.Losses) > 0)
			if opts.Data != nil && len(d.Viewers) > 0 {
				require.Equal(t, gained, d.Gained)
				require.Equal(t, lost, d.Lost)
				if opts.Samples == len(rows) {
					require.Equal(t, gained, like(d.GainedRows), "the samples stand for all rows")
					require.Equal(t, lost, like(d.LostRows))
				}
				for _, s := range d.GainedRows {
					require.True(t, g.Sees(user, in, s.Values) && !f.Sees(user, in, s.Values))
					require.Equal(t, randrules.Row(s.Values).String(), rows[s.Row-1].String())
				}
			}
			for _, p := range d.Gains {
				require.True(t, g.Sees(user, in, p.Witness) && !f.Sees(user, in, p.Witness), "%v", p)
			}
			for _, p := range d.Losses {
				require.True(t, f.Sees(user, in, p.Witness) && !g.Sees(user, in, p.Witness), "%v", p)
			}
			p, err := old.For(v.Principal)
			require.NoError(t, err)
			q, err := is.For(v.Principal)
			require.NoError(t, err)
			if round%4 == 0 {
				minimal(t, d.Gains, p)
				minimal(t, d.Losses, q)
			}
			gains += len(d.Gains)
			losses += len(d.Losses)
			if d.IsZero() {
				same++
			}
		}
	}
	require.Greater(t, gains, 1500)
	require.Greater(t, losses, 1500)
	require.Greater(t, same, 1500)
}

// like counts the rows that samples stand for.
func like(samples []diff.Sample) (n int) {
	for _, s := range samples {
		n += s.Count
	}
	return n
}

// minimal checks that no part, and no value of a part, can be left out.
func minimal(t *testing.T, parts []diff.Part, other predicate.Predicate) {
	t.Helper()
	for i, p := range parts {
		rest := other
		for j, q := range parts {
			if j != i {
				rest = predicate.Or(rest, q.Rows)
			}
		}
		require.False(t, p.Rows.Implies(rest), "%s can go from %v beside %s", p.Rows, parts, other)
		atoms := []predicate.Predicate{p.Rows}
		if p.Rows.Op() == predicate.OpAnd {
			atoms = slices.Collect(p.Rows.Args())
		}
		for k, a := range atoms {
			for value := range a.Values() {
				one := slices.Clone(atoms)
				one[k] = predicate.In(a.Column(), value)
				require.False(t, predicate.And(one[0], one[1:]...).Implies(rest), "%s can lose %s of %v beside %s", p.Rows, value, parts, other)
			}
		}
	}
}

func find(r *diff.Result, v roster.Viewer) diff.Difference {
	for _, d := range r.Differences {
		for _, w := range d.Viewers {
			if v.Name == w.Name && v.Kind == w.Kind {
				return d
			}
		}
	}
	return diff.Difference{}
}

func match(parts []diff.Part, row randrules.Row) bool {
	return slices.ContainsFunc(parts, func(p diff.Part) bool { return p.Rows.Match(row.Value) })
}

func TestData(t *testing.T) {
	rec := records(memory.DefaultAllocator)
	reader, err := array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
	require.NoError(t, err)
	r := rules(t, read(t, "UserName,Region\nal,EMEA\n", nil), read(t, "UserName,Tier\nal,EMEA\n", nil), &diff.Options{Data: reader, Samples: 1})
	require.Equal(t, "user al\n  + Tier in (\"EMEA\")\n      such as Tier = \"EMEA\"\n  - Region in (\"EMEA\")\n      such as Region = \"EMEA\"\n"+
		"  of 343 rows: 42 gained, 42 lost\n  + row 3 and 6 like it: Tier = \"EMEA\"\n  - row 99 and 6 like it: Region = \"EMEA\"\n", r.String())
	b, err := json.Marshal(r)
	require.NoError(t, err)
	require.JSONEq(t, `{"viewers":1,"rows":343,"differences":[{"viewers":[{"kind":"user","name":"al"}],
		"gains":[{"rows":{"op":"in","column":"Tier","values":["EMEA"]},"text":"Tier in (\"EMEA\")","witness":{"Tier":"EMEA"}}],
		"losses":[{"rows":{"op":"in","column":"Region","values":["EMEA"]},"text":"Region in (\"EMEA\")","witness":{"Region":"EMEA"}}],
		"gained":42,"lost":42,"gainedRows":[{"row":3,"values":{"Tier":"EMEA"},"count":7}],"lostRows":[{"row":99,"values":{"Region":"EMEA"},"count":7}]}]}`, string(b))

	_, err = diff.Rules(read(t, "UserName,Country\nal,x\n", nil), nil, &diff.Options{Data: reader})
	require.ErrorIs(t, err, batch.ErrNoColumn)
}

func TestLongLists(t *testing.T) {
	var values []string
	for i := range 100 {
		values = append(values, fmt.Sprintf("v%03d", i))
	}
	c := diff.Between(predicate.Predicate{}, predicate.In("A", values...))
	require.Equal(t, `  + A in ("v000", "v001", "v002", "v003", "v004", "v005", "v006", "v007", "v008", "v009", "v010", "v011" and 88 more)`+"\n      such as A = \"v000\"\n", c.String())
}

func BenchmarkRules(b *testing.B) {
	file := func(shift int) *rls.Rules {
		var csv strings.Builder
		csv.WriteString("UserName,Region,Segment\n")
		for i := range 100_000 {
			s := 0
			if i%100 == 0 {
				s = shift
			}
			fmt.Fprintf(&csv, "user%d,\"r%d,r%d\",s%d\n", i/100, i%50, i%70+s, i%9)
		}
		return read(b, csv.String(), nil)
	}
	old, is := file(0), file(1)
	for b.Loop() {
		r, err := diff.Rules(old, is, nil)
		require.NoError(b, err)
		require.True(b, r.HasGain())
	}
}

// BenchmarkBetween compares two sides of 999 rules that have none in common.
func BenchmarkBetween(b *testing.B) {
	side := func(shift int) predicate.Predicate {
		boxes := make([]predicate.Predicate, 999)
		for i := range boxes {
			boxes[i] = predicate.And(predicate.In("Region", fmt.Sprint("r", i%37), fmt.Sprint("r", i%41+shift)),
				predicate.In("Segment", fmt.Sprint("s", i%53), fmt.Sprint("s", i%7+shift)), predicate.In("City", fmt.Sprint("c", i%11), fmt.Sprint("c", i%29)))
		}
		return predicate.Or(boxes...)
	}
	old, is := side(0), side(3)
	for b.Loop() {
		diff.Between(old, is)
	}
}
