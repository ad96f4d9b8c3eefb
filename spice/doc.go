// Package spice keeps datasets that can only be read through their rules,
// encrypted under keys that their owner can take away.
//
//	store, err := spice.Open(dir, nil)
//	sales, err := store.CreateDataset(ctx, spice.DatasetInput{ID: "sales", ImportMode: spice.SPICE})
//	result, err := sales.Refresh(ctx, source, spice.RefreshFull)
//	err = sales.Attach(ctx, spice.Permissions{Settings: settings})
//
//	for rec, err := range sales.Records(ctx, spice.Session{Principal: viewer}) {
//		…
//	}
//
// A [Store] is a folder on disk; no server is needed. A [Dataset] has its rows
// in the store (SPICE), in a database ([Direct]), or in a parent dataset. What
// a [Session] sees of it is decided in one place, and [Dataset.Records],
// [Dataset.Count], [Dataset.Distinct], [Dataset.Schema] and
// [Dataset.Predicate] all ask there. There is no other way to a row.
//
// # Who sees what
//
// Without rules, everybody who has access sees all rows. User rules, which
// [Dataset.Attach] attaches, show registered viewers what they name and hide
// everything from anonymous sessions; tag rules, which [Dataset.SetTagRules]
// sets, do the reverse; with both, each kind of viewer has its own (V1). A
// permission dataset that was deleted while it was attached leaves the dataset
// restricted, and nobody sees a row (V4). Rules that cannot be read, or that do
// not fit the columns, show nobody a row, and neither does the zero Session.
//
// Column rules hide columns (V6). A child dataset is held against the rules of
// its parents as well as its own, under the parents' names of the columns (V5).
// [Options.Access] is asked before any rule: it is where resource permissions
// belong.
//
// Changes hold for the next read. A stream that is open keeps the rows and the
// rules it started with (V3), until its session expires or its key is taken
// away.
//
// # What a viewer cannot learn
//
// Counts, dictionaries, schemas and the lengths of records derive from visible
// rows only (V8): statistics that the store keeps to leave out chunks are never
// handed out, and where rows are hidden, records end after a fixed number of
// visible ones. Time is not hidden: a read takes as long as there is to read.
// Errors name datasets and columns, and no row; show a viewer no more than the
// sentinel they wrap (S7).
//
// # At rest
//
// Rows, dictionaries, statistics, rules, tag rules and descriptions are sealed
// with AES-256-GCM under a data key that is new with every full refresh and
// wrapped by a customer-managed key (K1). File names, ids of datasets, ARNs of
// keys and the lengths of chunks are not hidden. Bytes are authenticated before
// anything decodes them: what was changed, cut, or taken from another dataset or
// another time is [ErrCorrupt]. A folder of a dataset that was put back as a whole
// as it was at an earlier time is [ErrRollback] with [Options.Witness], and is
// not noticed without.
//
// The key is asked for at every read, and again before each record of a stream:
// whoever disables it locks everybody out at once, streams that are open end
// before their next record, and nothing is lost (K3). [Options.KeyCache] trades
// that for fewer requests. With
// [Options.Unencrypted] none of this section holds.
//
// # Crashes
//
// A refresh writes new files beside the old ones, waits until they are on the
// disk, and then replaces one small file in one step. A crash at any moment
// leaves the old version or the new one; the next [Open] removes what is left
// of the other. One process writes to a folder; others may read it with
// [Options.ReadOnly].
//
// # Audit
//
// A read leaves a record with the number of its rows before the last of them is
// handed out, and a long one another before the first; changes, refusals and
// uses of keys leave one (K2). A record that cannot be written fails what it
// tells of. Records name who, which dataset, which rules and how many rows, and
// never a value.
package spice
