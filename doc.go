// Package rowsight is the map of the house. It has no code; the packages below
// it do row-level security in the semantics of Amazon QuickSight on Apache
// Arrow records.
//
// One sentence to remember: nothing is visible unless a rule says so, and every
// doubt, error, missing input or zero value admits no row.
//
// # The way of the data
//
//	bytes            rules                 per principal           per schema          per batch
//	CSV ──┐
//	SQL ──┼─ rls.Read* ──► *rls.Rules ── For(principal) ──┐
//	Arrow ┘                                               ├─► predicate.Predicate ─ batch.Bind ─► *batch.Filter ─ Mask / Apply ─► arrow.Record
//	JSON ──── tagrules.Parse ──────────── For(tags...) ───┘            └─ where.Lower(dialect) ─► where.Clause (SQL text, bound args)
//
// Each arrow is one function, each box an immutable value that can be printed,
// compared, cached and tested alone. Cost moves left: parse once per file,
// resolve once per viewer, bind once per schema, run per batch.
//
//	rules, err := rls.ReadCSV(f, nil)
//	p, err := rules.For(namespace.Named("NikhilJayashankar", "US-Sales"))
//	filter, err := batch.Bind(p, sales.Schema(), nil)
//	visible, err := filter.Apply(sales)
//
// # The rooms
//
//   - predicate: sets of rows described by the text in their columns. The ground
//     floor; it imports the standard library only, and its Match is the meaning
//     everything else is tested against.
//   - predicate/batch: evaluates predicates on Arrow records. The only place with
//     kernels.
//   - predicate/rows: evaluates predicates on structs, maps and rows of
//     database/sql, without Arrow.
//   - rls: permission datasets become rules, and rules a predicate per viewer. Below it
//     vet, explain, diff, exposure, rlstest, compact, roster and migrate look at rules
//     and make them.
//   - tagrules: a tag configuration and the tags of a session become a predicate.
//   - predicate/where: writes predicates as SQL conditions, one file a dialect.
//     rls/policy writes rules as native policies.
//   - namespace: who a viewer is: ARNs, and a directory of namespaces, users,
//     groups and resource permissions.
//   - query: questions about the visible rows, and below it eval, which answers them
//     over Arrow records.
//   - spice: datasets that can only be read through their rules. Below it keys,
//     audit, source and direct are what a store is made of, and embed opens
//     datasets to sessions of viewers without an account.
//   - quicksight: the API of QuickSight over a folder, for clients of AWS.
//   - account: who sees what in an account of QuickSight, from a folder of its state.
//   - examples: runnable programs, each tested. Begin with examples/quickstart.
//   - cmd/rowsight: the command, in a module of its own.
//   - adapters: what needs heavy dependencies, each in a module of its own:
//     arrow18 (records of Arrow Go v18), parquet, aws, duckdb, flightsql, rediscodes, otel.
//   - integration: the same tests on real engines.
//
// namespace and predicate import neither each other nor Arrow. predicate/batch
// imports predicate and Arrow; predicate/rows and predicate/where import
// predicate; rls imports namespace and predicate; tagrules imports predicate;
// query imports predicate, and query/eval Arrow; spice imports all of these.
//
// # Rules and their ids
//
// Doc comments, tests and errors cite rules by id: U1 to U20 are user-based
// rules, T1 to T10 tag-based rules, V who sees what of a dataset, N namespaces,
// E embedding, K keys and records, S safety, Q questions. testdata/conformance has cases for
// each that data can show, for any language. docs/limits.md lists every limit,
// docs/glossary.md the words, docs/adr what was decided and why.
package rowsight
