// Package judge asks an independent reader, pyarrow, about damaged files: where
// this library returns rows of one, they must be the rows that pyarrow reads,
// filtered. It is for tests.
package judge

import (
	"bufio"
	"bytes"
	_ "embed"
	"encoding/binary"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/ipc"
	"github.com/stretchr/testify/require"
)

//go:embed judge.py
var script string

// PythonEnv names the Python with pyarrow; without it python3 is tried.
const PythonEnv = "ROWSIGHT_PYTHON"

// DamageEnv says how many damaged files a campaign tries.
const DamageEnv = "ROWSIGHT_DAMAGE"

// Cases returns how many damaged files to try: what [DamageEnv] says, else n.
func Cases(t testing.TB, n int) int {
	t.Helper()
	if s := os.Getenv(DamageEnv); s != "" {
		var err error
		n, err = strconv.Atoi(s)
		require.NoError(t, err, DamageEnv)
	}
	return n
}

// A Judge is a Python process. It is for one goroutine.
type Judge struct {
	column, value string
	cmd           *exec.Cmd
	in            io.WriteCloser
	out           *bufio.Reader

	refused  int             // files that were not read here
	verdicts map[Verdict]int // about the others
}

// Start starts a judge for the rows whose column is value, and skips the test if
// there is no Python with pyarrow.
func Start(t testing.TB, column, value string) *Judge {
	t.Helper()
	j := &Judge{column: column, value: value, verdicts: make(map[Verdict]int)}
	if out, err := exec.Command(python(), "-c", "import pyarrow.parquet").CombinedOutput(); err != nil {
		t.Skipf("no independent reader: %s has no pyarrow; pip install pyarrow, or name a Python in %s: %v %s", python(), PythonEnv, err, out)
	}
	require.NoError(t, j.start())
	t.Cleanup(j.stop)
	return j
}

func python() string {
	if p := os.Getenv(PythonEnv); p != "" {
		return p
	}
	return "python3"
}

func (j *Judge) start() (err error) {
	j.cmd = exec.Command(python(), "-c", script, j.column, j.value)
	if j.in, err = j.cmd.StdinPipe(); err != nil {
		return err
	}
	out, err := j.cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := j.cmd.Start(); err != nil {
		return err
	}
	j.out = bufio.NewReader(out)
	_, err = j.out.ReadString('\n')
	return err
}

func (j *Judge) stop() {
	if j.in != nil {
		_ = j.in.Close()
		_ = j.cmd.Wait() // it may have crashed over a file
	}
}

// A Verdict is what pyarrow thinks of the rows that were returned.
type Verdict string

const (
	Equal    Verdict = "equal"    // it reads the same
	Values   Verdict = "values"   // the same, but text that is not UTF-8 or numbers out of range
	Refused  Verdict = "refused"  // it does not read the file
	Differs  Verdict = "differs"  // it reads other rows
	Envelope Verdict = "envelope" // it does not read the message around the arrays
	Unjudged Verdict = "unjudged" // it cannot compare
	Crashed  Verdict = "crashed"  // it died
)

// Ask asks about a damaged file, of kind 'i' for an Arrow stream or 'p' for
// Parquet, and an Arrow stream of the rows that were returned for it.
func (j *Judge) Ask(kind byte, damaged, ours []byte) (v Verdict, why string) {
	q := binary.LittleEndian.AppendUint64([]byte{kind}, uint64(len(damaged)))
	q = append(q, damaged...)
	q = binary.LittleEndian.AppendUint64(q, uint64(len(ours)))
	q = append(q, ours...)
	_, err := j.in.Write(q)
	line := ""
	if err == nil {
		line, err = j.out.ReadString('\n')
	}
	if err != nil {
		j.stop()
		if err := j.start(); err != nil {
			return Crashed, err.Error()
		}
		return Crashed, "over this file"
	}
	word, why, _ := strings.Cut(strings.TrimSpace(line), " ")
	return Verdict(word), why
}

// Try reads a damaged file and asks about the rows that were returned. Another
// reader's rows, or rows of a file that it refuses, fail the test.
func (j *Judge) Try(t testing.TB, kind byte, what string, damaged []byte, read func([]byte) ([]byte, error)) {
	t.Helper()
	ours, err := read(damaged)
	if err != nil {
		j.refused++
		return
	}
	v, why := j.Ask(kind, damaged, ours)
	j.verdicts[v]++
	if v == Differs || v == Refused || v == Crashed {
		t.Errorf("%s: %s: %s", what, v, why)
	}
}

// Finish logs the verdicts. A campaign in which nothing was refused, or nothing
// equal, shows nothing.
func (j *Judge) Finish(t testing.TB) {
	t.Helper()
	t.Logf("damaged: %d refused here, returned and %v", j.refused, j.verdicts)
	require.NotZero(t, j.refused)
	require.NotZero(t, j.verdicts[Equal])
}

// Visible returns a stream of the rows of r that apply keeps.
func Visible(r array.RecordReader, apply func(arrow.Record) (arrow.Record, error)) ([]byte, error) {
	var out bytes.Buffer
	w := ipc.NewWriter(&out, ipc.WithSchema(r.Schema()))
	for r.Next() {
		rec, err := apply(r.Record())
		if err != nil {
			return nil, err
		}
		err = w.Write(rec)
		rec.Release()
		if err != nil {
			return nil, err
		}
	}
	if err := r.Err(); err != nil {
		return nil, err
	}
	return out.Bytes(), w.Close()
}

// Damage returns whole with bits flipped, words overwritten or swapped, or its
// end cut off, from a byte on, and what was done.
func Damage(rng *rand.Rand, whole []byte, from int) ([]byte, string) {
	b := append([]byte(nil), whole...)
	pick := func(room int) int { return from + rng.IntN(max(1, len(b)-from-room)) }
	switch kind := rng.IntN(8); kind {
	case 0:
		n := rng.IntN(len(b))
		return b[:n], fmt.Sprintf("cut to %d", n)
	case 1: // two words change places
		x, y := pick(8), pick(8)
		var w [8]byte
		copy(w[:], b[x:])
		copy(b[x:min(x+8, len(b))], b[y:])
		copy(b[y:], w[:])
		return b, fmt.Sprintf("swap %d %d", x, y)
	case 2: // what attackers like
		at := pick(4)
		word := []uint32{rng.Uint32(), 0, 1 << 31, 1<<31 - 1, ^uint32(0), 1, 2, 17, 1 << 20}[rng.IntN(9)]
		copy(b[at:], binary.LittleEndian.AppendUint32(nil, word))
		return b, fmt.Sprintf("word %#x at %d", word, at)
	default:
		what := "flip"
		for range 1 + rng.IntN(2) {
			at, bit := pick(0), rng.IntN(8)
			b[at] ^= 1 << bit
			what += fmt.Sprintf(" %d.%d", at, bit)
		}
		return b, what
	}
}
