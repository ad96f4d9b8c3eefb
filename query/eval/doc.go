// Package eval answers questions of package query over Arrow records, in memory
// and in one pass.
//
//	plan, err := q.Check(eval.Columns(schema))
//	answer, err := eval.Answer(ctx, plan, schema, records, nil)
//	defer answer.Release()
//
// It is the reference for every other engine: simple, exact where package query
// requires it, and independent of the order of rows. Sums of floating-point
// numbers are computed exactly and rounded once.
//
// It sees only its input. Package spice passes the visible rows of a session.
package eval
