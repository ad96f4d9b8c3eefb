package suite

import (
	"cmp"
	"errors"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/predicate/where"
)

// SeedEnv names the environment variable with the seed of random predicates;
// without it, it is 1.
const SeedEnv = "ROWSIGHT_SEED"

// CasesEnv names the environment variable with the number of random predicates
// for each type of column, in place of [Traits.Cases].
const CasesEnv = "ROWSIGHT_CASES"

// Run tries an engine. Every part asserts how much of it was executed.
func Run(t *testing.T, e Engine) {
	newRunner(t, e).run(t)
}

func (r *runner) run(t *testing.T) {
	t.Run("random", r.random)
	t.Run("values", r.values)
	t.Run("conformance", r.conformance)
	t.Run("names", r.names)
	t.Run("many values", r.many)
	t.Run("composition", r.composition)
	t.Run("barrier", r.barrier)
}

func newRunner(t *testing.T, e Engine) *runner {
	r := &runner{e: e, traits: e.Traits(), seed: 1}
	if s := os.Getenv(SeedEnv); s != "" {
		var err error
		r.seed, err = strconv.ParseUint(s, 10, 64)
		require.NoError(t, err, SeedEnv)
	}
	if s := os.Getenv(CasesEnv); s != "" {
		var err error
		r.traits.Cases, err = strconv.Atoi(s)
		require.NoError(t, err, CasesEnv)
	}
	require.NotEmpty(t, r.traits.Types)
	for _, s := range HostileTexts() {
		if r.traits.Texts == nil || r.traits.Texts(s) {
			r.texts = append(r.texts, s)
		}
	}
	require.Greater(t, len(r.texts), len(HostileTexts())/2, "the engine holds most texts")
	return r
}

type runner struct {
	e      Engine
	traits Traits
	texts  []string
	seed   uint64
	batch  *batch // of comparisons; nil makes each at once
}

// lower writes p in the way the engine takes it.
func (r *runner) lower(t *testing.T, p predicate.Predicate, o where.Options) where.Clause {
	t.Helper()
	o.Inline = o.Inline || r.traits.Inline
	o.Temp = r.traits.Temp
	c, err := where.Lower(p, r.traits.Dialect, &o)
	require.NoError(t, err)
	return c
}

// ask returns the rows that a condition selects, in order of id.
func (r *runner) ask(t *testing.T, table string, c where.Clause) []int64 {
	t.Helper()
	return r.query(t, "SELECT id FROM "+table+" WHERE "+c.SQL(), c)
}

func (r *runner) query(t *testing.T, query string, c where.Clause) []int64 {
	t.Helper()
	ids, err := r.e.Ask(t.Context(), query, c)
	require.NoError(t, err, "%.2000s", query)
	slices.Sort(ids)
	return append([]int64{}, ids...)
}

// both are the two ways to send values, or the one that there is.
func (r *runner) both() []where.Options {
	if r.traits.Inline {
		return []where.Options{{Inline: true}}
	}
	return []where.Options{{}, {Inline: true}}
}

// random compares random predicates on every type of text column.
func (r *runner) random(t *testing.T) {
	cases, rows := r.traits.Cases, r.traits.Rows
	cases = cmp.Or(cases, DefaultCases)
	rows = cmp.Or(rows, DefaultRows)
	if testing.Short() {
		cases = min(cases, 100)
	}
	executed := 0
	for i, typ := range r.traits.Types {
		w := newWorld(tableName("hostile", i), typ, r.texts, rows, r.seed)
		require.NoError(t, r.e.Load(t.Context(), w.table))
		everything := r.lower(t, predicate.All(), where.Options{})
		require.Len(t, r.ask(t, w.table.Name, everything), len(w.table.Rows), "all rows are there")
		require.Empty(t, r.ask(t, w.table.Name, where.Clause{}), "the zero Clause selects no row")
		none, all, wrong := 0, 0, 0
		for n := range cases {
			p := w.rules()
			if n%2 == 0 {
				p = w.predicate(3)
			}
			expected := want(w.table, p)
			for _, o := range r.both() {
				c := r.lower(t, p, o)
				r.compare(t, w.table.Name, c, expected, "%s, case %d of seed %d: %.1000s\n%.1000s", typ, n, r.seed, p, c.SQL())
				executed++
			}
			switch len(expected) {
			case 0:
				none++
			case len(w.table.Rows):
				all++
			}
			// The negative control: without the condition, the comparison fails.
			if n%50 == 0 && len(expected) < len(w.table.Rows) {
				require.NotEqual(t, expected, r.ask(t, w.table.Name, everything))
				wrong++
			}
		}
		r.flush(t)
		t.Logf("%s: %d predicates on %d rows: %d select none, %d all; %d controls", typ, cases, len(w.table.Rows), none, all, wrong)
		require.Less(t, none+all, cases/3, "most predicates select some rows")
		require.Positive(t, wrong, "the control was executed")
	}
	require.Equal(t, len(r.traits.Types)*cases*len(r.both()), executed)
}

