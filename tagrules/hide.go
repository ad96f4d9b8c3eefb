package tagrules

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"strings"
)

// Tag values and match-all values are secrets (T8). Every type that holds one
// prints and logs without it, whatever the verb. fmt does not ask types that
// stand in unexported fields of other structs: whoever keeps a Tag there hides
// that struct, too.

const hidden = "(hidden)"

// String returns the key; the value is hidden.
func (t Tag) String() string { return fmt.Sprintf("%q=%s", t.Key, hidden) }

// Format prints [Tag.String] for every verb.
func (t Tag) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, t.String()) }

// LogValue returns the key; the value is hidden.
func (t Tag) LogValue() slog.Value { return slog.StringValue(t.String()) }

// String returns the keys; the values are hidden.
func (ts Tags) String() string {
	parts := make([]string, len(ts))
	for i, t := range ts {
		parts[i] = t.String()
	}
	return "[" + strings.Join(parts, " ") + "]"
}

// Format prints [Tags.String] for every verb.
func (ts Tags) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, ts.String()) }

// LogValue returns the keys; the values are hidden.
func (ts Tags) LogValue() slog.Value { return slog.StringValue(ts.String()) }

// String returns the rule on one line; its match-all value is hidden.
func (r Rule) String() string {
	s := fmt.Sprintf("%q restricts %q", r.TagKey, r.ColumnName)
	if r.TagMultiValueDelimiter != "" {
		s += fmt.Sprintf(", values split at %q", r.TagMultiValueDelimiter)
	}
	if r.MatchAllValue != "" {
		s += ", match-all value " + hidden
	}
	return s
}

// Format prints [Rule.String] for every verb.
func (r Rule) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// LogValue returns [Rule.String].
func (r Rule) LogValue() slog.Value { return slog.StringValue(r.String()) }

// String returns the configuration, one rule a line; match-all values are
// hidden.
func (c Config) String() string {
	status := c.Status
	status = cmp.Or(status, Enabled)
	var b strings.Builder
	fmt.Fprintf(&b, "tag rules, %s", status)
	for _, r := range c.TagRules {
		fmt.Fprintf(&b, "\n  %s", r)
	}
	for _, keys := range c.TagRuleConfigurations {
		fmt.Fprintf(&b, "\n  all of %q", keys)
	}
	return b.String()
}

// Format prints [Config.String] for every verb.
func (c Config) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, c.String()) }

// LogValue returns [Config.String].
func (c Config) LogValue() slog.Value { return slog.StringValue(c.String()) }
