package where

// A fence is what keeps an engine from running what is outside a query inside.
type fence struct {
	head, cond, tail string // after SELECT, after the condition, after WHERE …
	why              string // if there is none
}

// Wrap returns a query of the visible rows of another query.
func (c Clause) Wrap(query string) (string, error) {
	return "", ErrBarrier
}
