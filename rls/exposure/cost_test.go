package exposure

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

// TestCost: rows are found once for all viewers to whom the same rules apply,
// however many they are, and each viewer still gets an answer of its own.
func TestCost(t *testing.T) {
	const users = 400
	var rules, members strings.Builder
	rules.WriteString("UserName,GroupName,Region\n")
	members.WriteString("User,Group\n")
	for i := range 300 {
		fmt.Fprintf(&rules, ",sales,\"r%d,r%d\"\n", i, i+1)
	}
	for i := range users {
		fmt.Fprintf(&members, "u%d,sales\n", i)
		if i%100 == 0 {
			fmt.Fprintf(&rules, "u%d,,own%d\n", i, i)
		}
	}
	for _, tt := range []struct {
		reason string
		opts   *rls.Options
		rows   int
		fails  bool
	}{
		{"viewers of one group", nil, 2, false},
		{"viewers above a limit", &rls.Options{MaxValues: 5}, 0, true},
	} {
		t.Run(tt.reason, func(t *testing.T) {
			mem := memory.NewCheckedAllocator(memory.DefaultAllocator)
			defer mem.AssertSize(t, 0)
			rs, err := rls.ReadCSV(strings.NewReader(rules.String()), tt.opts)
			require.NoError(t, err)
			list, err := roster.ReadCSV(strings.NewReader(members.String()), nil)
			require.NoError(t, err)
			viewers, err := list.Viewers(rs)
			require.NoError(t, err)
			require.GreaterOrEqual(t, len(viewers), users)
			require.LessOrEqual(t, len(classesOf(rs, viewers).of), users/100+2, "classes of viewers")

			b := array.NewRecordBuilder(mem, arrow.NewSchema([]arrow.Field{{Name: "Region", Type: arrow.BinaryTypes.String}}, nil))
			defer b.Release()
			b.Field(0).(*array.StringBuilder).AppendValues([]string{"r1", "r300", "own0", "other"}, nil)
			rec := b.NewRecord()
			defer rec.Release()
			reader, err := array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
			require.NoError(t, err)
			defer reader.Release()
			report, err := NewReport(rs, reader, &Options{Roster: list})
			require.NoError(t, err)
			index, err := NewIndex(rs, list)
			require.NoError(t, err)
			answer, err := index.Values(map[string]string{"Region": "r1"})
			require.NoError(t, err)
			own := 0
			for i, v := range report.Viewers {
				require.Equal(t, viewers[i], v.Viewer)
				_, want := rs.For(v.Principal)
				require.Equal(t, want, v.Err, "the error names this viewer")
				rows := tt.rows
				if v.Name == "u0" && !tt.fails {
					rows++
					own++
				}
				require.Equal(t, rows, v.Rows, v.Name)
			}
			require.Equal(t, !tt.fails, own == 1)
			if tt.fails {
				require.Len(t, answer.Refused, len(viewers))
				for i, r := range answer.Refused {
					_, want := rs.For(viewers[i].Principal)
					require.Equal(t, Refusal{viewers[i], want}, r)
				}
				return
			}
			require.Len(t, answer.Access, len(viewers))
			for i, s := range answer.Access {
				require.Equal(t, viewers[i], s.Viewer)
				require.Len(t, s.Rules, 2)
			}
		})
	}
}

// TestErrorOf: the error of another viewer keeps every field and names this one.
func TestErrorOf(t *testing.T) {
	rs, err := rls.ReadCSV(strings.NewReader("GroupName,A,B\ng,\"a,b\",\"c,d\"\n"), &rls.Options{MaxValues: 1})
	require.NoError(t, err)
	list, err := roster.ReadCSV(strings.NewReader("User,Group\nx,g\ny,g\n"), nil)
	require.NoError(t, err)
	viewers, err := list.Viewers(rs)
	require.NoError(t, err)
	_, x := rs.For(viewers[0].Principal)
	_, y := rs.For(viewers[1].Principal)
	require.NotEqual(t, x.Error(), y.Error())
	require.Equal(t, y.Error(), errorOf(x, viewers[1]).Error())
	require.ErrorIs(t, errorOf(x, viewers[1]), rls.ErrTooManyValues)
	other := errors.New("other")
	require.Equal(t, other, errorOf(other, viewers[0]))
	require.NoError(t, errorOf(nil, viewers[0]))
}

// TestContext: a report ends with its context.
func TestContext(t *testing.T) {
	rs, err := rls.ReadCSV(strings.NewReader("UserName,Region\nal,EMEA\n"), nil)
	require.NoError(t, err)
	reader, err := array.NewRecordReader(arrow.NewSchema([]arrow.Field{{Name: "Region", Type: arrow.BinaryTypes.String}}, nil), nil)
	require.NoError(t, err)
	defer reader.Release()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	report, err := NewReportContext(ctx, rs, reader, nil)
	require.ErrorIs(t, err, context.Canceled)
	require.Nil(t, report)
}

// TestIndexCost: an index looks at each condition of a rule once, however many
// columns there are, and at each rule once for each class of viewers.
func TestIndexCost(t *testing.T) {
	const dear = 20
	for reason, tt := range map[string]struct{ columns, rules, members, groups int }{
		"random":                {5, 400, 400, 100},
		"rules of many columns": {200, 100, 10, 10},
		"one group of everyone": {1, 900, 900, 1},
		"groups without rules":  {1, 100, 1500, 1500},
	} {
		t.Run(reason, func(t *testing.T) {
			var rules, members strings.Builder
			rules.WriteString("GroupName")
			for k := range tt.columns {
				fmt.Fprintf(&rules, ",c%d", k)
			}
			for i := range tt.rules {
				fmt.Fprintf(&rules, "\ng%d", i%tt.groups)
				for k := range tt.columns {
					fmt.Fprintf(&rules, ",v%d", i+k)
				}
			}
			members.WriteString("User,Group\n")
			for i := range tt.members {
				fmt.Fprintf(&members, "u%d,g%d\n", i, i%tt.groups)
			}
			rs, err := rls.ReadCSV(strings.NewReader(rules.String()), nil)
			require.NoError(t, err)
			list, err := roster.ReadCSV(strings.NewReader(members.String()), nil)
			require.NoError(t, err)
			index, err := NewIndex(rs, list)
			require.NoError(t, err)
			require.LessOrEqual(t, index.steps+index.classes.steps, dear*(tt.rules+tt.members+tt.columns)+tt.rules*tt.columns)
			values := make(map[string]string)
			for k := range tt.columns {
				values[fmt.Sprint("c", k)] = fmt.Sprint("v", k)
			}
			answer, err := index.Values(values)
			require.NoError(t, err)
			require.Len(t, answer.Access, (tt.members+tt.groups-1)/tt.groups, "the members of the group of the first rule")
		})
	}
}
