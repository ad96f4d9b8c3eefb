package spice

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/audit"
)

// chaosReaders is how many processes read while one writes.
const chaosReaders = 4

// TestChaos runs one process that writes to a folder and four that read it, and
// kills one of them at random, again and again. The writer changes rows, rules and
// the state of the key, and writes down when each change begins and when it is done.
// A reader that begins after a change is done sees it: no row that the rules of now
// hide, all rows that the writer called written, and nothing while the key is disabled.
//
// It takes six seconds; ROWSIGHT_CHAOS=10m takes ten minutes.
func TestChaos(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	length := 6 * time.Second
	if s := os.Getenv("ROWSIGHT_CHAOS"); s != "" {
		var err error
		length, err = time.ParseDuration(s)
		require.NoError(t, err)
	}
	c := newChaos(t, "")
	require.Empty(t, c.run(length))
	c.settled()
}

// TestChaosNoticed: what TestChaos looks for is noticed when it is there.
func TestChaosNoticed(t *testing.T) {
	if testing.Short() {
		t.Skip("starts processes")
	}
	for _, tt := range []struct{ fault, reason, want string }{
		{"copy", "readers that look at a copy of the folder miss changes", " sees "},
		{"ignore", "a reader that ignores the rules sees the rows of others", "sees region|got [0-9]+ rows"}, // the first row may be one that it may see
		{"lose", "a writer that calls rows written before they are loses them", "rows of version"},
		{"cache", "a reader that keeps keys for longer than it says reads under a disabled key", "disabled"},
		{"shut", "a reader that refuses everything is no success either", "refused"},
	} {
		t.Run(tt.fault, func(t *testing.T) {
			require.Regexp(t, tt.want, newChaos(t, tt.fault).run(time.Minute), tt.reason)
		})
	}
}

// chaos is one run: a folder, and the processes that use it. Process 0 writes.
type chaos struct {
	t     *testing.T
	dir   string
	fault string
	facts *facts
	procs [1 + chaosReaders]*chaosProcess
	ended chan *chaosProcess // processes that ended without being killed
	kills int
}

// chaosProcess is a process of a run.
type chaosProcess struct {
	cmd    *exec.Cmd
	out    bytes.Buffer
	killed atomic.Bool
	gone   chan struct{}
}

func (p *chaosProcess) kill() {
	p.killed.Store(true)
	_ = p.cmd.Process.Kill() // it may have ended
	<-p.gone
}

func newChaos(t *testing.T, fault string) *chaos {
	c := &chaos{t: t, dir: filepath.Join(t.TempDir(), "store"), fault: fault, ended: make(chan *chaosProcess, 1+chaosReaders)}
	store, err := Open(c.dir, crashOptions(t, c.dir))
	require.NoError(t, err)
	w := &world{t: t, store: store}
	d := w.create("sales", chaosRows(0))
	rules, err := store.CreateDataset(context.Background(), DatasetInput{ID: "rules", ImportMode: SPICE, UseAs: RLSRules})
	require.NoError(t, err)
	_, err = rules.Refresh(context.Background(), chaosRules(0), RefreshFull)
	require.NoError(t, err)
	w.attach(d, rules)
	require.NoError(t, store.Close())
	c.facts, err = openFacts(c.dir)
	require.NoError(t, err)
	t.Cleanup(func() {
		for _, p := range c.procs {
			if p != nil {
				p.kill()
			}
		}
		require.NoError(t, c.facts.Close())
	})
	return c
}

// start starts process n.
func (c *chaos) start(n int) {
	cmd := exec.Command(os.Args[0], "-test.run=^TestChaosChild$")
	cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s", chaosDirEnv, c.dir), fmt.Sprintf("%s=%d", chaosProcessEnv, n), chaosFaultEnv+"="+c.fault)
	p := &chaosProcess{cmd: cmd, gone: make(chan struct{})}
	cmd.Stdout, cmd.Stderr = &p.out, &p.out
	require.NoError(c.t, cmd.Start())
	c.procs[n] = p
	go func() {
		_ = cmd.Wait() // says that it was killed
		if !p.killed.Load() {
			c.ended <- p
		}
		close(p.gone)
	}()
}

// run kills and starts processes until the time is over and each of them got
// somewhere, or until one finds a fault, which it returns.
func (c *chaos) run(length time.Duration) string {
	for n := range c.procs {
		c.start(n)
	}
	end, late := time.Now().Add(length), time.Now().Add(length+2*time.Minute)
	for time.Now().Before(end) || c.fault == "" && !c.busy() {
		require.True(c.t, time.Now().Before(late), "the processes got nowhere: %v", c.facts)
		select {
		case p := <-c.ended:
			return p.out.String()
		case <-time.After(time.Duration(20+rand.IntN(160)) * time.Millisecond):
			n := rand.IntN(len(c.procs))
			c.procs[n].kill()
			c.kills++
			c.start(n)
		}
	}
	return ""
}

// busy reports whether all processes did enough for the run to mean something.
func (c *chaos) busy() bool {
	for n := range chaosReaders {
		if c.facts.get(factReads+n) < 20 || c.facts.get(factRefused+n) < 1 {
			return false
		}
	}
	return c.facts.get(factRowsDone) > 12 && c.facts.get(factRulesDone) > 6 && c.facts.get(factKeyDone) > 4
}

// settled stops all processes and looks at what they left.
func (c *chaos) settled() {
	t := c.t
	for _, p := range c.procs {
		p.kill()
	}
	reads, refused := int64(0), int64(0)
	for n := range chaosReaders {
		reads += c.facts.get(factReads + n)
		refused += c.facts.get(factRefused + n)
		path := chaosLog(c.dir, n+1)
		log, err := audit.OpenLog(path, nil)
		require.NoError(t, err)
		require.NoError(t, log.Close())
		file, err := os.Open(path)
		require.NoError(t, err)
		require.NoError(t, audit.Verify(file), "the chain of reader %d", n)
		_, err = file.Seek(0, 0)
		require.NoError(t, err)
		var trail audit.Trail
		require.NoError(t, trail.Read(file, path))
		require.NoError(t, file.Close())
		records := int64(0)
		for _, e := range trail.Reads("arn:aws:quicksight:us-east-1:000000000000:dataset/sales") {
			if e.Error == "" && *e.Rows > 0 {
				records++
			}
		}
		require.GreaterOrEqual(t, records, c.facts.get(factReads+n), "each read of reader %d has a record", n)
	}
	w, err := openWriter(t, c.dir, c.facts, "")
	require.NoError(t, err, "what the writer left is whole")
	require.NoError(t, w.store.Close())
	t.Logf("%d kills, %d versions of rows, %d of rules, %d changes of the key, %d reads, %d refused",
		c.kills, c.facts.get(factRowsDone), c.facts.get(factRulesDone), c.facts.get(factKeyDone), reads, refused)
}
