package namespace

// A Role is the access level of a user, of which each has one (N3).
type Role string

// Roles. The _PRO forms see and do here what the plain ones do.
const (
	RoleReader    Role = "READER"
	RoleAuthor    Role = "AUTHOR"
	RoleAdmin     Role = "ADMIN"
	RoleReaderPro Role = "READER_PRO"
	RoleAuthorPro Role = "AUTHOR_PRO"
	RoleAdminPro  Role = "ADMIN_PRO"
)

// An IdentityType says who vouches for a user (N3).
type IdentityType string

// Identity types. Namespaces other than [Default] accept [IdentityIAM] only.
const (
	IdentityIAM               IdentityType = "IAM"
	IdentityQuickSight        IdentityType = "QUICKSIGHT"
	IdentityIAMIdentityCenter IdentityType = "IAM_IDENTITY_CENTER"
)
