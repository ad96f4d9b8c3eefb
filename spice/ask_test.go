package spice

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/testkit/questions"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/query/eval"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
)

// questionRows is a Source of random rows.
type questionRows []questions.Row

func (q questionRows) Records(context.Context) (array.RecordReader, error) {
	rec := questions.Record(memory.NewGoAllocator(), q, true)
	defer rec.Release()
	return array.NewRecordReader(rec.Schema(), []arrow.Record{rec})
}

var questionRules = map[string]predicate.Predicate{
	"anna": predicate.In("tenant", "t1"),
	"ben":  predicate.MustParse(`tenant in ("T1", "t2") and Region in ("EMEA", "US ")`),
	"root": predicate.All(),
	"carl": {},
}

const questionCSV = "UserName,tenant,Region\nanna,t1,\nben,T1;t2,EMEA;US \nroot,,\n"

// TestAsk compares random questions of viewers with answers that are computed row
// by row from the rows that the rules admit. With the rules of another viewer,
// many answers differ: the comparison can fail.
func TestAsk(t *testing.T) {
	w := newWorld(t)
	rnd := rand.New(rand.NewPCG(18, 5))
	rules := w.rules("rules", questionCSV)
	wrong := 0
	for round, size := range []int{20, 60, 150, 400, spicefile.ChunkRows + 100} {
		rows := questionRows(questions.Rows(rnd, size))
		d, err := w.store.CreateDataset(t.Context(), DatasetInput{ID: fmt.Sprint("d", round), ImportMode: SPICE})
		require.NoError(t, err)
		_, err = d.Refresh(t.Context(), rows, RefreshFull)
		require.NoError(t, err)
		w.attach(d, rules)
		for range 250 / (round*round + 1) {
			name := []string{"anna", "ben", "root", "carl"}[rnd.IntN(4)]
			q := questions.Random(rnd, questions.All())
			text, err := json.Marshal(q)
			require.NoError(t, err)
			got, err := d.Ask(t.Context(), user(name), q, nil)
			if err != nil {
				require.ErrorIs(t, err, eval.ErrOverflow, "%s", text)
				continue
			}
			want, totals := questions.Answer(q, rows, questionRules[name])
			require.Equal(t, want, questions.Read(got.Rows), "%s asks %s", name, text)
			if q.Totals {
				require.Equal(t, [][]string{totals}, questions.Read(got.Totals), "%s asks %s", name, text)
			}
			if all, _ := questions.Answer(q, rows, predicate.All()); name != "root" && fmt.Sprint(all) != fmt.Sprint(want) {
				wrong++
			}
			got.Release()
		}
	}
	require.Greater(t, wrong, 100, "dropped rules are found")
}

// A question cannot name a hidden column, and no error tells what hidden rows hold.
func TestAskRefused(t *testing.T) {
	w := newWorld(t)
	d := w.create("sales", sales())
	w.attach(d, w.rules("rules", twoUsers))
	require.NoError(t, d.SetColumnRules(t.Context(), ColumnRule{ColumnNames: []string{"Customer"}, Principals: []namespace.ARN{user("boss").Principal.User.ARN}}))
	for _, name := range []string{"Customer", "Custxmer"} {
		for _, q := range []query.Query{
			{Dimensions: []query.Dimension{{Column: name}}},
			{Columns: []string{"Region", name}, Limit: 1},
			{Measures: []query.Measure{{Func: query.Count, Of: query.Col(name)}}},
			{Measures: []query.Measure{{Func: query.Count}}, Filters: []query.Filter{query.Where{Predicate: predicate.In(name, "customer 0")}}},
			{Measures: []query.Measure{{Func: query.Count}}, Filters: []query.Filter{query.Null{Column: name}}},
			{Measures: []query.Measure{{Func: query.Count}}, Filters: []query.Filter{query.Top{Column: name, N: 1, By: query.Measure{Func: query.Count}}}},
		} {
			got, err := d.Ask(t.Context(), user("anna"), q, nil)
			require.ErrorIs(t, err, ErrNoColumn)
			require.ErrorIs(t, err, ErrInput)
			require.Nil(t, got)
			require.NotContains(t, err.Error(), "customer 0")
		}
	}
	_, err := d.Ask(t.Context(), user("anna"), query.Query{}, nil)
	require.ErrorIs(t, err, query.ErrEmpty)
	got, err := d.Ask(t.Context(), Session{}, query.Query{Measures: []query.Measure{{Func: query.Count}}}, nil)
	require.NoError(t, err)
	require.Equal(t, "0", got.Rows.Column(0).ValueStr(0), "nobody counts no row")
	got.Release()
	_, err = d.Ask(t.Context(), user("anna"), query.Query{Dimensions: []query.Dimension{{Column: "id"}}}, &AskOptions{MaxBytes: 1})
	require.ErrorIs(t, err, eval.ErrMemory)
	late := user("anna")
	late.Expires = w.clock.Now()
	_, err = d.Ask(t.Context(), late, query.Query{Measures: []query.Measure{{Func: query.Count}}}, nil)
	require.ErrorIs(t, err, ErrExpired)
}

