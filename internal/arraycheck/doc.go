// Package arraycheck reports whether Arrow arrays hold what their type, offset
// and length promise, so that data from a source that is not trusted can be
// read without a panic.
//
// [Shape] looks at one array, in time that does not depend on its rows.
// [Validate] looks at all offsets, indices, run ends and bitmaps of a record.
// The bytes of values are not looked at.
package arraycheck
