// Package accountpull reads a QuickSight account through its API into a folder of
// package account.
//
//	cfg, err := config.LoadDefaultConfig(ctx) // of aws-sdk-go-v2, the caller's choice
//	err = accountpull.Pull(ctx, cfg, "account", nil)
//
// It calls List and Describe operations only; [Policy] is what they need. The
// answers are kept as the service sends them, with members that this package
// does not know. Calls that are throttled, or fail in the service, are repeated.
//
// A pull that ends early leaves a folder that is marked as unfinished. The next
// one continues it. A folder is finished only if everything was read: an action
// that the caller lacks is an [ErrDenied] with its name, after all others were
// read.
//
// Requests are signed by the SDK and sent by this package, because the client of
// the SDK for QuickSight drops members that are newer than it is.
package accountpull
