// Package filestore keeps the log of a [namespace.Directory] in one file.
//
//	rowsight directory log 1
//	7a1f03c2 61 1 [{"op":"reset","account":"111122223333"},…]
//	c00d81e6 97 2 [{"op":"user","ns":"default","name":"al",…}]
//	└ CRC-32C │ └ number of the record, and the record in JSON
//	          └ bytes from the number to the line feed
//
// A record is on the disk when Append returns. A process that is killed, or a
// machine that loses power, while it appends leaves a torn line at the end at
// most, and nobody was told that it is there: the next Open cuts it off. A line
// that is whole and yet wrong is another matter. It may be a permission that was
// revoked, and a directory without it would allow too much: Open refuses.
//
// A file cannot show that it is an old one: a copy that is put back is the
// directory of that day, with permissions that were revoked since.
//
// Replace writes a new file beside the old one and renames it. One process at a
// time may have a file open; a second is refused.
package filestore
