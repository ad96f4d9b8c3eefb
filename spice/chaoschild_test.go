package spice

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/keys"
)

const (
	chaosDirEnv     = "ROWSIGHT_TEST_CHAOS_DIR"
	chaosProcessEnv = "ROWSIGHT_TEST_CHAOS_PROCESS"
	chaosFaultEnv   = "ROWSIGHT_TEST_CHAOS_FAULT"
)

// facts are numbers that all processes share: which change the writer began and
// which it ended. A file keeps them, so that a killed process leaves them behind.
type facts struct{ *os.File }

const (
	factRowsBegun = iota
	factRowsDone
	factRulesBegun
	factRulesDone
	factKeyBegun // odd: the key is disabled
	factKeyDone
	factKeyTime // when the last change of the key was done, or later
	factReads   // of each reader: reads that saw rows
	factRefused = factReads + chaosReaders
	factsEnd    = factRefused + chaosReaders
)

func openFacts(dir string) (*facts, error) {
	f, err := os.OpenFile(dir+".facts", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	return &facts{f}, f.Truncate(8 * factsEnd)
}

func (f *facts) get(n int) int64 {
	var b [8]byte
	if _, err := f.ReadAt(b[:], int64(8*n)); err != nil {
		panic(err)
	}
	return int64(binary.NativeEndian.Uint64(b[:]))
}

func (f *facts) set(n int, v int64) {
	if _, err := f.WriteAt(binary.NativeEndian.AppendUint64(nil, uint64(v)), int64(8*n)); err != nil {
		panic(err)
	}
}

func (f *facts) String() string {
	var all []int64
	for n := range factsEnd {
		all = append(all, f.get(n))
	}
	return fmt.Sprint(all)
}

const chaosParts = 6 // of a version of the rows that a full refresh began

// chaosPart are the rows that refresh n writes: ten of each region.
func chaosPart(n int64) table {
	t := table{{"id", "Region"}}
	for i := range 30 {
		t = append(t, []string{fmt.Sprintf("%d:%s:%d", n, soakRegions[i%3], i), soakRegions[i%3]})
	}
	return t
}

// chaosRows are all rows of version n: those of the last full refresh, and those
// that were added since.
func chaosRows(n int64) table {
	t := chaosPart(n - n%chaosParts)
	for m := n - n%chaosParts + 1; m <= n; m++ {
		t = append(t, chaosPart(m)[1:]...)
	}
	return t
}

// chaosRegion returns the region that version k of the rules shows to anna or ben;
// "" is none: the rule of the viewer was revoked.
func chaosRegion(name string, k int64) string {
	switch {
	case name == "anna" && k%3 == 2, name == "ben" && k%4 == 3:
		return ""
	case name == "anna":
		return soakRegions[k%3]
	}
	return soakRegions[(k+1)%3]
}

func chaosRules(k int64) table {
	t := table{{"UserName", "Region"}, {"all", ""}}
	for _, name := range []string{"anna", "ben"} {
		if region := chaosRegion(name, k); region != "" {
			t = append(t, []string{name, region})
		}
	}
	return t
}

func chaosLog(dir string, n int) string { return fmt.Sprintf("%s.audit%d.jsonl", dir, n) }

// TestChaosChild is a process that is killed. It is no test of its own.
func TestChaosChild(t *testing.T) {
	dir := os.Getenv(chaosDirEnv)
	if dir == "" {
		t.Skip("is run by TestChaos")
	}
	facts, err := openFacts(dir)
	require.NoError(t, err)
	n, err := strconv.Atoi(os.Getenv(chaosProcessEnv))
	require.NoError(t, err)
	if n > 0 {
		chaosRead(t, dir, n, facts, os.Getenv(chaosFaultEnv))
		return
	}
	w, err := openWriter(t, dir, facts, os.Getenv(chaosFaultEnv))
	require.NoError(t, err)
	for {
		require.NoError(t, w.change())
	}
}

// chaosWriter is the one process that writes.
type chaosWriter struct {
	facts        *facts
	fault        string
	keys         *keys.Local
	key          string
	store        *Store
	sales, rules *Dataset
}

// openWriter opens the store, finds out which of the changes that an earlier writer
// began are there, and fails if one is not that it called done.
func openWriter(t *testing.T, dir string, f *facts, fault string) (*chaosWriter, error) {
	opts := crashOptions(t, dir)
	w := &chaosWriter{facts: f, fault: fault, keys: opts.Keys.(*keys.Local), key: opts.Key}
	about, err := w.keys.Describe(context.Background(), w.key)
	if err != nil {
		return nil, err
	}
	if on := about.State == keys.Enabled; on != (f.get(factKeyDone)%2 == 0) {
		w.keyDone(f.get(factKeyBegun))
	}
	f.set(factKeyBegun, f.get(factKeyDone))
	if f.get(factKeyDone)%2 == 1 {
		if err := w.turn(w.keys.Enable); err != nil {
			return nil, err
		}
	}
	if w.store, err = Open(dir, opts); err != nil {
		return nil, err
	}
	if w.sales, err = w.store.Dataset("sales"); err != nil {
		return nil, err
	}
	if w.rules, err = w.store.Dataset("rules"); err != nil {
		return nil, err
	}
	ids, err := read1(w.sales, user("all"))
	if err != nil {
		return nil, err
	}
	n, err := chaosVersion(ids, soakRegions...)
	if err != nil {
		return nil, err
	}
	if fault == "" && (n < f.get(factRowsDone) || n > f.get(factRowsBegun)) {
		return nil, fmt.Errorf("rows of version %d are there, want %d to %d", n, f.get(factRowsDone), f.get(factRowsBegun))
	}
	f.set(factRowsDone, n)
	f.set(factRowsBegun, n)
	return w, w.newRules() // until then, both versions that may be there count
}

// change makes one change.
func (w *chaosWriter) change() error {
	switch n := rand.IntN(10); {
	case n < 5:
		return w.newRows()
	case n < 8:
		return w.newRules()
	}
	if err := w.turn(w.keys.Disable); err != nil {
		return err
	}
	time.Sleep(time.Duration(20+rand.IntN(60)) * time.Millisecond)
	return w.turn(w.keys.Enable)
}

func (w *chaosWriter) newRows() error {
	n := w.facts.get(factRowsDone) + 1
	how := RefreshIncremental
	if n%chaosParts == 0 {
		how = RefreshFull
	}
	w.facts.set(factRowsBegun, n)
	if w.fault == "lose" {
		w.facts.set(factRowsDone, n)
		time.Sleep(200 * time.Millisecond)
	}
	_, err := w.sales.Refresh(context.Background(), chaosPart(n), how)
	w.facts.set(factRowsDone, n)
	return err
}

func (w *chaosWriter) newRules() error {
	k := w.facts.get(factRulesBegun) + 1 // one that was begun and may be there has its own number
	w.facts.set(factRulesBegun, k)
	_, err := w.rules.Refresh(context.Background(), chaosRules(k), RefreshFull)
	w.facts.set(factRulesDone, k)
	return err
}

// turn disables the key, or enables it.
func (w *chaosWriter) turn(f func(context.Context, string) error) error {
	n := w.facts.get(factKeyDone) + 1
	w.facts.set(factKeyBegun, n)
	err := f(context.Background(), w.key)
	w.keyDone(n)
	return err
}

func (w *chaosWriter) keyDone(n int64) {
	w.facts.set(factKeyTime, time.Now().UnixNano())
	w.facts.set(factKeyDone, n)
}

// chaosVersion returns the version of the rows of the regions that ids are, or an
// error if they are not all of its rows.
func chaosVersion(ids []string, regions ...string) (int64, error) {
	version := int64(-1)
	for _, id := range ids {
		part, _, _ := strings.Cut(id, ":")
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return 0, err
		}
		version = max(version, n)
	}
	if version < 0 {
		return 0, errors.New("no rows")
	}
	var want []string
	for _, row := range chaosRows(version)[1:] {
		if slices.Contains(regions, row[1]) {
			want = append(want, row[0])
		}
	}
	slices.Sort(want)
	if !slices.Equal(ids, want) {
		return 0, fmt.Errorf("rows of version %d: got %d rows, want %d: %v", version, len(ids), len(want), ids)
	}
	return version, nil
}

