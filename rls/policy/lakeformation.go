package policy

import (
	"errors"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rowsight/rowsight/predicate"
)

// A row filter expression has less than so many characters.
// https://docs.aws.amazon.com/lake-formation/latest/dg/partiql-support.html
const maxExpression = 2048

// lakeFormation writes the inputs of CreateDataCellsFilter and GrantPermissions.
// The filters of a principal are united. A filter that shows no row is not
// granted: a principal without a grant sees nothing.
//
// The names of users and groups are ARNs, as Lake Formation takes them: those of
// IAM, and those of QuickSight with their Region.
func lakeFormation(w *writer) {
	if n := len(w.table.Name); n != 3 {
		w.fail(fmt.Errorf("%w: got %d parts, want an account, a database and a table", ErrTable, n))
		return
	}
	account, database, table := w.table.Name[0], w.table.Name[1], w.table.Name[2]
	if account == "" || database == "" || table == "" {
		w.fail(fmt.Errorf("%w: a part is empty", ErrTable))
	}
	w.fail(w.names(func(kind Kind, name string) error {
		if !strings.HasPrefix(name, "arn:") {
			return fmt.Errorf("%w: %s %q: want an ARN", ErrName, kind, name)
		}
		return nil
	}))
	filters, grants := []object{}, []object{}
	for i, s := range w.shares {
		if s.rows.Op() == predicate.OpNone {
			continue
		}
		name := fmt.Sprintf("%s_%d", w.opts.Name, i+1)
		filters = append(filters, object{{"TableData", object{
			{"TableCatalogId", account}, {"DatabaseName", database}, {"TableName", table}, {"Name", name},
			{"RowFilter", w.rowFilter(s.rows)}, {"ColumnWildcard", object{}},
		}}})
		for _, principal := range s.names() {
			grants = append(grants, object{
				{"Principal", object{{"DataLakePrincipalIdentifier", principal}}},
				{"Resource", object{{"DataCellsFilter", object{
					{"TableCatalogId", account}, {"DatabaseName", database}, {"TableName", table}, {"Name", name},
				}}}},
				{"Permissions", []string{"SELECT"}},
			})
		}
	}
	w.json(object{{"CreateDataCellsFilter", filters}, {"GrantPermissions", grants}})
}

func (w *writer) rowFilter(rows predicate.Predicate) object {
	if rows.Op() == predicate.OpAll {
		return object{{"AllRowsWildcard", object{}}}
	}
	text, err := partiQL(rows)
	w.fail(err)
	if n := utf8.RuneCountInString(text); n >= maxExpression {
		w.fail(fmt.Errorf("%w: a row filter of %d characters, want less than %d", ErrTooLong, n, maxExpression))
	}
	return object{{"FilterExpression", text}}
}

// partiQL writes rows in the part of PartiQL that Lake Formation reads. How it
// reads names in quotes and backslashes is not documented, so they are refused,
// and control characters too.
func partiQL(p predicate.Predicate) (string, error) {
	switch p.Op() {
	case predicate.OpAnd, predicate.OpOr:
		var parts []string
		var errs []error
		for q := range p.Args() {
			part, err := partiQL(q)
			errs = append(errs, err)
			parts = append(parts, "("+part+")")
		}
		word := " AND "
		if p.Op() == predicate.OpOr {
			word = " OR "
		}
		return strings.Join(parts, word), errors.Join(errs...)
	}
	if strings.ContainsFunc(p.Column(), func(r rune) bool { return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') }) || p.Column() == "" || p.Column()[0] <= '9' {
		return "", fmt.Errorf("column %q: %w: want lower-case letters, digits and underscores, as Glue has them", p.Column(), ErrValue)
	}
	if p.Op() == predicate.OpHasValue {
		return p.Column() + " <> ''", nil
	}
	var values []string
	for v := range p.Values() {
		if strings.ContainsFunc(v, func(r rune) bool { return r == '\\' || r == utf8.RuneError || unicode.IsControl(r) }) {
			return "", fmt.Errorf("column %q: value %d of %d: %w: it holds a backslash or a control character", p.Column(), len(values)+1, p.Len(), ErrValue)
		}
		values = append(values, "'"+strings.ReplaceAll(v, "'", "''")+"'")
	}
	if len(values) == 1 {
		return p.Column() + " = " + values[0], nil
	}
	return p.Column() + " IN (" + strings.Join(values, ", ") + ")", nil
}
