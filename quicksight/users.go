package quicksight

import (
	"github.com/rowsight/rowsight/namespace"
)

// A user is a user as the API describes one.
type user struct {
	Arn          string
	UserName     string
	Email        string
	Role         string
	IdentityType string
	// Active says that the user can sign in. An IAM user can. A user of
	// QuickSight must first set a password, which this service has none of.
	Active                              bool
	PrincipalId                         string
	CustomPermissionsName               string `json:",omitempty"`
	ExternalLoginFederationProviderType string `json:",omitempty"`
	ExternalLoginFederationProviderUrl  string `json:",omitempty"`
	ExternalLoginId                     string `json:",omitempty"`
}

func userOf(u namespace.User) user {
	out := user{
		Arn: u.Arn.String(), UserName: u.UserName, Email: u.Email, Role: string(u.Role), IdentityType: string(u.IdentityType),
		Active: u.IdentityType != namespace.IdentityQuickSight, PrincipalId: u.PrincipalId, CustomPermissionsName: u.CustomPermissionsName,
	}
	if l := u.ExternalLogin; l != nil {
		out.ExternalLoginFederationProviderType, out.ExternalLoginFederationProviderUrl, out.ExternalLoginId = l.FederationProviderType, l.FederationProviderUrl, l.Id
	}
	return out
}

type userInput struct {
	Namespace                           string
	UserName                            string
	PrincipalId                         string
	Email                               string
	UserRole, Role                      string
	IdentityType                        string
	IamArn                              string
	SessionName                         string
	CustomPermissionsName               string
	UnapplyCustomPermissions            bool
	ExternalLoginFederationProviderType string
	CustomFederationProviderUrl         string
	ExternalLoginId                     string
	Tags                                []resourceTag
	page
}

func (in *userInput) resource(s *Service) string {
	return s.arnIn(namespace.KindUser, in.Namespace, in.UserName)
}

// registered is the ARN that registering a user is authorised on.
func (in *userInput) registered(s *Service) string {
	register := in.register()
	name, err := register.Name()
	if err != nil {
		return "*" // and the request is refused when it is carried out
	}
	return s.arnIn(namespace.KindUser, in.Namespace, name)
}

func (in *userInput) register() namespace.RegisterUserInput {
	return namespace.RegisterUserInput{
		Namespace: in.Namespace, UserName: in.UserName, Email: in.Email, UserRole: namespace.Role(in.UserRole), IdentityType: namespace.IdentityType(in.IdentityType),
		IamArn: in.IamArn, SessionName: in.SessionName, CustomPermissionsName: in.CustomPermissionsName, ExternalLogin: in.login(),
	}
}

func (in *userInput) login() *namespace.ExternalLogin {
	if in.ExternalLoginFederationProviderType == "" && in.CustomFederationProviderUrl == "" && in.ExternalLoginId == "" {
		return nil
	}
	return &namespace.ExternalLogin{
		FederationProviderType: in.ExternalLoginFederationProviderType, FederationProviderUrl: in.CustomFederationProviderUrl, Id: in.ExternalLoginId,
	}
}

func registerUser(c *call, in *userInput) (any, error) {
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	u, err := c.s.admin.RegisterUser(c.ctx(), in.register())
	if err != nil {
		return nil, err
	}
	if err := c.s.newTags(c.ctx(), u.Arn.String(), in.Tags); err != nil {
		return nil, err
	}
	out := struct {
		User              user
		UserInvitationUrl string `json:",omitempty"`
	}{User: userOf(u)}
	if u.IdentityType == namespace.IdentityQuickSight {
		out.UserInvitationUrl = c.s.opts.URL + invitationPath
	}
	return out, nil
}

func describeUser(c *call, in *userInput) (any, error) {
	u, err := c.s.admin.DescribeUser(c.ctx(), in.Namespace, in.UserName)
	return struct{ User user }{userOf(u)}, err
}

func listUsers(c *call, in *userInput) (any, error) {
	return listedAs(c, in.page, "UserList", func(p namespace.Page) ([]namespace.User, string, error) {
		return c.s.admin.ListUsers(c.ctx(), in.Namespace, p)
	}, userOf)
}

func updateUser(c *call, in *userInput) (any, error) {
	u, err := c.s.admin.UpdateUser(c.ctx(), namespace.UpdateUserInput{
		Namespace: in.Namespace, UserName: in.UserName, Email: in.Email, Role: namespace.Role(in.Role),
		CustomPermissionsName: in.CustomPermissionsName, UnapplyCustomPermissions: in.UnapplyCustomPermissions, ExternalLogin: in.login(),
	})
	return struct{ User user }{userOf(u)}, err
}

func deleteUser(c *call, in *userInput) (any, error) {
	err := c.s.admin.DeleteUser(c.ctx(), in.Namespace, in.UserName)
	if err == nil {
		err = c.s.forgetTags(c.ctx(), in.resource(c.s))
	}
	return struct{}{}, err
}

// deleteUserByPrincipalID deletes the user with a principal id. Nobody takes the
// name meanwhile: users are deleted one after the other, and a name that is
// registered again has another principal id.
func deleteUserByPrincipalID(c *call, in *userInput) (any, error) {
	for u, err := range namespace.All(func(p namespace.Page) ([]namespace.User, string, error) {
		return c.s.admin.ListUsers(c.ctx(), in.Namespace, p)
	}) {
		if err != nil {
			return nil, err
		}
		if u.PrincipalId != in.PrincipalId {
			continue
		}
		in.UserName = u.UserName
		if err := c.authorize("quicksight:DeleteUserByPrincipalId", in.resource(c.s)); err != nil {
			return nil, err
		}
		return deleteUser(c, in)
	}
	return nil, refuse(notFound, "no user of the namespace has this principal id")
}

func listUserGroups(c *call, in *userInput) (any, error) {
	return listed(c, in.page, "GroupList", func(p namespace.Page) ([]namespace.Group, string, error) {
		return c.s.admin.ListUserGroups(c.ctx(), in.Namespace, in.UserName, p)
	})
}
