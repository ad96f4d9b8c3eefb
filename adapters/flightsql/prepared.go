package flightsql

import (
	"context"
	"errors"
	"fmt"
	"math"
	"time"

	"github.com/apache/arrow-go/v18/arrow"
	"github.com/apache/arrow-go/v18/arrow/array"
	"github.com/apache/arrow-go/v18/arrow/flight"
	fsql "github.com/apache/arrow-go/v18/arrow/flight/flightsql"
	"github.com/apache/arrow-go/v18/arrow/memory"
)

// CreatePreparedStatement checks a statement and keeps its text. The columns that it
// returns are those of now.
func (s *service) CreatePreparedStatement(ctx context.Context, cmd fsql.ActionCreatePreparedStatementRequest) (fsql.ActionCreatePreparedStatementResult, error) {
	none := fsql.ActionCreatePreparedStatementResult{}
	_, h, d, err := s.statement(ctx, cmd.GetQuery(), cmd.GetTransactionId())
	if err != nil {
		return none, s.fail(ctx, err)
	}
	h.prepared, h.until = true, s.opts.Now().Add(preparedLife)
	if l, err := loginOf(ctx); err == nil && !l.ends.IsZero() && l.ends.Before(h.until) {
		h.until = l.ends
	}
	name, err := s.handles.add(h)
	if err != nil {
		return none, s.fail(ctx, err)
	}
	update := false
	return fsql.ActionCreatePreparedStatementResult{Handle: name, DatasetSchema: d.Schema, ParameterSchema: d.Params, IsUpdate: &update}, nil
}

// ClosePreparedStatement forgets a prepared statement.
func (s *service) ClosePreparedStatement(ctx context.Context, cmd fsql.ActionClosePreparedStatementRequest) error {
	l, err := loginOf(ctx)
	if err == nil {
		err = s.handles.close(l.id, cmd.GetPreparedStatementHandle())
	}
	return s.fail(ctx, err)
}

// prepared checks a prepared statement of the session anew.
func (s *Server) prepared(ctx context.Context, cmd fsql.PreparedStatementQuery) (*login, handle, Description, error) {
	l, err := loginOf(ctx)
	if err != nil {
		return nil, handle{}, Description{}, err
	}
	h, err := s.handles.find(l.id, cmd.GetPreparedStatementHandle(), true)
	if err != nil {
		return nil, handle{}, Description{}, err
	}
	d, err := s.checked(ctx, l, h)
	return l, h, d, err
}

// GetFlightInfoPreparedStatement returns a ticket for the result of a prepared
// statement with its parameters.
func (s *service) GetFlightInfoPreparedStatement(ctx context.Context, cmd fsql.PreparedStatementQuery, desc *flight.FlightDescriptor) (*flight.FlightInfo, error) {
	l, h, d, err := s.prepared(ctx, cmd)
	if err == nil && d.Params != nil && d.Params.NumFields() != len(h.args) {
		err = fmt.Errorf("%w: got %d parameters, want %d", errParams, len(h.args), d.Params.NumFields())
	}
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	info, err := s.ticket(l, h, d, desc)
	return info, s.fail(ctx, err)
}

// GetSchemaPreparedStatement returns the columns of a prepared statement, as its
// session sees them now.
func (s *service) GetSchemaPreparedStatement(ctx context.Context, cmd fsql.PreparedStatementQuery, _ *flight.FlightDescriptor) (*flight.SchemaResult, error) {
	_, _, d, err := s.prepared(ctx, cmd)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return &flight.SchemaResult{Schema: flight.SerializeSchema(d.Schema, memory.DefaultAllocator)}, nil
}

// DoGetPreparedStatement is refused: the ticket of a result is that of
// GetFlightInfoPreparedStatement. A handle alone gets no row.
func (s *service) DoGetPreparedStatement(ctx context.Context, _ fsql.PreparedStatementQuery) (*arrow.Schema, <-chan flight.StreamChunk, error) {
	return nil, nil, s.fail(ctx, errNoHandle)
}

var errParams = errors.New("bad parameters")

// maxParams is the largest number of parameters of a statement.
const maxParams = 1000

