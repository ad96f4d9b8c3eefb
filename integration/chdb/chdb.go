// Package chdb runs ClickHouse on this machine for tests: chDB, which is
// ClickHouse as a library, in a process of its own, behind database/sql. It comes
// from PyPI, into a virtual environment in the user's cache folder; without Python
// the error wraps [ErrMissing], and tests skip.
package chdb

import (
	"context"
	_ "embed"
	"fmt"
	"os"
	"os/exec"
	"strings"

	"github.com/rowsight/rowsight/integration/internal/jvm"
	"github.com/rowsight/rowsight/integration/internal/python"
	"github.com/rowsight/rowsight/predicate/where"
)

// Version is the release of chDB that is run.
const Version = "4.4.0"

// ErrMissing is wrapped by the errors that say what this machine lacks.
var ErrMissing = jvm.ErrMissing

//go:embed session.py
var program string

// Start starts ClickHouse with an empty database. Close it at the end.
func Start(ctx context.Context) (*python.Process, error) {
	interpreter, err := python.Environment(ctx, "chdb", "chdb", Version)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(interpreter, "-c", program)
	cmd.Env = os.Environ()
	return python.Start("clickhouse", cmd, inline)
}

// inline writes arguments into a statement, as drivers of ClickHouse do.
func inline(query string, args []any) (string, error) {
	var b strings.Builder
	next := 0
	for i := 0; i < len(query); i++ {
		switch c := query[i]; c {
		case '\'', '`', '"':
			start := i
			for i++; i < len(query) && query[i] != c; i++ {
				if query[i] == '\\' {
					i++
				}
			}
			b.WriteString(query[start:min(i+1, len(query))])
		case '?':
			if next == len(args) {
				return "", fmt.Errorf("argument %d is missing", next+1)
			}
			switch v := args[next].(type) {
			case nil:
				b.WriteString("NULL")
			case string:
				literal, err := where.ClickHouse.Literal(v)
				if err != nil {
					return "", err
				}
				b.WriteString(literal)
			default:
				return "", fmt.Errorf("argument %d: got %T, want a text", next+1, v)
			}
			next++
		default:
			b.WriteByte(c)
		}
	}
	if next < len(args) {
		return "", fmt.Errorf("%d arguments, want %d", len(args), next)
	}
	return b.String(), nil
}
