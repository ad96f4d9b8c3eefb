// Package recovered turns what recover returned into an error that shows nothing
// of it.
//
// The value of a panic may quote anything: a cell of a hidden row, a tag value, a
// password. An error travels to a viewer, a log or a report. So the error says
// that the code panicked, and no more. TestRecover at the root of the module
// checks that no other code puts the value of a panic into an error.
package recovered

import "errors"

// ErrPanic is the error for every panic. Its text is constant.
var ErrPanic = errors.New("the code panicked; the text of the panic is withheld because it may quote data")

// Error returns [ErrPanic] for the value that recover returned, and nil for nil.
// An error that keep accepts is returned as it is: code that panics with an
// error of its own, which holds no data, names it there. keep may be nil.
func Error(p any, keep func(error) bool) error {
	if p == nil {
		return nil
	}
	if err, ok := p.(error); ok && keep != nil && keep(err) {
		return err
	}
	return ErrPanic
}