// values asks for each hostile value alone, in all ways, and for random ones.
func (r *runner) values(t *testing.T) {
	w := newWorld("texts", r.traits.Types[0], r.texts, 0, r.seed)
	more := 300
	if testing.Short() || r.traits.Cases > 0 && r.batch == nil {
		more = 50
	}
	for range more {
		s := randomText(w.r)
		if r.traits.Texts == nil || r.traits.Texts(s) {
			w.table.Rows = append(w.table.Rows, Row{ID: int64(len(w.table.Rows) + 1), Cells: []*string{&s, nil, nil}})
		}
	}
	require.NoError(t, r.e.Load(t.Context(), w.table))
	asked := 0
	for _, row := range w.table.Rows {
		v := *row.Cells[0]
		for _, p := range []predicate.Predicate{predicate.In("A", v), predicate.In("A", near(v)...)} {
			for _, o := range r.both() {
				r.compare(t, w.table.Name, r.lower(t, p, o), want(w.table, p), "%q", p)
				asked++
			}
		}
	}
	r.flush(t)
	require.Equal(t, 2*len(w.table.Rows)*len(r.both()), asked)
	for _, v := range RefusedTexts() {
		for _, o := range r.both() {
			c, err := where.Lower(predicate.In("A", "x", v), r.traits.Dialect, &o)
			require.Error(t, err)
			require.Empty(t, r.ask(t, w.table.Name, c), "what comes with an error selects no row")
		}
	}
	_, err := r.e.Ask(t.Context(), "SELECT id FROM texts WHERE "+r.lower(t, predicate.In("Missing", "Missing"), where.Options{}).SQL(),
		r.lower(t, predicate.In("Missing", "Missing"), where.Options{}))
	require.Error(t, err, "a column that is not there is an error, and not a text")
}

// names compares columns of hostile names.
func (r *runner) names(t *testing.T) {
	names := r.traits.Names
	if names == nil {
		for _, n := range HostileNames() {
			if _, err := r.traits.Dialect.Quote(n); err == nil {
				names = append(names, n)
			}
		}
	}
	require.Greater(t, len(names), 5)
	table := Table{Name: "names", Type: r.traits.Types[0], Columns: names}
	for i := range names {
		row := Row{ID: int64(i + 1), Cells: make([]*string, len(names))}
		s := "here"
		row.Cells[i] = &s
		table.Rows = append(table.Rows, row)
	}
	require.NoError(t, r.e.Load(t.Context(), table))
	for i, name := range names {
		for _, p := range []predicate.Predicate{predicate.In(name, "here", "x"), predicate.HasValue(name)} {
			c := r.lower(t, p, where.Options{})
			r.compare(t, table.Name, c, []int64{int64(i + 1)}, "%q", name)
			if r.batch != nil && i%4 > 0 {
				continue
			}
			if sql, err := c.Wrap("SELECT * FROM names"); err == nil {
				require.Equal(t, []int64{int64(i + 1)}, r.query(t, "SELECT id FROM ("+sql+") x", c), "%q", name)
			}
		}
	}
	r.flush(t)
}

// many sends as many values as a viewer may have.
func (r *runner) many(t *testing.T) {
	const n = 192_000
	values := make([]string, n)
	for i := range values {
		values[i] = fmt.Sprintf("value %06d é'\\", i)
	}
	table := Table{Name: "many", Type: r.traits.Types[0], Columns: worldColumns}
	for i := range 3000 {
		s, other := fmt.Sprintf("value %06d é'\\", i*128), "x"
		table.Rows = append(table.Rows, Row{ID: int64(i + 1), Cells: []*string{&s, &other, nil}})
	}
	require.NoError(t, r.e.Load(t.Context(), table))
	p := predicate.And(predicate.In("A", values...), predicate.In("B", "x", "y"))
	expected := want(table, p)
	require.Len(t, expected, 1500)
	for _, o := range r.both() {
		start := time.Now()
		c := r.lower(t, p, o)
		lowered := time.Since(start)
		start = time.Now()
		require.Equal(t, expected, r.ask(t, table.Name, c))
		t.Logf("%d values, inline %v: lowered in %v, %d bytes of text, %d arguments, %d statements before; answered in %v",
			n, o.Inline, lowered, len(c.SQL()), len(c.Args()), len(c.Setup()), time.Since(start))
	}
}

