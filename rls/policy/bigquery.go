package policy

import (
	"fmt"
	"strings"
)

// maxPolicies is how many row access policies BigQuery lets a table have.
// https://cloud.google.com/bigquery/quotas#row_access_policy_limits
const maxPolicies = 400

// bigQuery writes a policy for each set of rows. Policies are united, and a
// table with one is closed to everybody else; so the first, which shows nothing,
// closes it, and what an earlier script left goes last.
func bigQuery(w *writer) {
	table := w.quoted(2, 3)
	w.fail(w.names(email), w.noTwins())
	if got := len(w.shares) + 1; got > maxPolicies {
		w.fail(fmt.Errorf("%w: %d policies, want at most %d", ErrTooLong, got, maxPolicies))
	}
	w.printf("-- Row-level security, written by rowsight.\n")
	w.printf("CREATE OR REPLACE ROW ACCESS POLICY `%s_0` ON %s\n  GRANT TO ('allAuthenticatedUsers') FILTER USING (FALSE);\n", w.opts.Name, table)
	for i, s := range w.shares {
		var members []string
		for _, name := range s.users {
			members = append(members, "user:"+name)
		}
		for _, name := range s.groups {
			members = append(members, "group:"+name)
		}
		cond, list := w.condition(s.rows), w.literals(members)
		start := w.Len()
		w.printf("CREATE OR REPLACE ROW ACCESS POLICY `%s_%d` ON %s\n  GRANT TO (%s) FILTER USING (%s);\n", w.opts.Name, i+1, table, list, cond)
		if got, most := w.Len()-start, w.dialect.Limits().Text; got > most {
			w.fail(fmt.Errorf("%w: policy %d: %d bytes, want at most %d", ErrTooLong, i+1, got, most))
		}
	}
	w.printf("\n-- What an earlier script, of more policies, left.\n")
	w.printf("FOR old IN (SELECT n FROM UNNEST(GENERATE_ARRAY(%d, %d)) AS n) DO\n", len(w.shares)+1, maxPolicies)
	w.printf("  EXECUTE IMMEDIATE CONCAT('DROP ROW ACCESS POLICY IF EXISTS `%s_', CAST(old.n AS STRING), '`', %s);\nEND FOR;\n", w.opts.Name, w.literal(" ON "+table))
}

// email refuses names that are not addresses: without one, BigQuery takes some
// for everybody.
func email(kind Kind, name string) error {
	before, after, ok := strings.Cut(name, "@")
	if !ok || before == "" || after == "" || strings.ContainsAny(name, ": \t\r\n*") {
		return fmt.Errorf("%w: %s %q: want an e-mail address", ErrName, kind, name)
	}
	return nil
}
