package csvtext

import (
	"cmp"
	"unicode/utf8"
)

// DefaultMaxRecord is the size in bytes a record may have if
// [Options.MaxRecord] is zero.
const DefaultMaxRecord = 64 << 20

// maxFields bounds the fields of the first record; the first record bounds all
// others. Without it a file of nothing but commas would cost sixteen bytes of
// memory for each byte read.
const maxFields = 1 << 20

// Options say how a file is written. A nil *Options and the zero Options are
// the default: commas, double quotes, every record as long as the first.
type Options struct {
	// File is the name of the file in errors. It is not opened.
	File string

	// Delimiter is the delimiter; 0 means ','.
	Delimiter rune

	// Quote is the ASCII character around quoted fields; 0 means '"'.
	Quote rune

	// Ragged accepts records with more or fewer fields than the first.
	Ragged bool

	// MaxRecord is the size in bytes a record may have in the file; 0 means
	// [DefaultMaxRecord]. It bounds the memory a reader can be made to use.
	MaxRecord int
}

// withDefaults returns o with every zero filled in, and whether it makes sense.
func (o *Options) withDefaults() (Options, bool) {
	opts := *cmp.Or(o, new(Options))
	opts.Delimiter = cmp.Or(opts.Delimiter, ',')
	opts.Quote = cmp.Or(opts.Quote, '"')
	if opts.MaxRecord <= 0 {
		opts.MaxRecord = DefaultMaxRecord
	}
	opts.MaxRecord = min(opts.MaxRecord, 1<<31-1) // offsets are int32
	ok := delimiter(opts.Delimiter) && delimiter(opts.Quote) &&
		opts.Delimiter != opts.Quote && opts.Quote < utf8.RuneSelf
	return opts, ok
}

// delimiter reports whether c can be told from text and line ends. U+FEFF
// could be taken for a byte order mark.
func delimiter(c rune) bool {
	return c != '\r' && c != '\n' && c > 0 && c != 0xFEFF && utf8.ValidRune(c) && c != utf8.RuneError
}