// The record of a question has its columns and a hash, and no value.
func TestAskIsRecorded(t *testing.T) {
	w := newWorld(t)
	d := w.create("sales", sales())
	q := query.Query{
		Dimensions: []query.Dimension{{Column: "Region"}}, Measures: []query.Measure{{Func: query.Count}},
		Filters: []query.Filter{query.Where{Predicate: predicate.In("Segment", "SMB")}, query.Null{Column: "Customer", Not: true}},
	}
	got, err := d.Ask(t.Context(), user("anna"), q, nil)
	require.NoError(t, err)
	rows := got.Rows.NumRows()
	got.Release()
	last := w.audit.Records()[len(w.audit.Records())-1]
	require.Equal(t, audit.ReadDataSet, last.EventName)
	details := last.ServiceEventDetails.EventRequestDetails
	require.Equal(t, q.Shape(), details.Question)
	require.Equal(t, []string{"Customer", "Region", "Segment"}, details.Columns)
	require.Equal(t, []string{"Customer", "Segment"}, details.FilterColumns)
	require.Equal(t, rows, *last.ServiceEventDetails.EventResponseDetails.Rows)
	text, err := json.Marshal(last)
	require.NoError(t, err)
	require.NotContains(t, string(text), "SMB")

	_, err = d.Ask(t.Context(), user("anna"), query.Query{}, nil)
	require.Error(t, err)
	last = w.audit.Records()[len(w.audit.Records())-1]
	require.Equal(t, "InvalidParameterValueException", last.ErrorCode, "a refusal is recorded")
	w.opts.Audit = failingSink{}
	w.open(spicefile.Disk{})
	d, err = w.store.Dataset("sales")
	require.NoError(t, err)
	got, err = d.Ask(t.Context(), user("anna"), q, nil)
	require.ErrorIs(t, err, ErrAudit, "no answer without a record")
	require.Nil(t, got)
}

type failingSink struct{}

func (failingSink) Append(context.Context, audit.Record) error { return errSource }

// answering is a data source that answers questions itself, or says that it cannot.
type answering struct {
	*hostileSource
	err   error
	none  bool // it returns neither an answer nor an error
	asked *predicate.Predicate
	name  string
}

func (a *answering) Answer(ctx context.Context, rows predicate.Predicate, plan query.Plan, column func(string) string) (*eval.Result, error) {
	a.asked, a.name = &rows, column("Where")
	if a.err != nil || a.none {
		return nil, a.err
	}
	none, err := query.Query{Measures: []query.Measure{{Func: query.Count, As: "n"}}}.Check(nil)
	if err != nil {
		return nil, err
	}
	return eval.Answer(ctx, none, func(func(arrow.Record, error) bool) {}, nil)
}

// A data source that can answer gets the rules and its own names of columns; one
// that cannot is read.
func TestAskTheSource(t *testing.T) {
	w := newWorld(t)
	source := &answering{hostileSource: hostileTable(sales())}
	parent, err := w.store.CreateDataset(t.Context(), DatasetInput{ID: "parent", ImportMode: DirectQuery, Direct: source})
	require.NoError(t, err)
	w.attach(parent, w.rules("rules", twoUsers))
	child, err := w.store.CreateDataset(t.Context(), DatasetInput{ID: "child", ImportMode: DirectQuery, Parent: "parent",
		Columns: []Column{{Name: "Where", From: "Region"}, {Name: "id"}}})
	require.NoError(t, err)
	q := query.Query{Dimensions: []query.Dimension{{Column: "Where"}}, Measures: []query.Measure{{Func: query.Count, As: "n"}}}
	got, err := child.Ask(t.Context(), user("anna"), q, nil)
	require.NoError(t, err)
	require.Equal(t, [][]string{{"0"}}, questions.Read(got.Rows), "the answer of the source")
	got.Release()
	require.True(t, source.asked.Equal(predicate.In("Region", "EMEA")))
	require.Equal(t, "Region", source.name)

	source.err = fmt.Errorf("%w: no median", query.ErrDialect)
	got, err = child.Ask(t.Context(), user("anna"), q, nil)
	require.NoError(t, err)
	require.Equal(t, [][]string{{`"EMEA"`, "3"}}, questions.Read(got.Rows), "computed here")
	got.Release()
	source.err, source.asked = nil, nil
	got, err = child.Ask(t.Context(), user("carl"), q, nil)
	require.NoError(t, err)
	require.Zero(t, got.Rows.NumRows())
	got.Release()
	require.Nil(t, source.asked, "a viewer without a row asks the source nothing")
	source.err = errSource
	_, err = child.Ask(t.Context(), user("anna"), q, nil)
	require.ErrorIs(t, err, errSource)
	source.err, source.none = nil, true
	_, err = child.Ask(t.Context(), user("anna"), q, nil)
	require.ErrorIs(t, err, errNoAnswer)
}
