package input

import (
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/internal/tabular"
)

// openArrow reads an IPC stream, or a file by way of its footer.
func openArrow(s *source) (array.RecordReader, error) {
	if !s.arrowFile {
		return tabular.ArrowStream(s.name, s)
	}
	if err := s.spool(); err != nil {
		return nil, err
	}
	return tabular.ArrowFile(s.name, s, s.size)
}
