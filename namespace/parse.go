package namespace

import (
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/internal/plain"
)

// Default is the namespace that every account has. It cannot be deleted. An
// empty or missing namespace means Default.
const Default = "default"

// Errors of texts that are not ARNs or names of namespaces.
var (
	ErrARN       = errors.New("not a QuickSight ARN")
	ErrNamespace = errors.New("not the name of a namespace")
)

// ParseARN parses an ARN:
//
//	arn:<partition>:quicksight:<region>:<account>:user/<namespace>/<name>
//	arn:<partition>:quicksight:<region>:<account>:group/<namespace>/<name>
//	arn:<partition>:quicksight:<region>:<account>:<kind>/<id>
//
// The name of a user or group is everything behind the namespace and may
// contain "/" (role/session). The short form user/<name>, without a namespace,
// stands for the namespace [Default]; [IsShort] tells it apart (U16).
//
// Names with other white space or in another case are other names. An error
// wraps [ErrARN] or [ErrNamespace] and comes with the zero ARN.
func ParseARN(s string) (ARN, error) {
	a, _, err := parse(s)
	if err != nil {
		return ARN{}, err
	}
	return a, nil
}

// MustParseARN is [ParseARN] for literals: it panics if s is not an ARN.
func MustParseARN(s string) ARN {
	a, err := ParseARN(s)
	if err != nil {
		panic(err)
	}
	return a
}

// IsShort reports whether s is the ARN of a user or group without a namespace,
// which means [Default].
func IsShort(s string) bool {
	_, short, err := parse(s)
	return err == nil && short
}

func parse(s string) (a ARN, short bool, err error) {
	fail := func(format string, args ...any) (ARN, bool, error) {
		return ARN{}, false, fmt.Errorf("%w: %q %s", ErrARN, plain.Abridge(s, maxShown), fmt.Sprintf(format, args...))
	}
	if !utf8.ValidString(s) {
		return fail("is invalid UTF-8")
	}
	parts, ok := arn.Split(s)
	switch {
	case !ok && !strings.HasPrefix(s, "arn:"):
		return fail(`does not begin with "arn:"`)
	case !ok:
		return fail("has too few parts, want arn:partition:quicksight:region:account:kind/name")
	case parts.Partition == "":
		return fail(`has no partition, want one such as "aws"`)
	case parts.Service != "quicksight":
		return fail(`is of service %q, want "quicksight"`, parts.Service)
	case !arn.IsAccount(parts.Account):
		return fail("has account %q, want 12 digits", parts.Account)
	}
	kind, name, slash := strings.Cut(parts.Resource, "/")
	switch {
	case kind == "":
		return fail("names no kind of resource, want one such as user/default/name")
	case !slash || name == "":
		return fail("names no %s, want %s", kind, Kind(kind).form())
	}
	a = ARN{Partition: parts.Partition, Region: parts.Region, Account: parts.Account, Kind: Kind(kind), Name: name}
	if !a.Kind.InNamespace() {
		return a, false, nil
	}
	ns, name, long := strings.Cut(name, "/")
	if !long {
		a.Namespace = Default
		return a, true, nil
	}
	if err := CheckNamespace(ns); err != nil {
		return ARN{}, false, fmt.Errorf("%w: in %q: %w", ErrARN, plain.Abridge(s, maxShown), err)
	}
	if name == "" {
		return fail("names no %s, want %s", kind, a.Kind.form())
	}
	a.Namespace, a.Name = ns, name
	return a, false, nil
}

// CheckNamespace returns an error that wraps [ErrNamespace] unless name is
// valid for a namespace: 1 to 64 of A-Z, a-z, 0-9, ".", "_" and "-" (N2).
func CheckNamespace(name string) error {
	if len(name) < 1 || len(name) > 64 || !charset(name, "._-") {
		return fmt.Errorf("%w: %q, want 1 to 64 of A-Z, a-z, 0-9, '.', '_', '-'", ErrNamespace, plain.Abridge(name, maxShown))
	}
	return nil
}

// form is how a resource of this kind is written in an ARN.
func (k Kind) form() string {
	if k.InNamespace() {
		return string(k) + "/namespace/name"
	}
	return string(k) + "/id"
}

// maxShown is how many characters a message shows of what was put in place of an
// ARN or a name.
const maxShown = 200
