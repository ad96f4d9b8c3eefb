package parquet

import (
	"errors"
	"fmt"

	v18 "github.com/apache/arrow-go/v18/arrow"
)

// writable reports every column of a type that Parquet, or the library, does
// not carry there and back.
func writable(s *v18.Schema) error {
	var errs []error
	for _, f := range s.Fields() {
		if dt := misfit(f.Type); dt != nil {
			errs = append(errs, &Error{Column: f.Name, Err: fmt.Errorf("%w: type %s", ErrUnsupported, dt)})
		}
	}
	return errors.Join(errs...)
}

// misfit returns the first type in dt that would not come back as it was, nil
// if there is none.
func misfit(dt v18.DataType) v18.DataType {
	switch t := dt.(type) {
	case v18.ExtensionType:
		return misfit(t.StorageType())
	case *v18.RunEndEncodedType, *v18.SparseUnionType, *v18.DenseUnionType,
		*v18.ListViewType, *v18.LargeListViewType, *v18.BinaryViewType, *v18.StringViewType,
		*v18.MonthIntervalType, *v18.DayTimeIntervalType, *v18.MonthDayNanoIntervalType, *v18.DurationType:
		return dt
	case *v18.Date64Type: // days in the file; the time of day would be cut off
		return dt
	case *v18.TimestampType: // seconds become milliseconds, and overflow
		if t.Unit == v18.Second {
			return dt
		}
	case *v18.Time32Type:
		if t.Unit == v18.Second {
			return dt
		}
	case *v18.DictionaryType: // others come back as plain columns, or not at all
		if id := t.ValueType.ID(); id != v18.STRING && id != v18.BINARY {
			return dt
		}
	case v18.NestedType:
		if t.NumFields() == 0 {
			return dt
		}
		for _, f := range t.Fields() {
			if bad := misfit(f.Type); bad != nil {
				return bad
			}
		}
	}
	return nil
}
