package policy

import (
	"fmt"
	"strings"
)

// snowflake writes a row access policy whose body has every set of rows once,
// and a mapping table that says who has which. Somebody new who gets the rows of
// others is one row of that table.
//
// The body is false while the table changes: its numbers mean something else
// before and after.
func snowflake(w *writer) {
	table := w.quoted(1, 3)
	if len(w.columns) == 0 {
		w.fail(fmt.Errorf("%w: Table.Columns: a row access policy needs a column, and no grant names one", ErrOptions))
	}
	if w.err != nil {
		return
	}
	policyName, err := w.dialect.Quote(w.beside("_" + w.opts.Name)...)
	w.fail(err)
	mapping := w.opts.Mapping
	if mapping == nil {
		mapping = w.beside("_" + w.opts.Name + "_mapping")
	}
	mapName, err := w.dialect.Quote(mapping...)
	if err != nil {
		w.fail(fmt.Errorf("%w: Mapping: %w", ErrOptions, err))
	}
	columns := w.identifiers(w.columns)
	w.printf("-- Row-level security, written by rowsight.\n")
	w.printf("CREATE ROW ACCESS POLICY IF NOT EXISTS %s AS (%s) RETURNS BOOLEAN -> FALSE;\n", policyName, w.arguments("VARCHAR"))
	w.printf("ALTER ROW ACCESS POLICY %s SET BODY -> FALSE;\n\n", policyName)
	w.printf("CREATE TABLE IF NOT EXISTS %s (rows_no INTEGER NOT NULL, kind VARCHAR NOT NULL, name VARCHAR COLLATE 'utf8' NOT NULL);\n", mapName)
	w.printf("DELETE FROM %s;\n", mapName)
	var cases []string
	for i, s := range w.shares {
		for _, name := range s.users {
			w.printf("INSERT INTO %s VALUES (%d, 'USER', %s);\n", mapName, i+1, w.literal(name))
		}
		for _, name := range s.groups {
			w.printf("INSERT INTO %s VALUES (%d, 'ROLE', %s);\n", mapName, i+1, w.literal(name))
		}
		cases = append(cases, fmt.Sprintf("(EXISTS (SELECT 1 FROM %s WHERE rows_no = %d AND (kind = 'USER' AND name = CURRENT_USER() OR kind = 'ROLE' AND IS_ROLE_IN_SESSION(name))) AND (%s))", mapName, i+1, w.condition(s.rows)))
	}
	if len(cases) == 0 {
		cases = []string{"FALSE"}
	}
	w.printf("\nALTER ROW ACCESS POLICY %s SET BODY ->\n  %s;\n\n", policyName, strings.Join(cases, "\n  OR "))
	w.printf("-- Once: an error of this statement says that the policy holds already.\n")
	w.printf("ALTER TABLE %s ADD ROW ACCESS POLICY %s ON (%s);\n", table, policyName, columns)
	w.checkText()
}
