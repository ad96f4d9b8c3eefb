package migrate

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// An Input says what to move, and the new names.
type Input struct {
	From, To string   // namespaces; "" is default. To is created if it does not exist
	Users    []string // names; nil: all users of From
	Rules    []RuleFile

	// Register returns the registration of a user in the target. nil keeps the
	// registration and the name. A user who is not an IAM user can only be
	// moved to the default namespace, unless Register changes it to an IAM user
	// (N3).
	Register func(old namespace.User) namespace.RegisterUserInput

	// GroupName returns the name of a group in the target. nil keeps the name.
	GroupName func(old string) string

	// ShareNamespace replaces shares with the namespace From by shares with the
	// whole namespace To. Otherwise each user who moves gets the permissions
	// individually, and other users of To do not.
	ShareNamespace bool
}

// A RuleFile is a permission dataset that may name users who move.
type RuleFile struct {
	Name    string      // in Files
	Options rls.Options // the options of the dataset; File is set to Name

	// Target is the name of the file to write. "" is Name with the target
	// namespace: rules.tenant.csv. The file Name is never overwritten.
	Target string

	// FormatVersion is the version of Target; "" is the version of the file.
	// Rules of version 1 belong to one namespace: the new file is for the users
	// who move, and the old file stays for the others. Rules of version 2 are
	// for all namespaces: one file serves old users, new users and all others.
	FormatVersion rls.FormatVersion
}

// A Plan is the complete plan of a migration. Review and store it: Apply,
// Verify and Retire need it, and it can be written as JSON. Nil and the zero
// Plan move nobody.
type Plan struct {
	From, To        string
	CreateNamespace bool `json:",omitempty"` // To does not exist yet
	Users           []User
	Groups          []Group      `json:",omitempty"`
	Permissions     []Permission `json:",omitempty"`
	Rules           []Rules      `json:",omitempty"`
	Gains           []Gain       `json:",omitempty"`
}

// A User is a user who moves.
type User struct {
	Old         namespace.ARN
	PrincipalId string                      // of the old user
	Groups      []string                    `json:",omitempty"` // old names
	New         namespace.RegisterUserInput // registers the new user
	NewArn      namespace.ARN
}

// A Group is a group of the target for members who move.
type Group struct {
	Old, New    namespace.ARN
	Description string   `json:",omitempty"`
	Members     []string // names of new users, increasing
	Retire      bool     `json:",omitempty"` // all members move: Retire deletes the old group
}

// A Permission describes how the permissions on one asset change.
type Permission struct {
	Asset namespace.ARN
	Old   []namespace.ResourcePermission // existing permissions of the users who move
	Grant []namespace.ResourcePermission // permissions that are added

	// Of a dashboard: the same of its link.
	OldLink   []namespace.ResourcePermission `json:",omitempty"`
	GrantLink []namespace.ResourcePermission `json:",omitempty"`
}

// Rules are a file of rules, rewritten if necessary.
type Rules struct {
	Source        string
	SourceOptions rls.Options
	SourceSHA256  string // of the file that the plan was made from
	Target        string // the same as Source if no rule names a user who moves
	TargetOptions rls.Options
	Data          string `json:",omitempty"` // of Target
	Copied        int    `json:",omitempty"` // rules for new users
}

// A Gain is an asset that users gain because it is shared with the whole target
// namespace. Restricted data stays restricted.
type Gain struct {
	Asset   namespace.ARN
	Actions []string
}

// Errors of migrations.
var (
	ErrInput    = errors.New("cannot be moved")                          // PlanMigration
	ErrPlan     = errors.New("not a plan")                               // ReadPlan, Apply, Verify, Retire
	ErrOther    = errors.New("already exists and differs from the plan") // Apply
	ErrOutdated = errors.New("changed since the plan was made")          // Apply, Retire
	ErrFailed   = errors.New("not verified, so nothing is deleted")      // Retire
)

// maxPlan is the size of a plan in bytes.
const maxPlan = 1 << 30

