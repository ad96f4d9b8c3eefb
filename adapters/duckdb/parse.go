package duckdb

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A statement is what the SQL of a caller names, as DuckDB parses it.
type statement struct {
	tables  []string // of the session
	names   []string // every text: a column that is none of them is not needed
	columns bool     // all columns may be needed
}

// allowed are the table functions that read nothing.
var allowed = []string{"range", "generate_series", "unnest"}

// parse refuses everything but one SELECT over tables of the session. DuckDB
// itself parses it, so that there is no second reading of the text.
func (d *database) parse(ctx context.Context, sql string, tables map[string]Table) (*statement, error) {
	var text string
	if err := d.db.QueryRowContext(ctx, "SELECT CAST(json_serialize_sql(CAST($1 AS VARCHAR)) AS VARCHAR)", sql).Scan(&text); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatement, err)
	}
	var tree struct {
		Error      bool              `json:"error"`
		Message    string            `json:"error_message"`
		Statements []json.RawMessage `json:"statements"`
	}
	if err := json.Unmarshal([]byte(text), &tree); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatement, err)
	}
	switch {
	case tree.Error:
		return nil, fmt.Errorf("%w: %s", ErrStatement, tree.Message)
	case len(tree.Statements) != 1:
		return nil, fmt.Errorf("%w: got %d", ErrStatement, len(tree.Statements))
	}
	var root any
	if err := json.Unmarshal(tree.Statements[0], &root); err != nil {
		return nil, fmt.Errorf("%w: %w", ErrStatement, err)
	}
	w := walker{tables: tables, found: make(map[string]bool)}
	w.collect(root)
	w.check(root)
	if w.errs != nil {
		return nil, errors.Join(w.errs...)
	}
	return &statement{tables: slices.Sorted(maps.Keys(w.found)), names: w.names, columns: w.all}, nil
}

type walker struct {
	tables map[string]Table
	found  map[string]bool
	local  []string // names of common table expressions
	alias  []string // names that stand for a whole row
	names  []string
	all    bool
	errs   []error
}

func (w *walker) fail(err error, name string) {
	w.errs = append(w.errs, fmt.Errorf("%w: %q", err, name))
}

func field(m map[string]any, name string) string {
	s, _ := m[name].(string)
	return s
}

// collect finds all texts, and the names that stand for tables.
func (w *walker) collect(n any) {
	switch n := n.(type) {
	case []any:
		for _, in := range n {
			w.collect(in)
		}
	case string:
		w.names = append(w.names, n)
	case map[string]any:
		if a := field(n, "alias"); a != "" {
			w.alias = append(w.alias, a)
		}
		if t := field(n, "table_name"); t != "" {
			w.alias = append(w.alias, t)
		}
		if ctes, ok := n["cte_map"].(map[string]any); ok {
			entries, _ := ctes["map"].([]any)
			for _, entry := range entries {
				if e, ok := entry.(map[string]any); ok {
					key := field(e, "key")
					if reserved(key) {
						w.fail(ErrTable, key)
					}
					w.local = append(w.local, key)
				}
			}
		}
		for _, in := range n {
			w.collect(in)
		}
	}
}

// costly are functions whose time grows faster than their input. DuckDB looks at
// its deadline between vectors of rows only, so one call of these can outlast it.
var costly = []string{"levenshtein", "editdist3", "damerau_levenshtein", "jaccard", "jaro_similarity", "jaro_winkler_similarity", "hamming", "mismatches"}

// reserved reports whether DuckDB itself could answer to the name of a common
// table expression, outside of its scope: a view of its catalog, or a file.
func reserved(name string) bool {
	lower := strings.ToLower(name)
	for _, prefix := range []string{"duckdb_", "sqlite_", "pragma_", "pg_", "information_schema"} {
		if strings.HasPrefix(lower, prefix) {
			return true
		}
	}
	return strings.ContainsAny(name, `./:\*?`)
}

// check refuses tables and table functions that are not of the session.
func (w *walker) check(n any) {
	switch n := n.(type) {
	case []any:
		for _, in := range n {
			w.check(in)
		}
	case map[string]any:
		switch field(n, "type") {
		case "BASE_TABLE":
			w.table(field(n, "catalog_name"), field(n, "schema_name"), field(n, "table_name"))
		case "TABLE_FUNCTION":
			f, _ := n["function"].(map[string]any)
			name := strings.ToLower(field(f, "function_name"))
			if !slices.Contains(allowed, name) || field(f, "schema") != "" || field(f, "catalog") != "" {
				w.fail(ErrFunction, name)
			}
		case "SHOW_REF":
			w.fail(ErrStatement, strings.ToLower(field(n, "show_type")))
		case "STAR", "PIVOT":
			w.all = true // PIVOT groups by the columns that nobody names
		case "COLUMN_REF":
			parts, _ := n["column_names"].([]any)
			if len(parts) > 0 { // sales and main.sales are whole rows
				name, _ := parts[len(parts)-1].(string)
				w.all = w.all || containsFold(w.alias, name)
			}
		}
		if name := strings.ToLower(field(n, "function_name")); slices.Contains(costly, name) {
			w.fail(ErrFunction, name)
		}
		if aliases, _ := n["column_name_alias"].([]any); len(aliases) > 0 {
			w.all = true // they name columns by their place
		}
		if ref := field(n, "ref_type"); ref != "" && ref != "REGULAR" && ref != "CROSS" {
			w.all = true // NATURAL and the like join by all columns that are shared
		}
		for _, in := range n {
			w.check(in)
		}
	}
}

func (w *walker) table(catalog, schema, name string) {
	if catalog != "" || schema != "" {
		w.fail(ErrTable, strings.Trim(catalog+"."+schema+"."+name, "."))
		return
	}
	for table := range w.tables {
		if strings.EqualFold(table, name) {
			w.found[table] = true
			return
		}
	}
	if !containsFold(w.local, name) {
		w.fail(ErrTable, name)
	}
}

// containsFold: names of DuckDB have no case.
func containsFold(names []string, name string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.EqualFold(n, name) })
}
