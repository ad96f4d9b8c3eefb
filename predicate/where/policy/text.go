package policy

import "fmt"

// checkText is an error if what was written is longer than the engine takes in
// one statement. Scripts of several statements are held to it as a whole where
// one statement is nearly all of it.
func (w *writer) checkText() error {
	if most := w.dialect.Limits().Text; most > 0 && w.Len() > most {
		return fmt.Errorf("%w: %d bytes, want at most %d", ErrTooLong, w.Len(), most)
	}
	return nil
}
