package parquet

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	v18pq "github.com/apache/arrow-go/v18/parquet"
	"github.com/apache/arrow-go/v18/parquet/metadata"
	flatbuffers "github.com/google/flatbuffers/go"
)

// readFooter reads and checks the footer of a file:
//
//	"PAR1" … pages … footer | length of the footer, 4 bytes | "PAR1"
//
// The library gets the bytes that were checked, and only after the check.
func readFooter(r v18pq.ReaderAtSeeker, max int64) (*metadata.FileMetaData, error) {
	size, err := r.Seek(0, io.SeekEnd)
	if err != nil {
		return nil, err
	}
	if size < 12 {
		return nil, corrupt("%d bytes are too few", size)
	}
	tail := make([]byte, 8)
	if err := readFull(r, tail, size-8); err != nil {
		return nil, err
	}
	switch {
	case bytes.Equal(tail[4:], []byte("PARE")):
		return nil, fmt.Errorf("%w: the footer is encrypted", ErrUnsupported)
	case !bytes.Equal(tail[4:], []byte("PAR1")):
		return nil, corrupt("it does not end in PAR1")
	}
	n := int64(binary.LittleEndian.Uint32(tail))
	switch {
	case n > size-12:
		return nil, corrupt("a footer of %d bytes in a file of %d", n, size)
	case n > max:
		return nil, tooLarge("a footer of %d bytes", n)
	}
	b := make([]byte, n)
	if err := readFull(r, b, size-8-n); err != nil {
		return nil, err
	}
	if err := checkFooter(b); err != nil {
		return nil, corrupt("footer: %v", err)
	}
	var m *metadata.FileMetaData
	err = guard(func() (err error) {
		if m, err = metadata.NewFileMetaData(b, nil); err != nil {
			return err
		}
		m.SetSourceFileSize(size)
		if m.IsSetEncryptionAlgorithm() {
			return fmt.Errorf("%w: it is encrypted", ErrUnsupported)
		}
		if err := first(checkMetadata(m), checkApart(m)); err != nil {
			return err
		}
		if s := m.KeyValueMetadata().FindValue("ARROW:schema"); s != nil {
			if err := checkArrowSchema(*s); err != nil {
				return corrupt("stored Arrow schema: %v", err)
			}
		}
		return nil
	})
	return m, err
}

// readFull reads all of b or says that the file is cut short.
func readFull(r io.ReaderAt, b []byte, at int64) error {
	n, err := r.ReadAt(b, at)
	switch {
	case n == len(b):
		return nil
	case err == nil || errors.Is(err, io.EOF):
		return corrupt("it ends at byte %d, want %d", at+int64(n), at+int64(len(b)))
	default:
		return err
	}
}

// checkFooter walks the FileMetaData struct: every list must fit into the bytes
// that are left, and the tree of schema elements must not be deeper than the
// library can recurse.
func checkFooter(b []byte) error {
	c := &compact{b: b}
	err := c.fields(func(id int64, typ byte) error {
		if id == 2 && typ == tList {
			return checkSchema(c)
		}
		return c.skip(typ, false, 0)
	})
	if err == nil && c.pos != len(b) {
		err = fmt.Errorf("%d bytes are left over", len(b)-c.pos)
	}
	return err
}

// checkSchema follows the schema, a tree written depth first: an element says
// how many of the following ones are its children.
func checkSchema(c *compact) error {
	n, elem, err := c.list()
	if err != nil {
		return err
	}
	if elem != tStruct {
		return errors.New("the schema is not a list of structs")
	}
	var open []int64 // children still to come, a level each
	for i := range n {
		if i > 0 && len(open) == 0 {
			return errors.New("a schema element behind the last child")
		}
		var children int64
		err := c.fields(func(id int64, typ byte) error {
			if id == 5 && typ == 5 {
				children, err = c.int()
				return err
			}
			return c.skip(typ, false, 0)
		})
		if err != nil {
			return err
		}
		if children < 0 || children > int64(n) {
			return fmt.Errorf("a schema element with %d children", children)
		}
		if len(open) > 0 {
			open[len(open)-1]--
		}
		if children > 0 {
			if open = append(open, children); len(open) > maxDepth {
				return errDeep
			}
		}
		for len(open) > 0 && open[len(open)-1] == 0 {
			open = open[:len(open)-1]
		}
	}
	if len(open) > 0 {
		return errors.New("a schema element has less children than it says")
	}
	return nil
}

