package spice

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
)

var visitsByRegion = query.Query{Dimensions: []query.Dimension{{Column: "Region"}}, Measures: []query.Measure{{Func: query.Count, As: "n"}}}

// newAnswersWorld is a world with a cache, a dataset of random rows, and rules in
// which anna and abby see the same rows.
func newAnswersWorld(t *testing.T, bytes int64) (*world, *Dataset, []questions.Row) {
	w := newWorld(t)
	w.opts.AnswerCache = bytes
	w.open(w.store.disk)
	rows := questions.Rows(rand.New(rand.NewPCG(18, 30)), 200)
	d, err := w.store.CreateDataset(t.Context(), DatasetInput{ID: "visits", ImportMode: SPICE})
	require.NoError(t, err)
	_, err = d.Refresh(t.Context(), questionRows(rows), RefreshFull)
	require.NoError(t, err)
	w.attach(d, w.rules("rules", questionCSV+"abby,t1,\n"))
	return w, d, rows
}

// asks asks, and reports whether the audit record says that the answer was kept.
func (w *world) asks(d *Dataset, name string, q query.Query) (rows [][]string, cached bool) {
	w.t.Helper()
	got, err := d.Ask(w.t.Context(), user(name), q, nil)
	require.NoError(w.t, err)
	defer got.Release()
	all := w.audit.Records()
	last := all[len(all)-1]
	require.Equal(w.t, q.Shape(), last.ServiceEventDetails.EventRequestDetails.Question)
	require.EqualValues(w.t, got.Rows.NumRows(), *last.ServiceEventDetails.EventResponseDetails.Rows)
	return questions.Read(got.Rows), last.ServiceEventDetails.EventRequestDetails.Cached
}

// TestAnswerCache: who shares an answer, and what makes it stale.
func TestAnswerCache(t *testing.T) {
	w, d, rows := newAnswersWorld(t, 1<<20)
	want := func(p predicate.Predicate) [][]string {
		answer, _ := questions.Answer(visitsByRegion, rows, p)
		return answer
	}
	step := func(name string, p predicate.Predicate, cached bool, reason string) {
		t.Helper()
		got, hit := w.asks(d, name, visitsByRegion)
		require.Equal(t, want(p), got, reason)
		require.Equal(t, cached, hit, reason)
	}
	t1 := questionRules["anna"]
	step("anna", t1, false, "the first question")
	step("anna", t1, true, "the same again")
	step("abby", t1, true, "another session that sees the same rows")
	step("ben", questionRules["ben"], false, "a session that sees other rows")
	step("carl", predicate.Predicate{}, false, "a session that sees none")
	step("root", predicate.All(), false, "a session that sees all")
	other := visitsByRegion
	other.Filters = []query.Filter{query.Where{Predicate: predicate.In("Region", "EMEA")}}
	_, hit := w.asks(d, "anna", other)
	require.False(t, hit, "another filter")
	other.Filters = []query.Filter{query.Where{Predicate: predicate.In("Region", "emea")}}
	_, hit = w.asks(d, "anna", other)
	require.False(t, hit, "a filter of the same shape")

	w.attach(d, w.rules("others", "UserName,tenant\nanna,T1\nabby,t1\n"))
	step("anna", predicate.In("tenant", "T1"), false, "new rules hold at once")
	step("abby", t1, true, "an answer is of rows, not of rules")
	step("ben", predicate.Predicate{}, true, "no rule any more: as for carl, no row")

	require.NoError(t, d.SetColumnRules(t.Context(), ColumnRule{ColumnNames: []string{"Region"}, Principals: []namespace.ARN{user("abby").Principal.User.ARN}}))
	_, err := d.Ask(t.Context(), user("anna"), visitsByRegion, nil)
	require.ErrorIs(t, err, ErrNoColumn, "a column that is hidden now")
	step("abby", t1, true, "the column is visible")
	require.NoError(t, d.SetColumnRules(t.Context()))

	rows = questions.Rows(rand.New(rand.NewPCG(18, 31)), 100)
	_, err = d.Refresh(t.Context(), questionRows(rows), RefreshFull)
	require.NoError(t, err)
	step("abby", t1, false, "new rows")
	step("abby", t1, true, "and again")

	late := user("abby")
	late.Expires = w.clock.Now()
	_, err = d.Ask(t.Context(), late, visitsByRegion, nil)
	require.ErrorIs(t, err, ErrExpired)
	require.NoError(t, w.keys.Disable(t.Context(), w.key))
	_, err = d.Ask(t.Context(), user("abby"), visitsByRegion, nil)
	require.ErrorIs(t, err, ErrKey, "a disabled key ends kept answers, too")
	require.NoError(t, w.keys.Enable(t.Context(), w.key))
	step("abby", t1, true, "enabled again")

	// A dataset of the same name is another one.
	require.NoError(t, w.store.DeleteDataset(t.Context(), "visits"))
	d, err = w.store.CreateDataset(t.Context(), DatasetInput{ID: "visits", ImportMode: SPICE})
	require.NoError(t, err)
	_, err = d.Refresh(t.Context(), questionRows(rows[:50]), RefreshFull)
	require.NoError(t, err)
	rows = rows[:50]
	step("abby", predicate.All(), false, "created again")
}

