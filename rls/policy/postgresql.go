package policy

import (
	"fmt"
	"slices"
	"strings"
)

// maxIdentifier is how many bytes of a name PostgreSQL keeps. Two that differ
// behind it would be one role.
const maxIdentifier = 63

// postgreSQL writes one transaction: whoever asks meanwhile sees the rows of
// before or those of after.
func postgreSQL(w *writer) {
	table := w.quoted(1, 2)
	w.fail(w.names(postgresRole))
	regclass := w.literal(table)
	var roles []string // of both kinds: PostgreSQL has one
	for _, s := range w.shares {
		roles = append(roles, s.names()...)
	}
	slices.Sort(roles)
	if i := firstDouble(roles); i >= 0 {
		w.fail(fmt.Errorf("role %q: %w: a user and a group, and PostgreSQL has one kind of roles", roles[i], ErrDuplicate))
	}
	w.printf("-- Row-level security, written by rowsight. Run it as the owner of the table.\nBEGIN;\n\n")
	if len(roles) > 0 {
		body := "\nDECLARE\n  r pg_catalog.text;\nBEGIN\n  FOREACH r IN ARRAY ARRAY[" + w.literals(roles) + "]::pg_catalog.text[] LOOP\n"
		if w.opts.CreateRoles {
			body += "    IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname OPERATOR(pg_catalog.=) r) THEN\n" +
				"      EXECUTE pg_catalog.format('CREATE ROLE %I NOLOGIN', r);\n    END IF;\n"
		}
		body += "    IF EXISTS (SELECT FROM pg_catalog.pg_roles WHERE (rolsuper OR rolbypassrls) AND pg_catalog.pg_has_role(r::pg_catalog.name, oid, 'MEMBER')) THEN\n" +
			"      RAISE EXCEPTION 'role % sees every row: it is, or may become, a superuser or a role with BYPASSRLS', r;\n    END IF;\n" +
			"    IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid OPERATOR(pg_catalog.=) " + regclass + "::pg_catalog.regclass AND pg_catalog.pg_has_role(r::pg_catalog.name, relowner, 'MEMBER')) THEN\n" +
			"      RAISE EXCEPTION 'role % can switch the policies off: it owns the table', r;\n    END IF;\n" +
			"  END LOOP;\nEND\n"
		w.printf("-- A role that the policies cannot hold is an error.\nDO %s;\n\n", dollarQuoted(body))
	}
	w.printf("-- A temporary table in front of the table is an error.\nDO %s;\n\n", dollarQuoted(`
BEGIN
  IF EXISTS (SELECT FROM pg_catalog.pg_class WHERE oid OPERATOR(pg_catalog.=) `+regclass+`::pg_catalog.regclass AND relnamespace OPERATOR(pg_catalog.=) pg_catalog.pg_my_temp_schema()) THEN
    RAISE EXCEPTION 'the table is a temporary one: name the schema of the table that is meant';
  END IF;
END
`))
	w.noPadding(regclass)
	w.printf("-- Policies of an earlier script go; one of somebody else could show more rows.\nDO %s;\n\n", dollarQuoted(`
DECLARE
  p pg_catalog.name;
BEGIN
  FOR p IN SELECT polname FROM pg_catalog.pg_policy WHERE polrelid OPERATOR(pg_catalog.=) `+regclass+`::pg_catalog.regclass LOOP
    IF NOT pg_catalog.starts_with(p::pg_catalog.text, '`+w.opts.Name+` ') THEN
      RAISE EXCEPTION 'the table has the policy %, which this script does not know: drop it first', p;
    END IF;
    EXECUTE pg_catalog.format('DROP POLICY %I ON %s', p, `+regclass+`::pg_catalog.regclass);
  END LOOP;
END
`))
	w.printf("-- From here on, users that no policy names see no row. Neither does the owner.\n")
	w.printf("ALTER TABLE %s ENABLE ROW LEVEL SECURITY;\nALTER TABLE %s FORCE ROW LEVEL SECURITY;\n", table, table)
	for i, s := range w.shares {
		cond, to := w.condition(s.rows), w.identifiers(s.names())
		w.printf("\nGRANT SELECT ON %s TO %s;\n", table, to)
		w.printf("CREATE POLICY \"%s %d\" ON %s AS PERMISSIVE FOR SELECT TO %s\n  USING (%s);\n", w.opts.Name, i+1, table, to, cond)
	}
	w.printf("\nCOMMIT;\n")
}

// noPadding writes a check that no restricted column is of type char(n), or of a
// domain over it: a policy compares such a text without its padding, which readers
// see.
func (w *writer) noPadding(regclass string) {
	var columns []string
	for _, s := range w.shares {
		columns = append(columns, s.rows.Restricted()...)
	}
	slices.Sort(columns)
	if len(columns) == 0 {
		return
	}
	list := w.literals(slices.Compact(columns))
	w.printf("-- A restricted column of type char(n) is an error.\nDO %s;\n\n", dollarQuoted(`
DECLARE
  c pg_catalog.name;
  t pg_catalog.oid;
  base pg_catalog.oid;
BEGIN
  FOR c, t IN SELECT attname, atttypid FROM pg_catalog.pg_attribute
    WHERE attrelid OPERATOR(pg_catalog.=) `+regclass+`::pg_catalog.regclass AND attname::pg_catalog.text OPERATOR(pg_catalog.=) ANY (ARRAY[`+list+`]::pg_catalog.text[]) LOOP
    LOOP
      SELECT typbasetype INTO base FROM pg_catalog.pg_type WHERE oid OPERATOR(pg_catalog.=) t;
      EXIT WHEN base OPERATOR(pg_catalog.=) 0::pg_catalog.oid;
      t := base;
    END LOOP;
    IF t OPERATOR(pg_catalog.=) 'pg_catalog.bpchar'::pg_catalog.regtype THEN
      RAISE EXCEPTION 'column % is of type char(n), whose padding is not compared: want text or varchar', c;
    END IF;
  END LOOP;
END
`))
}

// postgresRole refuses names that PostgreSQL gives a meaning, also in quotes:
// a policy TO "public" is for everybody.
func postgresRole(kind Kind, name string) error {
	switch {
	case name == "public" || name == "none" || strings.HasPrefix(name, "pg_"):
		return fmt.Errorf("%w: %s %q: the name means something else to PostgreSQL", ErrName, kind, name)
	case len(name) > maxIdentifier:
		return fmt.Errorf("%w: %s %q has %d bytes, want at most %d", ErrName, kind, name, len(name), maxIdentifier)
	}
	return nil
}

// dollarQuoted writes a text between tags that are not in it.
func dollarQuoted(text string) string {
	tag := "$rowsight$"
	for i := 1; strings.Contains(text, tag); i++ {
		tag = fmt.Sprintf("$rowsight%d$", i)
	}
	return tag + text + tag
}

// firstDouble returns the index of a text that comes twice in a sorted list, or
// -1.
func firstDouble(sorted []string) int {
	for i := 1; i < len(sorted); i++ {
		if sorted[i] == sorted[i-1] {
			return i
		}
	}
	return -1
}
