package iam

import (
	"strings"

	"github.com/rowsight/rowsight/internal/arn"
)

// like reports whether s matches a pattern in which * stands for any
// characters and ? for one.
func like(pattern, s string) bool {
	// p and i walk on together. At a star both are remembered; where they part
	// later, the star takes one more character.
	p, i, star, from := 0, 0, -1, 0
	for i < len(s) {
		switch {
		case p < len(pattern) && pattern[p] == '*':
			star, from = p, i
			p++
		case p < len(pattern) && pattern[p] == '?':
			p++
			i += width(s[i:])
		case p < len(pattern) && pattern[p] == s[i]:
			p++
			i++
		case star >= 0:
			from += width(s[from:])
			p, i = star+1, from
		default:
			return false
		}
	}
	return strings.Trim(pattern[p:], "*") == ""
}

// width is the length of the first character of s in bytes.
func width(s string) int {
	for i := range s {
		if i > 0 {
			return i
		}
	}
	return len(s)
}

// likeARN matches part by part: arn:partition:service:region:account:resource.
// The last part is all that is left, colons included.
func likeARN(pattern, name string) bool {
	want, n := arn.Parts(pattern)
	parts, m := arn.Parts(name)
	if n < arn.N || m < arn.N {
		return false
	}
	for i := range parts {
		if !like(want[i], parts[i]) {
			return false
		}
	}
	return true
}

// complete fills up an ARN that ends early, as IAM does: "arn:aws:sqs" stands
// for all queues.
func complete(pattern string) string {
	if n := strings.Count(pattern, ":"); n < arn.N-1 {
		pattern += strings.Repeat(":*", arn.N-1-n)
	}
	return pattern
}

// likeResource matches a resource with the pattern of a statement. wide tells
// which way to go where a * ends an inner part: past the colon, or not.
func likeResource(pattern, resource string, wide bool) bool {
	if pattern == "*" {
		return true
	}
	return likeARN(pattern, resource) || wide && like(pattern, resource)
}
