package policy

import (
	"fmt"
	"strings"
)

// trinoFile writes the tables section of a rules file. Trino takes the first
// rule that fits, so the last of this table closes it to everybody else; a user
// who is in two groups could not see the rows of both.
//
// Trino looks for a table that no rule names, and finds that nobody may do
// anything with it: rules of other tables go behind these.
func trinoFile(w *writer) {
	if n := len(w.table.Name); n != 3 {
		w.fail(fmt.Errorf("%w: got %d parts, want a catalog, a schema and a table", ErrTable, n))
		return
	}
	w.fail(w.noGroups("Trino takes the first rule that fits a user; make grants of users"))
	var parts [3]string
	for i, name := range w.table.Name {
		if name == "" {
			w.fail(fmt.Errorf("%w: part %d is empty", ErrTable, i+1))
		}
		// Trino knows catalogs, schemas and tables by names in lower case.
		parts[i] = javaPattern(strings.ToLower(name))
	}
	rule := func(o object, privileges ...string) object {
		if privileges == nil {
			privileges = []string{}
		}
		return append(o, member{"catalog", parts[0]}, member{"schema", parts[1]}, member{"table", parts[2]}, member{"privileges", privileges})
	}
	var rules []object
	for _, s := range w.shares {
		users := make([]string, len(s.users))
		for i, name := range s.users {
			users[i] = javaPattern(name)
		}
		rules = append(rules, append(rule(object{{"user", strings.Join(users, "|")}}, "SELECT"), member{"filter", w.condition(s.rows)}))
	}
	rules = append(rules, rule(nil))
	w.json(object{{"tables", rules}})
}

// javaPattern returns a regular expression of Java that matches the text alone.
// Trino matches names as a whole.
func javaPattern(text string) string {
	if isWord(text) {
		return text
	}
	return `\Q` + strings.ReplaceAll(text, `\E`, `\E\\E\Q`) + `\E`
}

// trinoOPA writes what a policy agent answers when Trino asks it for the row
// filters of a user on a table. An answer without a filter would show every row.
func trinoOPA(w *writer) {
	w.json(object{{"result", []object{{{"expression", w.condition(w.rows)}}}}})
}
