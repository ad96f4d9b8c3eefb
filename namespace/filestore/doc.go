// Package filestore keeps the log of a [namespace.Directory] in one file.
//
//	rowsight directory log 1
//	7a1f03c2 61 1 [{"op":"reset","account":"111122223333"},…]
//	c00d81e6 97 2 [{"op":"user","ns":"default","name":"al",…}]
//	└ CRC-32C │ └ number of the record, and the record in JSON
//	          └ bytes from the number to the line feed
//
// When Append returns, the record is on the disk. A crash during Append leaves
// at most an incomplete line at the end, for which Append has not returned. The
// next Open removes it. Open refuses a file with a complete but damaged line,
// because the line may revoke a permission.
//
// Open cannot detect an older copy of the file. If you restore one, permissions
// that were revoked since are in force again.
//
// Replace writes a new file beside the old one and renames it. Only one process
// at a time can open a file.
package filestore
