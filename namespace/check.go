package namespace

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/internal/plain"
)

// Lengths in characters, as the model of the API gives them where nothing else
// is said.
const (
	maxUserName    = 256 // GroupMemberName; a longer one could not be in a group
	maxEmail       = 320 // of the standards, 64@255; the model gives none
	maxDescription = 512
	maxPrincipal   = 256 // of the ARN in a ResourcePermission
	maxActions     = 20  // of a ResourcePermission
	maxAssetID     = 512
	maxIAMARN      = 2048 // of IAM, from 20 on
	maxLogin       = 2048 // ours
)

// A checker collects what is wrong with a request, so that all of it is told.
type checker struct{ problems []error }

func (k *checker) bad(format string, args ...any) {
	k.problems = append(k.problems, fmt.Errorf("%w: %s", ErrInvalidParameterValue, fmt.Sprintf(format, args...)))
}

func (k *checker) err() error { return join(k.problems) }

// join returns one problem as it is, and several together.
func join(problems []error) error {
	if len(problems) == 1 {
		return problems[0]
	}
	return errors.Join(problems...)
}

// name checks the name of a user or group: [\u0020-\u00FF]+ in the API.
func (k *checker) name(field, s string) {
	n := utf8.RuneCountInString(s)
	ok := n >= 1 && n <= maxUserName && utf8.ValidString(s)
	for _, c := range s {
		ok = ok && c >= ' ' && c <= 0xFF
	}
	if !ok {
		k.bad("%s %q, want 1 to %d characters from U+0020 to U+00FF", field, plain.Abridge(s, maxShown), maxUserName)
	}
}

// text checks free text.
func (k *checker) text(field, s string, least, most int) {
	n := utf8.RuneCountInString(s)
	if n < least || n > most || !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
		k.bad("%s of %d characters, want %d to %d in UTF-8", field, n, least, most)
	}
}

func (k *checker) oneOf(field, got string, want ...string) {
	if slices.Contains(want, got) {
		return
	}
	k.bad("%s %q, want one of %s", field, plain.Abridge(got, maxShown), strings.Join(want, ", "))
}

// charset checks that s is made of letters, digits and the characters of also.
func charset(s, also string) bool {
	for i := 0; i < len(s); i++ {
		c := s[i]
		if !('a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' || '0' <= c && c <= '9' || strings.IndexByte(also, c) >= 0) {
			return false
		}
	}
	return true
}

// user checks a user to be, and returns the name the user gets.
func (k *checker) user(in *RegisterUserInput) (name string) {
	k.text("Email", in.Email, 1, maxEmail)
	k.role("UserRole", in.UserRole)
	k.oneOf("IdentityType", string(in.IdentityType), string(IdentityIAM), string(IdentityQuickSight), string(IdentityIAMIdentityCenter))
	k.custom(in.CustomPermissionsName)
	k.login(in.ExternalLogin, false)
	if in.IdentityType != IdentityIAM {
		if in.IamArn != "" || in.SessionName != "" {
			k.bad("IamArn and SessionName are for the identity type %s", IdentityIAM)
		}
		k.name("UserName", in.UserName)
		return in.UserName
	}
	name = in.UserName
	if in.IamArn != "" {
		name = k.iamName(in)
	} else if in.SessionName != "" {
		k.bad("SessionName without the IamArn of a role")
	}
	k.name("UserName", name)
	return name
}

// iamName returns the user name that follows from an IAM ARN.
func (k *checker) iamName(in *RegisterUserInput) string {
	k.text("IamArn", in.IamArn, 20, maxIAMARN)
	parts, ok := arn.Split(in.IamArn)
	if !ok || parts.Service != "iam" || parts.Region != "" || !arn.IsAccount(parts.Account) {
		k.bad("IamArn %q, want arn:aws:iam::account:user/name or arn:aws:iam::account:role/name", plain.Abridge(in.IamArn, maxShown))
		return in.UserName
	}
	kind, path, _ := strings.Cut(parts.Resource, "/")
	name := path[strings.LastIndexByte(path, '/')+1:]
	switch {
	case name == "" || kind != "user" && kind != "role":
		k.bad("IamArn %q names neither a user nor a role", plain.Abridge(in.IamArn, maxShown))
		return in.UserName
	case kind == "user" && in.SessionName != "":
		k.bad("SessionName is for roles, and %q names a user", plain.Abridge(in.IamArn, maxShown))
	case kind == "role":
		if n := len(in.SessionName); n < 2 || n > 64 || !charset(in.SessionName, "_+=,.@-") {
			k.bad("SessionName %q, want 2 to 64 of letters, digits and _+=,.@- for a role", plain.Abridge(in.SessionName, maxShown))
		}
		name += "/" + in.SessionName
	}
	if in.UserName != "" && in.UserName != name {
		k.bad("UserName %q, but IamArn and SessionName give %q", plain.Abridge(in.UserName, maxShown), plain.Abridge(name, maxShown))
	}
	return name
}

func (k *checker) role(field string, r Role) {
	if !r.valid() {
		k.bad("%s %q, want one of %s, %s, %s, %s, %s, %s", field, plain.Abridge(string(r), maxShown), RoleReader, RoleAuthor, RoleAdmin, RoleReaderPro, RoleAuthorPro, RoleAdminPro)
	}
}

func (k *checker) custom(name string) {
	if len(name) > 64 || !charset(name, "+=,.@_-") {
		k.bad("CustomPermissionsName %q, want 1 to 64 of letters, digits and +=,.@_-", plain.Abridge(name, maxShown))
	}
}

func (k *checker) login(l *ExternalLogin, update bool) {
	if l == nil || update && *l == (ExternalLogin{FederationProviderType: "NONE"}) {
		return
	}
	k.text("ExternalLogin.FederationProviderUrl", l.FederationProviderUrl, 0, maxLogin)
	k.text("ExternalLogin.Id", l.Id, 0, maxLogin)
	k.oneOf("ExternalLogin.FederationProviderType", l.FederationProviderType, "COGNITO", "CUSTOM_OIDC")
	if (l.FederationProviderUrl != "") != (l.FederationProviderType == "CUSTOM_OIDC") {
		k.bad("ExternalLogin.FederationProviderUrl goes with CUSTOM_OIDC, and only with it")
	}
}

func (k *checker) group(in CreateGroupInput) {
	k.name("GroupName", in.GroupName)
	k.text("Description", in.Description, 0, maxDescription)
}

func (k *checker) asset(kind assetKind, in CreateAssetInput) {
	if kind.plainID {
		if n := len(in.Id); n < 1 || n > maxAssetID || !charset(in.Id, "_-") {
			k.bad("Id %q, want 1 to %d of letters, digits, '_' and '-'", plain.Abridge(in.Id, maxShown), maxAssetID)
		}
	} else {
		k.text("Id", in.Id, 1, maxAssetID) // the model gives no pattern
	}
	k.text("Name", in.Name, 1, kind.maxName)
}
