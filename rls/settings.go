package rls

import (
	"errors"
	"fmt"

	"github.com/rowsight/rowsight/namespace"
)

// A FormatVersion says what the principal columns of a permission dataset hold.
type FormatVersion string

// Format versions.
const (
	Version1 FormatVersion = "VERSION_1" // UserName, GroupName: names
	Version2 FormatVersion = "VERSION_2" // UserARN, GroupARN: ARNs
)

// A Status says whether rules are enforced.
type Status string

// Statuses. None is [Enabled].
const (
	Enabled  Status = "ENABLED"
	Disabled Status = "DISABLED"
)

// GrantAccess is the only supported permission policy: a rule shows rows. The
// API also names DENY_ACCESS, which QuickSight keeps only for old datasets.
// With it, a viewer that no rule names sees every row, so it is refused.
const GrantAccess = "GRANT_ACCESS"

// Reasons why settings are refused.
var (
	ErrSettings   = errors.New("bad settings")
	ErrDenyAccess = errors.New("DENY_ACCESS is not supported, want GRANT_ACCESS: with DENY_ACCESS a viewer that no rule names sees every row")
)

// A PermissionDataSet states how rules are attached to a dataset. It is the API
// object RowLevelPermissionDataSet (U17). Read it with [ParseSettings]. The
// zero PermissionDataSet is invalid.
type PermissionDataSet struct {
	Arn              string        // of the permission dataset
	Namespace        *string       `json:",omitempty"` // of the names in rules of version 1; nil is the default namespace
	PermissionPolicy string        // GRANT_ACCESS
	FormatVersion    FormatVersion `json:",omitempty"` // "" is VERSION_1
	Status           Status        `json:",omitempty"` // "" is ENABLED
}

// Validate returns an error that joins every problem of the settings, or nil.
// Each problem wraps [ErrSettings] and names the member.
func (s *PermissionDataSet) Validate() error {
	var problems []error
	bad := func(member string, err error) {
		problems = append(problems, fmt.Errorf("%w: %s: %w", ErrSettings, member, err))
	}
	if a, err := namespace.ParseARN(s.Arn); err != nil {
		bad("Arn", err)
	} else if a.Kind != namespace.KindDataset {
		bad("Arn", fmt.Errorf("%w: got a %s, want a dataset", ErrKind, a.Kind))
	}
	switch s.PermissionPolicy {
	case GrantAccess:
	case "DENY_ACCESS":
		bad("PermissionPolicy", ErrDenyAccess)
	default:
		bad("PermissionPolicy", fmt.Errorf("got %q, want %s", s.PermissionPolicy, GrantAccess))
	}
	switch s.FormatVersion {
	case "", Version1:
		if s.Namespace != nil {
			if err := namespace.CheckNamespace(*s.Namespace); err != nil {
				bad("Namespace", fmt.Errorf("%w; leave it out for the default namespace", err))
			}
		}
	case Version2:
		if s.Namespace != nil {
			bad("Namespace", fmt.Errorf("got %q, want none with %s: ARNs hold their namespace", *s.Namespace, Version2))
		}
	default:
		bad("FormatVersion", fmt.Errorf("got %q, want %s or %s", s.FormatVersion, Version1, Version2))
	}
	switch s.Status {
	case "", Enabled, Disabled:
	default:
		bad("Status", fmt.Errorf("got %q, want %s or %s", s.Status, Enabled, Disabled))
	}
	return errors.Join(problems...)
}

// version is the format version the settings stand for.
func (s *PermissionDataSet) version() FormatVersion {
	if s.FormatVersion == "" {
		return Version1
	}
	return s.FormatVersion
}
