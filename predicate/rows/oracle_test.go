package rows

import (
	"database/sql"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/predicate"
)

// texts are what predicates name and rows hold. Some have been taken for one
// another in one system or other.
var texts = []string{
	"EMEA", "emea", " EMEA", "EMEA ", "EMEA\x00", "\x00", ",", "AWS,INC", `"`, "NULL", "%", "Z\u00dcRICH", "ZU\u0308RICH", "a", "ab", "abcdefgh",
	"abcdefghi", "abcdefghijklmnop", "abcdefghijklmnopq", strings.Repeat("long", 100), strings.Repeat("long", 99) + "lonk", "\xff",
}

var columns = []string{"A", "B", "C", "D"}

// randomPredicate returns a predicate of any form, about columns and texts.
func randomPredicate(rnd *rand.Rand, depth int) predicate.Predicate {
	switch k := rnd.IntN(20); {
	case k == 0:
		return predicate.Predicate{}
	case k == 1:
		return predicate.All()
	case k < 4:
		return predicate.HasValue(pick(rnd, columns))
	case k < 9 || depth == 0:
		values := make([]string, rnd.IntN(5))
		for i := range values {
			values[i] = pick(rnd, texts)
		}
		return predicate.In(pick(rnd, columns), values...)
	}
	args := make([]predicate.Predicate, 1+rnd.IntN(4))
	for i := range args {
		args[i] = randomPredicate(rnd, depth-1)
	}
	if rnd.IntN(2) == 0 {
		return predicate.And(args[0], args[1:]...)
	}
	return predicate.Or(args...)
}

// randomBoxes returns a union of n boxes, as rules are, about values of its own
// besides texts.
func randomBoxes(rnd *rand.Rand, n int) predicate.Predicate {
	boxes := make([]predicate.Predicate, n)
	for i := range boxes {
		boxes[i] = predicate.All()
		for _, c := range columns {
			switch rnd.IntN(5) {
			case 0:
				boxes[i] = predicate.And(boxes[i], predicate.HasValue(c))
			case 1:
			default:
				values := make([]string, 1+rnd.IntN(4))
				for k := range values {
					values[k] = many(rnd, n)
				}
				boxes[i] = predicate.And(boxes[i], predicate.In(c, values...))
			}
		}
	}
	return predicate.Or(boxes...)
}

func many(rnd *rand.Rand, n int) string {
	if rnd.IntN(3) == 0 {
		return pick(rnd, texts)
	}
	return fmt.Sprint("value-", rnd.IntN(1+n/2))
}

func pick[T any](rnd *rand.Rand, from []T) T { return from[rnd.IntN(len(from))] }

// A cell is what a row holds in a column.
type cell = sql.NullString

func randomRow(rnd *rand.Rand, n int) []cell {
	row := make([]cell, len(columns))
	for i := range row {
		switch rnd.IntN(8) {
		case 0:
			row[i] = cell{String: pick(rnd, texts)} // NULL
		case 1:
			row[i] = cell{Valid: true}
		default:
			row[i] = cell{String: many(rnd, n), Valid: true}
		}
	}
	return row
}

// admits is the oracle.
func admits(p predicate.Predicate, row []cell) bool {
	return p.Match(func(column string) (string, bool) {
		c := row[slices.Index(columns, column)]
		return c.String, c.Valid
	})
}

// A record has a column of each kind, with texts that are not its own.
type record struct {
	_ bool
	A string
	B *string `db:"-" json:"B,omitempty"`
	inner
	*outer
}

type inner struct {
	Other int
	C     []byte `json:"no" db:"C"`
}

type outer struct {
	X uint8
	d cell `rowsight:"D"`
}

func (c testRow) record() record {
	var r record
	r.A = c[0].String
	if !c[0].Valid {
		r.A = ""
	}
	if c[1].Valid {
		r.B = &c[1].String
	}
	if c[2].Valid {
		r.C = []byte(c[2].String)
	}
	if c[3].Valid || len(c[3].String)%2 == 0 { // else a nil pointer
		r.outer = &outer{d: c[3]}
	}
	return r
}

type testRow []cell

func (c testRow) texts() []string {
	row := make([]string, len(c))
	for i, cell := range c {
		if cell.Valid {
			row[i] = cell.String
		}
	}
	return row
}