// chaosRead reads without end, and fails when it sees what it must not see, or not
// what it must. Half of the readers use a key for some time after it was disabled,
// and say for how long.
func chaosRead(t *testing.T, dir string, n int, f *facts, fault string) {
	opts := crashOptions(t, dir)
	var err error
	opts.Audit, err = audit.OpenLog(chaosLog(dir, n), &audit.LogOptions{Sync: audit.SyncSoon})
	require.NoError(t, err)
	opts.ReadOnly = true
	if n%2 == 0 {
		opts.KeyCache = 25 * time.Millisecond
	}
	r := &chaosReader{facts: f, cache: opts.KeyCache}
	switch fault {
	case "copy":
		copied := filepath.Join(t.TempDir(), "copy")
		err := os.CopyFS(copied, os.DirFS(dir))
		for errors.Is(err, fs.ErrNotExist) { // the writer has renamed a file since it was listed
			require.NoError(t, os.RemoveAll(copied))
			err = os.CopyFS(copied, os.DirFS(dir))
		}
		require.NoError(t, err)
		dir = copied
	case "cache":
		opts.KeyCache = time.Minute
	}
	store, err := Open(dir, opts)
	require.NoError(t, err)
	r.sales, err = store.Dataset("sales")
	require.NoError(t, err)
	for {
		for _, name := range []string{"anna", "ben", "carl", "tagged"} {
			require.NoError(t, r.read(name, fault))
			switch saw, refused := r.saw, r.refused; {
			case saw:
				f.set(factReads+n-1, f.get(factReads+n-1)+1)
			case refused:
				f.set(factRefused+n-1, f.get(factRefused+n-1)+1)
			}
		}
	}
}