// maxParamBytes bounds the texts of the parameters of a statement: they are kept as long
// as the statement.
const maxParamBytes = DefaultStatement

// DoPutPreparedStatementQuery binds the parameters of a prepared statement: one record
// with one row.
func (s *service) DoPutPreparedStatementQuery(ctx context.Context, cmd fsql.PreparedStatementQuery, in flight.MessageReader, _ flight.MetadataWriter) ([]byte, error) {
	l, err := loginOf(ctx)
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	name := cmd.GetPreparedStatementHandle()
	if _, err := s.handles.find(l.id, name, true); err != nil {
		return nil, s.fail(ctx, err)
	}
	args, err := arguments(in)
	if err == nil {
		err = s.handles.bind(l.id, name, args)
	}
	if err != nil {
		return nil, s.fail(ctx, err)
	}
	return name, nil
}

// arguments reads the one row of parameters. Errors hold no value.
func arguments(in flight.MessageReader) ([]any, error) {
	args := []any{}
	rows, size := int64(0), 0
	for in.Next() {
		rec := in.RecordBatch()
		if rows += rec.NumRows(); rows > 1 || rec.NumCols() > maxParams {
			return nil, fmt.Errorf("%w: want one row of at most %d parameters", errParams, maxParams)
		}
		if rec.NumRows() == 0 {
			continue
		}
		for i, col := range rec.Columns() {
			v, err := argument(col)
			if err != nil {
				return nil, fmt.Errorf("%w: parameter %d: %w", errParams, i+1, err)
			}
			if text, ok := v.(string); ok {
				size += len(text)
			}
			if b, ok := v.([]byte); ok {
				size += len(b)
			}
			if size > maxParamBytes {
				return nil, fmt.Errorf("%w: want at most %d bytes", errParams, maxParamBytes)
			}
			args = append(args, v)
		}
	}
	if err := in.Err(); err != nil {
		return nil, fmt.Errorf("%w: not a record of Arrow", errParams)
	}
	return args, nil
}

// argument returns the first value of an array.
func argument(a arrow.Array) (any, error) {
	if a.IsNull(0) {
		return nil, nil
	}
	switch a := a.(type) {
	case *array.DenseUnion:
		return argument18(a.Field(a.ChildID(0)), int(a.ValueOffset(0)))
	case *array.SparseUnion:
		return argument18(a.Field(a.ChildID(0)), 0)
	}
	return argument18(a, 0)
}

func argument18(a arrow.Array, row int) (any, error) {
	if row >= a.Len() {
		return nil, errors.New("not a value")
	}
	if a.IsNull(row) {
		return nil, nil
	}
	switch a := a.(type) {
	case array.StringLike:
		return a.Value(row), nil
	case *array.Boolean:
		return a.Value(row), nil
	case *array.Int8:
		return int64(a.Value(row)), nil
	case *array.Int16:
		return int64(a.Value(row)), nil
	case *array.Int32:
		return int64(a.Value(row)), nil
	case *array.Int64:
		return a.Value(row), nil
	case *array.Uint8:
		return int64(a.Value(row)), nil
	case *array.Uint16:
		return int64(a.Value(row)), nil
	case *array.Uint32:
		return int64(a.Value(row)), nil
	case *array.Uint64:
		if a.Value(row) <= math.MaxInt64 {
			return int64(a.Value(row)), nil
		}
	case *array.Float32:
		return float64(a.Value(row)), nil
	case *array.Float64:
		return a.Value(row), nil
	case *array.Date32:
		return a.Value(row).ToTime(), nil
	case *array.Date64:
		return a.Value(row).ToTime(), nil
	case *array.Timestamp:
		t := a.DataType().(*arrow.TimestampType)
		return a.Value(row).ToTime(t.Unit).In(time.UTC), nil
	case *array.Decimal128:
		return Number(a.ValueStr(row)), nil
	}
	return nil, fmt.Errorf("got a value of type %s, want text, a number, a truth value, a date or a time", a.DataType())
}

// A Number is a decimal parameter of a statement, in digits.
type Number string
