// Package jsondoc reads JSON documents that people write by hand, as a tree
// that knows where everything stands, so that a mistake is answered with
// file:line:column.
//
//	doc, err := jsondoc.Read(r, "policy.json", nil)
//	doc.Object(doc.Root, "", []jsondoc.Field{{Name: "Version", Decode: …}, …})
//	return doc.Err() // every problem, in order of position
//
// encoding/json alone would take fields in any case, keep the last of two, and
// put U+FFFD for what is not a character: in a policy each of these is another
// policy than the one that was written.
//
// Every document that a person may have written is read here. encoding/json
// stays for what only this module writes (logs, sealed files, stores of a
// catalog), where a strict reader finds nothing more; for data and the records of
// AWS CloudTrail, which have millions of objects with fields that come and go;
// and in package predicate, which imports the standard library only.
//
// Problems never quote a value of the document, which may be a password, unless
// the caller puts it into the error it hands to [Document.Fail].
package jsondoc
