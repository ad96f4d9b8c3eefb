package namespace

// A Role is the access level of a user. Each user has one role (N3).
type Role string

// Roles. Here the _PRO roles have the same permissions as the roles without
// _PRO.
const (
	RoleReader    Role = "READER"
	RoleAuthor    Role = "AUTHOR"
	RoleAdmin     Role = "ADMIN"
	RoleReaderPro Role = "READER_PRO"
	RoleAuthorPro Role = "AUTHOR_PRO"
	RoleAdminPro  Role = "ADMIN_PRO"
)

// An IdentityType is the identity provider of a user (N3).
type IdentityType string

// Identity types. Namespaces other than [Default] accept [IdentityIAM] only.
const (
	IdentityIAM               IdentityType = "IAM"
	IdentityQuickSight        IdentityType = "QUICKSIGHT"
	IdentityIAMIdentityCenter IdentityType = "IAM_IDENTITY_CENTER"
)
