// Package csvtext reads and writes CSV (RFC 4180) without changing a byte of
// any value.
//
// It exists because encoding/csv is lenient where a rule file must not be: it
// turns "\r\n" inside a quoted field into "\n", keeps a byte order mark as part
// of the first name, and passes on invalid UTF-8. A value that is changed on
// the way in no longer equals the data it should match, and a header that is
// misread turns a restriction into none.
//
// What is read:
//
//	BOM?  record (LF | CRLF)  record (LF | CRLF) …  record?
//
//	a,"b,c","say ""hi"""        three fields: a · b,c · say "hi"
//	^ ^     ^
//	1 3     9                   columns count bytes, a quoted field starts at its quote
//
// A field is quoted as a whole or not at all. Everything between the quotes is
// kept, line ends included; everything outside is kept too, spaces included.
//
// What is refused, always with line and column: a quote inside an unquoted
// field, text after a closing quote, a quote that is never closed, a carriage
// return without a line feed outside quotes (old Mac files would otherwise read
// as one endless line), invalid UTF-8, UTF-16, a record whose number of fields
// differs from the first one's, and a record too large to hold in memory.
//
// A blank line is no record, except in a file of one column, where it is a
// record with one empty field.
//
// Reading goes on after a bad record, so that every problem of a file can be
// reported at once; see [Reader.Read].
package csvtext
