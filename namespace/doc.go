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
//
// A [Directory] knows the users of one account, their groups, and who may do what
// to which asset. It answers as QuickSight's API does, by the same names:
//
//	d, err := namespace.New("111122223333", "us-east-1", nil)       // in memory
//	admin := d.Administrator()                                      // all namespaces
//	_, err = admin.CreateNamespace(ctx, "tenant")
//	_, err = admin.RegisterUser(ctx, namespace.RegisterUserInput{…})
//	al := namespace.Identity{Namespace: "tenant", Name: "embed/al"}
//	users, next, err := d.As(al).ListUsers(ctx, "tenant", page)     // what al may see
//	p, err := d.Principal(ctx, al)                                  // al as rules see al
//
// Package filestore keeps a directory in a file, sqlstore in a database; csvfile
// imports and exports it, and migrate moves users between namespaces.
package namespace
