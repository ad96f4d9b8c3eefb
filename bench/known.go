package main

import (
	"fmt"
	"slices"
	"strings"
)

// knownFaults are peers that are known to give wrong answers, and why. They are
// reported as WRONG all the same, but do not fail the run.
var knownFaults = []struct {
	peer, why string
	cases     []string
}{
	{
		peer:  "DuckDB on Arrow, IN lists",
		cases: []string{"F1"},
		why:   "it leaves column = value to the Arrow stream, which cannot filter, and shows every row",
	},
}

// knownFault returns why a peer's wrong answer is no news.
func knownFault(key Key) (why string, ok bool) {
	for _, f := range knownFaults {
		if f.peer == key.Peer && slices.Contains(f.cases, key.Case) {
			return f.why, true
		}
	}
	return "", false
}

// UnknownWrong describes the wrong answers that are not known faults.
func (res *Result) UnknownWrong() (lines []string) {
	for key, cell := range res.Cells {
		if _, known := knownFault(key); cell.Wrong != "" && !known {
			lines = append(lines, fmt.Sprintf("%s: %s %s, %d threads, %s: %s", key.Peer, key.Kind, key.Layout, key.Threads, key.Case, cell.Wrong))
		}
	}
	slices.SortFunc(lines, strings.Compare)
	return lines
}
