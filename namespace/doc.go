// Package namespace identifies viewers: users and groups, the namespaces they
// belong to, and their ARNs (N1).
//
// A namespace is an isolated set of users and groups inside one account. If
// several namespaces have a user named al, these are different people. Every
// account has the namespace [Default].
//
// An ARN is the full name of a user, group or other resource in AWS:
//
//	arn:aws:quicksight:us-east-1:111122223333:user/default/admin/al
//	    │              │         │            │    │       └ name, may contain "/"
//	    partition      Region    account      kind namespace
//
// One user has an ARN in each Region of the service, and the ARNs differ only
// in the Region. Compare ARNs with [ARN.Same], which ignores the Region, and
// not with ==.
//
// A [Principal] is one viewer: a user with the user's groups. No rule applies
// to the zero Principal.
//
// A [Directory] holds the users of one account, their groups, and permissions
// on assets. Its methods have the names and answers of the QuickSight API:
//
//	d, err := namespace.New("111122223333", "us-east-1", nil)       // in memory
//	admin := d.Administrator()                                      // all namespaces
//	_, err = admin.CreateNamespace(ctx, "tenant")
//	_, err = admin.RegisterUser(ctx, namespace.RegisterUserInput{…})
//	al := namespace.Identity{Namespace: "tenant", Name: "embed/al"}
//	users, next, err := d.As(al).ListUsers(ctx, "tenant", page)     // what al may see
//	p, err := d.Principal(ctx, al)                                  // al with groups, for rls.Rules.For
//
// Package filestore keeps a directory in a file, and package sqlstore in a
// database. Package csvfile imports and exports it. Package migrate moves users
// between namespaces.
package namespace
