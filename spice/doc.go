// Package spice stores datasets that can be read only through their rules. It
// encrypts them under customer-managed keys, which the owner of the keys can
// revoke.
//
//	store, err := spice.Open(dir, nil)
//	sales, err := store.CreateDataset(ctx, spice.DatasetInput{ID: "sales", ImportMode: spice.SPICE})
//	err = sales.Attach(ctx, spice.Permissions{Settings: settings}) // before there are rows
//	result, err := sales.Refresh(ctx, source, spice.RefreshFull)
//
//	for rec, err := range sales.Records(ctx, spice.Session{Principal: viewer}) {
//		…
//	}
//
// A [Store] is a folder on disk; no server is needed. The rows of a [Dataset]
// are in the store (SPICE), in a database ([Direct]), or in a parent dataset.
// One function decides what a [Session] sees, and [Dataset.Records],
// [Dataset.Read], [Dataset.Ask], [Dataset.Count], [Dataset.Distinct], [Dataset.Schema] and
// [Dataset.Predicate] all use it. No other method returns rows.
//
// # Visibility
//
// Without rules, every viewer with access sees all rows. With user rules
// ([Dataset.Attach]), registered viewers see what the rules admit, and
// anonymous sessions see nothing. With tag rules ([Dataset.SetTagRules]),
// anonymous sessions see what their tags admit, and registered viewers see
// nothing. With both, each kind of viewer has its own rules (V1). After an
// attached permission dataset is deleted, the dataset stays restricted and
// nobody sees a row (V4). If rules cannot be read or do not fit the columns,
// nobody sees a row. The zero Session sees no row.
//
// Column rules hide columns (V6). A child dataset, which derives from another
// dataset, applies its own rules and those of its parents. The rules of a parent
// use the column names of that parent (V5). The store calls [Options.Access]
// before it applies any rule; use it for resource permissions.
//
// A change applies to the next read. An open stream keeps the rows and rules with
// which it began (V3). It ends early if its session expires or its key is revoked.
//
// # What a viewer cannot learn
//
// Counts, dictionaries, schemas and the lengths of records derive only from
// visible rows (V8). The store never returns the statistics that it uses to
// skip chunks, blocks of 4,096 rows. If the rules hide rows, every record but the
// last has the same number of rows, so that the sizes of records do not show
// where hidden rows are. The duration of a read is not protected: it depends on
// hidden rows, too. Errors name datasets and columns, and no row. Show a viewer
// only the sentinel that an error wraps, such as [ErrExpired], and not its whole
// text (S7).
//
// # At rest
//
// The store encrypts rows, dictionaries, statistics, rules, tag rules and
// descriptions with AES-256-GCM under a data key. Every full refresh makes a new
// data key, and a customer-managed key encrypts it (K1). File names, ids of
// datasets, ARNs of keys, and the length of each column in each chunk are not
// encrypted. The store authenticates bytes before it decodes them: bytes that
// were changed, truncated, or copied from another dataset or an older version
// give [ErrCorrupt]. With [Options.Witness] the store also detects that somebody
// restored an older copy of the whole folder of a dataset, and returns
// [ErrRollback]. Without it, the store cannot detect this.
//
// The store requests the customer-managed key at every read, and again before
// each record of a stream. After the key is disabled, no new read starts, open
// streams end before their next record, and no data is lost (K3). With
// [Options.KeyCache] the store keeps the key for some time and requests it less
// often; a disabled key then works until that time ends. With
// [Options.Unencrypted] nothing in this section applies.
//
// # Crashes
//
// A refresh writes new files beside the old ones, waits until they are on the
// disk, and then replaces one small file atomically. After a crash, either the
// old version or the new one is complete. The next [Open] removes the files of
// the other.
// One process writes to a folder; others may read it with [Options.ReadOnly].
//
// # Audit
//
// Each read writes an audit record with the number of its rows before it
// returns the last row. A long read also writes a record before its first row.
// Changes, refusals and uses of keys write a record, too (K2). If the store
// cannot write the audit record, the operation fails. Audit records name the
// viewer, the dataset, the rules and the number of rows, and never a value.
package spice
