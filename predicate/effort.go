package predicate

import (
	"cmp"
	"context"
	"errors"
	"fmt"
)

// ErrTooHard reports a question that used all steps of its [Effort].
var ErrTooHard = errors.New("too hard to decide")

// MaxSteps is the default number of steps of an Effort: a second or two of
// work.
const MaxSteps = 1 << 28

// stepsEach is what every box that is asked for adds to an Effort: far more than
// those of usual rules take. What many questions take together is thus bounded by
// their number, and many that are easy never end in an error.
const stepsEach = 1 << 12

// An Effort limits the cost of exact comparisons. Containment of rules is
// coNP-hard, so an attacker can write rules that no program can compare in
// reasonable time. With an Effort, such a question returns an error and no
// answer. It counts steps instead of time, so a question is too hard on every
// machine or on none.
//
// Use one Effort for a whole job, such as comparing two files. It is not safe
// for concurrent use. A nil *Effort has no limit; the zero Effort allows no
// step.
type Effort struct {
	ctx  context.Context
	max  int // negative for no bound
	used int
	look int // at how many steps the context is looked at again
	err  error
}

// betweenLooks is how many steps go by between two looks at the context.
const betweenLooks = 1 << 16

// NewEffort returns an Effort that ends when ctx does. steps is the largest
// number of steps: 0 means [MaxSteps], and a negative number means no limit.
func NewEffort(ctx context.Context, steps int) *Effort {
	steps = cmp.Or(steps, MaxSteps)
	return &Effort{ctx: ctx, max: steps}
}

// Implies reports whether every row of p is a row of q, as [Predicate.Implies]
// does. The error is [ErrTooHard], or that of the context; the answer is then
// false.
func (e *Effort) Implies(p, q Predicate) (bool, error) {
	_, more, err := e.Minus(p, q)
	return err == nil && !more, err
}

// Minus looks for a row that is in p and not in q, as [Predicate.Minus] does. The
// error is [ErrTooHard], or that of the context; nothing is then known.
func (e *Effort) Minus(p, q Predicate) (witness map[string]string, ok bool, err error) {
	if err := e.failure(); err != nil {
		return nil, false, err
	}
	witness = e.minus(p, q)
	if err := e.failure(); err != nil {
		return nil, false, err
	}
	return witness, witness != nil, nil
}

// Covers reports whether every row of p is a row of at least one of qs. It does
// not build their union.
func (e *Effort) Covers(qs []Predicate, p Predicate) (bool, error) {
	if err := e.failure(); err != nil {
		return false, err
	}
	var boxes union
	for _, q := range qs {
		boxes = e.expand(boxes, q)
	}
	outside := e.escape(boxes, p)
	if err := e.failure(); err != nil {
		return false, err
	}
	return outside == nil, nil
}

// ImpliesContext is [Predicate.Implies] with a context. When ctx ends, it
// returns false and the error of ctx.
func (p Predicate) ImpliesContext(ctx context.Context, q Predicate) (bool, error) {
	return NewEffort(ctx, -1).Implies(p, q)
}

// MinusContext is [Predicate.Minus] with a context. When ctx ends, it returns
// no witness and the error of ctx.
func (p Predicate) MinusContext(ctx context.Context, q Predicate) (witness map[string]string, ok bool, err error) {
	return NewEffort(ctx, -1).Minus(p, q)
}

// spend takes steps, and reports whether they were there.
func (e *Effort) spend(steps int) bool {
	if e == nil {
		return true
	}
	if e.err != nil {
		return false
	}
	e.used += steps
	if e.ctx != nil && e.used >= e.look {
		e.look = e.used + betweenLooks
		e.err = e.ctx.Err()
	}
	if e.max >= 0 && e.used > e.max && e.err == nil {
		e.err = fmt.Errorf("%w: more than %d steps", ErrTooHard, e.max)
	}
	return e.err == nil
}

// begin is called for every box that is asked for.
func (e *Effort) begin() bool {
	if e != nil && e.max > 0 {
		e.max += stepsEach
	}
	return e.spend(1)
}

// failure returns why there is no answer.
func (e *Effort) failure() error {
	if e == nil {
		return nil
	}
	return e.err
}
