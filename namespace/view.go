package namespace

// A View is the access of one user, or of the administrator of the account, to
// a [Directory]. A user sees and changes what the user's role and permissions
// allow inside the user's namespace. A View is a small value and safe for
// concurrent use. The zero View refuses everything.
//
//	                        users and groups of      dashboards, analyses,
//	                        the own namespace        datasets, data sources
//	reader                  only themselves          as permissions allow
//	author                  see them                 as permissions allow, and may
//	admin                   see and change them      share inside the namespace
//	Directory.Administrator of all namespaces: everything, and namespaces
//
// Resources of other namespaces, and assets on which the user has no
// permission, give the same error as resources that do not exist, so a user
// cannot find out what exists (N4).
//
// An empty namespace means [Default]. Errors are of type [*Error] and come with
// a zero result.
type View struct {
	d     *Directory
	admin bool
	who   grantee
}
