package predicate_test

import (
	"bytes"
	"log/slog"
	"testing"

	"github.com/stretchr/testify/require"

	. "github.com/rowsight/rowsight/predicate"
)

func TestLogValueHasNoValues(t *testing.T) {
	p := Or(And(In("Region", "secret-1"), In("Segment", "secret-2", "secret-3")), HasValue("Tier"))
	for name, handler := range map[string]func(*bytes.Buffer) slog.Handler{
		"text": func(b *bytes.Buffer) slog.Handler { return slog.NewTextHandler(b, nil) },
		"json": func(b *bytes.Buffer) slog.Handler { return slog.NewJSONHandler(b, nil) },
	} {
		var b bytes.Buffer
		slog.New(handler(&b)).Info("filter", "rows", p)
		require.NotContains(t, b.String(), "secret", name)
		require.Contains(t, b.String(), "Segment", name)
		require.Contains(t, b.String(), "3", name)
	}
}
