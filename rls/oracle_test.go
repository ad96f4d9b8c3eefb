package rls_test

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/fixture"
	"github.com/stretchr/testify/require"
)

var read = fixture.Rules

// A file is a permission dataset as a test thinks of it: a header and records.
type file struct {
	header  []string
	records [][]string
}

func (f file) csv() string {
	b := csvtext.AppendRecord(nil, f.header)
	for _, r := range f.records {
		b = csvtext.AppendRecord(b, r)
	}
	return string(b)
}

// sees is the oracle: it looks at every rule for every row, and splits lists in
// its own way. It knows nothing of limits.
func (f file) sees(user string, groups []string, row map[string]string, dual rls.Dual, hideNulls bool) bool {
	for _, record := range f.records {
		names, accepted, value := 0, true, false
		userSaid, userHit, groupHit := false, false, false
		for i, column := range f.header {
			cell := record[i]
			empty := strings.Trim(cell, ",") == ""
			value = value || !empty
			switch {
			case column == "UserName" && !empty:
				names++
				userSaid, userHit = true, user == cell
			case column == "GroupName" && !empty:
				names++
				groupHit = slices.Contains(groups, cell)
			case column == "UserName", column == "GroupName":
			case empty:
				accepted = accepted && (!hideNulls || row[column] != "")
			default:
				accepted = accepted && row[column] != "" && slices.Contains(items(cell), row[column])
			}
		}
		applies := userHit || groupHit && (dual == rls.Either || !userSaid)
		if value && names > 0 && applies && accepted {
			return true
		}
	}
	return false
}

// item is one item of a well-formed list: between quotes, or bare.
var item = regexp.MustCompile(`"((?:[^"]|"")+)"|[^",]+`)

func items(cell string) (list []string) {
	for _, m := range item.FindAllStringSubmatch(cell, -1) {
		if m[1] != "" {
			list = append(list, strings.ReplaceAll(m[1], `""`, `"`))
		} else {
			list = append(list, m[0])
		}
	}
	return list
}

var (
	people   = []string{"al", "bo", "AL", " al", "al,bo", `"al"`, "role/al", "NULL"}
	groups   = []string{"g", "h", "al", "G", "g,h"}
	values   = []string{"EMEA", "emea", " EMEA", "US", "AWS,INC", "AWS", "INC", `a"b`, `"`, ",", "a\r\nb", "ZÜRICH", "ZU\u0308RICH", "NULL", "\U0001F600"}
	nothings = []string{"", "", "", ",", ",,,"}
)

func pick[T any](rnd *rand.Rand, from []T) T { return from[rnd.IntN(len(from))] }

// randomCell is a list of n values, some quoted though they need not be.
func randomCell(rnd *rand.Rand) string {
	if rnd.IntN(4) == 0 {
		return pick(rnd, nothings)
	}
	var list []string
	for range 1 + rnd.IntN(3) {
		v := pick(rnd, values)
		if strings.ContainsAny(v, `,"`) || rnd.IntN(5) == 0 {
			v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
		}
		list = append(list, v)
		if rnd.IntN(8) == 0 {
			list = append(list, "")
		}
	}
	return strings.Join(list, ",")
}

func randomFile(rnd *rand.Rand) file {
	f := file{header: pick(rnd, [][]string{
		{"UserName", "GroupName", "Region", "Segment"},
		{"Segment", "GroupName", "Region", "UserName"},
		{"Region", "UserName", "Segment"},
		{"GroupName", "Segment", "Region"},
	})}
	for range rnd.IntN(8) {
		var record []string
		for _, column := range f.header {
			switch {
			case column == "UserName" && rnd.IntN(3) > 0:
				record = append(record, pick(rnd, people))
			case column == "GroupName" && rnd.IntN(3) > 0:
				record = append(record, pick(rnd, groups))
			case column == "UserName" || column == "GroupName":
				record = append(record, pick(rnd, nothings))
			default:
				record = append(record, randomCell(rnd))
			}
		}
		f.records = append(f.records, record)
	}
	return f
}

