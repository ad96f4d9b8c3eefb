package spice

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
	"github.com/rowsight/rowsight/spice/observe"
)

// A keptWorld is a world that keeps rows, counts the bytes that are read from the disk,
// and has a dataset of random rows with the rules of questionCSV.
type keptWorld struct {
	*world
	d      *Dataset
	rows   []questions.Row
	disk   readsDisk
	cached sync.Map // of datasets: what the observer was told last
}

func (w *keptWorld) Start(ctx context.Context, op observe.Operation) (context.Context, func(observe.Result)) {
	return ctx, func(r observe.Result) {
		if op.Kind == observe.Read {
			w.cached.Store(op.Dataset, r.RowsCached)
		}
	}
}

func newKeptWorld(t *testing.T, most int64, rows int) *keptWorld {
	w := &keptWorld{world: newWorld(t), rows: questions.Rows(rand.New(rand.NewPCG(18, 40)), rows)}
	w.disk = readsDisk{w.store.disk, new(sync.Mutex), new(int)}
	w.opts.RowCache, w.opts.Observer = most, w
	w.open(w.disk)
	var err error
	w.d, err = w.store.CreateDataset(t.Context(), DatasetInput{ID: "visits", ImportMode: SPICE})
	require.NoError(t, err)
	w.refresh(w.rows)
	w.attach(w.d, w.rules("rules", questionCSV+"abby,t1,\n"))
	return w
}

func (w *keptWorld) refresh(rows []questions.Row) {
	w.rows = rows
	_, err := w.d.Refresh(w.t.Context(), questionRows(rows), RefreshFull)
	require.NoError(w.t, err)
}

// asks asks, compares with the answer over the rows of a predicate, and returns how many
// bytes were read.
func (w *keptWorld) asks(name string, q query.Query, rows predicate.Predicate, reason string) int {
	w.t.Helper()
	*w.disk.bytes = 0
	got, err := w.d.Ask(w.t.Context(), user(name), q, nil)
	text, jsonErr := json.Marshal(q)
	require.NoError(w.t, jsonErr)
	if err != nil {
		require.ErrorIs(w.t, err, eval.ErrOverflow, "%s asks %s", name, text)
		return *w.disk.bytes
	}
	defer got.Release()
	want, totals := questions.Answer(q, w.rows, rows)
	require.Equal(w.t, want, questions.Read(got.Rows), "%s: %s asks %s", reason, name, text)
	if q.Totals {
		require.Equal(w.t, [][]string{totals}, questions.Read(got.Totals), "%s: %s asks %s", reason, name, text)
	}
	return *w.disk.bytes
}

// checkBound compares what the store counts with what it has allocated. No read runs.
func (w *keptWorld) checkBound() {
	w.t.Helper()
	k := w.store.kept
	k.mu.Lock()
	defer k.mu.Unlock()
	require.LessOrEqual(w.t, k.size, k.most)
	require.LessOrEqual(w.t, int64(w.mem.CurrentAlloc()), k.size, "bytes that are not counted")
	var sum int64
	for _, p := range k.byKey {
		require.Zero(w.t, p.users)
		require.NotNil(w.t, p.place)
		require.Nil(w.t, p.filling)
		require.LessOrEqual(w.t, p.size, k.most/4)
		sum += p.size
	}
	require.Equal(w.t, sum, k.size)
	require.Equal(w.t, k.order.Len(), len(k.byKey))
}

