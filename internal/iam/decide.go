package iam

import (
	"fmt"
	"strings"
)

// A Decision is the answer to a [Request] and the reason for it. The zero
// Decision is a no.
type Decision struct {
	Allowed bool
	reason  string
}

// String returns the answer in words. It names the action, the resource and
// the statement, never the values of conditions.
func (d Decision) String() string {
	switch {
	case d.Allowed:
		return "allowed: " + d.reason
	case d.reason == "":
		return "not allowed"
	}
	return "not allowed: " + d.reason
}

// Allows reports whether an action on a resource is allowed when nothing else
// is known about the request.
func (p Policy) Allows(action, resource string) bool {
	return p.Decide(Request{Action: action, Resource: resource}).Allowed
}

// Decide answers a request.
func (p Policy) Decide(r Request) Decision {
	if r.Action == "" || r.Resource == "" {
		return Decision{reason: "no action or no resource was named"}
	}
	return decide(p.statements, r, fmt.Sprintf("%s on %s", r.Action, r.Resource), func(s statement) bool {
		for _, pattern := range s.resources {
			if likeResource(pattern, r.Resource, !s.allow) {
				return true
			}
		}
		return false
	})
}

// Decide answers whether the principal of a request may do the action with the
// role: sts:AssumeRole as a rule.
func (t Trust) Decide(r Request) Decision {
	if r.Action == "" || r.Principal.Kind == "" || r.Principal.ID == "" {
		return Decision{reason: "no action or no principal was named"}
	}
	return decide(t.statements, r, fmt.Sprintf("%s for the principal %s", r.Action, r.Principal.ID), func(s statement) bool {
		for _, p := range s.principals {
			// "*" is everybody, services included, where it denies. Where it
			// allows, IAM lets services in by name only.
			if p == r.Principal || p == everybody && (!s.allow || r.Principal.Kind != "Service") {
				return true
			}
		}
		return false
	})
}

// decide weighs the statements whose resources or principals match.
func decide(statements []statement, r Request, what string, match func(statement) bool) Decision {
	context := make(map[string][]string, len(r.Context))
	for key, values := range r.Context {
		context[strings.ToLower(key)] = values
	}
	allowed, doubt := "", ""
	for i, s := range statements {
		if !s.hasAction(r.Action) || !match(s) {
			continue
		}
		v, key := s.eval(context)
		switch {
		case !s.allow && v == unknown:
			return Decision{reason: fmt.Sprintf("%s denies %s, on a condition on %s, which is not known", s.name(i), what, key)}
		case !s.allow && v == holds:
			return Decision{reason: fmt.Sprintf("%s denies %s", s.name(i), what)}
		case s.allow && v == holds && allowed == "":
			allowed = fmt.Sprintf("%s allows %s", s.name(i), what)
		case s.allow && v != holds && doubt == "":
			doubt = fmt.Sprintf("; %s would, but for its condition on %s", s.name(i), key)
		}
	}
	if allowed == "" {
		return Decision{reason: "no statement allows " + what + doubt}
	}
	return Decision{Allowed: true, reason: allowed}
}

func (s statement) hasAction(action string) bool {
	for _, pattern := range s.actions {
		if like(strings.ToLower(pattern), strings.ToLower(action)) {
			return true
		}
	}
	return false
}

// eval returns the verdict on all conditions, and the key that decided it.
func (s statement) eval(context map[string][]string) (verdict, string) {
	v, key := holds, ""
	for _, c := range s.conditions {
		switch c.eval(context) {
		case fails:
			return fails, c.key
		case unknown:
			v, key = unknown, c.key
		}
	}
	return v, key
}

// name is how answers call a statement.
func (s statement) name(i int) string {
	name := fmt.Sprintf("statement %d", i+1)
	if s.sid != "" {
		name += fmt.Sprintf(" (%s)", s.sid)
	}
	if s.pos.File != "" {
		name += " at " + s.pos.String()
	}
	return name
}
