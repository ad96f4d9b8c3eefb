package iam

import "strings"

// A condition is one key of a Condition block. The values are alternatives.
type condition struct {
	quantity string // "", "ForAllValues" or "ForAnyValue"
	operator string // without Not
	not      bool
	key      string // in lower case
	values   []string
}

// operators compare one value of the request with one value of the policy.
// A function and not a map: a package has no state.
func operatorOf(name string) (compare func(pattern, s string) bool) {
	switch name {
	case "StringEquals":
		return func(pattern, s string) bool { return pattern == s }
	case "StringEqualsIgnoreCase", "Bool":
		return strings.EqualFold
	case "StringLike":
		return like
	case "ArnEquals", "ArnLike": // they are the same
		return likeARN
	}
	return nil
}

// cutOperator takes the operator of a policy apart.
func cutOperator(name string) (c condition, ok bool) {
	if quantity, rest, found := strings.Cut(name, ":"); found {
		if quantity != "ForAllValues" && quantity != "ForAnyValue" {
			return c, false
		}
		c.quantity, name = quantity, rest
	}
	for _, prefix := range []string{"String", "Arn"} {
		if rest, found := strings.CutPrefix(name, prefix+"Not"); found {
			c.not, name = true, prefix+rest
		}
	}
	c.operator = name
	return c, operatorOf(name) != nil
}

// A verdict on a condition. Unknown is the zero value.
type verdict int

const (
	unknown verdict = iota
	holds
	fails
)

func verdictOf(b bool) verdict {
	if b {
		return holds
	}
	return fails
}

// eval looks at the context of a request, whose keys are in lower case.
func (c condition) eval(context map[string][]string) verdict {
	got, known := context[c.key]
	if !known {
		return unknown
	}
	compare := operatorOf(c.operator)
	one := func(s string) bool {
		for _, value := range c.values {
			if compare(value, s) {
				return !c.not
			}
		}
		return c.not
	}
	switch c.quantity {
	case "ForAllValues":
		for _, s := range got {
			if !one(s) {
				return fails
			}
		}
		return holds
	case "ForAnyValue":
		for _, s := range got {
			if one(s) {
				return holds
			}
		}
		return fails
	}
	switch len(got) {
	case 0: // absent: nothing is equal to nothing
		return verdictOf(c.not)
	case 1:
		return verdictOf(one(got[0]))
	}
	return unknown // several values, and nobody said whether all or any count
}