// TestKeptRows: who shares rows, and what ends them.
func TestKeptRows(t *testing.T) {
	w := newKeptWorld(t, 8<<20, 300)
	byRegion, t1 := visitsByRegion, questionRules["anna"]
	step := func(name string, q query.Query, p predicate.Predicate, reads bool, reason string) {
		t.Helper()
		require.Equal(t, reads, w.asks(name, q, p, reason) > 0, reason)
		cached, _ := w.cached.Load(w.d.ARN().String())
		require.Equal(t, !reads && p.Op() != predicate.OpNone, cached, reason)
		w.checkBound()
	}
	filtered := byRegion
	filtered.Filters = []query.Filter{query.Where{Predicate: predicate.In("Region", "EMEA")}}
	count := query.Query{Measures: []query.Measure{{Func: query.Count}}}
	tenants := query.Query{Dimensions: []query.Dimension{{Column: "tenant"}, {Column: "Region"}}}
	step("anna", byRegion, t1, true, "the first question")
	step("anna", byRegion, t1, false, "the same again")
	step("anna", filtered, t1, false, "another question about the same columns")
	step("anna", count, t1, false, "one without columns")
	step("abby", byRegion, t1, false, "a session that sees the same rows")
	step("abby", tenants, t1, true, "one more column")
	step("anna", tenants, t1, false, "which the other session has, too")
	step("ben", byRegion, questionRules["ben"], true, "a session that sees other rows")
	step("anna", byRegion, t1, false, "and changes nothing for this one")
	step("root", filtered, predicate.All(), true, "all rows: the filter decides what is read")
	step("root", filtered, predicate.All(), true, "so nothing is kept")
	step("root", byRegion, predicate.All(), true, "all rows without a filter")
	step("root", filtered, predicate.All(), false, "are kept, for filters, too")
	step("carl", byRegion, predicate.Predicate{}, false, "no row, nothing to read")

	w.attach(w.d, w.rules("others", "UserName,tenant\nanna,T1\nabby,t1\n"))
	step("anna", byRegion, predicate.In("tenant", "T1"), true, "new rules hold at once")
	step("abby", byRegion, t1, false, "rows of the same rules stay")
	step("ben", byRegion, predicate.Predicate{}, false, "no rule, no row")

	require.NoError(t, w.d.SetColumnRules(t.Context(), ColumnRule{ColumnNames: []string{"Region"}, Principals: []namespace.ARN{user("abby").Principal.User.ARN}}))
	_, err := w.d.Ask(t.Context(), user("anna"), byRegion, nil)
	require.ErrorIs(t, err, ErrNoColumn, "a column that is hidden now")
	step("abby", byRegion, t1, false, "which this session sees")
	require.NoError(t, w.d.SetColumnRules(t.Context()))

	late := user("abby")
	late.Expires = w.clock.Now()
	_, err = w.d.Ask(t.Context(), late, byRegion, nil)
	require.ErrorIs(t, err, ErrExpired)
	require.NoError(t, w.keys.Disable(t.Context(), w.key))
	_, err = w.d.Ask(t.Context(), user("abby"), byRegion, nil)
	require.ErrorIs(t, err, ErrKey, "a disabled key")
	require.Zero(t, w.mem.CurrentAlloc(), "ends what is kept")
	require.NoError(t, w.keys.Enable(t.Context(), w.key))
	step("abby", byRegion, t1, true, "enabled again")
	step("abby", byRegion, t1, false, "and kept")

	w.refresh(questions.Rows(rand.New(rand.NewPCG(18, 41)), 100))
	require.Zero(t, w.mem.CurrentAlloc(), "a new version ends those of the old one")
	step("abby", byRegion, t1, true, "new rows")

	require.NoError(t, w.store.DeleteDataset(t.Context(), "visits"))
	require.Zero(t, w.mem.CurrentAlloc(), "a deleted dataset has no rows")
	w.d, err = w.store.CreateDataset(t.Context(), DatasetInput{ID: "visits", ImportMode: SPICE})
	require.NoError(t, err)
	w.refresh(w.rows[:50])
	step("abby", byRegion, predicate.All(), true, "a dataset of the same name is another one")
	require.NoError(t, w.store.Close())
	require.Zero(t, w.mem.CurrentAlloc(), "Close keeps no row")
	_, err = Open(t.TempDir(), &Options{RowCache: -1})
	require.ErrorIs(t, err, ErrInput)
}

