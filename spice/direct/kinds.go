package direct

import (
	"context"
	"errors"
	"strings"

	"github.com/rowsight/rowsight/predicate/where"
)

// kind returns what a column is known to hold.
func (t *Table) kind(c column) where.Kind {
	if k, ok := t.Kinds[c.field.Name]; ok {
		return k
	}
	if dialects[t.Dialect].uuid && typeName(c.typ) == "uuid" {
		return where.UUID
	}
	return where.Text
}

// exactPostgreSQL are the columns of a table whose own comparison is by bytes:
// text and varchar with a deterministic collation.
const exactPostgreSQL = `SELECT a.attname::pg_catalog.text
FROM pg_catalog.pg_attribute AS a JOIN pg_catalog.pg_collation AS c ON c.oid OPERATOR(pg_catalog.=) a.attcollation
WHERE a.attrelid OPERATOR(pg_catalog.=) %s::pg_catalog.regclass
AND a.attnum OPERATOR(pg_catalog.>) 0::pg_catalog.int2 AND NOT a.attisdropped AND c.collisdeterministic
AND a.atttypid OPERATOR(pg_catalog.=) ANY (ARRAY['pg_catalog.text'::pg_catalog.regtype, 'pg_catalog.varchar'::pg_catalog.regtype]::pg_catalog.oid[])`

// CatalogKinds reads from the catalog which columns the engine compares
// exactly, for [Table.Kinds]; they are [where.ExactText]. Call it again after
// the table was altered. It supports a Table of PostgreSQL. For other engines,
// and for a Query, the result is empty.
func (t *Table) CatalogKinds(ctx context.Context) (map[string]where.Kind, error) {
	if _, err := t.base(); err != nil {
		return nil, err
	}
	kinds := make(map[string]where.Kind)
	exact := dialects[t.Dialect].exact
	if exact == "" || t.Table == "" {
		return kinds, nil
	}
	name, err := t.name()
	if err != nil {
		return nil, err
	}
	literal, err := t.Dialect.Literal(name)
	if err != nil {
		return nil, err
	}
	rows, err := t.DB.QueryContext(ctx, strings.Replace(exact, "%s", literal, 1))
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var column string
		if err := rows.Scan(&column); err != nil {
			return nil, err
		}
		kinds[column] = where.ExactText
	}
	if err := errors.Join(rows.Err(), rows.Close()); err != nil {
		return nil, err
	}
	return kinds, nil
}