func randomViewer(rnd *rand.Rand) (user string, in []string) {
	user = pick(rnd, append([]string{""}, people...))
	for range rnd.IntN(3) {
		in = append(in, pick(rnd, append([]string{""}, groups...)))
	}
	return user, in
}

func randomRow(rnd *rand.Rand) map[string]string {
	row := map[string]string{}
	for _, column := range []string{"Region", "Segment"} {
		if rnd.IntN(6) > 0 { // else NULL
			row[column] = pick(rnd, append([]string{"", "other"}, values...))
		}
	}
	return row
}

func sees(p predicate.Predicate, row map[string]string) bool {
	return p.Match(func(column string) (string, bool) { s, ok := row[column]; return s, ok })
}

func forViewer(t testing.TB, rules *rls.Rules, user string, in []string) predicate.Predicate {
	t.Helper()
	p, err := rules.For(namespace.Named(user, in...))
	require.NoError(t, err)
	return p
}

func TestAgainstOracle(t *testing.T) {
	rnd := rand.New(rand.NewPCG(5, 6))
	shown, hidden := 0, 0
	for range 3000 {
		f := randomFile(rnd)
		opts := &rls.Options{Dual: rls.Dual(rnd.IntN(2)), HideNulls: rnd.IntN(3) == 0}
		rules := read(t, f.csv(), opts)
		require.Equal(t, len(f.records), rules.Len())
		source := readSource(t, f, opts)
		for range 4 {
			user, in := randomViewer(rnd)
			who := namespace.Named(user, in...)
			p := forViewer(t, rules, user, in)
			require.Equal(t, p.String(), forViewer(t, source, user, in).String(), "a Source gives the same rules")

			// The rules that apply, one by one, are the same rows.
			var each []predicate.Predicate
			for rule := range rules.Applied(who) {
				require.True(t, rule.AppliesTo(who))
				each = append(each, rule.Predicate())
			}
			require.Equal(t, p.String(), predicate.Or(each...).String())
			each = nil
			for rule := range rules.All() {
				if rule.AppliesTo(who) {
					each = append(each, rule.Predicate())
				}
			}
			require.Equal(t, p.String(), predicate.Or(each...).String())

			for range 8 {
				row := randomRow(rnd)
				want := f.sees(user, in, row, opts.Dual, opts.HideNulls)
				require.Equal(t, want, sees(p, row), "%q of %q sees %q by\n%s\n%s", user, in, row, f.csv(), p)
				if want {
					shown++
				} else {
					hidden++
				}
			}
		}
	}
	require.Greater(t, shown, 3000, "an oracle that hides all proves nothing")
	require.Greater(t, hidden, 3000, "nor one that shows all")
}

// readSource reads a file through Read; no value is NULL or "", at random.
func readSource(t testing.TB, f file, opts *rls.Options) *rls.Rules {
	t.Helper()
	rules, err := rls.Read(&memory{file: f}, opts)
	require.NoError(t, err)
	return rules
}

// memory is a Source of records; "" is NULL in every second row.
type memory struct {
	file
	row int
}

func (m *memory) Columns() []string { return m.header }
func (m *memory) Next() bool        { m.row++; return m.row <= len(m.records) }
func (m *memory) Err() error        { return nil }
func (m *memory) Text(i int) (string, bool) {
	s := m.records[m.row-1][i]
	return s, s != "" || m.row%2 == 0
}

