// Package input reads data in any of the formats the command knows, as one
// stream of Arrow records in constant memory.
//
//	files, folders, -  ──►  parts  ──►  format  ──►  records of one schema
//
// What it reads may be cut off, corrupt or made to do harm. It answers with an
// error that says where, never with a crash, and never with rows it is not
// sure of.
package input
