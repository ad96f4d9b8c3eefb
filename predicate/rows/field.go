package rows

import (
	"database/sql"
	"unsafe"
)

// A field says where the text of a column is in a row, which is memory of a type
// that was checked when the field was made.
type field struct {
	hops   []uintptr // offsets of the pointers to follow first; nil ends in no text
	offset uintptr
	kind   kind
}

type kind uint8

const (
	notText kind = iota
	isString
	isBytes
	isPointer // *string
	isNull    // sql.NullString, and sql.Null[string], which has the same fields
)

// textAt returns the field of the i-th string of a slice.
func textAt(i int) field {
	return field{offset: uintptr(i) * unsafe.Sizeof(""), kind: isString}
}

// text returns the text that the row holds, "" for none. It shares the memory of
// the row and is to be read at once.
func (f *field) text(row unsafe.Pointer) string {
	for _, hop := range f.hops {
		if row = *(*unsafe.Pointer)(unsafe.Add(row, hop)); row == nil {
			return ""
		}
	}
	at := unsafe.Add(row, f.offset)
	switch f.kind {
	case isString:
		return *(*string)(at)
	case isBytes:
		return textOf(*(*[]byte)(at))
	case isPointer:
		if s := *(**string)(at); s != nil {
			return *s
		}
	case isNull:
		if s := (*sql.NullString)(at); s.Valid {
			return s.String
		}
	}
	return ""
}

// textOf returns b as a text that shares its memory.
func textOf(b []byte) string { return unsafe.String(unsafe.SliceData(b), len(b)) }
