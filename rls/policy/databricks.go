package policy

import (
	"fmt"
)

// databricks writes a row filter function. A column is an argument, so it must
// not be called like a function of SQL without parentheses would be: all are
// quoted.
func databricks(w *writer) error {
	table, err := w.quoted(1, 3)
	if err != nil {
		return err
	}
	if len(w.columns) == 0 {
		return fmt.Errorf("%w: Table.Columns: a row filter needs a column, and no grant names one", ErrOptions)
	}
	if err := w.noTwins(); err != nil {
		return err
	}
	last := len(w.table.Name) - 1
	function, err := w.dialect.Quote(append(w.table.Name[:last:last], w.table.Name[last]+"_"+w.opts.Name)...)
	if err != nil {
		return fmt.Errorf("%w: %w", ErrTable, err)
	}
	columns, err := w.identifiers(w.columns)
	if err != nil {
		return err
	}
	arguments, err := w.arguments("STRING")
	if err != nil {
		return err
	}
	cases, err := w.cases("session_user() COLLATE UTF8_BINARY", "FALSE", func(groups []string) (tests []string, err error) {
		for _, g := range groups {
			literal, err := w.dialect.Literal(g)
			if err != nil {
				return nil, err
			}
			tests = append(tests, "is_account_group_member("+literal+")")
		}
		return tests, nil
	})
	if err != nil {
		return err
	}
	w.printf("-- Row-level security, written by rowsight.\n")
	w.binary(table, columns)
	w.printf("CREATE OR REPLACE FUNCTION %s(%s)\nRETURNS BOOLEAN\nRETURN\n  %s;\n\n", function, arguments, cases)
	w.printf("ALTER TABLE %s SET ROW FILTER %s ON (%s);\n", table, function, columns)
	return w.checkText()
}

// binary writes a statement that fails if a column has a collation. The optimizer
// may put a value that a viewer compares such a column with in the place of the
// column, and what equals it in the collation is then taken for the value itself.
// It reads no row.
func (w *writer) binary(table, columns string) {
	w.printf("-- Fails if a column has a collation: an equality of a viewer could change what the filter admits.\nSELECT")
	for i, name := range w.columns {
		quoted, _ := w.dialect.Quote(name) // identifiers has quoted it
		why, _ := w.dialect.Literal("column " + name + " has a collation: want the default, UTF8_BINARY")
		if i > 0 {
			w.printf(",")
		}
		w.printf("\n  assert_true(collation(max(%s)) IN ('UTF8_BINARY', 'SYSTEM.BUILTIN.UTF8_BINARY'), %s)", quoted, why)
	}
	w.printf("\nFROM (SELECT %s FROM %s LIMIT 0) AS rowsight_columns;\n\n", columns, table)
}
