package namespace

// A Group is a set of users of one namespace, as the API object Group.
type Group struct {
	Arn         ARN
	GroupName   string
	Description string `json:",omitempty"`
	PrincipalId string
}

// CreateGroupInput is a group to be.
type CreateGroupInput struct {
	Namespace   string `json:",omitempty"` // "" is [Default]
	GroupName   string
	Description string `json:",omitempty"`
}

// A GroupMember is a user in a group, as the API object GroupMember.
type GroupMember struct {
	Arn        ARN // of the user
	MemberName string
}

// A Membership says that a user is in a group, both of one namespace.
type Membership struct {
	Namespace  string `json:",omitempty"` // "" is [Default]
	GroupName  string
	MemberName string
}
