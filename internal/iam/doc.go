// Package iam decides whether IAM policies allow an action, for the few
// questions this module has to ask: may the caller pass this role, read this
// secret, open this dashboard for somebody anonymous; may the role read this
// object; may the service assume the role.
//
//	policy, err := iam.Parse(file, &iam.Options{File: "policy.json"})
//	policy.Allows("s3:GetObject", "arn:aws:s3:::bucket/data/a.csv")
//	fmt.Println(policy.Decide(iam.Request{…})) // and why
//
// As in IAM nothing is allowed unless a statement allows it, and one statement
// that denies outweighs all that allow. The zero [Policy] and the zero [Trust]
// allow nothing.
//
// # What is understood
//
// Effect, Action, Resource (of a trust policy Principal) and Condition, each
// one value or a list, with the wildcards * and ?. Actions are compared without
// case, resources with. Conditions with the operators StringEquals,
// StringEqualsIgnoreCase, StringLike, ArnEquals, ArnLike, Bool, their Not forms,
// and ForAllValues: and ForAnyValue: before them.
//
// A policy with anything else (NotAction, NotResource, NotPrincipal, another
// operator, a variable such as ${aws:username}) is refused as a whole: whoever
// skips a part that he does not understand evaluates another policy.
//
// # In doubt
//
// Doubt never allows. A condition on a key that the request says nothing about
// is neither true nor false: a statement that allows then does not, one that
// denies does. A * that ends an inner part of an ARN may or may not reach past
// the colon; it is taken not to where it allows, and to where it denies.
//
// This is no simulator of a whole account: permission boundaries, session and
// organisation policies are not looked at, and can only take away.
package iam
