package rls_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"

	"github.com/rowsight/rowsight/rls"
	"github.com/stretchr/testify/require"
)

func TestWriteCSV(t *testing.T) {
	tests := []struct {
		reason, in, want string
		opts             *rls.Options
	}{
		{reason: "columns and rules in order", in: "Segment,GroupName,Region,UserName\nSMB,,US,bo\n,g,EMEA,\nSMB,,EMEA,al\n",
			want: "UserName,GroupName,Region,Segment\n,g,EMEA,\nal,,EMEA,SMB\nbo,,US,SMB\n"},
		{reason: "values in order, each once", in: "UserName,Region\nal,\"US,,EMEA,US\"\n", want: "UserName,Region\nal,\"EMEA,US\"\n"},
		{reason: "quotes where they must be", in: "UserName,Region\nal,\"\"\"US\"\",\"\"AWS,INC\"\",\"\"a\"\"\"\"b\"\"\"\n", want: "UserName,Region\nal,\"\"\"AWS,INC\"\",US,\"\"a\"\"\"\"b\"\"\"\n"},
		{reason: "no value is nothing", in: "UserName,Region\nal,\",,\"\n", want: "UserName,Region\nal,\n"},
		{reason: "spaces stay", in: "UserName,Region\n al,\" a, b\"\n", want: "UserName,Region\n\" al\",\" a, b\"\n"},
		{reason: "empty rules go, repeated ones too", in: "UserName,Region\n,\nal,\"a,b\"\nal,\"b,a\"\n\"\",\",\"\n", want: "UserName,Region\nal,\"a,b\"\n"},
		{reason: "rules without a principal stay", in: "UserName,Region\n,US\n\",\",US\n", want: "UserName,Region\n,US\n"},
		{reason: "a header stays", in: "Region,UserName\n", want: "UserName,Region\n"},
		{reason: "principals stay as they are", in: "UserName,Region\n\"b,a\",US\n\"\"\"q\"\"\",US\n", want: "UserName,Region\n\"\"\"q\"\"\",US\n\"b,a\",US\n"},
		{reason: "ARNs keep their Region", in: "UserARN,Region\narn:aws:quicksight:us-east-1:123456789012:user/al,US\n", want: "UserARN,Region\narn:aws:quicksight:us-east-1:123456789012:user/al,US\n"},
		{reason: "a value that is a null word", in: "UserName,Region\nal,\"NULL,NULL\"\nbo,NULL\nNULL,NULL\n", opts: &rls.Options{NullWords: []string{"NULL"}}, want: "UserName,Region\nal,\"NULL,\"\nbo,\n"},
		{reason: "a mapped name", in: "Region;Login\nUS;al\n", opts: &rls.Options{User: "Login", Delimiter: ';'}, want: "Login,Region\nal,US\n"},
		{reason: "one column", in: "UserName\nal\n", opts: &rls.Options{AllowNoFields: true}, want: "UserName\nal\n"},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			var out, again bytes.Buffer
			require.NoError(t, read(t, tt.in, tt.opts).WriteCSV(&out))
			require.Equal(t, tt.want, out.String())

			opts := rls.Options{}
			if tt.opts != nil {
				opts = *tt.opts
				opts.Delimiter = 0
			}
			require.NoError(t, read(t, out.String(), &opts).WriteCSV(&again))
			require.Equal(t, tt.want, again.String(), "canonical form is its own")
		})
	}
}

func TestWriteCSVLongCells(t *testing.T) {
	// A cell as long as it may be, quoted only where it must: it does not grow.
	cell := strings.Repeat(`"x,",`, 409) + "yy"
	require.Len(t, cell, rls.MaxRunes)
	in := "UserName,Region\nal,\"" + strings.ReplaceAll(cell, `"`, `""`) + "\"\n"
	var out bytes.Buffer
	require.NoError(t, read(t, in, nil).WriteCSV(&out))
	read(t, out.String(), nil)
}

func TestWriteCSVFails(t *testing.T) {
	full := errors.New("no space left")
	require.ErrorIs(t, read(t, "UserName,Region\nal,US\n", nil).WriteCSV(writer(func([]byte) (int, error) { return 0, full })), full)
}

type writer func([]byte) (int, error)

func (w writer) Write(p []byte) (int, error) { return w(p) }

func TestRule(t *testing.T) {
	rules := read(t, "\uFEFFSegment,UserName,GroupName,Region\n\"SMB,Enterprise\",al,\",\",\"\r\n\"\n\n,,,\n", &rls.Options{File: "f.csv", Namespace: "tenant"})
	require.True(t, rules.BOM())
	require.Equal(t, []string{"Segment", "Region"}, rules.Columns())
	require.Equal(t, "tenant", rules.Namespace())
	require.Equal(t, rls.Version1, rules.FormatVersion())
	user, group := rules.PrincipalColumns()
	require.Equal(t, []string{"UserName", "GroupName"}, []string{user, group})

	var all []rls.Rule
	for r := range rules.All() {
		all = append(all, r)
	}
	require.Len(t, all, 2)
	r := all[0]
	require.Equal(t, "f.csv:2:1", r.Pos().String())
	require.Equal(t, "f.csv:5:1", all[1].Pos().String(), "lines count inside cells, and blank ones")
	require.Equal(t, "al", r.User())
	require.Empty(t, r.Group(), "commas are no name")
	var values []string
	for v := range r.Values("Segment") {
		values = append(values, v)
	}
	require.Equal(t, []string{"Enterprise", "SMB"}, values)
	require.Equal(t, "SMB,Enterprise", r.Text("Segment"))
	require.Equal(t, "\r\n", r.Text("Region"))
	require.False(t, r.Wildcard("Region"))
	require.True(t, all[1].Wildcard("Region"))
	require.False(t, r.Wildcard("Customer"), "not a restricted column")
	require.Empty(t, r.Text("UserName"))
	require.Equal(t, "none", all[1].Predicate().String(), "an empty rule is no wildcard")

	for range rules.All() {
		break // an iterator may be left
	}
}
