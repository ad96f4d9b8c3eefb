// Package rlstest tests rule files: test cases beside the rules state who sees
// which rows.
//
// Cases are in a YAML file named *.rlstest.yaml:
//
//	rules: rules.csv
//	data: sales.csv
//	id: OrderID
//	cases:
//	  - name: al sees EMEA, but no startups
//	    who: al
//	    because: startups belong to the new team
//	    count: 2
//	    only: {Region: EMEA}
//	    hidden: [6]
//	  - name: a stranger sees nothing
//	    who: eve
//	    none: true
//
// A Go test of one line runs all of them:
//
//	func TestRules(t *testing.T) { rlstest.Run(t, os.DirFS("rules")) }
//
// [RunAll], or [Load] and [Suite.Run], run them without package testing.
// [WriteText], [WriteJUnit] and [WriteJSON] write their reports.
//
// # The file
//
//	rules      a permission dataset, CSV. Paths are relative to the case file
//	tags       a tag configuration, JSON; one of rules and tags, or both
//	options    how they are read: the fields of rls.Options and tagrules.Options
//	data       sales.csv, or {file: sales.csv, nullWord: \N, comma: ";"}, or rows
//	id         the column that rows and hidden name rows by
//	cases
//
// All columns of the data are text, and a value is taken as it is written: 007
// is the text 007, and no is the text no. Only null, ~ and nothing at all are
// NULL; "" is the empty text. In a CSV file an empty cell is the empty text, and
// NULL is the cell that nullWord names. Rows written in the case file each have
// every column, so that no misspelt column goes unseen:
//
//	data:
//	  - {OrderID: 1, Region: EMEA, Segment: null}
//
// A case has a name, an optional because, a viewer, and what the viewer sees:
//
//	who: al                                    a user, by name or by ARN
//	who: {user: al, groups: [emea], namespace: ns}
//	tags: {tenant: acme, region: "EMEA, US"}   or the session of an anonymous user
//
//	count: 12                       so many rows
//	all: true                       every row
//	none: true                      no row
//	only: {Region: [EMEA, US]}      every row that is seen holds one of these
//	rows: [17, {Region: EMEA}]      all of these rows are seen
//	hidden: [4, {Segment: null}]    none of these rows is
//	error: too many rules           no row, and an error that says so
//
// A case asks for one or more; count, all and none exclude each other, and error
// all others. A row that a case names must be in the data.
//
// Decoding is strict. An unknown key, a key given twice, a number where a text
// is wanted, an alias, an anchor: each is an error with file:line:column, and
// every one is reported. [Schema] is the form of the file for editors; begin it
// with
//
//	# yaml-language-server: $schema=https://raw.githubusercontent.com/rowsight/rowsight/main/schemas/rlstest.schema.json
//
// # Tests that prove nothing
//
// A run that finds no file or no case is an error. So is a case that wrong rules
// could not break: "only EMEA" holds for a viewer who sees nothing, and would
// pass with no row visible; "row 17 is visible" would pass with every row
// visible. Such a case fails until it says how many rows there are, or names one
// that is seen and one that is not; [Options.Lenient] warns only. A case of none,
// all, count or error says everything there is to say; but a file needs at least
// one case that sees a row and one that a row is hidden from.
//
// [Coverage] lists the rules that no case exercises. [Suite.Mutate] goes further:
// it makes the rules wrong in many small ways, and lists those that no case
// notices.
//
// # Secrets
//
// The tags of a session may stand in a case file. No error, report or mutant
// shows their values: of the rows of a session only the numbers are shown, and
// of conditions only the columns. Names, because and error are shown as they are
// written.
package rlstest
