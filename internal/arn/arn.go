// Package arn splits ARNs into their parts:
//
//	arn:partition:service:region:account:resource
//
// What a resource may be is decided by the package of the service.
package arn

import "strings"

// N is the number of parts of an ARN.
const N = 6

// An ARN holds the parts of an ARN. The zero ARN is no ARN.
type ARN struct {
	Partition, Service, Region, Account string
	Resource                            string // may contain colons
}

// Parts splits s at its first five colons, and returns how many parts s has. The
// parts after these are empty.
func Parts(s string) (parts [N]string, n int) {
	for n < N-1 {
		part, rest, more := strings.Cut(s, ":")
		parts[n], s = part, rest
		n++
		if !more {
			return parts, n
		}
	}
	parts[n] = s
	return parts, N
}

// Split returns the parts of an ARN, and false if s begins with another prefix
// than "arn:" or has too few parts. Parts may be empty.
func Split(s string) (ARN, bool) {
	p, n := Parts(s)
	if n < N || p[0] != "arn" {
		return ARN{}, false
	}
	return ARN{p[1], p[2], p[3], p[4], p[5]}, true
}

// IsAccount reports whether s is an account: 12 digits.
func IsAccount(s string) bool { return len(s) == 12 && strings.Trim(s, "0123456789") == "" }

// PartitionOf returns the partition that a Region belongs to.
func PartitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
