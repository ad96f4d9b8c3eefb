package namespace

// A View is a [Directory] in the hands of somebody: a user, who sees and changes
// what the user's role and permissions allow inside the user's namespace, or
// the account's administrator. It is a small value, safe for concurrent use. The
// zero View is in nobody's hands and refuses everything.
//
//	                        users and groups of      dashboards, analyses,
//	                        the own namespace        datasets, data sources
//	reader                  only themselves          as permissions allow
//	author                  see them                 as permissions allow, and may
//	admin                   see and change them      share inside the namespace
//	Directory.Administrator of all namespaces: everything, and namespaces
//
// Whatever is of another namespace is refused in the same words whether it is
// there or not, and so is an asset that the user may do nothing to: a user
// cannot find out what exists (N4).
//
// An empty namespace stands for [Default]. Errors are of type [*Error] and come
// with a zero result.
type View struct {
	d     *Directory
	admin bool
	who   grantee
}
