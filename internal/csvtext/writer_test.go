package csvtext_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/stretchr/testify/require"
)

func TestWrite(t *testing.T) {
	tests := []struct {
		reason string
		record []string
		opts   *csvtext.Options
		want   string
	}{
		{"plain text stays bare", []string{"a", "", "b c"}, nil, "a,,b c\n"},
		{"structure is quoted", []string{"a,b", "say \"hi\"", "c\r\nd", "\r"}, nil, "\"a,b\",\"say \"\"hi\"\"\",\"c\r\nd\",\"\r\"\n"},
		{"outer spaces are quoted", []string{" a", "b ", " "}, nil, "\" a\",\"b \",\" \"\n"},
		{"one empty field is not a blank line", []string{""}, nil, "\"\"\n"},
		{"no field is nothing", nil, nil, ""},
		{"text is no byte order mark", []string{"\uFEFFa"}, nil, "\"\uFEFFa\"\n"},
		{"other delimiters", []string{"a,b", "c\td", "'"}, &csvtext.Options{Delimiter: '\t', Quote: '\''}, "a,b\t'c\td'\t''''\n"},
		{"a delimiter of two bytes", []string{"a§", "b¨"}, &csvtext.Options{Delimiter: '§'}, "\"a§\"§b¨\n"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			var out bytes.Buffer
			w := csvtext.NewWriter(&out, tt.opts)
			require.NoError(t, w.Write(tt.record))
			require.NoError(t, w.Flush())
			require.Equal(t, tt.want, out.String())
			if tt.record == nil {
				return
			}
			got, problems, err := readAll(strings.NewReader(out.String()), tt.opts)
			require.NoError(t, err)
			require.Empty(t, problems)
			require.Equal(t, [][]string{tt.record}, got)
		})
	}
}

func TestWriteRefuses(t *testing.T) {
	var out bytes.Buffer
	w := csvtext.NewWriter(&out, nil)
	require.ErrorIs(t, w.Write([]string{"a\xff"}), csvtext.ErrUTF8)
	w = csvtext.NewWriter(&out, &csvtext.Options{Delimiter: '"'})
	require.ErrorIs(t, w.Write([]string{"a"}), csvtext.ErrOptions)
	require.NoError(t, w.Flush())
	require.Empty(t, out.String())
}
