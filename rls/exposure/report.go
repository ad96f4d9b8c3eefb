package exposure

import (
	"cmp"
	"context"
	"fmt"
	"runtime"
	"slices"
	"sync"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/distinct"
	"github.com/rowsight/rowsight/rls/roster"
)

// DefaultMaxValues is the number of values of a field that a [Report] counts separately.
const DefaultMaxValues = 100

// Options control what a report contains. A nil *Options and the zero Options
// are the default.
type Options struct {
	// Roster lists the viewers; nil stands for all users and groups that the rules name.
	Roster *roster.Roster

	// MaxValues is the number of values of a field that are counted separately,
	// those with the most rows. The others are counted together. 0 is
	// [DefaultMaxValues]; a negative number is no limit.
	MaxValues int
}

// A Report gives the number of rows of some data that each viewer sees. The
// zero Report has no data and no viewers.
type Report struct {
	Rows      int      // of the data
	Everybody int      // rows that all viewers see; 0 without viewers
	Nobody    int      // rows that no viewer sees
	Fields    []Field  // the restricted ones, in the order of the rules
	Viewers   []Viewer // users, then groups, by name
	Disabled  bool     // the rules are not enforced: everybody sees every row
}

// A Field is one restricted column and its values.
type Field struct {
	Name   string
	Values []Value // most rows first; NULL and the other values last
	Others int     // how many values the last of Values stands for; 0 if it is one
}

// A Value is one value of a field, with the number of rows that hold it.
type Value struct {
	Text      string
	Null      bool // it is NULL or "", which are the same to rules (U12)
	Others    bool // it stands for all values that are not listed
	Rows      int
	Viewers   int // viewers who see at least one of the rows
	Everybody int // rows that all viewers see
	Nobody    int // rows that no viewer sees
}

// A Viewer is one viewer and the rows it sees.
type Viewer struct {
	roster.Viewer
	Rules int        // that apply
	By    []RuleRows // the rules that admit rows of the data, in file order; of equal rules, the first
	Rows  int
	Seen  [][]int // rows by field and value, as in [Report.Fields]
	Err   error   // a limit; the viewer then sees no row (U14, U15)
}

// RuleRows is a rule and the number of rows that it admits on its own. A row
// that several rules admit counts for each of them.
type RuleRows struct {
	Rule rls.Rule
	Rows int
}

// NewReport reads all of r, which it neither retains nor releases, and counts
// the rows that viewers see. Every restricted column must be exactly one text
// column of r. Other errors come from reading and from the roster. After an
// error there is no Report.
func NewReport(rs *rls.Rules, r array.RecordReader, opts *Options) (*Report, error) {
	return NewReportContext(context.Background(), rs, r, opts)
}

// NewReportContext is like [NewReport], and ends with the error of ctx when ctx
// ends.
func NewReportContext(ctx context.Context, rs *rls.Rules, r array.RecordReader, opts *Options) (*Report, error) {
	o := *cmp.Or(opts, new(Options))
	o.MaxValues = cmp.Or(o.MaxValues, DefaultMaxValues)
	viewers, err := roster.Viewers(o.Roster, rs)
	if err != nil {
		return nil, err
	}
	table, err := distinct.Read(r, rs.Columns())
	if err != nil {
		return nil, fmt.Errorf("data: %w", err)
	}
	c := &counter{rs: rs, table: table, report: &Report{Rows: table.Rows(), Disabled: !rs.Enforced()}}
	for i := range rs.Columns() {
		c.field(i, o.MaxValues)
	}
	if err := c.viewers(ctx, viewers); err != nil {
		return nil, err
	}
	return c.report, nil
}

// A counter makes one Report.
type counter struct {
	rs     *rls.Rules
	table  *distinct.Table
	report *Report
	slot   [][]int  // by field and id of a value: where it is counted
	admits sync.Map // rows of each [rls.Rule], once counted

	mu        sync.Mutex
	everybody distinct.Set
	somebody  distinct.Set
}

