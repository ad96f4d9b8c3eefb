// Package progress shows on a terminal how far a long job has come.
package progress

import (
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/rowsight/rowsight/internal/plain"
)

// State is how far the job has come. Total 0 means that nobody knows.
type State struct{ Done, Total, Rows int64 }

const (
	wait  = time.Second            // short jobs show nothing
	every = 200 * time.Millisecond // then this often
	width = 30
)

// Start shows a bar on w until the function it returns is called, which takes
// the bar away. state is asked from another goroutine.
func Start(w io.Writer, state func() State) (stop func()) {
	quit, gone := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(gone)
		tick := time.NewTimer(wait)
		defer tick.Stop()
		shown := false
		for {
			select {
			case <-tick.C:
				fmt.Fprint(w, "\r\x1b[K", Bar(state()))
				shown = true
				tick.Reset(every)
			case <-quit:
				if shown {
					fmt.Fprint(w, "\r\x1b[K")
				}
				return
			}
		}
	}()
	return sync.OnceFunc(func() {
		close(quit)
		<-gone
	})
}

// Bar draws one state:
//
//	██████████░░░░░░░░░░░░░░░░░░░░  33%  1,234,567 rows
func Bar(s State) string {
	rows := plain.Number(int(s.Rows)) + " rows"
	if s.Total <= 0 {
		return rows
	}
	done := min(max(s.Done, 0), s.Total)
	full := int(float64(done) / float64(s.Total) * width)
	return fmt.Sprintf("%s%s %3.0f%%  %s", strings.Repeat("█", full), strings.Repeat("░", width-full),
		100*float64(done)/float64(s.Total), rows)
}
