package input

import (
	"bytes"
	"fmt"
	"path/filepath"
	"strings"
)

// A Format is how data is written. The zero Format is unknown.
type Format string

// The formats, by the names that options and file extensions use.
const (
	CSV     Format = "csv"
	JSONL   Format = "jsonl"
	Arrow   Format = "arrow"
	Parquet Format = "parquet"

	Workbook Format = "xlsx"
)

// Formats are all formats, in the order help shows them.
func Formats() []Format { return []Format{CSV, JSONL, Arrow, Parquet, Workbook} }

// FormatOf returns the format that the extension of a file name stands for,
// and "" if it stands for none.
func FormatOf(name string) Format {
	switch extension(name) {
	case ".csv", ".tsv", ".txt":
		return CSV
	case ".jsonl", ".ndjson", ".json":
		return JSONL
	case ".arrow", ".arrows", ".feather", ".ipc":
		return Arrow
	case ".parquet", ".pq":
		return Parquet
	}
	return ""
}

func extension(name string) string { return strings.ToLower(filepath.Ext(name)) }

// sniff is how many bytes detect looks at.
const sniff = 512

// detect tells the format by the first bytes, and only where those are plain
// text by the name. A wrong extension does no harm that way.
func detect(name string, head []byte) (Format, error) {
	has := func(prefix string) bool { return bytes.HasPrefix(head, []byte(prefix)) }
	switch {
	case has("PAR1"), has("PARE"):
		return Parquet, nil
	case has("ARROW1"), has("\xff\xff\xff\xff"):
		return Arrow, nil
	case has("\x1f\x8b"):
		return "", fmt.Errorf("%w: gzip; unpack it first: gzip -dc FILE | rowsight … -", ErrFormat)
	case has("\x28\xb5\x2f\xfd"):
		return "", fmt.Errorf("%w: zstd; unpack it first: zstd -dc FILE | rowsight … -", ErrFormat)
	case has("PK\x03\x04"):
		return Workbook, nil
	case has("\xd0\xcf\x11\xe0"):
		return "", fmt.Errorf("%w: a workbook in the old format of Excel (.xls); save it as .xlsx, or as CSV UTF-8", ErrFormat)
	case has("\xff\xfe"), has("\xfe\xff"):
		return "", fmt.Errorf("%w: UTF-16, want UTF-8", ErrEncoding)
	}
	if format := FormatOf(name); format == CSV || format == JSONL {
		return format, nil
	} else if format != "" && len(head) > 0 && bytes.IndexByte(head, 0) < 0 {
		return "", fmt.Errorf("%w: the name says %s, the content is text", ErrFormat, format)
	} else if format != "" {
		return format, nil
	}
	text := bytes.TrimLeft(bytes.TrimPrefix(head, []byte("\uFEFF")), " \t\r\n")
	switch {
	case bytes.IndexByte(head, 0) >= 0:
		return "", fmt.Errorf("%w: binary data that is neither Arrow nor Parquet", ErrFormat)
	case bytes.HasPrefix(text, []byte("{")):
		return JSONL, nil
	}
	return CSV, nil
}