// ReadPlan reads a plan from JSON. Unknown or duplicate members, and members in
// another case, are errors.
func ReadPlan(r io.Reader) (*Plan, error) {
	read := new(Plan)
	if err := jsondoc.Unmarshal(r, "", read, &jsondoc.Options{Max: maxPlan}); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPlan, err)
	}
	// An optional member that is empty and one that is absent are the same plan.
	// Written once, they are the same value, too.
	text, err := json.Marshal(read)
	p := new(Plan)
	if err := errors.Join(err, json.Unmarshal(text, p)); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrPlan, err)
	}
	if err := p.check(); err != nil {
		return nil, err
	}
	return p, nil
}

// WriteJSON writes the plan as JSON for [ReadPlan].
func (p *Plan) WriteJSON(w io.Writer) error {
	if p == nil {
		p = new(Plan)
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(p); err != nil {
		return err
	}
	_, err := w.Write(b.Bytes())
	return err
}

// check returns what makes a plan unfit to be worked from.
func (p *Plan) check() error {
	if p == nil {
		return fmt.Errorf("%w: there is none", ErrPlan)
	}
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: %s", ErrPlan, fmt.Sprintf(format, args...)))
	}
	for _, ns := range []string{p.From, p.To} {
		if err := namespace.CheckNamespace(ns); err != nil {
			problems = append(problems, fmt.Errorf("%w: %w", ErrPlan, err))
		}
	}
	if p.From == p.To {
		bad("from namespace %q to itself", p.From)
	}
	seen := make(map[namespace.ARN]bool)
	within := func(a namespace.ARN, kind namespace.Kind, ns string) {
		if a.Kind != kind || a.Namespace != ns {
			bad("%q, want a %s of namespace %q", a, kind, ns)
		}
		if seen[a] {
			bad("%q twice", a)
		}
		seen[a] = true
	}
	for _, u := range p.Users {
		within(u.Old, namespace.KindUser, p.From)
		within(u.NewArn, namespace.KindUser, p.To)
		if u.New.Namespace != p.To {
			bad("user %q is registered in namespace %q, want %q", u.NewArn.Name, u.New.Namespace, p.To)
		}
	}
	for _, g := range p.Groups {
		if !slices.IsSorted(g.Members) {
			bad("members of group %q are not in order", g.New.Name)
		}
		within(g.Old, namespace.KindGroup, p.From)
		within(g.New, namespace.KindGroup, p.To)
	}
	groups := make(map[string]bool)
	for _, g := range p.Groups {
		groups[g.Old.Name] = true
	}
	for _, u := range p.Users {
		for _, g := range u.Groups {
			if !groups[g] {
				bad("user %q is in group %q, of which the plan says nothing", u.Old.Name, g)
			}
		}
	}
	for _, a := range p.Permissions {
		if _, ok := assetKinds[a.Asset.Kind]; !ok {
			bad("%q is no asset", a.Asset)
		}
		for _, g := range slices.Concat(a.Grant, a.GrantLink) {
			if ns := g.Principal.Namespace; ns != p.To && (g.Principal.Kind != namespace.KindNamespace || g.Principal.Name != p.To) {
				bad("%q: granted to %q, who is not of namespace %q", a.Asset, g.Principal, p.To)
			}
		}
	}
	for _, r := range p.Rules {
		if r.Target == r.Source && r.Data != "" {
			bad("file %q would be overwritten", r.Source)
		}
	}
	return errors.Join(problems...)
}

// principals returns who the users are to rules, before and after.
func (p *Plan) principals() (before, after []namespace.Principal) {
	groups := make(map[string]Group, len(p.Groups))
	for _, g := range p.Groups {
		groups[g.Old.Name] = g
	}
	for _, u := range p.Users {
		var old, new []namespace.ARN
		for _, name := range u.Groups {
			old, new = append(old, groups[name].Old), append(new, groups[name].New)
		}
		before, after = append(before, namespace.ForARN(u.Old, old...)), append(after, namespace.ForARN(u.NewArn, new...))
	}
	return before, after
}
