package spice

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/internal/spicefile"
	"github.com/rowsight/rowsight/spice/keys"
)

// numbered are rows that say which refresh they are of, and how many there are.
// Rows of two refreshes, or not all of one, are a torn version.
func numbered(n int) table {
	t := table{{"id", "Region", "count"}}
	size := 50 + n%7*30
	for i := range size {
		t = append(t, []string{fmt.Sprint(n), []string{"EMEA", "US"}[i%2], fmt.Sprint(size)})
	}
	return t
}

// whole checks that s sees one version, all of it, and returns which.
func whole(t *testing.T, ids []string, share int) string {
	t.Helper()
	require.NotEmpty(t, ids)
	for _, id := range ids {
		require.Equal(t, ids[0], id, "rows of two versions")
	}
	n, err := strconv.Atoi(ids[0])
	require.NoError(t, err)
	require.Len(t, ids, (len(numbered(n))-1)/share, "all rows of the version, and no others")
	return ids[0]
}

const childEnv = "ROWSIGHT_TEST_CRASH_DIR"

// killedStore makes the store that the child writes to, and closes it.
func killedStore(t *testing.T, dir string, opts *Options) *Dataset {
	store, err := Open(dir, opts)
	require.NoError(t, err)
	w := &world{t: t, store: store}
	d := w.create("sales", numbered(0))
	w.attach(d, w.rules("rules", "UserName,Region\nanna,EMEA\nall,\n"))
	require.NoError(t, store.Close())
	return d
}

// killChild starts a test as a process that changes d, and kills it within this time
// after it has changed something.
func killChild(t *testing.T, test, dir string, d *Dataset, within time.Duration) {
	cmd := exec.Command(os.Args[0], "-test.run=^"+test+"$")
	cmd.Env = append(os.Environ(), childEnv+"="+dir)
	before, err := os.ReadFile(statePath(d.dir))
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	for range 3000 { // until it has changed something, on a busy machine
		time.Sleep(10 * time.Millisecond)
		if now, err := os.ReadFile(statePath(d.dir)); err == nil && !bytes.Equal(before, now) {
			break
		}
	}
	time.Sleep(rand.N(within))
	require.NoError(t, cmd.Process.Kill())
	_ = cmd.Wait() // says that it was killed
}

// seenVersion returns the version of the rows, which all viewers see whole.
func seenVersion(t *testing.T, d *Dataset) string {
	version := whole(t, see(t, d, user("all")), 1)
	require.Equal(t, version, whole(t, see(t, d, user("anna")), 2))
	return version
}

// crashOptions are those of parent and child alike.
func crashOptions(t *testing.T, dir string) *Options {
	service, err := keys.OpenLocal(dir+".keys", nil)
	require.NoError(t, err)
	t.Cleanup(func() { _ = service.Close() })
	all, err := service.List(context.Background())
	require.NoError(t, err)
	opts := &Options{Keys: service, Audit: new(audit.Memory)}
	if len(all) == 0 {
		opts.Key, err = service.CreateKey(context.Background(), "000000000000", "us-east-1")
		require.NoError(t, err)
		return opts
	}
	opts.Key = all[0].ARN
	return opts
}

// TestCrashChild is the process that is killed: it refreshes without end. It is
// no test of its own.
func TestCrashChild(t *testing.T) {
	dir := os.Getenv(childEnv)
	if dir == "" {
		t.Skip("is run by TestKill")
	}
	ctx := context.Background()
	store, err := Open(dir, crashOptions(t, dir))
	require.NoError(t, err)
	d, err := store.Dataset("sales")
	require.NoError(t, err)
	for n := 1; ; n++ {
		_, err := d.Refresh(ctx, numbered(n), RefreshFull)
		require.NoError(t, err)
		name := fmt.Sprint("name ", n)
		require.NoError(t, d.Update(ctx, DatasetUpdate{Name: &name}))
	}
}

// TestKill kills a process that refreshes, again and again: what it leaves is
// the last complete version, under its rules, and no half-done files.
func TestKill(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	dir := filepath.Join(t.TempDir(), "store")
	opts := crashOptions(t, dir)
	d := killedStore(t, dir, opts)
	seen := make(map[string]bool)
	for range kills() {
		killChild(t, "TestCrashChild", dir, d, 100*time.Millisecond)
		store, err := Open(dir, opts)
		require.NoError(t, err)
		d, err = store.Dataset("sales")
		require.NoError(t, err)
		version := seenVersion(t, d)
		require.Empty(t, see(t, d, user("nobody")))
		require.Len(t, segmentFiles(t, d), 3, "nothing half-done stays")
		require.NoError(t, store.Close())
		seen[version] = true
	}
	require.Greater(t, len(seen), 1, "the child got somewhere")
}

func kills() int {
	if os.Getenv("ROWSIGHT_SOAK") != "" {
		return 100
	}
	return 8
}

func segmentFiles(t *testing.T, d *Dataset) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(d.dir, "0*"))
	require.NoError(t, err)
	return files
}

