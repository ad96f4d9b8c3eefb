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

// GrantAccess is the one permission policy there is: a rule shows rows. The
// other that the API names, DENY_ACCESS, QuickSight keeps for old datasets
// only, and it fails open: whom no rule names sees everything. It is refused.
const GrantAccess = "GRANT_ACCESS"

// Why settings are refused.
var (
	ErrSettings   = errors.New("bad settings")
	ErrDenyAccess = errors.New("DENY_ACCESS is not supported, want GRANT_ACCESS: it shows everything to whom no rule names")
)

// A PermissionDataSet says how rules are attached to a dataset. It is the API
// object RowLevelPermissionDataSet (U17); read it with [ParseSettings]. The zero
// PermissionDataSet is not valid.
type PermissionDataSet struct {
	Arn              string        // of the permission dataset
	Namespace        *string       `json:",omitempty"` // of the names in rules of version 1; nil is the default namespace
	PermissionPolicy string        // GRANT_ACCESS
	FormatVersion    FormatVersion `json:",omitempty"` // "" is VERSION_1
	Status           Status        `json:",omitempty"` // "" is ENABLED
}

// Validate returns every reason why the settings cannot be used, or nil. Each
// wraps [ErrSettings] and names the member that is wrong.
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
