package plain_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/internal/plain"
)

func TestZero(t *testing.T) { require.Equal(t, `""`, plain.Text("")) }

func TestText(t *testing.T) {
	tests := []struct{ reason, in, want string }{
		{"a name", "al", "al"},
		{"blanks inside", "Nikhil Jayashankar", "Nikhil Jayashankar"},
		{"letters of any script", "Zürich 東京", "Zürich 東京"},
		{"a blank at the end", "al ", `"al "`},
		{"a code for the terminal", "\x1b[31mal", `"\x1b[31mal"`},
		{"a line feed", "al\nbo", `"al\nbo"`},
		{"an invisible character", "al\u200b", `"al\u200b"`},
		{"what looks quoted", `"al"`, `"\"al\""`},
		{"what looks like no value", "(NULL or empty)", `"(NULL or empty)"`},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) { require.Equal(t, tt.want, plain.Text(tt.in)) })
	}
}