// The cache is bounded, and without one nothing is kept.
func TestAnswerCacheIsBounded(t *testing.T) {
	const most = 40_000
	w, d, _ := newAnswersWorld(t, most)
	rnd := rand.New(rand.NewPCG(18, 32))
	for range 200 {
		got, err := d.Ask(t.Context(), user("root"), questions.Random(rnd, questions.All()), nil)
		if err == nil {
			got.Release()
		}
		require.LessOrEqual(t, w.store.answers.size, int64(most))
		require.Equal(t, w.store.answers.order.Len(), len(w.store.answers.byKey))
	}
	require.Positive(t, w.store.answers.order.Len())
	var none *answers
	_, ok := none.get(answerKey{}, predicate.All())
	require.False(t, ok)
	require.Nil(t, newAnswers(0))
	_, err := Open(t.TempDir(), &Options{AnswerCache: -1})
	require.ErrorIs(t, err, ErrInput)
}

// Answers of the same hash are not taken for one another.
func TestAnswerCacheComparesPredicates(t *testing.T) {
	w, d, _ := newAnswersWorld(t, 1<<20)
	got, err := d.Ask(t.Context(), user("anna"), visitsByRegion, nil)
	require.NoError(t, err)
	defer got.Release()
	var key answerKey
	for key = range w.store.answers.byKey {
	}
	_, ok := w.store.answers.get(key, questionRules["ben"])
	require.False(t, ok, "another predicate with the same key")
	same, ok := w.store.answers.get(key, questionRules["anna"])
	require.True(t, ok)
	same.Release()
}

// Sessions with different rules ask at once, while rules change. Each answer is of
// the rows that its session sees under one of the two.
func TestAnswerCacheAtOnce(t *testing.T) {
	w, d, rows := newAnswersWorld(t, 30_000)
	sets := []*Dataset{w.rules("even", "UserName,tenant\nanna,t1\nben,T1\n"), w.rules("odd", "UserName,tenant\nanna,t2\nben,t1\n")}
	w.attach(d, sets[0])
	may := map[string][]string{}
	for name, tenants := range map[string][]string{"anna": {"t1", "t2"}, "ben": {"T1", "t1"}} {
		for _, tenant := range tenants {
			answer, _ := questions.Answer(visitsByRegion, rows, predicate.In("tenant", tenant))
			may[name] = append(may[name], fmt.Sprint(answer))
		}
	}
	var all sync.WaitGroup
	for i := range 4 {
		all.Add(1)
		go func() {
			defer all.Done()
			name := []string{"anna", "ben"}[i%2]
			for range 40 {
				got, err := d.Ask(t.Context(), user(name), visitsByRegion, nil)
				if err != nil {
					t.Errorf("%s: %v", name, err)
					return
				}
				if text := fmt.Sprint(questions.Read(got.Rows)); text != may[name][0] && text != may[name][1] {
					t.Errorf("%s sees %s", name, text)
				}
				got.Release()
			}
		}()
	}
	for i := range 10 {
		w.attach(d, sets[i%2])
	}
	all.Wait()
}
