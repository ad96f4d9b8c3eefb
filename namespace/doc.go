// Package namespace names who looks at data: users and groups, the namespaces
// they belong to, and the ARNs that stand for them (N1).
//
// A namespace is a separate world of users and groups inside one account. The
// name al may exist in many namespaces, and each is another person. Every
// account has the namespace [Default].
//
//	arn:aws:quicksight:us-east-1:111122223333:user/default/admin/al
//	    │              │         │            │    │       └ name, may contain "/"
//	    partition      Region    account      kind namespace
//
// The same user shows up with a different Region in each Region that was asked;
// it is one person all the same. Compare ARNs with [ARN.Same], which ignores the
// Region, and not with ==, which does not.
//
// A [Principal] is one viewer: a user and the groups the user is in. The zero
// Principal is nobody, and no rule ever applies to nobody.
package namespace
