// Package audit records who used which key and who read or changed which
// dataset, in the JSON that CloudTrail writes, and answers questions from such
// records (K2).
//
// What happens becomes a [Record], by [KeyUse.Record] and [Use.Record], and goes
// to a [Sink]. A [Log] is the sink that lasts: a file with a record a line, each
// with a digest of all lines before it.
//
//	log, err := audit.OpenLog("audit.jsonl", nil)
//	audited := keys.Audited(service, log)                       // every use of a key
//	err = log.Append(ctx, audit.Use{Name: audit.ReadDataSet, …}.Record())
//
//	err = audit.Verify(file)                                    // nothing was changed
//
//	var trail audit.Trail
//	err = trail.Read(file, "audit.jsonl")                       // or what CloudTrail delivered
//	event, ok := trail.KeyInUse(datasetARN)
//	events := trail.WhoRead(datasetARN)
//
// Records hold ARNs, names, counts and codes. They have no field for a value of
// the data, a tag value, a secret, or the text of an error, which might quote one.
//
// # A failed record refuses
//
// Whoever does something that must be recorded asks the sink and does not go on
// when that fails: no row is handed out, and no key, whose record is not kept. A
// full disk therefore stops reads, and does not stop the record of them.
package audit
