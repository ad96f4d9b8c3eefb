package rls

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/namespace"
)

// Limits that QuickSight documents.
const (
	MaxRules  = 999     // rules that may apply to one viewer (U14)
	MaxValues = 192_000 // distinct values of one field over these rules (U15)
	MaxRunes  = 2047    // characters of a cell (U18)
)

// A Dual selects the viewers to whom a rule with both a user and a group
// applies (U9).
type Dual uint8

// Readings of a rule that names both a user and a group.
const (
	Either    Dual = iota // the user, and every member of the group
	UserFirst             // the user only
	Reject                // nobody; such a rule is an error
)

// Options control how a permission dataset is read. A nil *Options and the zero
// Options are the default.
type Options struct {
	// File is the file name in positions and errors. It is not opened.
	File string

	// Namespace is the namespace that the names in the UserName and GroupName
	// columns belong to; "" is the default namespace. Rules that name ARNs
	// must not have one (U16).
	Namespace string

	// User and Group are the names of the principal columns if they are not
	// the standard ones (U1). A column named here holds names, unless
	// FormatVersion or the other column says that it holds ARNs.
	User, Group string

	// FormatVersion says whether principals are names or ARNs. "" lets the
	// header decide. A header that contradicts FormatVersion is an error.
	FormatVersion FormatVersion

	// Settings are the settings of the dataset that the rules are attached to
	// (U17). They are validated and supply Namespace and FormatVersion. Rules
	// with the Status DISABLED restrict nobody.
	Settings *PermissionDataSet

	// Dual selects the viewers to whom a rule with both a user and a group applies (U9).
	Dual Dual

	// MaxRunes is the number of characters a cell may have: 0 is [MaxRunes],
	// the limit of a SPICE rules dataset (U18), and a negative number no limit.
	MaxRunes int

	// MaxValues is the number of distinct values of one field that may apply
	// to one viewer: 0 is [MaxValues], the limit of a SPICE dataset (U15), and
	// a negative number no limit.
	MaxValues int

	// HideNulls hides rows in which a restricted column is NULL or "" even
	// under a wildcard (U12).
	HideNulls bool

	// NullWords are texts that mean "no value" when they fill a whole cell of
	// any column (U20). Use them with care: in a restricted column, no value is
	// a wildcard. They cannot contain commas or quotes.
	NullWords []string

	// AllowNoFields accepts a file without restricted columns (U2). Every viewer
	// that the file names then sees every row.
	AllowNoFields bool

	// Delimiter is the delimiter of a CSV file; 0 is ','. It does not affect lists
	// in cells, which always use commas.
	Delimiter rune
}

// ErrOptions reports invalid options.
var ErrOptions = errors.New("bad options")

// resolve returns o with every default filled in and the settings applied, or
// every reason why it cannot be used.
func (o *Options) resolve() (Options, error) {
	opts := *cmp.Or(o, new(Options))
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: %s", ErrOptions, fmt.Sprintf(format, args...)))
	}
	if s := opts.Settings; s != nil {
		if err := s.Validate(); err != nil {
			problems = append(problems, err)
		}
		version := s.version()
		if opts.FormatVersion != "" && opts.FormatVersion != version {
			bad("FormatVersion is %s, and %s in the settings", opts.FormatVersion, version)
		}
		opts.FormatVersion = version
		if s.Namespace != nil {
			if opts.Namespace != "" && opts.Namespace != *s.Namespace {
				bad("Namespace is %q, and %q in the settings", opts.Namespace, *s.Namespace)
			}
			opts.Namespace = *s.Namespace
		}
	}
	switch opts.FormatVersion {
	case "", Version1:
	case Version2:
		if opts.Namespace != "" {
			bad("Namespace is %q, but rules of %s name ARNs, which hold their namespace", opts.Namespace, Version2)
		}
	default:
		bad("FormatVersion is %q, want %s or %s", opts.FormatVersion, Version1, Version2)
	}
	if opts.Namespace != "" {
		if err := namespace.CheckNamespace(opts.Namespace); err != nil {
			problems = append(problems, fmt.Errorf("%w: %w", ErrOptions, err))
		}
	}
	if opts.User != "" && opts.User == opts.Group {
		bad("column %q cannot hold both users and groups", opts.User)
	}
	if opts.Dual > Reject {
		bad("unknown Dual %d", opts.Dual)
	}
	for _, w := range opts.NullWords {
		if strings.ContainsAny(w, `,"`) {
			bad("null word %q has a comma or a quote", w)
		}
	}
	opts.MaxRunes = cmp.Or(opts.MaxRunes, MaxRunes)
	opts.MaxValues = cmp.Or(opts.MaxValues, MaxValues)
	return opts, errors.Join(problems...)
}

// clone returns a copy of o that shares nothing with it.
func (o Options) clone() Options {
	o.NullWords = slices.Clone(o.NullWords)
	if o.Settings != nil {
		s := *o.Settings
		if s.Namespace != nil {
			ns := *s.Namespace
			s.Namespace = &ns
		}
		o.Settings = &s
	}
	return o
}