// composition puts conditions where callers put them.
func (r *runner) composition(t *testing.T) {
	w := newWorld("composed", r.traits.Types[0], r.texts, 0, r.seed+1)
	require.NoError(t, r.e.Load(t.Context(), w.table))
	rounds := 30
	if r.batch != nil {
		rounds = 8
	}
	for range rounds {
		p := w.rules()
		expected := want(w.table, p)
		c := r.lower(t, p, where.Options{})
		// AND behind it binds to all of it.
		got := r.query(t, "SELECT id FROM composed WHERE "+c.SQL()+" AND id > 20", c)
		require.Equal(t, slices.DeleteFunc(slices.Clone(expected), func(id int64) bool { return id <= 20 }), got)
		// Two-valued, its opposite is what is left.
		c = r.lower(t, p, where.Options{TwoValued: true})
		require.Equal(t, expected, r.ask(t, "composed", c))
		require.Len(t, r.query(t, "SELECT id FROM composed WHERE NOT ("+c.SQL()+")", c), len(w.table.Rows)-len(expected))
	}
}

// barrier tries to see hidden rows from behind a wrapped query.
func (r *runner) barrier(t *testing.T) {
	digits, text, one, two := "12", "boom", "one", "two"
	table := Table{Name: "barrier", Type: r.traits.Types[0], Columns: worldColumns}
	for i := range 200 {
		row := Row{ID: int64(i + 1), Cells: []*string{&one, &digits, nil}}
		if i%2 == 1 {
			row.Cells = []*string{&two, &text, nil}
		}
		table.Rows = append(table.Rows, row)
	}
	require.NoError(t, r.e.Load(t.Context(), table))
	// Many values make the condition dearer than the trap, which a planner that is
	// free to choose therefore runs first.
	many := []string{one}
	for i := range 1500 {
		many = append(many, fmt.Sprint("filler ", i))
	}
	p := predicate.Or(predicate.In("A", many...), predicate.And(predicate.In("A", "four"), predicate.In("B", "x", "y", "z")))
	expected := want(table, p)
	require.Len(t, expected, 100)
	c := r.lower(t, p, where.Options{})
	for _, columns := range [][]string{nil, {"id", "B"}} { // nil is all
		wrap := func(c where.Clause) (string, error) {
			if columns == nil {
				return c.Wrap("SELECT * FROM barrier")
			}
			return c.WrapColumns("SELECT * FROM barrier", columns...)
		}
		wrapped, err := wrap(c)
		if errors.Is(err, where.ErrBarrier) { // for so many values only as literals
			c = r.lower(t, p, where.Options{Inline: true})
			wrapped, err = wrap(c)
		}
		require.NoError(t, err)
		r.behind(t, wrapped, c, expected)
		none := r.lower(t, predicate.Predicate{}, where.Options{})
		nothing, err := wrap(none)
		require.NoError(t, err)
		require.Empty(t, r.query(t, "SELECT id FROM ("+nothing+") x WHERE 1 = 0 OR 1 = 1", none))
	}
	if r.traits.Trap == nil {
		t.Log("no trap is known for this engine")
		return
	}
	// A read of no column has as many rows.
	counted, err := c.WrapColumns("SELECT * FROM barrier")
	require.NoError(t, err)
	require.Equal(t, []int64{100}, r.query(t, "SELECT count(*) FROM ("+counted+") x", c))
	_, err = r.e.Ask(t.Context(), "SELECT id FROM (SELECT * FROM barrier WHERE "+c.SQL()+") x WHERE "+r.trap(t), c)
	t.Logf("without a barrier: %v", err)
	if r.traits.Springs {
		require.Error(t, err, "without a barrier the trap springs, so that the test above proves something")
	}
}

// trap writes the trap of the engine for column B of x.
func (r *runner) trap(t *testing.T) string {
	t.Helper()
	column, err := r.traits.Dialect.Quote("B")
	require.NoError(t, err)
	return r.traits.Trap("x." + column)
}

// behind tries to see hidden rows from behind one wrapped query.
func (r *runner) behind(t *testing.T, wrapped string, c where.Clause, expected []int64) {
	t.Helper()
	require.Equal(t, expected, r.query(t, "SELECT id FROM ("+wrapped+") x", c))
	require.Equal(t, expected, r.query(t, "SELECT id FROM ("+wrapped+") x WHERE 1 = 0 OR 1 = 1", c))
	ids, err := r.e.Ask(t.Context(), strings.Replace(wrapped, "*", "id", 1)+" OR 1 = 1", c)
	if err == nil {
		slices.Sort(ids)
		require.Equal(t, expected, ids, "OR 1 = 1 behind it brings nothing back")
	}
	if r.traits.Trap == nil {
		return
	}
	trap := r.trap(t)
	_, err = r.e.Ask(t.Context(), "SELECT id FROM barrier x WHERE "+trap, where.Clause{})
	require.Error(t, err, "the trap is one")
	require.Equal(t, expected, r.query(t, "SELECT id FROM ("+wrapped+") x WHERE "+trap, c), "no expression runs on a hidden row")
	require.Equal(t, expected, r.query(t, "SELECT id FROM ("+wrapped+") x WHERE "+trap+" AND id > 0 ORDER BY id", c))
	require.Equal(t, expected, r.query(t, "SELECT CASE WHEN "+trap+" THEN id END FROM ("+wrapped+") x", c), "nor an expression of the result")
}
