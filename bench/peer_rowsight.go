package main

import (
	"context"
	"runtime/debug"
	"strings"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls"
)

// How rowsight is used: where the memory of its results comes from, and
// whether records are handed to it one by one or as a stream.
type (
	allocation int
	feeding    int
)

const (
	fresh  allocation = iota // memory.DefaultAllocator
	reused                   // an allocator that keeps what is released

	byBatch  feeding = iota // Filter.Mask, Filter.Apply; batches shared out to goroutines
	asStream                // Filter.Records with Options.Workers; rows only
)

func rowsightPeer(name string, a allocation, f feeding) Peer {
	return Peer{Name: name, Role: Own, Open: func(_ *Env, d *Data, threads int) (Session, error) {
		return &rowsightSession{data: d, threads: threads, feed: f, alloc: newAllocator(a)}, nil
	}}
}

func newAllocator(a allocation) memory.Allocator {
	if a == reused {
		return newPool()
	}
	return memory.DefaultAllocator
}

type rowsightSession struct {
	data    *Data
	threads int
	feed    feeding
	alloc   memory.Allocator
}

func (s *rowsightSession) Version() string { return "this commit" }
func (s *rowsightSession) Close()          {}

// Prepare times For and Bind; the rules are read before, as they are once per
// file and not per principal.
func (s *rowsightSession) Prepare(c *Case) (Query, time.Duration, error) {
	rules, err := readRules(c)
	if err != nil {
		return nil, 0, err
	}
	q := &rowsightQuery{rowsightSession: s}
	took, err := timed(func() error {
		q.filter, err = bindFor(rules, s.data.Schema, &batch.Options{Allocator: s.alloc, Workers: s.threads})
		return err
	})
	return q, took, err
}

func bindFor(rules *rls.Rules, schema *arrow.Schema, opts *batch.Options) (*batch.Filter, error) {
	p, err := rules.For(namespace.Named(viewer))
	if err != nil {
		return nil, err
	}
	return batch.Bind(p, schema, opts)
}

type rowsightQuery struct {
	*rowsightSession
	filter *batch.Filter
}

func (q *rowsightQuery) Close() {}

func (q *rowsightQuery) Run(k Kind, p Part, check *Answer) (time.Duration, error) {
	batches, _ := q.data.Part(p)
	switch {
	case k == Mask && q.feed == byBatch:
		return timed(func() error { return q.masks(batches, check) })
	case k == Rows && q.feed == byBatch:
		return timed(func() error { return q.rows(batches, check) })
	case k == Rows && q.feed == asStream:
		return timed(func() error { return q.stream(batches, check) })
	}
	return 0, errNoKind
}

func (q *rowsightQuery) masks(batches []arrow.Record, check *Answer) error {
	var sum answers
	err := eachBatch(batches, q.threads, func(_, _ int, rec arrow.Record) error {
		mask, err := q.filter.Mask(rec)
		if err != nil {
			return err
		}
		defer mask.Release()
		if check != nil {
			sum.add(maskAnswer(rec, mask.Value))
		}
		return nil
	})
	if check != nil {
		*check = sum.sum
	}
	return err
}

func (q *rowsightQuery) rows(batches []arrow.Record, check *Answer) error {
	var sum answers
	err := eachBatch(batches, q.threads, func(_, _ int, rec arrow.Record) error {
		visible, err := q.filter.Apply(rec)
		if err != nil {
			return err
		}
		defer visible.Release()
		if check != nil {
			sum.add(rowsAnswer(visible))
		}
		return nil
	})
	if check != nil {
		*check = sum.sum
	}
	return err
}

func (q *rowsightQuery) stream(batches []arrow.Record, check *Answer) error {
	r, err := array.NewRecordReader(q.data.Schema, batches)
	if err != nil {
		return err
	}
	defer r.Release()
	var sum Answer
	for rec, err := range q.filter.Records(context.Background(), r) {
		if err != nil {
			return err
		}
		if check != nil {
			sum.add(rowsAnswer(rec))
		}
	}
	if check != nil {
		*check = sum
	}
	return nil
}

// viewer is whom the rules are for.
const viewer = "viewer"

// readRules reads the rules of a case as a permission dataset.
func readRules(c *Case) (*rls.Rules, error) {
	src := &ruleTable{columns: append([]string{"UserName"}, c.Columns()...), rules: c.Rules}
	return rls.Read(src, &rls.Options{AllowNoFields: true, MaxRunes: -1})
}

// ruleTable is an [rls.Source]: one row a rule, one column a restricted column.
type ruleTable struct {
	columns []string
	rules   []Rule
	next    int
}

func (t *ruleTable) Columns() []string { return t.columns }
func (t *ruleTable) Err() error        { return nil }

func (t *ruleTable) Next() bool {
	t.next++
	return t.next <= len(t.rules)
}

func (t *ruleTable) Text(i int) (string, bool) {
	if i == 0 {
		return viewer, true
	}
	values, ok := t.rules[t.next-1][t.columns[i]]
	return strings.Join(values, ","), ok
}

// moduleVersion returns the version of a module this program is built with.
func moduleVersion(path string) string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	for _, m := range info.Deps {
		if m.Path == path {
			return m.Version
		}
	}
	return "unknown"
}