// TestLaws changes files in ways that must not change what is seen, or only add
// to it.
func TestLaws(t *testing.T) {
	rnd := rand.New(rand.NewPCG(7, 8))
	for range 500 {
		f := randomFile(rnd)
		rules := read(t, f.csv(), nil)

		permuted := file{f.header, slices.Clone(f.records)}
		rnd.Shuffle(len(permuted.records), func(i, j int) {
			permuted.records[i], permuted.records[j] = permuted.records[j], permuted.records[i]
		})
		doubled := file{f.header, append(slices.Clone(f.records), f.records...)}
		more := file{f.header, append(slices.Clone(f.records), randomFile(rnd).records...)}
		more.records = slices.DeleteFunc(more.records, func(r []string) bool { return len(r) != len(f.header) })

		var canonical, again bytes.Buffer
		require.NoError(t, rules.WriteCSV(&canonical))
		back := read(t, canonical.String(), nil)
		require.NoError(t, back.WriteCSV(&again))
		require.Equal(t, canonical.String(), again.String(), "canonical form is its own canonical form")
		again.Reset()
		require.NoError(t, read(t, permuted.csv(), nil).WriteCSV(&again))
		require.Equal(t, canonical.String(), again.String(), "order does not show in canonical form")

		larger := read(t, more.csv(), nil)
		twice := read(t, doubled.csv(), nil)
		other := read(t, permuted.csv(), nil)
		for _, user := range append([]string{""}, people...) {
			in := []string{pick(rnd, groups)}
			p := forViewer(t, rules, user, in)
			require.Equal(t, p.String(), forViewer(t, other, user, in).String(), "order does not count")
			require.Equal(t, p.String(), forViewer(t, twice, user, in).String(), "a rule twice is a rule once")
			require.Equal(t, slices.Collect(positions(rules.Applied(namespace.Named(user, in...)))),
				slices.Collect(positions(twice.Applied(namespace.Named(user, in...)))), "and the first counts")
			require.Equal(t, p.String(), forViewer(t, back, user, in).String(), "\n%s\n%s", f.csv(), canonical.String())
			q := forViewer(t, larger, user, in)
			for range 20 {
				if row := randomRow(rnd); sees(p, row) {
					require.True(t, sees(q, row), "a rule more hides nothing")
				}
			}
		}
	}
}

// TestConcurrent asks one Rules from many goroutines; run it with -race.
func TestConcurrent(t *testing.T) {
	rnd := rand.New(rand.NewPCG(9, 10))
	rules := read(t, randomFile(rnd).csv(), nil)
	want := map[string]string{}
	for _, user := range people {
		want[user] = forViewer(t, rules, user, groups).String()
	}
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for user, p := range want {
				if got, err := rules.For(namespace.Named(user, groups...)); err != nil || got.String() != p {
					t.Errorf("%s: got %s, %v, want %s", user, got, err, p)
				}
			}
		})
	}
	all.Wait()
}

func positions(rules func(func(rls.Rule) bool)) func(func(string) bool) {
	return func(yield func(string) bool) {
		for r := range rules {
			if !yield(fmt.Sprint(r.Pos())) {
				return
			}
		}
	}
}

func FuzzReadCSV(f *testing.F) {
	for _, csv := range []string{
		"UserName,GroupName,Region,Segment\nal,,EMEA,\"Enterprise,SMB\"\n,g,US,\n",
		"\uFEFFUserName,Region\r\nal,\"\"\"AWS,INC\"\",AWS\"\r\n",
		"UserARN,Region\narn:aws:quicksight:us-east-1:123456789012:user/al,US\n",
		"UserName,Region\n,US\n\n,\nal,\",,,\"\n", "UserName,Region\nal,\"\"\"x\"\n", "Region\n", "UserName,Region\nal,NULL\nal,\"NULL,NULL\"\n",
	} {
		f.Add(csv, "al", "g")
	}
	f.Fuzz(func(t *testing.T, csv, user, group string) {
		opts := &rls.Options{NullWords: []string{"NULL"}}
		rules, err := rls.ReadCSV(strings.NewReader(csv), opts)
		if err != nil {
			require.Nil(t, rules)
			return
		}
		var out bytes.Buffer
		require.NoError(t, rules.WriteCSV(&out))
		back, err := rls.ReadCSV(&out, opts)
		require.NoError(t, err)
		viewers := []namespace.Principal{{}, namespace.Named(user, group)}
		for rule := range rules.All() {
			viewers = append(viewers, namespace.Named(rule.User(), rule.Group()))
			if a, err := namespace.ParseARN(rule.User()); err == nil {
				viewers = append(viewers, namespace.ForARN(a))
			}
			if len(viewers) > 20 {
				break
			}
		}
		for _, who := range viewers {
			p, err := rules.For(who)
			q, errBack := back.For(who)
			if err == nil {
				require.NoError(t, errBack)
				require.True(t, p.Equal(q), "%s\n%s", p, q)
			}
		}
	})
}