type chaosReader struct {
	facts        *facts
	cache        time.Duration
	sales        *Dataset
	saw, refused bool // what the last read did
}

// read reads as one viewer and compares what it saw with what the writer wrote down
// before and after: a change that was done before counts, one that was not begun
// after does not, and one in between may.
func (r *chaosReader) read(name, fault string) error {
	f := r.facts
	rowsDone, rulesDone, keyDone := f.get(factRowsDone), f.get(factRulesDone), f.get(factKeyDone)
	keyAge := time.Since(time.Unix(0, f.get(factKeyTime)))
	s := user(name)
	switch {
	case name == "tagged":
		s = tagged("Region", "US")
	case fault == "ignore":
		s = user("all")
	}
	var ids []string
	var err error
	if fault == "shut" {
		err = ErrKey
	} else {
		ids, err = read1(r.sales, s)
	}
	rowsBegun, rulesBegun, keyBegun := f.get(factRowsBegun), f.get(factRulesBegun), f.get(factKeyBegun)

	r.saw, r.refused = len(ids) > 0, err != nil
	disabled := keyDone%2 == 1 && keyBegun == keyDone
	switch {
	case disabled && keyAge > r.cache && err == nil:
		return fmt.Errorf("%s reads although the key was disabled %v ago", name, keyAge)
	case err != nil && (!errors.Is(err, ErrKey) || keyDone == keyBegun && keyDone%2 == 0):
		return fmt.Errorf("%s is refused: %w", name, err)
	case err != nil:
		return nil
	}
	var regions []string // that a version of the rules in between shows
	for k := rulesDone; k <= rulesBegun; k++ {
		if name == "carl" || name == "tagged" {
			regions = append(regions, "")
		} else {
			regions = append(regions, chaosRegion(name, k))
		}
	}
	region := ""
	if len(ids) > 0 {
		region = strings.Split(ids[0], ":")[1]
	}
	if !slices.Contains(regions, region) {
		return fmt.Errorf("%s sees region %q, want one of %q", name, region, regions)
	}
	if region == "" {
		return nil
	}
	n, err := chaosVersion(ids, region)
	if err == nil && (n < rowsDone || n > rowsBegun) {
		err = fmt.Errorf("%s sees rows of version %d, want %d to %d", name, n, rowsDone, rowsBegun)
	}
	return err
}
