package policy

import (
	"strings"
)

// clickHouse writes one policy for everybody: one statement replaces it whole,
// so no policy of an earlier script can be left, and users without one, who see
// every row where users_without_row_policies_can_read_rows is set, do not exist.
func clickHouse(w *writer) error {
	table, err := w.quoted(1, 2)
	if err != nil {
		return err
	}
	var cases []string
	for _, s := range w.shares {
		cond, err := w.condition(s.rows)
		if err != nil {
			return err
		}
		var who []string
		if len(s.users) > 0 {
			list, err := w.literals(s.users)
			if err != nil {
				return err
			}
			who = append(who, "currentUser() IN ("+list+")")
		}
		if len(s.groups) > 0 {
			list, err := w.literals(s.groups)
			if err != nil {
				return err
			}
			who = append(who, "hasAny(enabledRoles(), ["+list+"])")
		}
		cases = append(cases, "(("+strings.Join(who, " OR ")+") AND ("+cond+"))")
	}
	if len(cases) == 0 {
		cases = []string{"0"}
	}
	w.printf("-- Row-level security, written by rowsight. It holds for every user, the administrator included.\n")
	w.printf("CREATE ROW POLICY OR REPLACE `%s` ON %s FOR SELECT USING\n  %s\nAS PERMISSIVE TO ALL;\n", w.opts.Name, table, strings.Join(cases, "\n  OR "))
	return w.checkText()
}
