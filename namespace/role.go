package namespace

// A Role is the access level of a user, of which each has one (N3).
type Role string

// Roles. The _PRO forms see and do here what the plain ones do.
const (
	Reader    Role = "READER"
	Author    Role = "AUTHOR"
	Admin     Role = "ADMIN"
	ReaderPro Role = "READER_PRO"
	AuthorPro Role = "AUTHOR_PRO"
	AdminPro  Role = "ADMIN_PRO"
)

// An IdentityType says who vouches for a user (N3).
type IdentityType string

// Identity types. Namespaces other than [Default] accept [IAM] only.
const (
	IAM               IdentityType = "IAM"
	QuickSight        IdentityType = "QUICKSIGHT"
	IAMIdentityCenter IdentityType = "IAM_IDENTITY_CENTER"
)
