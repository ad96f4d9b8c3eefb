package policy

import (
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/predicate/where"
)

// A Target is a system with row policies. The zero Target is invalid.
type Target uint8

// The supported targets.
const (
	PostgreSQL    Target = iota + 1 // CREATE POLICY, and the roles
	ClickHouse                      // CREATE ROW POLICY
	Snowflake                       // row access policy, and its mapping table
	BigQuery                        // row access policies
	Databricks                      // row filter function
	TrinoFile                       // rules of the file-based access control
	LakeFormation                   // data cells filters and their grants
	Superset                        // row-level security filters
	TrinoOPA                        // answer to rowFilters
	SupersetGuest                   // rls of a guest token
	Iceberg                         // read-restrictions of a REST catalog
	Substrait                       // extended expression
)

// A targetSpec is what there is to know about a target.
type targetSpec struct {
	name    string
	dialect where.Dialect // of its conditions; zero if it has none, or the caller says
	script  func(*writer)
	filter  func(*writer)
}

var targets = [...]targetSpec{
	PostgreSQL:    {name: "postgresql", dialect: where.PostgreSQL, script: postgreSQL},
	ClickHouse:    {name: "clickhouse", dialect: where.ClickHouse, script: clickHouse},
	Snowflake:     {name: "snowflake", dialect: where.Snowflake, script: snowflake},
	BigQuery:      {name: "bigquery", dialect: where.BigQuery, script: bigQuery},
	Databricks:    {name: "databricks", dialect: where.Databricks, script: databricks},
	TrinoFile:     {name: "trino-file", dialect: where.Trino, script: trinoFile},
	LakeFormation: {name: "lakeformation", script: lakeFormation},
	Superset:      {name: "superset", script: superset},
	TrinoOPA:      {name: "trino-opa", dialect: where.Trino, filter: trinoOPA},
	SupersetGuest: {name: "superset-guest", filter: supersetGuest},
	Iceberg:       {name: "iceberg", filter: iceberg},
	Substrait:     {name: "substrait", filter: substrait},
}

// spec returns the zero spec if there is no such target.
func (t Target) spec() targetSpec {
	if int(t) >= len(targets) {
		return targetSpec{}
	}
	return targets[t]
}

// Targets returns all targets, in the order of their constants.
func Targets() []Target {
	var all []Target
	for t := range Target(len(targets)) {
		if t.spec().name != "" {
			all = append(all, t)
		}
	}
	return all
}

// ParseTarget returns the target with a name, in the spelling of [Target.String].
// Any other name is an [ErrTarget].
func ParseTarget(name string) (Target, error) {
	var names []string
	for _, t := range Targets() {
		if t.String() == name {
			return t, nil
		}
		names = append(names, t.String())
	}
	return 0, fmt.Errorf("%w: got %q, want %s", ErrTarget, name, strings.Join(names, ", "))
}

// String returns the name of t, such as "postgresql" or "trino-opa", or "none"
// for the zero Target.
func (t Target) String() string {
	if name := t.spec().name; name != "" {
		return name
	}
	return "none"
}

// OneViewer reports whether t needs the filter of one viewer, from [Filter],
// instead of all grants, from [Script].
func (t Target) OneViewer() bool { return t.spec().filter != nil }

// Dialect returns the SQL dialect of conditions for t. It is zero for targets
// without SQL, and for Superset, whose databases differ.
func (t Target) Dialect() where.Dialect { return t.spec().dialect }
