package csvtext_test

import (
	"bytes"
	"encoding/csv"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/testkit/realdata"
	"github.com/stretchr/testify/require"
)

// agree says whether encoding/csv reads in as we do: it must be valid, without
// what the package comment says encoding/csv changes.
func agree(in string) bool {
	return utf8.ValidString(in) && !strings.Contains(in, "\r") && !strings.Contains(in, "\uFEFF")
}

// checkAgainstStandard compares one input with encoding/csv where both mean
// the same, and with itself: bytes as strings, and written and read again.
func checkAgainstStandard(t *testing.T, in string) (bad bool) {
	t.Helper()
	got, problems, err := readAll(strings.NewReader(in), nil)
	require.NoError(t, err)

	r := csvtext.NewReader(iotest.HalfReader(strings.NewReader(in)), nil)
	for i := 0; ; {
		record, err := r.ReadBytes()
		if err == io.EOF {
			require.Equal(t, len(got), i)
			break
		} else if err != nil {
			continue
		}
		require.Len(t, record, len(got[i]))
		for k, b := range record {
			require.Equal(t, got[i][k], string(b))
		}
		i++
	}

	var again []byte
	for _, record := range got {
		again = csvtext.AppendRecord(again, record)
	}
	back, problemsBack, err := readAll(bytes.NewReader(again), nil)
	require.NoError(t, err)
	require.Empty(t, problemsBack)
	require.Equal(t, got, back)

	if agree(in) && (len(got) == 0 || len(got[0]) > 1) {
		std := csv.NewReader(strings.NewReader(in))
		want, err := std.ReadAll()
		require.Equal(t, err != nil, len(problems) > 0, "%v / %v", err, problems)
		if err == nil {
			require.Equal(t, want, got)
		}
	}
	return len(problems) > 0
}

func TestAgainstStandard(t *testing.T) {
	pieces := []string{"a", "ä", ",", ",", "\n", "\"", "\"\"", " ", "b,\"c\"", "\r\n", "\"x\ny\"", "\uFEFF"}
	rnd := rand.New(rand.NewPCG(1, 2))
	good, bad := 0, 0
	for range 20_000 {
		var in strings.Builder
		in.WriteString("h,i\n")
		for range rnd.IntN(12) {
			in.WriteString(pieces[rnd.IntN(len(pieces))])
		}
		if checkAgainstStandard(t, in.String()) {
			bad++
		} else {
			good++
		}
	}
	require.Greater(t, good, 500)
	require.Greater(t, bad, 500)
}

func FuzzRead(f *testing.F) {
	for _, in := range []string{
		"a,b\n1,2\n", "\uFEFF\"a\",b\r\n\"x\r\n\",\"\"\"\"\r\n", "a\n\n\nb", "a,\"b", "a\"b,c\n", "\"a\"b,c\nd,e", "a\rb\n",
		"\xff\xfea\x00", "a,\xc3\n", "\"\"\"AWS,INC\"\"\",AWS\n", ",,,\n", "a,b\nc\n",
	} {
		f.Add(in)
	}
	f.Fuzz(func(t *testing.T, in string) { checkAgainstStandard(t, in) })
}

// TestRealFiles reads every CSV file there is and compares it with
// encoding/csv where the two mean the same.
func TestRealFiles(t *testing.T) {
	read := 0
	for _, dir := range []string{"1_datasets", "2_permissions", "5_conformance"} {
		err := filepath.WalkDir(realdata.Path(t, "data", dir), func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || filepath.Ext(path) != ".csv" {
				return err
			}
			if info, err := d.Info(); err != nil || info.Size() > 4<<20 {
				return err
			}
			b, err := os.ReadFile(path)
			require.NoError(t, err)
			read++
			t.Run(filepath.Base(path), func(t *testing.T) { checkAgainstStandard(t, string(b)) })
			return nil
		})
		require.NoError(t, err)
	}
	require.Greater(t, read, 20)
}
