package audit

import (
	"context"
	"errors"
	"fmt"
	"io"

	"github.com/rowsight/rowsight/spice/witness"
)

func (l *Log) witnessName() string {
	if l.opts.WitnessName != "" {
		return l.opts.WitnessName
	}
	return l.path
}

// compare returns ErrHead if the log lacks the line that the witness knows as the
// last one. The log may have lines after it: their writer was killed before it could
// update the witness, so that Append never returned for them.
func (l *Log) compare() error {
	if l.opts.Witness == nil {
		return nil
	}
	text, err := l.opts.Witness.Read(context.Background(), l.witnessName())
	if err != nil {
		return fmt.Errorf("the witness: %w", err)
	}
	l.known = text
	if text == nil {
		return nil
	}
	head, err := ParseHead(string(text))
	if err != nil {
		return fmt.Errorf("the witness: %w", err)
	}
	switch {
	case head == l.head:
		l.synced = head.Sequence
		return nil
	case l.size == 0 || head.Sequence > l.head.Sequence:
		return fmt.Errorf("%w: it ends at line %d of the chain, want %d", ErrHead, l.head.Sequence, head.Sequence)
	}
	// Read all complete lines; a crash may have cut the last.
	_, err = Check{Key: l.opts.Key, Start: l.opts.Start, Head: head}.Verify(io.NewSectionReader(l.file, 0, l.size))
	if errors.Is(err, ErrTorn) {
		return nil
	}
	return err
}

// tell stores a head in the witness. The caller holds l.syncing. compare is
// [Log.compare] under l.mu.
func (l *Log) tell(head Head, compare func() error) error {
	if l.opts.Witness == nil {
		return nil
	}
	ctx, value := context.Background(), []byte(head.String())
	err := l.opts.Witness.Replace(ctx, l.witnessName(), l.known, value)
	if errors.Is(err, witness.ErrChanged) {
		// An earlier call may have stored the head although its answer was lost. The
		// stored head must be a line of this log.
		if err := compare(); err != nil {
			return err
		}
		err = l.opts.Witness.Replace(ctx, l.witnessName(), l.known, value)
	}
	if err != nil {
		return fmt.Errorf("the witness: %w", err)
	}
	l.known = value
	return nil
}

// compareNow is compare for a log that is in use.
func (l *Log) compareNow() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.compare()
}
