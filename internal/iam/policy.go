package iam

import (
	"errors"

	"github.com/rowsight/rowsight/internal/jsondoc"
)

// Why a policy is refused. An [Error] says where.
var (
	ErrNoStatement = errors.New("no statement")
	ErrUnsupported = errors.New("not supported")
	ErrVariable    = errors.New("a variable that has no value here")
	ErrPattern     = errors.New("not a pattern")
	ErrValue       = errors.New("not one of the values there are")
)

// An Error is one problem of a policy, with file:line:column.
type Error = jsondoc.Error

// A Policy is what an identity may do: the statements of one policy, or of
// several that are attached together, see [Join]. It is immutable and safe for
// concurrent use. The zero Policy allows nothing.
type Policy struct {
	statements []statement
}

// A Trust is who may act with a role: the statements of its trust policy. It
// is immutable and safe for concurrent use. The zero Trust allows nobody.
type Trust struct {
	statements []statement
}

// Join returns the policies as one, as if attached to one identity: what one
// of them allows is allowed unless one of them denies it.
func Join(policies ...Policy) Policy {
	var all []statement
	for _, p := range policies {
		all = append(all, p.statements...)
	}
	return Policy{all}
}

// A statement is one entry of the list Statement.
type statement struct {
	allow      bool // and otherwise it denies
	sid        string
	pos        jsondoc.Position
	actions    []string
	resources  []string    // of a Policy
	principals []Principal // of a Trust
	conditions []condition // all must hold
}

// A Principal is who acts: {"Service", "quicksight.amazonaws.com"},
// {"AWS", an ARN or account id}, {"Federated", …}.
type Principal struct{ Kind, ID string }

// everybody is the principal "*" of a policy.
var everybody = Principal{Kind: "*", ID: "*"}

// A Request is one question.
type Request struct {
	Action   string // "s3:GetObject", no pattern
	Resource string // an ARN, or "*" for actions that have no resource; of a Trust ""

	// Principal is who asks. Only a Trust looks at it.
	Principal Principal

	// Context holds what is known about the request, under the names of
	// condition keys: "aws:SourceAccount". Case does not count. A key with no
	// value is known to be absent; a key that is not there is unknown.
	Context map[string][]string
}
