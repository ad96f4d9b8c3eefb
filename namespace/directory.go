package namespace

import "context"

// A Directory knows the namespaces, users, groups, memberships and resource
// permissions of one account. It is kept in memory and, if it was opened with a
// [Log], in that. It is safe for concurrent use. The zero Directory and a nil
// one know nobody and refuse everything.
//
// What is done to it is done through a [View]: as a user ([Directory.As]) or as
// the account's administrator ([Directory.Administrator]).
type Directory struct{}

// Options change how a directory works. A nil *Options and the zero Options are
// the default.
type Options struct {
	Partition     string // of ARNs; "" is "aws"
	MaxNamespaces int    // besides [Default]; 0 is [MaxNamespaces], negative no limit
	MaxGroups     int    // in a namespace; 0 is [MaxGroups], negative no limit
}

// Limits of a directory. QuickSight raises the first on request.
const (
	MaxNamespaces = 100    // besides [Default]
	MaxGroups     = 10_000 // in one namespace
)

// New returns a directory in memory that holds the namespace [Default]. ARNs
// are of this account and Region.
func New(account, region string, opts *Options) (*Directory, error) { return nil, ErrUnavailable }

// Open returns the directory that the log keeps, new if the log is empty. See
// [New] for the other parameters, which must be those of the directory.
func Open(ctx context.Context, log Log, account, region string, opts *Options) (*Directory, error) {
	return nil, ErrUnavailable
}

// As returns the directory as a user may see and change it (N4). The user is
// looked up at every call, so that a deleted one can do nothing from then on.
func (d *Directory) As(user Identity) View { return View{} }

// Administrator returns the directory as the account's administrator sees it,
// across all namespaces, like a caller whose IAM policy allows every action. It
// is for programs that manage the account; never hand it to a request of a user.
func (d *Directory) Administrator() View { return View{} }

// Principal returns a user with all groups the user is in, for rules to be
// applied to. A user the directory does not know is an error that wraps
// [ErrNotFound], and comes with the zero Principal, whom no rule names.
func (d *Directory) Principal(ctx context.Context, user Identity) (Principal, error) {
	return Principal{}, ErrUnavailable
}

// HasNamespace reports whether there is a namespace of this name.
func (d *Directory) HasNamespace(ctx context.Context, name string) (bool, error) {
	return false, ErrUnavailable
}

// Allows reports whether a user, a group or a namespace may do action, such as
// "quicksight:DescribeDashboard", to an asset: by own permissions, those of the
// user's groups, and those of the namespace the user or group is in. Whoever or
// whatever the directory does not know is false, not an error.
func (d *Directory) Allows(ctx context.Context, principal ARN, action string, asset ARN) (bool, error) {
	return false, ErrUnavailable
}

// ARN returns the ARN of a resource of this account, with name as the API
// writes it: the ns/name of a user or group is given as ns and name, other kinds
// have no ns.
func (d *Directory) ARN(kind Kind, ns, name string) ARN { return ARN{} }