// TestKeptRowsAreExact asks random questions of random sessions, while rules and rows
// change and keys come and go. Each answer is compared with the rows that the rules admit;
// the bound is small, so that rows come and go, too.
func TestKeptRowsAreExact(t *testing.T) {
	for _, most := range []int64{60_000, 400_000, 8 << 20} {
		w := newKeptWorld(t, most, 400)
		rnd := rand.New(rand.NewPCG(18, uint64(most)))
		rules := questionRules
		sets := []*Dataset{w.rules("first", questionCSV), w.rules("second", "UserName,tenant,Region\nanna,T1,\nben,t1;t2,US \nroot,t2,\n")}
		second := map[string]predicate.Predicate{
			"anna": predicate.In("tenant", "T1"), "ben": predicate.MustParse(`tenant in ("t1", "t2") and Region in ("US ")`), "root": predicate.In("tenant", "t2"), "carl": {},
		}
		asked, free := 0, 0
		for range 250 {
			switch n := rnd.IntN(100); {
			case n == 0:
				w.refresh(questions.Rows(rnd, []int{50, 400, spicefile.ChunkRows + 300}[rnd.IntN(3)]))
			case n < 4:
				k := rnd.IntN(2)
				w.attach(w.d, sets[k])
				rules = []map[string]predicate.Predicate{questionRules, second}[k]
			case n < 5:
				require.NoError(t, w.keys.Disable(t.Context(), w.key))
				_, err := w.d.Ask(t.Context(), user("anna"), visitsByRegion, nil)
				require.ErrorIs(t, err, ErrKey)
				require.NoError(t, w.keys.Enable(t.Context(), w.key))
			default:
				name := []string{"anna", "ben", "root", "carl"}[rnd.IntN(4)]
				asked++
				if w.asks(name, questions.Random(rnd, questions.All()), rules[name], "random") == 0 && name != "carl" {
					free++
				}
			}
			w.checkBound()
		}
		t.Logf("%d bytes: %d of %d questions read nothing", most, free, asked)
		require.Greater(t, free, 10, "rows are kept")
		if most == 60_000 {
			require.Less(t, free, asked*2/3, "and let go")
		}
	}
}

// TestKeptRowsAtOnce: sessions ask at once while rules and rows change. Each answer is of
// rows that its session sees under one of the rules, in one of the versions.
func TestKeptRowsAtOnce(t *testing.T) {
	w := newKeptWorld(t, 300_000, 300)
	sets := []*Dataset{w.rules("even", "UserName,tenant\nanna,t1\nben,T1\n"), w.rules("odd", "UserName,tenant\nanna,t2\nben,t1\n")}
	w.attach(w.d, sets[0])
	versions := [][]questions.Row{w.rows, questions.Rows(rand.New(rand.NewPCG(18, 42)), 250)}
	byTenant := query.Query{Dimensions: []query.Dimension{{Column: "tenant"}, {Column: "Region"}}, Measures: []query.Measure{{Func: query.Count, As: "n"}}}
	may := make(map[string]bool)
	for name, tenants := range map[string][]string{"anna": {"t1", "t2"}, "ben": {"T1", "t1"}} {
		for _, tenant := range tenants {
			for _, rows := range versions {
				for _, q := range []query.Query{visitsByRegion, byTenant} {
					answer, _ := questions.Answer(q, rows, predicate.In("tenant", tenant))
					may[fmt.Sprint(name, q.Shape(), answer)] = true
				}
			}
		}
	}
	var all sync.WaitGroup
	for i := range 6 {
		all.Go(func() {
			name, q := []string{"anna", "ben"}[i%2], []query.Query{visitsByRegion, byTenant}[i/2%2]
			for n := range 40 {
				ctx, cancel := context.WithCancel(t.Context())
				if n%7 == 0 {
					go cancel() // whoever waits for it goes on by itself
				}
				got, err := w.d.Ask(ctx, user(name), q, nil)
				cancel()
				if err != nil && ctx.Err() != nil {
					continue
				}
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				if text := fmt.Sprint(name, q.Shape(), questions.Read(got.Rows)); !may[text] {
					t.Errorf("%s sees %s", name, text)
				}
				got.Release()
			}
		})
	}
	for i := range 12 {
		w.attach(w.d, sets[i%2])
		if i%3 == 0 {
			w.refresh(versions[i%2])
		}
	}
	all.Wait()
	w.checkBound()
}

// TestKeptRowsAreReadOnce: of sessions that ask at once, one reads.
func TestKeptRowsAreReadOnce(t *testing.T) {
	w := newKeptWorld(t, 8<<20, spicefile.ChunkRows+500)
	w.asks("anna", visitsByRegion, questionRules["anna"], "opens the file")
	w.store.kept.forgetDataset(w.d.uid, nil)
	cost := w.asks("anna", visitsByRegion, questionRules["anna"], "alone")
	require.Positive(t, cost)
	w.store.kept.forgetDataset(w.d.uid, nil)
	*w.disk.bytes = 0
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			got, err := w.d.Ask(t.Context(), user([]string{"anna", "abby"}[i%2]), visitsByRegion, nil)
			if err != nil {
				t.Error(err)
				return
			}
			got.Release()
		})
	}
	all.Wait()
	require.Equal(t, cost, *w.disk.bytes)
}

