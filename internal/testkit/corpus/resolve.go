package corpus

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// Resolve turns what a case gives into the predicate of its viewer.
func (c *Case) Resolve(t testing.TB) (predicate.Predicate, error) {
	switch c.Kind {
	case "users":
		p, err := c.resolveUser(t)
		c.requirePosition(t, err)
		return p, err
	case "tags":
		return c.resolveTags(t)
	default:
		p := Predicate(t, c.Predicate)
		if c.Text != "" {
			require.Equal(t, c.Text, p.String())
		}
		back, err := predicate.Parse(p.String())
		require.NoError(t, err)
		require.True(t, p.Equal(back), "String reads back")
		return p, nil
	}
}

func (c *Case) resolveUser(t testing.TB) (predicate.Predicate, error) {
	opts := &rls.Options{
		File:          "rules.csv",
		User:          c.Options.User,
		Group:         c.Options.Group,
		AllowNoFields: c.Options.AllowNoFields,
		HideNulls:     c.Options.HideNulls,
		MaxValues:     c.Options.MaxValues,
		NullWords:     c.Options.NoValue,
		Dual: map[string]rls.Dual{
			"": rls.Either, "either": rls.Either, "user_first": rls.UserFirst, "reject": rls.Reject,
		}[c.Options.Dual],
	}
	if c.Settings != (Settings{}) {
		opts.Settings = c.Settings.object()
	}
	rules, err := rls.ReadCSV(strings.NewReader(Text(t, c.CSV)), opts)
	if err != nil {
		require.Zero(t, rules, "an error comes with no rules")
		return predicate.Predicate{}, err
	}
	return rules.For(c.Viewer.principal(t))
}

// object fills in what the API requires.
func (s Settings) object() *rls.PermissionDataSet {
	d := &rls.PermissionDataSet{
		Arn:              "arn:aws:quicksight:us-east-1:111122223333:dataset/rules",
		PermissionPolicy: rls.GrantAccess,
		FormatVersion:    rls.FormatVersion(s.FormatVersion),
		Status:           rls.Status(s.Status),
	}
	if s.Arn != "" {
		d.Arn = s.Arn
	}
	if s.PermissionPolicy != "" {
		d.PermissionPolicy = s.PermissionPolicy
	}
	if s.Namespace != "" {
		d.Namespace = &s.Namespace
	}
	return d
}

func (v Viewer) principal(t testing.TB) namespace.Principal {
	if v.UserARN != "" || len(v.GroupARNs) > 0 {
		var groups []namespace.ARN
		for _, g := range v.GroupARNs {
			groups = append(groups, namespace.MustParseARN(g))
		}
		return namespace.ForARN(namespace.MustParseARN(v.UserARN), groups...)
	}
	p := namespace.Named(v.User, v.Groups...)
	p.User.Namespace = v.Namespace
	for i := range p.Groups {
		p.Groups[i].Namespace = v.Namespace
	}
	return p
}

// requirePosition checks the line that an error names.
func (c *Case) requirePosition(t testing.TB, err error) {
	if c.At.Line > 0 {
		var e *rls.Error
		require.ErrorAs(t, err, &e)
		require.Equal(t, c.At.Line, e.Pos.Line, "%v", err)
		require.ErrorContains(t, err, fmt.Sprintf("rules.csv:%d:", c.At.Line))
	}
}

func (c *Case) resolveTags(t testing.TB) (predicate.Predicate, error) {
	document := string(c.Config)
	if c.Document != nil {
		document = Text(t, c.Document)
	}
	var tags []tagrules.Tag
	if c.Tags != nil {
		List(t, c.Tags, nil, func(raw json.RawMessage, counters []int) {
			var tag struct{ Key, Value json.RawMessage }
			require.NoError(t, Strict(raw, &tag))
			tags = append(tags, tagrules.Tag{Key: Text(t, tag.Key, counters...), Value: Text(t, tag.Value, counters...)})
		})
	}
	p, err := c.forTags(document, tags)
	if err != nil {
		for _, tag := range tags {
			if len(tag.Value) > 2 {
				require.NotContains(t, err.Error(), tag.Value, "tag values are secrets (T8)")
			}
		}
	}
	return p, err
}

func (c *Case) forTags(document string, tags []tagrules.Tag) (predicate.Predicate, error) {
	config, err := tagrules.Parse(strings.NewReader(document), &tagrules.Options{
		LiteralSpaces:  c.Options.LiteralSpaces,
		MatchAllInList: c.Options.MatchAllInList,
	})
	if err != nil {
		return predicate.Predicate{}, err
	}
	return config.For(tags...)
}

// Check resolves a case, and compares the rows that its predicate matches with those it
// expects. An error must be the one that the case names, and come with no row.
func (c *Case) Check(t testing.TB, tbl *Table) {
	t.Helper()
	p, err := c.Resolve(t)
	switch {
	case c.AtBinding():
		require.NoError(t, err)
	case err != nil || c.Error != "":
		RequireKind(t, c.Error, err)
		require.Empty(t, tbl.Matched(p), "an error comes with the predicate that selects no row")
	default:
		require.Equal(t, tbl.IDs(t, c.Visible), tbl.Matched(p), c.Reason)
	}
}
