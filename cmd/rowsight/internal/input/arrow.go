package input

import (
	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/internal/batches"
	"github.com/rowsight/rowsight/internal/tabular"
)

// openArrow reads an IPC stream, or a file by way of its footer, without the
// batches in which no wanted row can be; their rows count as read.
func openArrow(s *source, d *Data) (array.RecordReader, error) {
	var prune *tabular.Prune
	if d.opts.Prune != nil {
		prune = &tabular.Prune{Predicate: *d.opts.Prune}
	}
	r, err := openIPC(s, prune)
	if err != nil || prune == nil {
		return r, err
	}
	return batches.New(r.Schema(), func() (arrow.Record, error) {
		if r.Next() {
			r.Record().Retain()
			return r.Record(), nil
		}
		if err := r.Err(); err != nil {
			return nil, err
		}
		d.leftOut(prune.RowsSkipped, Pruned{prune.Batches, prune.Skipped, prune.Bytes, prune.BytesSkipped})
		*prune = tabular.Prune{} // counted
		return nil, nil
	}, r.Release), nil
}

func openIPC(s *source, prune *tabular.Prune) (array.RecordReader, error) {
	if !s.arrowFile {
		return tabular.ArrowStream(s.name, s, prune)
	}
	if err := s.spool(); err != nil {
		return nil, err
	}
	return tabular.ArrowFile(s.name, s, s.size, prune)
}
