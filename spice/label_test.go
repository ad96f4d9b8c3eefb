package spice

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice/audit"
)

// TestLabel: a label is in the records of everything that a session does, and
// only there; one that is none, or a tag value, refuses the session and is in no
// record and no error (T8).
func TestLabel(t *testing.T) {
	w := newWorld(t)
	d := w.create("sales", sales())
	require.NoError(t, d.SetTagRules(t.Context(), regionTags(""), nil))
	someone := namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:anonymousUser/default/1")
	for _, tt := range []struct {
		session Session
		label   string // in records
		ok      bool
		reason  string
	}{
		{tagged("region", "US"), "", true, "none"},
		{Session{Anonymous: someone, Label: "acme"}, "acme", true, "an anonymous session"},
		{Session{Principal: user("anna").Principal, Label: "acme"}, "acme", true, "a registered viewer"},
		{Session{Label: "acme"}, "acme", true, "nobody"},
		{labelled(tagged("region", "US"), "us"), "", false, "a tag value in other case"},
		{labelled(tagged("region", "US"), "US"), "", false, "a tag value"},
		{labelled(tagged("region", "US", "other", "SECRET"), "SECRET"), "", false, "a tag value that no rule uses"},
		{labelled(tagged("region", "US"), "SECRET of two words"), "", false, "a label that is none"},
		{Session{Principal: user("anna").Principal, Label: "SECRET\n"}, "", false, "of a registered viewer"},
	} {
		before := len(w.audit.Records())
		_, errs := read1(d, tt.session)
		_, count := d.Count(t.Context(), tt.session)
		_, schema := d.Schema(t.Context(), tt.session)
		for _, err := range []error{errs, count, schema} {
			if tt.ok {
				require.NoError(t, err, tt.reason)
				continue
			}
			require.ErrorIs(t, err, ErrSession, tt.reason)
			require.ErrorIs(t, err, audit.ErrLabel, tt.reason)
			require.NotContains(t, err.Error(), "SECRET", tt.reason)
		}
		records := w.audit.Records()[before:]
		require.NotEmpty(t, records, tt.reason)
		for _, r := range records {
			if r.EventName == audit.ReadDataSet || r.EventName == audit.DescribeDataSet {
				require.Equal(t, tt.label, r.UserIdentity.Label, tt.reason)
			}
		}
		text, err := json.Marshal(records)
		require.NoError(t, err)
		require.NotContains(t, string(text), "SECRET", tt.reason)
	}
}

func labelled(s Session, label string) Session {
	s.Label = label
	return s
}

// TestRulesVersion: what stands in records about rules is made of whole parts,
// for every combination of rules of a parent and a child.
func TestRulesVersion(t *testing.T) {
	ctx := context.Background()
	from := func(n int) string { return fmt.Sprintf("user rules from the program (setting %d)", n) }
	for mask := range 16 {
		w := newWorld(t)
		parent := w.create("parent", sales())
		child, err := w.store.CreateDataset(ctx, DatasetInput{ID: "child", ImportMode: DirectQuery, Parent: "parent"})
		require.NoError(t, err)
		var want []string
		for i, d := range []*Dataset{parent, child} {
			var parts []string
			n := 0
			if mask&(1<<(2*i)) != 0 {
				rules, err := rls.ReadCSV(strings.NewReader("UserName,Region\nanna,US\n"), nil)
				require.NoError(t, err)
				n++
				require.NoError(t, d.Attach(ctx, Permissions{Rules: rules}))
				parts = append(parts, from(n))
			}
			if mask&(2<<(2*i)) != 0 {
				n++
				require.NoError(t, d.SetTagRules(ctx, regionTags(""), nil))
				parts = append(parts, fmt.Sprintf("tag rules (setting %d)", n))
			}
			if i == 0 && len(parts) > 0 {
				parts[0] = "parent parent: " + parts[0]
			}
			want = append(want, parts...)
		}
		_, err = read1(child, Session{Principal: user("anna").Principal})
		require.NoError(t, err)
		records := w.audit.Records()
		got := records[len(records)-1].ServiceEventDetails.EventRequestDetails.RulesVersion
		require.Equal(t, strings.Join(want, "; "), got, "%04b", mask)
	}
}
