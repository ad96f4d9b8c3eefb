package account

import (
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// A Namespace is a namespace of the account.
type Namespace struct {
	At   Position `json:"-"`
	Name string
}

// A User is a registered user.
type User struct {
	At        Position `json:"-"`
	Namespace string   `json:"-"`
	ARN       string   `json:"Arn"`
	Name      string   `json:"UserName"`
	Role      string
}

// Reads reports whether the user has a role of a reader, and neither writes
// analyses nor administers the account.
func (u User) Reads() bool {
	return strings.Contains(u.Role, "READER")
}

// A Group is a group of users.
type Group struct {
	At        Position `json:"-"`
	Namespace string   `json:"-"`
	ARN       string   `json:"Arn"`
	Name      string   `json:"GroupName"`
	Members   []Member `json:"-"`

	MembersKnown bool `json:"-"` // Members has all members; it may be empty
}

// A Member is a user in a group.
type Member struct {
	At   Position `json:"-"`
	Name string   `json:"MemberName"`
}

// Permissions are who may do what with a resource.
type Permissions struct {
	Known bool // false: nobody has looked at them
	List  []Permission
}

// A Permission lists the actions that a principal may do. The principal is the
// ARN of a user, a group or a namespace.
type Permission struct {
	At        Position `json:"-"`
	Principal string
	Actions   []string
}

// A DataSource is a data source.
type DataSource struct {
	At         Position `json:"-"`
	ARN        string   `json:"Arn"`
	ID         string   `json:"DataSourceId"`
	Name       string
	Type       string
	SecretARN  string                `json:"SecretArn"`
	Parameters map[string]Parameters `json:"DataSourceParameters"`

	Permissions Permissions `json:"-"`
}

// Parameters are the part of the parameters of a data source that says how it
// signs in.
type Parameters struct {
	At                 Position `json:"-"`
	RoleARN            string   `json:"RoleArn"`
	AuthenticationType string
	IAM                *struct {
		RoleARN string `json:"RoleArn"`
	} `json:"IAMParameters"`
	OAuth *struct {
		TokenProviderURL string `json:"TokenProviderUrl"`
	} `json:"OAuthParameters"`
	IdentityCenter *struct {
		Enable bool `json:"EnableIdentityCenter"`
	} `json:"IdentityCenterConfiguration"`
}

// A Dashboard is a dashboard, in the version that is published. Its data sets are
// nil if they are unknown.
type Dashboard struct {
	At      Position `json:"-"`
	ARN     string   `json:"Arn"`
	ID      string   `json:"DashboardId"`
	Name    string
	Version struct {
		DataSets []string `json:"DataSetArns"`
	}

	Permissions Permissions `json:"-"`
	Link        Permissions `json:"-"` // of everybody who has the link
}

// An Analysis is an analysis. Its data sets are nil if they are unknown.
type Analysis struct {
	At       Position `json:"-"`
	ARN      string   `json:"Arn"`
	ID       string   `json:"AnalysisId"`
	Name     string
	DataSets []string `json:"DataSetArns"`

	Permissions Permissions `json:"-"`
}

// A Folder is a shared folder. Its permissions, and those of the folders around
// it, hold for what is in it.
type Folder struct {
	At      Position `json:"-"`
	ARN     string   `json:"Arn"`
	ID      string   `json:"FolderId"`
	Name    string
	Type    string         `json:"FolderType"`
	Path    []string       `json:"FolderPath"`      // ARNs of the folders around it, as the API describes them
	Parent  string         `json:"ParentFolderArn"` // of the one around it, as a template names it
	Members []FolderMember `json:"-"`

	MembersKnown bool `json:"-"` // Members has all members; it may be empty

	Permissions Permissions `json:"-"`
}

// A FolderMember is an asset in a folder.
type FolderMember struct {
	At   Position `json:"-"`
	ID   string   `json:"MemberId"`
	ARN  string   `json:"MemberArn"`  // as the API lists members
	Type string   `json:"MemberType"` // DATASET, DASHBOARD, ANALYSIS, …; of the ARN if the list has none
}

// typed takes the type of a member from its ARN, which is all that the API lists, and
// reports whether it has one.
func (m *FolderMember) typed() bool {
	a, err := namespace.ParseARN(m.ARN)
	if err != nil || a.Name != m.ID {
		return false
	}
	m.Type = strings.ToUpper(string(a.Kind))
	return true
}

// Keys are the customer-managed keys that are registered.
type Keys struct {
	At   Position `json:"-"`
	List []struct {
		At      Position `json:"-"`
		ARN     string   `json:"KeyArn"`
		Default bool     `json:"DefaultKey"`
	} `json:"KeyRegistration"`
}

// Settings are the settings of the account.
type Settings struct {
	At     Position `json:"-"`
	Public bool     `json:"PublicSharingEnabled"`
}

// RowSettings are the settings of user rules, as RowLevelPermissionDataSet has
// them.
type RowSettings struct {
	At               Position `json:"-"`
	ARN              string   `json:"Arn"`
	Namespace        *string
	PermissionPolicy string
	FormatVersion    rls.FormatVersion
	Status           rls.Status
}

// Settings returns the settings as package rls takes them.
func (s *RowSettings) Settings() *rls.PermissionDataSet {
	if s == nil {
		return nil
	}
	return &rls.PermissionDataSet{Arn: s.ARN, Namespace: s.Namespace, PermissionPolicy: s.PermissionPolicy, FormatVersion: s.FormatVersion, Status: s.Status}
}