// checkArrowSchema bounds the Arrow schema that writers store beside the one
// of Parquet. Its fields are tables of a flatbuffer, in which many parents can
// share one child: a few hundred bytes can stand for more fields than any
// machine can count, so they are counted up to a limit here. Whether they make
// sense is for the library to find out.
func checkArrowSchema(text string) error {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) == 0 {
		if b, err = base64.RawStdEncoding.DecodeString(text); err != nil {
			return err
		}
	}
	// An encapsulated message: 0xffffffff (absent in old files), length, flatbuffer.
	if len(b) >= 4 && binary.LittleEndian.Uint32(b) == 0xffffffff {
		b = b[4:]
	}
	if len(b) < 8 || int64(binary.LittleEndian.Uint32(b)) > int64(len(b)-4) {
		return errShort
	}
	b = b[4:][:binary.LittleEndian.Uint32(b)]
	message := flatbuffers.Table{Bytes: b, Pos: flatbuffers.GetUOffsetT(b)}
	slot := flatbuffers.UOffsetT(message.Offset(fbMessageHeader))
	if slot == 0 || message.GetByteSlot(fbMessageType, 0) != fbIsSchema {
		return errors.New("no schema")
	}
	// The library allocates the body that a message announces, from the Go heap.
	if n := message.GetInt64Slot(fbMessageBody, 0); n != 0 {
		return fmt.Errorf("a schema message with a body of %d bytes", n)
	}
	if v := message.GetInt16Slot(fbMessageVersion, 0); v != fbVersion4 && v != fbVersion5 {
		return fmt.Errorf("metadata version %d", v+1)
	}
	var schema flatbuffers.Table
	message.Union(&schema, slot)
	if schema.Offset(fbSchemaFields) == 0 {
		return errors.New("no fields")
	}
	left := len(b) // no honest element of a vector takes less than a byte
	if err := spend(schema, fbSchemaMeta, &left); err != nil {
		return err
	}
	return countFields(schema, fbSchemaFields, &left, 0)
}

// Places of fields in the tables of Arrow's Message.fbs and Schema.fbs.
const (
	fbMessageVersion = 4
	fbMessageType    = 6
	fbMessageHeader  = 8
	fbMessageBody    = 10
	fbVersion4       = 3
	fbVersion5       = 4
	fbIsSchema       = 1
	fbSchemaFields   = 6
	fbSchemaMeta     = 8
	fbFieldTypeID    = 8
	fbFieldType      = 10
	fbFieldChildren  = 14
	fbFieldMeta      = 16
	fbIsUnion        = 14
	fbUnionIDs       = 6
)

// countFields visits the fields in a vector of tables and takes what the
// library allocates for them out of left.
func countFields(t flatbuffers.Table, slot flatbuffers.VOffsetT, left *int, depth int) error {
	if depth > maxDepth {
		return errDeep
	}
	if err := spend(t, slot, left); err != nil {
		return err
	}
	o := flatbuffers.UOffsetT(t.Offset(slot))
	if o == 0 {
		return nil
	}
	start := t.Vector(o)
	for i := range t.VectorLen(o) {
		child := flatbuffers.Table{Bytes: t.Bytes, Pos: t.Indirect(start + flatbuffers.UOffsetT(i)*4)}
		if err := spend(child, fbFieldMeta, left); err != nil {
			return err
		}
		if o := flatbuffers.UOffsetT(child.Offset(fbFieldType)); o != 0 && child.GetByteSlot(fbFieldTypeID, 0) == fbIsUnion {
			var union flatbuffers.Table
			child.Union(&union, o)
			if err := spend(union, fbUnionIDs, left); err != nil {
				return err
			}
		}
		if err := countFields(child, fbFieldChildren, left, depth+1); err != nil {
			return err
		}
	}
	return nil
}

// spend takes the length of a vector out of left, before anyone allocates it.
func spend(t flatbuffers.Table, slot flatbuffers.VOffsetT, left *int) error {
	o := flatbuffers.UOffsetT(t.Offset(slot))
	if o == 0 {
		return nil
	}
	n := t.VectorLen(o)
	if n < 0 || n > *left {
		return errors.New("more elements than bytes")
	}
	*left -= n
	return nil
}