// TestAgainstMatch compares every form of row with Match: tables, rule sets, and
// predicates that are no union of boxes.
func TestAgainstMatch(t *testing.T) {
	rnd := rand.New(rand.NewPCG(1, 16))
	seen := [2]int{}
	for round := range 600 {
		n := 4
		p := randomPredicate(rnd, 3)
		if round%2 == 0 {
			n = pick(rnd, []int{1, 3, 20, 100, 300})
			p = randomBoxes(rnd, n)
		}
		m, err := Compile(p, columns...)
		require.NoError(t, err)
		structs, err := Bind[record](p)
		require.NoError(t, err)
		pointers, err := Bind[*record](p)
		require.NoError(t, err)
		maps, err := Bind[map[string]any](p)
		require.NoError(t, err)
		textMaps, err := Bind[map[string]string](p)
		require.NoError(t, err)
		for range 40 {
			cells := testRow(randomRow(rnd, n))
			want := admits(p, cells)
			why := fmt.Sprintf("%v of %v", p, cells)
			require.Equal(t, want, m.Match(cells.texts()...), why)
			rec := cells.record()
			got, err := structs.Match(rec)
			require.NoError(t, err)
			require.Equal(t, want, got, why)
			got, err = pointers.Match(&rec)
			require.NoError(t, err)
			require.Equal(t, want, got, why)
			got, err = maps.Match(map[string]any{"A": rec.A, "B": rec.B, "C": rec.C, "D": cells[3], "E": 1})
			require.NoError(t, err)
			require.Equal(t, want, got, why)
			row := cells.texts()
			got, err = textMaps.Match(map[string]string{"A": row[0], "B": row[1], "C": row[2], "D": row[3]})
			require.NoError(t, err)
			require.Equal(t, want, got, why)
			if want {
				seen[1]++
			} else {
				seen[0]++
			}
		}
	}
	require.Greater(t, min(seen[0], seen[1]), 4000, "rows of both kinds")
}

// TestBounds compares tables that stop at any bound, and the rule sets that stand
// in for them, with Match. 2,500 boxes are more than one block.
func TestBounds(t *testing.T) {
	rnd := rand.New(rand.NewPCG(2, 16))
	fields := make(map[string]field)
	for i, name := range columns {
		fields[name] = textAt(i)
	}
	sets, tables := 0, 0
	for _, n := range []int{1, 2, 10, 63, 64, 65, 999, 2500} {
		p := randomBoxes(rnd, n)
		for len(p.Columns()) == 0 {
			p = randomBoxes(rnd, n)
		}
		boxes := slices.Collect(p.Boxes())
		for _, bound := range []struct{ cells, work int }{{0, maxWork}, {maxCells, 0}, {maxCells / 64, maxWork / 64}, {20 * n, maxWork}, {maxCells, 60 * n}, {maxCells, maxWork}} {
			tab := newTableWithin(boxes, fields, bound.cells, bound.work)
			if tab.rules != nil {
				sets++
			} else {
				tables++
			}
			for range 100 {
				cells := testRow(randomRow(rnd, n))
				require.Equal(t, admits(p, cells), tab.match(unsafe.Pointer(unsafe.SliceData(cells.texts()))), "%d boxes, %v", n, cells)
			}
		}
	}
	require.Greater(t, min(sets, tables), 10, "both forms")
}

// FuzzMatch compares texts and predicates of any bytes with Match.
func FuzzMatch(f *testing.F) {
	f.Add(uint64(1), "EMEA", "a", "x")
	f.Add(uint64(2), "", "abcdefghijklmnop", "\x00")
	f.Fuzz(func(t *testing.T, seed uint64, a, b, c string) {
		rnd := rand.New(rand.NewPCG(seed, 3))
		p := predicate.Or(
			predicate.And(predicate.In("A", a, b), predicate.In("B", b, c), randomPredicate(rnd, 2)),
			predicate.And(predicate.In("C", c, a), predicate.HasValue("D")),
			randomPredicate(rnd, 3),
		)
		m, err := Compile(p, columns...)
		require.NoError(t, err)
		for range 16 {
			cells := make(testRow, len(columns))
			for i := range cells {
				cells[i] = cell{String: pick(rnd, []string{a, b, c, pick(rnd, texts)}), Valid: rnd.IntN(6) > 0}
			}
			require.Equal(t, admits(p, cells), m.Match(cells.texts()...), "%v of %v", p, cells)
		}
	})
}

// TestManyBoxes: each of 3,000 boxes admits its own row, in whichever block of a
// rule set it is.
func TestManyBoxes(t *testing.T) {
	value := func(i int) string { return fmt.Sprint("value-", i) }
	boxes := make([]predicate.Predicate, 3000)
	for i := range boxes {
		boxes[i] = predicate.And(predicate.In("A", value(i)), predicate.In("B", value(i)))
	}
	tab := newTableWithin(boxes, map[string]field{"A": textAt(0), "B": textAt(1)}, 0, 0)
	require.NotNil(t, tab.rules)
	for i := range boxes {
		same, other := []string{value(i), value(i)}, []string{value(i), value((i + 1) % len(boxes))}
		require.True(t, tab.match(unsafe.Pointer(unsafe.SliceData(same))), i)
		require.False(t, tab.match(unsafe.Pointer(unsafe.SliceData(other))), i)
	}
}