// TestKeptRowsTooLarge: what does not fit is read each time, and answers are the same. The
// store remembers it, and still keeps fewer columns.
func TestKeptRowsTooLarge(t *testing.T) {
	w := newKeptWorld(t, 700_000, 3*spicefile.ChunkRows)
	all := query.Query{Limit: 5, Order: []query.Order{{By: "Region"}}}
	for _, c := range questions.Columns() {
		all.Columns = append(all.Columns, c.Name)
	}
	for range 3 {
		require.Positive(t, w.asks("root", all, predicate.All(), "too large"))
		w.checkBound()
	}
	held := w.mem.CurrentAlloc()
	require.Positive(t, w.asks("root", all, predicate.All(), "too large"))
	require.Equal(t, held, w.mem.CurrentAlloc())
	require.Positive(t, w.asks("root", visitsByRegion, predicate.All(), "one column"))
	require.Zero(t, w.asks("root", visitsByRegion, predicate.All(), "is kept"))
	w.checkBound()
}

// TestKeptRowsTooLargeInTheMiddle: columns that are added to kept rows stop to fit after any of the
// chunks. The chunks up to there are those that were read, the rest comes from the disk, and each
// row counts once.
func TestKeptRowsTooLargeInTheMiddle(t *testing.T) {
	all := query.Query{Dimensions: []query.Dimension{{Column: "Region"}}, Measures: []query.Measure{{Func: query.Count, As: "rows"}}}
	for i, c := range questions.Columns() {
		all.Measures = append(all.Measures, query.Measure{Func: query.Count, Of: query.Col(c.Name), As: fmt.Sprint("n", i)})
	}
	large, fits := 0, 0
	for most := int64(400_000); fits == 0; most += most / 2 {
		w := newKeptWorld(t, most, 3*spicefile.ChunkRows)
		w.asks("root", visitsByRegion, predicate.All(), "one column")
		if w.asks("root", visitsByRegion, predicate.All(), "one column, kept") > 0 {
			continue
		}
		w.asks("root", all, predicate.All(), "all columns")
		w.checkBound()
		require.Zero(t, w.asks("root", visitsByRegion, predicate.All(), "one column is still kept"))
		if w.asks("root", all, predicate.All(), "all columns again") == 0 {
			fits++
		} else {
			large++
		}
	}
	require.Greater(t, large, 1)
}

// TestKeptRowsAreRecorded: the audit trail is that of a store that keeps nothing.
func TestKeptRowsAreRecorded(t *testing.T) {
	rules := map[string]predicate.Predicate{"anna": questionRules["anna"], "abby": questionRules["anna"], "ben": questionRules["ben"], "carl": {}}
	trails := make([][]string, 2)
	for i, most := range []int64{0, 8 << 20} {
		w := newKeptWorld(t, max(most, 1), 2*spicefile.ChunkRows)
		w.opts.RowCache = most
		w.open(w.disk)
		var err error
		w.d, err = w.store.Dataset("visits")
		require.NoError(t, err)
		before := len(w.audit.Records())
		for _, name := range []string{"anna", "abby", "ben", "carl", "anna"} {
			w.asks(name, visitsByRegion, rules[name], "")
		}
		for _, r := range w.audit.Records()[before:] {
			r.EventTime, r.EventID = time.Time{}, ""
			text, err := json.Marshal(r)
			require.NoError(t, err)
			trails[i] = append(trails[i], strings.ReplaceAll(string(text), w.key, "KEY"))
		}
	}
	require.Equal(t, trails[0], trails[1])
}

// Rows of the same hash are not taken for one another.
func TestKeptRowsComparePredicates(t *testing.T) {
	w := newKeptWorld(t, 1<<20, 100)
	w.asks("anna", visitsByRegion, questionRules["anna"], "")
	for key := range w.store.kept.byKey {
		l, err := w.store.kept.borrow(t.Context(), part{key: key, rows: questionRules["ben"]}, []string{"Region"}, true)
		require.NoError(t, err)
		require.Nil(t, l, "another predicate with the same key")
		l, err = w.store.kept.borrow(t.Context(), part{key: key, rows: questionRules["anna"]}, []string{"Region"}, false)
		require.NoError(t, err)
		require.False(t, l.fills)
		w.store.kept.giveBack(l)
	}
}
