package studio

import (
	"context"
	"errors"
	"time"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

// A Host reads and writes files for an [Engine]: the disk of the command, or the
// memory of a browser. It is safe for concurrent use.
type Host interface {
	// Keep stores a file that somebody dropped on the page, and returns a path
	// for it.
	Keep(name string, content []byte) (path string, err error)
	// Kept reports whether a path is one that Keep returned.
	Kept(path string) bool
	// Read returns the content of a file.
	Read(path string) ([]byte, error)
	// Rules reads a permission dataset in any format.
	Rules(ctx context.Context, path string) (*Source, error)
	// Repair writes a rule file that cannot be read as plain CSV, and returns
	// what it changed.
	Repair(ctx context.Context, path string, text []byte) (repaired []byte, changes []string, err error)
	// Data opens data. columns are those that the rules name.
	Data(ctx context.Context, path string, columns []string) (array.RecordReader, error)
	// Text returns how the values of a column print.
	Text(arr arrow.Array, field arrow.Field) (func(row int) (string, error), error)
	// Roster reads users and their groups.
	Roster(path string) (*roster.Roster, error)
	// Save replaces the content of a file, which must still be old, and keeps
	// a copy of it. The error is [ErrChanged] if it holds something else. A nil old
	// is a file that must not exist: it can be read by those who can read the
	// file like, and nobody else.
	Save(path string, old, content []byte, like string) (backup string, err error)
	// Now returns the time, and Version the name of the program.
	Now() time.Time
	Version() string
}

// ErrChanged is why a file is not saved: another program wrote it in the
// meantime.
var ErrChanged = errors.New("the file was changed by another program since it was opened")

// A Source is a permission dataset that a [Host] read.
type Source struct {
	Content []byte       // of the file
	Prefix  string       // what comes before Text in Content
	Text    string       // CSV in UTF-8
	Options *rls.Options // how Text is read
	Assumed []string     // what was assumed to read the file
	Hint    string       // what may help with errors

	// Imported says that the file is not plain CSV, so that Text cannot be saved
	// over it.
	Imported bool
}

// plain is the source of a text that needs no assumption: CSV with commas.
func (s *Source) plain() *Source {
	plain, options := *s, *s.Options
	options.Delimiter = 0
	plain.Prefix, plain.Assumed, plain.Hint, plain.Options = "", nil, "", &options
	return &plain
}
