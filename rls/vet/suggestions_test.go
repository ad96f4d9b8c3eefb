package vet

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSuggestions holds what advice says, word by word: somebody follows it
// without a second look.
func TestSuggestions(t *testing.T) {
	regions := []string{"EMEA", "APAC", "US", "EMEA"}
	tests := []struct {
		reason, value string
		data          []string
		want          string
	}{
		{"letters that changed places", "EMAE", regions, `is it "EMEA"? Naming it shows its 2 rows`},
		{"another case", "apac", regions, `is it "APAC"? Naming it shows its 1 row`},
		{"a letter too many", "EMEEA", regions, `is it "EMEA"? Naming it shows its 2 rows`},
		{"a sign behind a word", "EMEA-", regions, `the data holds "APAC", "EMEA", "US"`},
		{"a longer name is another value", "APAC-Sales", regions, `the data holds "APAC", "EMEA", "US"`},
		{"another separator", "EMEA;US", regions, `if a list is meant, separate its values by commas, without quotes around all of them; the rule then shows the rows of "EMEA", "US"`},
		{"quotation marks around a value", "“EMEA”", regions, `is it "EMEA"? Naming it shows its 2 rows`},
		{"single ones", "'EMEA'", regions, `is it "EMEA"? Naming it shows its 2 rows`},
		{"the apostrophe of a spreadsheet", "'0017", []string{"0017", "017"}, `is it "0017"? Naming it shows its 1 row`},
		{"one mark at the end is none around it", "0017'", []string{"0017", "0018"}, "compare it with the source of the data: another code or id that looks like it is somebody else's"},
		{"a code in quotation marks that the data does not have", "'0019'", []string{"0017", "0018"}, "compare it with the source of the data: another code or id that looks like it is somebody else's"},
		{"nothing but marks is no empty cell, which admits every value", "''", []string{"", "US"}, `the data holds "US"`},
		{"no value is near", "Narnia", regions, `the data holds "APAC", "EMEA", "US"`},
		{"one letter for another makes another word", "Iran", []string{"Iraq", "Oman"}, `the data holds "Iraq", "Oman"`},
		{"and does not in a long word", "Enterprize", []string{"Enterprise", "SMB"}, `is it "Enterprise"? Naming it shows its 1 row`},
		{"of two, either could be meant", "Norh", []string{"North", "Norah"}, `the data holds "Norah", "North"`},
		{"a number of a spreadsheet", "1017.0", []string{"1010", "1017"}, `it looks like a number that a spreadsheet changed: "1017" is the same number; naming it shows its 1 row`},
		{"zeros that a spreadsheet dropped", "17", []string{"0017", "0018"}, `it looks like a number that a spreadsheet changed: "0017" is the same number; naming it shows its 1 row`},
		{"two values are the number", "17", []string{"0017", "017", "18"}, "it looks like a number or a date that a spreadsheet changed: write it as the data does, in a column of text"},
		{"another number", "1019", []string{"1010", "1017"}, "it looks like a number or a date that a spreadsheet changed: write it as the data does, in a column of text"},
		{"a date", "2023-11-09", []string{"2023-11-08"}, "it looks like a number or a date that a spreadsheet changed: write it as the data does, in a column of text"},
		{"a code", "TX-101", []string{"TX-100", "TX-110"}, "compare it with the source of the data: another code or id that looks like it is somebody else's"},
		{"an id", "tenant7", []string{"tenant1", "tenant70"}, "compare it with the source of the data: another code or id that looks like it is somebody else's"},
		{"a code in another case looks the same", "tx-100", []string{"TX-100", "TX-110"}, `is it "TX-100"? Naming it shows its 1 row`},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			findings := ruleCase{csv: "UserName,Region\nal,\nbo," + tt.value + "\n", data: []testColumn{col("Region", tt.data...)}}.run(t)
			i := slices.IndexFunc(findings, func(f Finding) bool { return f.ID == "RS042" })
			require.GreaterOrEqual(t, i, 0)
			require.Equal(t, tt.want, findings[i].Suggestion)
		})
	}
}

// TestSuggestionsOfCells holds the advice of findings about a cell.
func TestSuggestionsOfCells(t *testing.T) {
	companies := []testColumn{col("Company", "Acme", "Acme, Inc", "Inc", "SMB")}
	tests := []struct {
		reason, csv string
		data        []testColumn
		id          string
		want        string
	}{
		{"the quoted form of a value with a comma", "UserName,Company\nal,\"Acme, Inc\"\n", companies, "RS046",
			`2:4: warning RS046: column "Company": the data holds the one value "Acme, Inc", and the list "Acme, Inc", which is split at its commas, shows the rows of "Acme" (write the cell as """Acme, Inc""" in the file)`},
		{"in a longer list", "UserName,Company\nal,\"SMB,Acme, Inc\"\n", companies, "RS046",
			`2:4: warning RS046: column "Company": the data holds the one value "Acme, Inc", and the list "SMB,Acme, Inc", which is split at its commas, shows the rows of "Acme", "SMB" (write "Acme, Inc" in the list)`},
		{"white space, and what trimming shows", "UserName,Company\nal,\"Acme, SMB\"\n", companies, "RS022",
			`2:4: warning RS022: column "Company": the list holds " SMB": white space around a value is part of it (write "SMB" if that is the value, without white space around the commas of a list; naming it shows its 1 row)`},
		{"a blank is no wildcard", "UserName,Company\nal, \n", nil, "RS022",
			`2:4: warning RS022: column "Company": " " is a value, not a missing one (name a value; an empty cell admits every value)`},
		{"the word NULL", "UserName,Company\nal,NULL\n", nil, "RS025",
			`2:4: warning RS025: column "Company": "NULL" is text: rows whose field is NULL do not match it (rows without a value cannot be named; an empty cell is no substitute, as it admits every value)`},
		{"an exclusion", "UserName,Company\nal,!SMB\n", companies, "RS028",
			`2:4: warning RS028: column "Company": "!SMB" looks like an exclusion: rules have none, and the rule admits only rows that hold this very text (list the values that the rule admits, and no others)`},
		{"a number", "UserName,Company\nal,1.2E+11\n", nil, "RS029",
			`2:4: warning RS029: column "Company": "1.2E+11" looks like a number that a spreadsheet changed (format the column as text in the spreadsheet, and write the value as the data has it)`},
		{"a column that the data lacks is not taken out: the rules would admit more", "UserName,Segment\nal,SMB\n", companies, "RS040",
			`1:10: error RS040: column "Segment": the data has no such column, so that nobody sees a row (name it like a column of the data: "Company")`},
		{"data with another delimiter", "UserName,Segment\nal,SMB\n", []testColumn{col("Company\tSegment", "Acme\tSMB")}, "RS040",
			`1:10: error RS040: column "Segment": the data has no such column, so that nobody sees a row (its only column is "Company\tSegment": does the data use another delimiter?)`},
		{"everybody", "UserName,Company\nEveryone,SMB\n", nil, "RS034",
			`2:1: warning RS034: column "UserName": no rule can name everybody: the rule applies to a user whose name is "Everyone" (write a rule for each user or group)`},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			findings := ruleCase{csv: tt.csv, data: tt.data}.run(t)
			i := slices.IndexFunc(findings, func(f Finding) bool { return f.ID == tt.id })
			require.GreaterOrEqual(t, i, 0, "%v", findings)
			require.Equal(t, tt.want, findings[i].String())
		})
	}
}
