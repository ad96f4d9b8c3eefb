// Package durable writes files that survive a crash whole, and locks files
// between processes.
//
// Locks are of the operating system: flock on Unix, LockFileEx on Windows. They
// belong to the open file and not to its name, and end when the file is closed or
// the process ends, however that happens. Solaris, AIX, Plan 9 and WebAssembly
// have no such lock: [Locks] is false there, and [Lock] returns
// [errors.ErrUnsupported]. (POSIX record locks are no replacement: closing any
// other handle of the file would release them.)
package durable
