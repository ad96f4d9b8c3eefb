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

// compare reports whether the log lacks the line that the witness knows as the
// last one. Lines behind it are those whose writer was killed before it could
// tell the witness: nobody was told that they are kept.
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
	// All whole lines, up to one that a crash has cut.
	_, err = Check{Key: l.opts.Key, Start: l.opts.Start, Head: head}.Verify(io.NewSectionReader(l.file, 0, l.size))
	if errors.Is(err, ErrTorn) {
		return nil
	}
	return err
}

// tell makes the witness know a head. l.syncing is held; compare is [Log.compare]
// under l.mu.
func (l *Log) tell(head Head, compare func() error) error {
	if l.opts.Witness == nil {
		return nil
	}
	ctx, value := context.Background(), []byte(head.String())
	err := l.opts.Witness.Replace(ctx, l.witnessName(), l.known, value)
	if errors.Is(err, witness.ErrChanged) {
		// Perhaps by an earlier call of ours whose answer was lost. Whatever it was
		// told has to be a line of this log.
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

// compareNow is compare while the log is in use.
func (l *Log) compareNow() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.compare()
}
