package migrate

import (
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/namespace"
)

// String returns the plan as text, one line for each change.
func (p *Plan) String() string {
	if p == nil {
		p = new(Plan)
	}
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("move %d users from namespace %s to namespace %s", len(p.Users), p.From, p.To)
	if p.CreateNamespace {
		line("\nnamespace %s is created", p.To)
	}
	if len(p.Users) > 0 {
		line("\nusers")
	}
	for _, u := range p.Users {
		s := fmt.Sprintf("  %s: %s, %s, %s", u.Old.Name, u.New.UserRole, u.New.IdentityType, u.New.Email)
		if u.NewArn.Name != u.Old.Name {
			s += ", as " + u.NewArn.Name
		}
		if len(u.Groups) > 0 {
			s += ", in " + strings.Join(u.Groups, ", ")
		}
		line("%s", s)
	}
	if len(p.Groups) > 0 {
		line("\ngroups")
	}
	for _, g := range p.Groups {
		s := fmt.Sprintf("  %s with %s", g.Old.Name, strings.Join(g.Members, ", "))
		if g.New.Name != g.Old.Name {
			s += ", as " + g.New.Name
		}
		if !g.Retire {
			s += "; the old one keeps other members and stays"
		}
		line("%s", s)
	}
	for _, kind := range kinds {
		first := true
		for _, perm := range p.Permissions {
			if perm.Asset.Kind != kind {
				continue
			}
			if first {
				line("\npermissions on %s", plurals[kind])
				first = false
			}
			line("  %s", perm.Asset.Name)
			for _, g := range perm.Grant {
				line("    %s: %s", who(g.Principal), actions(g.Actions))
			}
			for _, g := range perm.GrantLink {
				line("    by the link, %s: %s", who(g.Principal), actions(g.Actions))
			}
		}
	}
	if len(p.Rules) > 0 {
		line("\nrules")
	}
	for _, r := range p.Rules {
		if r.Target == r.Source {
			line("  %s names nobody who moves, and stays", r.Source)
			continue
		}
		how := "for the users who move, in namespace " + p.To
		if r.TargetOptions.Namespace == "" {
			how = "for everybody, with ARNs"
		}
		line("  %s → %s: %d rules copied; %s", r.Source, r.Target, r.Copied, how)
		for record := range strings.Lines(r.Data) {
			line("    | %s", strings.TrimSuffix(record, "\n"))
		}
	}
	if len(p.Gains) > 0 {
		line("\nwhat everybody in namespace %s may do, and those who move will", p.To)
	}
	for _, g := range p.Gains {
		line("  %s %s: %s", g.Asset.Kind, g.Asset.Name, actions(g.Actions))
	}
	return b.String()
}

var plurals = map[namespace.Kind]string{
	namespace.KindDataSource: "data sources", namespace.KindDataset: "datasets", namespace.KindAnalysis: "analyses", namespace.KindDashboard: "dashboards",
	namespace.KindFolder: "folders",
}

func who(a namespace.ARN) string {
	if a.Kind == namespace.KindNamespace {
		return "everybody in namespace " + a.Name
	}
	return string(a.Kind) + " " + a.Name
}

func actions(list []string) string {
	return strings.ReplaceAll(strings.Join(list, " "), "quicksight:", "")
}
