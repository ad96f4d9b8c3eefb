// Package audit records who used which key and who read or changed which
// dataset, in the JSON format of CloudTrail, and answers questions from such
// records (K2).
//
// [KeyUse.Record] and [Use.Record] make a [Record] of an event. A [Sink] stores it. A
// [Log] is the durable sink: a file with one record a line, each with a digest of
// all lines before it. A [Stream] writes the same lines to any other destination.
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
// # Failed records
//
// If the audit record cannot be written, the operation fails: the caller gets no
// row and no key. So a full disk stops reads; it never leads to reads without a
// record.
package audit
