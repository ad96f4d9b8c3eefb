package integration

import (
	"bytes"
	"encoding/json"
	"errors"
	"math/rand/v2"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/internal/jvm"
	"github.com/rowsight/rowsight/integration/internal/python"
	"github.com/rowsight/rowsight/integration/suite"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls/policy"
)

// TestSubstrait: the messages of the current Substrait release parse the
// expressions that rules become, and two engines that read them, Acero of
// pyarrow and DataFusion, show the rows that the predicate matches.
func TestSubstrait(t *testing.T) {
	interpreter, err := python.Environment(t.Context(), "substrait", "substrait", "0.37.1", "substrait-protobuf==0.106.0", "pyarrow==26.0.1", "datafusion==55.0.0")
	if errors.Is(err, jvm.ErrMissing) {
		t.Skip(err)
	}
	require.NoError(t, err)

	r := rand.New(rand.NewPCG(20, 7))
	texts := append(suite.HostileTexts(), "US", "us", "EMEA", "1")
	columns := []string{"id", "A", "B b", `"c`}
	var rows [][]*string
	for i := range 3 * len(texts) {
		id := strconv.Itoa(i)
		row := []*string{&id}
		for range columns[1:] {
			cell := &texts[r.IntN(len(texts))]
			if r.IntN(8) == 0 {
				cell = nil
			}
			row = append(row, cell)
		}
		rows = append(rows, row)
	}
	var tree func(depth int) predicate.Predicate
	tree = func(depth int) predicate.Predicate {
		column := columns[1+r.IntN(len(columns)-1)]
		switch k := r.IntN(12); {
		case k == 0:
			return predicate.HasValue(column)
		case k < 5 || depth == 0:
			values := make([]string, 1+r.IntN(40))
			for i := range values {
				values[i] = texts[r.IntN(len(texts))]
			}
			return predicate.In(column, values...)
		case k < 8:
			return predicate.And(tree(depth-1), tree(depth-1))
		}
		return predicate.Or(tree(depth-1), tree(depth-1), tree(depth-1))
	}

	var in bytes.Buffer
	require.NoError(t, json.NewEncoder(&in).Encode(map[string]any{"columns": columns, "rows": rows}))
	predicates := []predicate.Predicate{{}, predicate.All(), predicate.HasValue("A")}
	for len(predicates) < 300 {
		predicates = append(predicates, tree(3))
	}
	for _, p := range predicates {
		out, err := policy.Filter(policy.Substrait, policy.Table{Columns: columns}, p, nil)
		require.NoError(t, err)
		require.NoError(t, json.Compact(&in, out))
		in.WriteByte('\n')
	}
	cmd := exec.CommandContext(t.Context(), interpreter, filepath.Join("substrait", "filter.py"))
	var log bytes.Buffer
	cmd.Stdin, cmd.Stderr = &in, &log
	out, err := cmd.Output()
	require.NoError(t, err, "%s", log.Bytes())

	answers := json.NewDecoder(bytes.NewReader(out))
	differ, shown := 0, 0
	for n, p := range predicates {
		var answer map[string][]int
		require.NoError(t, answers.Decode(&answer))
		want := visible(columns, rows, p)
		for _, engine := range []string{"acero", "datafusion"} {
			require.Equal(t, want, answer[engine], "%s: %s", engine, p)
		}
		shown += len(want)
		// The control: the answer to another predicate is another one.
		if n > 0 && len(visible(columns, rows, predicates[n-1])) != len(want) {
			differ++
		}
	}
	require.Greater(t, differ, 200)
	require.Greater(t, shown, 1000)
}

// visible returns the numbers of the rows that a predicate matches.
func visible(columns []string, rows [][]*string, p predicate.Predicate) []int {
	ids := []int{}
	for i, row := range rows {
		if p.Match(func(column string) (string, bool) {
			for j, name := range columns {
				if name == column && row[j] != nil {
					return *row[j], true
				}
			}
			return "", false
		}) {
			ids = append(ids, i)
		}
	}
	return ids
}
