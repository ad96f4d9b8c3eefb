package parquet

import (
	"errors"
	"fmt"
	"math/bits"
	"slices"

	v18 "github.com/apache/arrow-go/v18/arrow"
	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/pqarrow"
)

// evidenceProperties tells the library for which columns to write statistics
// and bloom filters.
func evidenceProperties(s *v18.Schema, opts *WriterOptions, rows int64) ([]v18pq.WriterProperty, error) {
	var errs []error
	for _, name := range opts.Statistics {
		if !s.HasField(name) {
			errs = append(errs, &Error{Column: name, Err: ErrNoColumn})
		}
	}
	for _, name := range opts.BloomFilters {
		switch fields, _ := s.FieldsByName(name); {
		case len(fields) == 0:
			errs = append(errs, &Error{Column: name, Err: ErrNoColumn})
		case !isText(fields[0].Type):
			errs = append(errs, &Error{Column: name, Err: fmt.Errorf("%w: a bloom filter for type %s, want text", ErrUnsupported, fields[0].Type)})
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	var props []v18pq.WriterProperty
	if opts.Statistics != nil {
		props = append(props, v18pq.WithStats(false))
		// Properties go by the path of a leaf, of which a nested column has many.
		tree, err := pqarrow.ToParquet(s, nil, pqarrow.DefaultWriterProps())
		if err != nil {
			return nil, &Error{Err: fmt.Errorf("%w: %w", ErrUnsupported, err)}
		}
		for i := range tree.NumColumns() {
			if path := tree.Column(i).ColumnPath(); slices.Contains(opts.Statistics, path[0]) {
				props = append(props, v18pq.WithStatsPath(path, true))
			}
		}
	}
	if len(opts.BloomFilters) > 0 {
		// Room for a row group of distinct values, ten bits each. Of candidates,
		// each half as large as the one before, the library keeps the smallest
		// that will do for the values that come.
		size := int64(1) << bits.Len64(uint64(min(rows, bloomWhole)*10/8))
		props = append(props, v18pq.WithMaxBloomFilterBytes(min(max(size, bloomBlock), bloomWhole)))
	}
	for _, name := range opts.BloomFilters {
		props = append(props, v18pq.WithBloomFilterEnabledFor(name, true), v18pq.WithAdaptiveBloomFilterEnabledFor(name, true),
			v18pq.WithBloomFilterCandidatesFor(name, 12))
	}
	return props, nil
}

func isText(dt v18.DataType) bool {
	if dict, ok := dt.(*v18.DictionaryType); ok {
		dt = dict.ValueType
	}
	return dt.ID() == v18.STRING || dt.ID() == v18.LARGE_STRING
}
