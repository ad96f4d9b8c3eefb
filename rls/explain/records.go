package explain

import (
	"fmt"
	"iter"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/rls/internal/distinct"
)

// At explains row i of a record, counted from 0. Every restricted column must
// be in the record once and be text, as for a filter: the error joins a
// [*batch.BindError] for each that is not. A row outside the record is an error
// too. [Answer.Row] is i+1.
func (v *Viewer) At(rec arrow.Record, i int) (Answer, error) {
	if rec == nil || i < 0 || int64(i) >= rec.NumRows() {
		return Answer{}, fmt.Errorf("no row %d in the record", i+1)
	}
	project, err := distinct.Project(rec.Schema(), v.columns)
	if err != nil {
		return Answer{}, err
	}
	for cells, err := range project.Rows(rec, i) {
		if err != nil {
			return Answer{}, err
		}
		return v.answer(cells, i+1), nil
	}
	return Answer{}, batch.ErrMalformed // it has fewer rows than it says
}

// Records explains every row of r, in order; [Answer.Row] counts from 1 over all
// records. An error ends the rows. r is neither retained nor released.
func (v *Viewer) Records(r array.RecordReader) iter.Seq2[Answer, error] {
	return func(yield func(Answer, error) bool) {
		if r == nil {
			yield(Answer{}, distinct.ErrNoReader)
			return
		}
		project, err := distinct.Project(r.Schema(), v.columns)
		if err != nil {
			yield(Answer{}, err)
			return
		}
		row := 0
		for r.Next() {
			for cells, err := range project.Rows(r.Record(), 0) {
				if err != nil {
					yield(Answer{}, err)
					return
				}
				row++
				if !yield(v.answer(cells, row), nil) {
					return
				}
			}
		}
		if err := r.Err(); err != nil {
			yield(Answer{}, err)
		}
	}
}

// answer explains the row that holds cells in the restricted columns.
func (v *Viewer) answer(cells []string, row int) Answer {
	a := v.Row(func(column string) (string, bool) {
		for i, name := range v.columns {
			if name == column {
				return cells[i], cells[i] != ""
			}
		}
		return "", false
	})
	a.Row = row
	return a
}
