package integration

import (
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/integration/suite"
	"github.com/rowsight/rowsight/predicate/where"
)

// hostileTrino: functions in the schema that the session is in.
var hostileTrino = suite.Hostile{
	Dialect: where.Trino,
	Types:   []string{"VARCHAR"},
	Naive:   func(sql string) string { return sql },
	Safe:    true, // the access control of the cluster lets no user create a function
	Shadows: func(o suite.Object) (all []suite.Shadow) {
		if o.Kind != suite.Function {
			return nil
		}
		for _, of := range []string{"(a varchar) RETURNS varchar RETURN 'US'", "(a array(varchar), b varchar) RETURNS boolean RETURN true", "(a varchar) RETURNS array(varchar) RETURN ARRAY['US']"} {
			name, _, _ := strings.Cut(of, " RETURNS")
			all = append(all, suite.Shadow{Object: o, Create: []string{fmt.Sprintf(`CREATE FUNCTION memory.default."%s"%s`, o.Name, of)},
				Drop: []string{fmt.Sprintf(`DROP FUNCTION memory.default."%s"%s`, o.Name, strings.NewReplacer("(a ", "(", ", b ", ", ").Replace(name))}})
		}
		return all
	},
}

// hostileSpark: temporary functions and views of the session, and functions of
// the database.
var hostileSpark = suite.Hostile{
	Dialect: where.Spark,
	Types:   []string{"STRING"},
	Naive:   func(sql string) string { return sql },
	Safe:    true,
	Shadows: func(o suite.Object) (all []suite.Shadow) {
		if o.Kind != suite.Function {
			return nil
		}
		for _, of := range []string{"(a STRING) RETURNS STRING RETURN 'US'", "(a ARRAY<STRING>, b STRING) RETURNS BOOLEAN RETURN true", "(a STRING, b STRING) RETURNS ARRAY<STRING> RETURN array('US')"} {
			for _, how := range []string{"CREATE OR REPLACE TEMPORARY FUNCTION", "CREATE TEMPORARY FUNCTION", "CREATE FUNCTION"} {
				all = append(all, suite.Shadow{Object: o, Create: []string{how + " `" + o.Name + "`" + of},
					Drop: []string{strings.NewReplacer("OR REPLACE ", "", "CREATE", "DROP").Replace(how) + " `" + o.Name + "`"}})
			}
		}
		return all
	},
}
