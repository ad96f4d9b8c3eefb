package policy

import "fmt"

// databricks writes a row filter function. A column is an argument, so it must
// not be called like a function of SQL without parentheses would be: all are
// quoted.
func databricks(w *writer) {
	table := w.quoted(1, 3)
	if len(w.columns) == 0 {
		w.fail(fmt.Errorf("%w: Table.Columns: a row filter needs a column, and no grant names one", ErrOptions))
	}
	w.fail(w.noTwins())
	if w.err != nil {
		return
	}
	function, err := w.dialect.Quote(w.beside("_" + w.opts.Name)...)
	if err != nil {
		w.fail(fmt.Errorf("%w: %w", ErrTable, err))
	}
	columns := w.identifiers(w.columns)
	arguments := w.arguments("STRING")
	cases := w.cases("session_user() COLLATE UTF8_BINARY", "FALSE", func(groups []string) (tests []string) {
		for _, g := range groups {
			tests = append(tests, "is_account_group_member("+w.literal(g)+")")
		}
		return tests
	})
	w.printf("-- Row-level security, written by rowsight.\n")
	w.binary(table, columns)
	w.printf("CREATE OR REPLACE FUNCTION %s(%s)\nRETURNS BOOLEAN\nRETURN\n  %s;\n\n", function, arguments, cases)
	w.printf("ALTER TABLE %s SET ROW FILTER %s ON (%s);\n", table, function, columns)
	w.checkText()
}

// binary writes a statement that fails if a column has a collation. The optimizer
// may put a value that a viewer compares such a column with in the place of the
// column, and what equals it in the collation is then taken for the value itself.
// It reads no row.
func (w *writer) binary(table, columns string) {
	w.printf("-- Fails if a column has a collation: an equality of a viewer could change what the filter admits.\nSELECT")
	for i, name := range w.columns {
		quoted := w.identifiers([]string{name})
		why := w.literal("column " + name + " has a collation: want the default, UTF8_BINARY")
		if i > 0 {
			w.printf(",")
		}
		w.printf("\n  assert_true(collation(max(%s)) IN ('UTF8_BINARY', 'SYSTEM.BUILTIN.UTF8_BINARY'), %s)", quoted, why)
	}
	w.printf("\nFROM (SELECT %s FROM %s LIMIT 0) AS rowsight_columns;\n\n", columns, table)
}
