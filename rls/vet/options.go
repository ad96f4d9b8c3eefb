package vet

import (
	"cmp"
	"context"

	"github.com/apache/arrow/go/v15/arrow/array"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
)

// Options are the inputs beside a permission dataset. A nil *Options and the
// zero Options are the default: rules without data.
type Options struct {
	// Rules are the options for reading the file: its name, the namespace, the
	// reading of rules with two principals, and so on. nil is the default.
	Rules *rls.Options

	// Data is the dataset that the rules restrict. It is read to its end, and
	// neither retained nor released. nil vets without data.
	Data array.RecordReader

	// Assumed lists assumptions of the caller to read the file as CSV, such as
	// the delimiter; each is a finding. Hint is a hint for lines that are not
	// CSV.
	Assumed []string
	Hint    string

	// Roster lists users and their groups. nil vets without a roster.
	Roster *roster.Roster

	// Effort limits the search for rules that several others cover together.
	// Rules that are too hard to compare get no finding. If its context ends,
	// the search returns the error of the context. nil is the default Effort.
	Effort *predicate.Effort

	// MaxPerID is the largest number of findings of one id: 0 is
	// [DefaultMaxPerID], and a negative number is no limit. The last finding
	// contains the number of omitted ones.
	MaxPerID int
}

// withDefaults returns options without nil but for data and roster.
func (o *Options) withDefaults() Options {
	opts := *cmp.Or(o, new(Options))
	opts.Rules = cmp.Or(opts.Rules, new(rls.Options))
	if opts.Effort == nil {
		opts.Effort = predicate.NewEffort(context.Background(), 0)
	}
	return opts
}