// failingDisk is a disk on which the n-th write, and every one after it, fails:
// as a disk that is full, or one that was pulled out. Some writes fail half
// done, and a rename may fail after it was done.
type failingDisk struct {
	spicefile.Disk
	mu     sync.Mutex
	left   int  // operations that still work; negative is all
	lied   bool // a rename that fails is done all the same
	failed int
}

var errDisk = errors.New("input/output error")

func (f *failingDisk) ok() bool {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.left < 0 {
		return true
	}
	if f.left == 0 {
		f.failed++
		return false
	}
	f.left--
	return true
}

func (f *failingDisk) Create(path string) (spicefile.File, error) {
	if !f.ok() {
		return nil, errDisk
	}
	file, err := f.Disk.Create(path)
	return &failingFile{file, f}, err
}

func (f *failingDisk) Rename(from, to string) error {
	if f.ok() {
		return f.Disk.Rename(from, to)
	}
	if f.lied {
		return errors.Join(errDisk, f.Disk.Rename(from, to))
	}
	return errDisk
}

func (f *failingDisk) Remove(path string) error {
	if !f.ok() {
		return errDisk
	}
	return f.Disk.Remove(path)
}

func (f *failingDisk) MkdirAll(dir string) error {
	if !f.ok() {
		return errDisk
	}
	return f.Disk.MkdirAll(dir)
}

func (f *failingDisk) SyncDir(dir string) error {
	if !f.ok() {
		return errDisk
	}
	return f.Disk.SyncDir(dir)
}

type failingFile struct {
	spicefile.File
	disk *failingDisk
}

func (f *failingFile) Write(b []byte) (int, error) {
	if f.disk.ok() {
		return f.File.Write(b)
	}
	n, _ := f.File.Write(b[:len(b)/2]) // a short write
	return n, errDisk
}

func (f *failingFile) Sync() error {
	if !f.disk.ok() {
		return errDisk
	}
	return f.File.Sync()
}

// TestFailingDisk lets the disk fail at every single step of a refresh, of a
// change of rules, and of a deletion: readers go on with the one version or the
// other, and so does the store that is opened afterwards.
func TestFailingDisk(t *testing.T) {
	ctx := context.Background()
	for _, lied := range []bool{false, true} {
		w := newWorld(t)
		disk := &failingDisk{left: -1, lied: lied}
		w.open(disk)
		d := w.create("sales", numbered(0))
		emea := w.rules("emea", "UserName,Region\nanna,EMEA\n")
		us := w.rules("us", "UserName,Region\nanna,US\n")
		w.attach(d, emea)
		check := func(reason string) []string {
			t.Helper()
			var err error
			d, err = w.store.Dataset("sales")
			require.NoError(t, err)
			got := see(t, d, user("anna"))
			whole(t, got, 2)
			require.Empty(t, see(t, d, user("ben")), reason)
			regions, err := d.Distinct(ctx, user("anna"), "Region")
			require.NoError(t, err)
			return append(got, regions...)
		}
		steps := map[string]func(n int) error{
			"full refresh": func(n int) error {
				_, err := d.Refresh(ctx, numbered(n), RefreshFull)
				return err
			},
			"rules": func(n int) error {
				return d.Attach(ctx, permissions([]*Dataset{emea, us}[n%2]))
			},
			"create": func(n int) error {
				_, err := w.store.CreateDataset(ctx, DatasetInput{ID: "new", ImportMode: SPICE})
				if err == nil {
					err = w.store.DeleteDataset(ctx, "new")
				}
				return err
			},
		}
		for name, step := range steps {
			for n := 0; ; n++ {
				require.Less(t, n, 200)
				disk.left, disk.failed = n, 0
				err := step(n)
				failed := disk.failed
				disk.left = -1
				reason := fmt.Sprintf("%s, step %d, %v", name, n, err)
				before := check(reason)
				w.open(disk)
				require.Equal(t, before, check(reason+", opened again"), "%s: memory and disk agree", reason)
				emea, err = w.store.Dataset("emea")
				require.NoError(t, err)
				us, err = w.store.Dataset("us")
				require.NoError(t, err)
				require.Len(t, segmentFiles(t, d), 3, reason)
				if _, err := w.store.Dataset("new"); err == nil {
					require.NoError(t, w.store.DeleteDataset(ctx, "new"))
				}
				if failed == 0 {
					require.Greater(t, n, 3, "%s has steps", name)
					break
				}
			}
		}
	}
}

// Attachments that are not stored survive a disk that fails while they are
// replaced.
func TestFailingDiskKeepsRules(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t)
	disk := &failingDisk{left: -1}
	w.open(disk)
	d := w.create("sales", sales())
	rules, err := rls.Read(newTextRows(csvTable(twoUsers)), nil)
	require.NoError(t, err)
	require.NoError(t, d.Attach(ctx, Permissions{Rules: rules}))
	disk.left = 0
	require.ErrorIs(t, d.Attach(ctx, Permissions{Rules: new(rls.Rules)}), errDisk)
	disk.left = -1
	require.Len(t, see(t, d, user("anna")), 3)
}
