package quicksight

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math/big"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/quicksight/internal/model"
)

// Directory returns the users, to fill it without the API.
func (s *Service) Directory() *namespace.Directory { return s.directory }

// CutOff leaves a folder as a process does that is killed while it creates or
// updates a data set: step names how far it came.
func (s *Service) CutOff(ctx context.Context, step, id string) error {
	switch step {
	case "document removed": // of a deletion
		return s.records.remove(ctx, kindDataSet, id)
	case "updating":
		doc, err := s.dataSet(id)
		if err != nil {
			return err
		}
		doc.Updating = true
		return s.records.put(ctx, kindDataSet, id, doc)
	case "folder without document":
		return s.records.remove(ctx, kindFolder, id)
	case "folder of no directory":
		return s.admin.DeleteFolder(ctx, id)
	case "ingestion":
		return s.records.put(ctx, kindIngestion, ingestionKey(id, "cut"), ingestion{IngestionId: "cut", IngestionStatus: "RUNNING"})
	}
	return nil
}

// kindOfPath names the records that a list has.
var kindOfPath = map[string]string{"dashboards": kindDashboard, "analyses": kindAnalysis, "data-sets": kindDataSet, "folders": kindFolder}

// FillRecords writes empty documents, without the directory.
func (s *Service) FillRecords(ctx context.Context, path string, from, to int) error {
	var batch []record
	for i := from; i < to; i++ {
		batch = append(batch, record{kindOfPath[path], fmt.Sprintf("id-%07d", i), json.RawMessage(`{"Name": "name"}`)})
	}
	return s.records.write(ctx, batch...)
}

// PageWork lists documents in pages, and returns how many ids were read for them.
func (s *Service) PageWork(path string) (read, pages int, err error) {
	c := &call{s: s, op: &model.Operation{Name: "List"}, who: s.root, input: json.RawMessage("{}")}
	ids := func(from string) iter.Seq[string] {
		return func(yield func(string) bool) {
			for id := range s.records.from(kindOfPath[path])(from) {
				if read++; !yield(id) {
					return
				}
			}
		}
	}
	for p := (page{}); pages == 0 || p.NextToken != ""; pages++ {
		out, err := pageOf(c, p, "Ids", ids, func(id string) (string, bool, error) { return id, true, nil })
		if err != nil {
			return 0, 0, err
		}
		p.NextToken, _ = out["NextToken"].(string)
	}
	return read, pages, nil
}

// OperationNames returns the operations that the service has.
func (s *Service) OperationNames() (names []string) {
	for name := range s.operations {
		names = append(names, name)
	}
	return names
}

// ParseOnClause reads the condition of a join.
func ParseOnClause(text string) (pairs [][2]string, ok bool) {
	all, ok := parseOnClause(text)
	for _, p := range all {
		pairs = append(pairs, [2]string{p.Left, p.Right})
	}
	return pairs, ok
}

// NextRefresh returns when a schedule runs after a moment.
func NextRefresh(interval, week, month, zone, at string, start, after time.Time) (time.Time, error) {
	f := frequency{Interval: interval, Timezone: zone, TimeOfTheDay: at}
	if week+month != "" {
		f.RefreshOnDay = &refreshDay{week, month}
	}
	return f.next(start, after), f.check()
}

// HoldIngestions lets no ingestion run until release is called.
func (s *Service) HoldIngestions() (release func()) {
	for range cap(s.ingest.slots) {
		s.ingest.slots <- struct{}{}
	}
	return func() {
		for range cap(s.ingest.slots) {
			<-s.ingest.slots
		}
	}
}

// Ingestions returns the ids of the ingestions of a data set that somebody began.
func (s *Service) Ingestions(set, by string) (ids []string) {
	all, _ := s.ingestionsOf(set)
	for _, i := range all {
		if i.RequestSource == by {
			ids = append(ids, i.IngestionId)
		}
	}
	return ids
}

// Within reports whether a filter with these bounds, as the API has them, keeps a
// whole number. ok is false for a filter that is refused.
func Within(condition []byte, date bool, n int64) (kept, ok bool) {
	var in boundsCondition
	if json.Unmarshal(condition, &in) != nil {
		return false, false
	}
	b, err := in.bounds(date)
	if err != nil {
		return false, false
	}
	keeps, ok := b.integers(big.NewInt(1), func(arrow.Array, int) int64 { return n })
	if !ok {
		return false, false
	}
	kept, err = keeps(nil, 0)
	return kept, err == nil
}

// Bounded returns the rows that a filter of the column X, as the API has it, keeps.
func Bounded(ctx context.Context, condition []byte, rows array.RecordReader) (array.RecordReader, error) {
	var in boundsCondition
	if err := json.Unmarshal(condition, &in); err != nil {
		return nil, err
	}
	b, err := in.bounds(false)
	if err != nil {
		return nil, err
	}
	b.Type = "DECIMAL"
	source := reading(func(context.Context) (array.RecordReader, error) { return rows, nil })
	return boundedSource(source, []planFilter{{From: "X", Bounds: &b}}).Records(ctx)
}