// field decides which values of a field are counted apart.
func (c *counter) field(i, most int) {
	rows := make([]int, len(c.table.Texts(i)))
	for combo := range c.table.Len() {
		rows[c.table.ID(combo, i)] += c.table.Count(combo)
	}
	var ids []int // of texts; NULL is apart, and not a value
	for id := 1; id < len(rows); id++ {
		ids = append(ids, id)
	}
	slices.SortFunc(ids, func(a, b int) int {
		return cmp.Or(cmp.Compare(rows[b], rows[a]), cmp.Compare(c.table.Texts(i)[a], c.table.Texts(i)[b]))
	})
	f := Field{Name: c.table.Columns()[i]}
	slot := make([]int, len(rows))
	shown := len(ids)
	if most >= 0 && len(ids) > most+1 { // to fold a single one gains nothing
		shown = most
	}
	for _, id := range ids[:shown] {
		slot[id] = len(f.Values)
		f.Values = append(f.Values, Value{Text: c.table.Texts(i)[id], Rows: rows[id]})
	}
	if rows[0] > 0 {
		slot[0] = len(f.Values)
		f.Values = append(f.Values, Value{Null: true, Rows: rows[0]})
	}
	if rest := ids[shown:]; len(rest) > 0 {
		v := Value{Others: true}
		for _, id := range rest {
			slot[id] = len(f.Values)
			v.Rows += rows[id]
		}
		f.Values = append(f.Values, v)
		f.Others = len(rest)
	}
	c.report.Fields = append(c.report.Fields, f)
	c.slot = append(c.slot, slot)
}

// viewers counts what each class of viewers sees, several at a time.
func (c *counter) viewers(ctx context.Context, viewers []roster.Viewer) error {
	c.report.Viewers = make([]Viewer, len(viewers))
	c.everybody, c.somebody = c.table.All(), c.table.None()
	if len(viewers) == 0 {
		c.everybody = c.table.None()
	}
	classes := classesOf(c.rs, viewers)
	next := make(chan int)
	var workers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(classes.of)) {
		workers.Go(func() {
			for i := range next {
				if ctx.Err() == nil {
					c.class(classes.of[i], viewers)
				}
			}
		})
	}
	for i := range classes.of {
		next <- i
	}
	close(next)
	workers.Wait()
	if err := ctx.Err(); err != nil {
		return err
	}

	c.report.Everybody = c.table.RowsOf(c.everybody)
	c.report.Nobody = c.report.Rows - c.table.RowsOf(c.somebody)
	everybody, somebody := c.count(c.everybody), c.count(c.somebody)
	for i := range c.report.Fields {
		for k := range c.report.Fields[i].Values {
			v := &c.report.Fields[i].Values[k]
			v.Everybody, v.Nobody = everybody[i][k], v.Rows-somebody[i][k]
			for _, viewer := range c.report.Viewers {
				if viewer.Seen[i][k] > 0 {
					v.Viewers++
				}
			}
		}
	}
	return nil
}

// class counts what the members of a class see.
func (c *counter) class(members class, viewers []roster.Viewer) {
	first := viewers[members[0]].Principal
	p, err := c.rs.For(first)
	if err != nil {
		p = predicate.Predicate{}
	}
	rules := 0
	var by []RuleRows
	for rule := range c.rs.Applied(first) {
		rules++
		if err != nil || c.report.Disabled {
			continue
		}
		if n := c.admitted(rule); n > 0 {
			by = append(by, RuleRows{rule, n})
		}
	}
	seen := c.table.Select(p)
	rows, counts := c.table.RowsOf(seen), c.count(seen)
	for _, i := range members {
		v := Viewer{Viewer: viewers[i], Rules: rules, Rows: rows, By: slices.Clone(by), Seen: make([][]int, len(counts)), Err: errorOf(err, viewers[i])}
		for k := range counts {
			v.Seen[k] = slices.Clone(counts[k])
		}
		c.report.Viewers[i] = v
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.everybody.Keep(seen)
	c.somebody.Add(seen)
}

// admitted counts the rows that a rule admits, once for all its viewers.
func (c *counter) admitted(rule rls.Rule) int {
	if n, ok := c.admits.Load(rule); ok {
		return n.(int)
	}
	n := c.table.RowsOf(c.table.Select(rule.Predicate()))
	c.admits.Store(rule, n)
	return n
}

// count returns the rows of a set by field and value.
func (c *counter) count(set distinct.Set) [][]int {
	counts := make([][]int, len(c.report.Fields))
	for i, f := range c.report.Fields {
		counts[i] = make([]int, len(f.Values))
		for combo := range set.All() {
			counts[i][c.slot[i][c.table.ID(combo, i)]] += c.table.Count(combo)
		}
	}
	return counts
}
