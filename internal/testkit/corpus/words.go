package corpus

import (
	"errors"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// words maps the words of the corpus to our reasons. Where several stand,
// the corpus does not tell them apart.
var words = map[string][]error{
	// Reading a permission dataset.
	"no header":                {rls.ErrEmpty},
	"no principal column":      {rls.ErrNoPrincipal},
	"mixed principal columns":  {rls.ErrMixed},
	"column without a name":    {rls.ErrNoName},
	"duplicate column":         {rls.ErrDuplicate},
	"no restricted field":      {rls.ErrNoFields},
	"bad CSV":                  {rls.ErrBareQuote, rls.ErrUnterminated, rls.ErrAfterQuote, rls.ErrLoneCR},
	"wrong number of cells":    {rls.ErrFieldCount},
	"invalid UTF-8":            {rls.ErrUTF8, rls.ErrUTF16},
	"unterminated quote":       {rls.ErrUnterminated},
	"text after closing quote": {rls.ErrAfterQuote},
	"empty quoted item":        {rls.ErrEmptyItem},
	"quote in item":            {rls.ErrBareQuote},
	"cell too long":            {rls.ErrTooLong},
	"both principals":          {rls.ErrDual},
	"invalid ARN":              {namespace.ErrARN, rls.ErrKind},

	// Reading its settings.
	"deny policy":              {rls.ErrDenyAccess},
	"unknown policy":           {rls.ErrSettings},
	"unknown status":           {rls.ErrSettings, tagrules.ErrStatus},
	"wrong format version":     {rls.ErrSettings, rls.ErrVersion},
	"namespace with version 2": {rls.ErrSettings},

	// Reading a tag configuration.
	"bad JSON":                   {tagrules.ErrSyntax},
	"unknown field":              {tagrules.ErrField},
	"no tag rules":               {tagrules.ErrNoConfig, tagrules.ErrLimit},
	"too many tag rules":         {tagrules.ErrLimit},
	"invalid tag key":            {tagrules.ErrLimit},
	"duplicate tag key":          {tagrules.ErrDuplicateKey},
	"no column name":             {tagrules.ErrMissing},
	"delimiter too long":         {tagrules.ErrLimit},
	"match-all value too long":   {tagrules.ErrLimit},
	"delimiter equals match-all": {tagrules.ErrDelimiter},
	"too many configurations":    {tagrules.ErrLimit},
	"empty configuration":        {tagrules.ErrLimit},
	"unknown tag key":            {tagrules.ErrUnknownKey},

	// Resolving a viewer or a session.
	"too many rules":          {rls.ErrTooManyRules},
	"too many values":         {rls.ErrTooManyValues},
	"duplicate session tag":   {tagrules.ErrDuplicateTag},
	"too many session tags":   {tagrules.ErrLimit},
	"invalid session tag key": {tagrules.ErrLimit},
	"session tag too long":    {tagrules.ErrLimit},

	// Binding to a table.
	"no such column": {predicate.ErrNoColumn},
	"not text":       {predicate.ErrNotText},
}

// RequireKind checks that err has the reason the corpus gives.
func RequireKind(tb testing.TB, kind string, err error) {
	tb.Helper()
	reasons, ok := words[kind]
	require.True(tb, ok, "unknown error %q", kind)
	require.Error(tb, err, "want %s", kind)
	require.True(tb, slices.ContainsFunc(reasons, func(r error) bool { return errors.Is(err, r) }), "want %s, got: %v", kind, err)
}

// Words returns the words of the corpus for errors.
func Words() []string { return slices.Sorted(maps.Keys(words)) }

// AtBinding reports whether the error of a case is found when rules meet a table.
func (c *Case) AtBinding() bool { return c.Error == "no such column" || c.Error == "not text" }
