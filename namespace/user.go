package namespace

// A User is a registered user, as the API object User.
type User struct {
	Arn          ARN
	UserName     string
	Email        string
	Role         Role
	IdentityType IdentityType
	Active       bool
	PrincipalId  string

	IamArn                string         `json:",omitempty"`
	CustomPermissionsName string         `json:",omitempty"`
	ExternalLogin         *ExternalLogin `json:",omitempty"`
}

// An ExternalLogin is a provider outside AWS that vouches for a federated user.
type ExternalLogin struct {
	FederationProviderType string // COGNITO or CUSTOM_OIDC
	FederationProviderUrl  string `json:",omitempty"`
	Id                     string `json:",omitempty"`
}

// RegisterUserInput is a user to be.
//
// The name of an IAM user is that of the IAM user or, for a role, the role's
// and the session's: role/session. It follows from IamArn and SessionName, or
// UserName says it where the IAM ARN is not known; given both, they must agree.
type RegisterUserInput struct {
	Namespace    string `json:",omitempty"` // "" is [Default]
	UserName     string `json:",omitempty"`
	Email        string
	UserRole     Role
	IdentityType IdentityType
	IamArn       string `json:",omitempty"`
	SessionName  string `json:",omitempty"`

	CustomPermissionsName string         `json:",omitempty"`
	ExternalLogin         *ExternalLogin `json:",omitempty"`
}

// UpdateUserInput changes a user. Email and Role are always set; the others as
// their comments say.
type UpdateUserInput struct {
	Namespace string `json:",omitempty"` // "" is [Default]
	UserName  string
	Email     string
	Role      Role

	CustomPermissionsName    string         `json:",omitempty"` // "" keeps what is
	UnapplyCustomPermissions bool           `json:",omitempty"`
	ExternalLogin            *ExternalLogin `json:",omitempty"` // nil keeps what is, type NONE clears it
}
