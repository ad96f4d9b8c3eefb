// Package suite tries the conditions of package where on a real engine: every
// row that the engine returns must be one that [predicate.Predicate.Match]
// selects, and every row it selects must be returned.
//
//	func TestTrino(t *testing.T) { suite.Run(t, newTrino(t)) }
//
// An engine is what implements [Engine]; [DB] is one for any driver of
// database/sql. The suite asks it
//
//   - every case of the conformance corpus,
//   - thousands of random predicates on rows of hostile texts, for every type
//     of text column that the engine has,
//   - for each hostile value alone, bound and as a literal,
//   - for 192,000 values at once,
//   - whether an expression of a caller runs on hidden rows,
//
// and then, as a negative control, to forget the condition: if no comparison
// fails, the suite proves nothing, and fails.
package suite
