package policy

// clickHouse writes one policy for everybody: one statement replaces it whole,
// so no policy of an earlier script can be left, and users without one, who see
// every row where users_without_row_policies_can_read_rows is set, do not exist.
func clickHouse(w *writer) {
	table := w.quoted(1, 2)
	cases := w.cases("currentUser()", "0", func(groups []string) []string {
		return []string{"hasAny(enabledRoles(), [" + w.literals(groups) + "])"}
	})
	w.printf("-- Row-level security, written by rowsight. It holds for every user, the administrator included.\n")
	w.printf("CREATE ROW POLICY OR REPLACE `%s` ON %s FOR SELECT USING\n  %s\nAS PERMISSIVE TO ALL;\n", w.opts.Name, table, cases)
	w.checkText()
}
