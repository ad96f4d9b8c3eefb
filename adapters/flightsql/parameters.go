package flightsql

import (
	"github.com/apache/arrow-go/v18/arrow/flight"
	flatbuffers "github.com/google/flatbuffers/go"
	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"
)

// Package ipc of Arrow reads the parameters that a client sends and trusts their
// metadata: a schema that contains itself overflows the stack, and a count or a
// compressed buffer decides how much memory is allocated. A program cannot recover
// from either, so the metadata is checked first.

// errPut is an error of gRPC: what fails here never reaches the handlers.
var errPut = status.Error(codes.InvalidArgument, "bad parameters: want one record of one row, without dictionaries and compression")

// maxPutFields is the largest number of columns and children of a schema.
const maxPutFields = 4 * maxParams

// RecvMsg refuses messages that package ipc cannot be trusted with.
func (w *withLogin) RecvMsg(m any) error {
	if err := w.ServerStream.RecvMsg(m); err != nil {
		return err
	}
	if d, ok := m.(*flight.FlightData); ok && len(d.DataHeader) > 0 {
		return checkPut(d.DataHeader, len(d.DataBody))
	}
	return nil
}

// checkPut checks the metadata of a message of Arrow with a body of that many bytes. It
// accepts a schema of plain columns or of unions, and a record of at most one row that
// is not compressed and whose buffers lie in the body.
func checkPut(b []byte, body int) (err error) {
	defer func() {
		if recover() != nil {
			err = errPut
		}
	}()
	table := func(at flatbuffers.UOffsetT) *flatbuffers.Table { return &flatbuffers.Table{Bytes: b, Pos: at} }
	field := func(t *flatbuffers.Table, slot flatbuffers.VOffsetT) flatbuffers.UOffsetT {
		return flatbuffers.UOffsetT(t.Offset(slot))
	}
	root := table(flatbuffers.GetUOffsetT(b))
	kind := byte(0)
	if o := field(root, 6); o != 0 {
		kind = root.GetByte(root.Pos + o)
	}
	var header flatbuffers.Table
	if o := field(root, 8); o != 0 {
		root.Union(&header, o)
	} else {
		return errPut
	}
	bounded := func(t *flatbuffers.Table, slots ...flatbuffers.VOffsetT) bool {
		for _, slot := range slots {
			if o := field(t, slot); o != 0 && t.VectorLen(o) > len(b)/4 {
				return false
			}
		}
		return true
	}
	if !bounded(root, 12) { // metadata
		return errPut
	}
	left := maxPutFields
	var fields func(t *flatbuffers.Table, slot flatbuffers.VOffsetT, depth int) error
	fields = func(t *flatbuffers.Table, slot flatbuffers.VOffsetT, depth int) error {
		o := field(t, slot)
		if o == 0 {
			return nil
		}
		n := t.VectorLen(o)
		if left -= n; left < 0 || depth > 1 && n > 0 {
			return errPut
		}
		for i, at := 0, t.Vector(o); i < n; i, at = i+1, at+4 {
			f := table(t.Indirect(at))
			if field(f, 12) != 0 || !bounded(f, 16) { // a dictionary; metadata
				return errPut
			}
			if o := field(f, 8); o != 0 && f.GetByte(f.Pos+o) == 14 { // a union, with its ids
				var union flatbuffers.Table
				if f.Union(&union, field(f, 10)); !bounded(&union, 6) {
					return errPut
				}
			}
			if err := fields(f, 14, depth+1); err != nil {
				return err
			}
		}
		return nil
	}
	switch kind {
	case 1: // Schema
		if !bounded(&header, 8, 10) {
			return errPut
		}
		return fields(&header, 6, 0)
	case 3: // RecordBatch
		if field(&header, 10) != 0 || field(&header, 12) != 0 && header.VectorLen(field(&header, 12)) > 0 { // compression, views
			return errPut
		}
		if o := field(&header, 4); o != 0 {
			if rows := header.GetInt64(header.Pos + o); rows < 0 || rows > 1 {
				return errPut
			}
		}
		if o := field(&header, 8); o != 0 { // buffers: offset and length
			n := header.VectorLen(o)
			if n > len(b)/16 {
				return errPut
			}
			for i, at := 0, header.Vector(o); i < n; i, at = i+1, at+16 {
				offset, length := header.GetInt64(at), header.GetInt64(at+8)
				if offset < 0 || length < 0 || offset > int64(body) || length > int64(body)-offset {
					return errPut
				}
			}
		}
		return nil
	}
	return errPut
}
