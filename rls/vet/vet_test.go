package vet

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/apache/arrow/go/v15/arrow"
	"github.com/apache/arrow/go/v15/arrow/array"
	"github.com/apache/arrow/go/v15/arrow/memory"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/roster"
	"github.com/rowsight/rowsight/tagrules"
)

// A column of test data: text, or numbers if it has none.
type testColumn struct {
	name   string
	values []string // "" is NULL
	number bool
}

// reader makes a record reader of columns, in two batches so that values go on
// from one to the next.
func reader(t *testing.T, mem memory.Allocator, columns []testColumn) array.RecordReader {
	t.Helper()
	if columns == nil {
		return nil
	}
	var fields []arrow.Field
	for _, c := range columns {
		var typ arrow.DataType = arrow.BinaryTypes.String
		if c.number {
			typ = arrow.PrimitiveTypes.Int64
		}
		fields = append(fields, arrow.Field{Name: c.name, Type: typ, Nullable: true})
	}
	schema := arrow.NewSchema(fields, nil)
	b := array.NewRecordBuilder(mem, schema)
	defer b.Release()
	var records []arrow.Record
	rows := len(columns[0].values)
	for _, span := range [][2]int{{0, rows / 2}, {rows / 2, rows}} {
		for i, c := range columns {
			for _, value := range c.values[span[0]:span[1]] {
				switch b := b.Field(i).(type) {
				case *array.Int64Builder:
					b.Append(int64(len(value)))
				case *array.StringBuilder:
					if value == "" {
						b.AppendNull()
					} else {
						b.Append(value)
					}
				}
			}
		}
		rec := b.NewRecord()
		defer rec.Release()
		records = append(records, rec)
	}
	r, err := array.NewRecordReader(schema, records)
	require.NoError(t, err)
	return r
}

func col(name string, values ...string) testColumn { return testColumn{name: name, values: values} }

// places prints findings as "line:column id", in order; those of the roster
// begin with "roster ".
func places(findings []Finding) []string {
	out := []string{}
	for _, f := range findings {
		s := fmt.Sprintf("%d:%d %s", f.Pos.Line, f.Pos.Column, f.ID)
		if f.Pos.File == "roster" {
			s = "roster " + s
		}
		out = append(out, s)
	}
	return out
}

// many returns n values, all different.
func many(prefix string, n int) string {
	list := make([]string, n)
	for i := range list {
		list[i] = fmt.Sprintf("%s%d", prefix, i)
	}
	return strings.Join(list, ",")
}

// ruleLines returns n different rules of a principal.
func ruleLines(who string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "%s,v%d\n", who, i)
	}
	return b.String()
}

type ruleCase struct {
	reason  string
	csv     string
	opts    rls.Options
	data    []testColumn
	roster  string
	assumed string
	want    []string // every finding
	not     []string // ids that this file is close to and must not have
}

var long2047 = strings.Repeat("é", 2047)

var ruleCases = []ruleCase{
	{reason: "what the caller assumed", csv: "UserName,Region\nal,US\n", assumed: "UTF-16 was read, little-endian", want: []string{"0:0 RS009"}},
	{reason: "nothing was assumed", csv: "UserName,Region\nal,US\n", not: []string{"RS009"}},
	{reason: "a clean file has no finding", csv: "UserName,GroupName,Region,Segment\nal,,EMEA,\"Enterprise,SMB\"\n,US-Sales,US,\n",
		not: []string{"RS002", "RS003", "RS004", "RS005", "RS006", "RS007", "RS008", "RS010", "RS011", "RS012", "RS013", "RS014", "RS015", "RS020", "RS021", "RS022", "RS023", "RS024", "RS025"}},

	// The file as a whole.
	{reason: "a record of another length is no CSV, and the rest is vetted all the same", csv: "UserName,Region\nal,EMEA,x\nbo, US\n", want: []string{"2:1 RS001", "3:4 RS022"}},
	{reason: "all problems of the CSV, in order", csv: "UserName,Region\nal,EM\"EA\nbo\ncy,\"US\"x\n", want: []string{"2:6 RS001", "3:1 RS001", "4:8 RS001"}},
	{reason: "quotes in their place are CSV", csv: "UserName,Region\nal,\"EMEA\"\n", not: []string{"RS001"}},
	{reason: "an empty file has no header", csv: "", want: []string{"1:1 RS002"}},
	{reason: "a duplicate column, and nothing that follows from it", csv: "UserName,Region,Region\nal, EMEA,N/A\n,US,\nal,US\n", roster: "user\nbo\n", data: []testColumn{col("Region", "US")}, want: []string{"1:17 RS002"}},
	{reason: "a duplicate column of users", csv: "UserName,Region,UserName\n,EMEA,al\n,US,bo\n", roster: "user\nbo\n", want: []string{"1:17 RS002"}},
	{reason: "names and ARNs side by side", csv: "UserName,UserARN,Region\n,x,EMEA \n,x,US\n", want: []string{"1:10 RS002"}},
	{reason: "a duplicate column beside text that is not CSV", csv: "UserName,Region,Region\nal,E\"A,\n", want: []string{"1:17 RS002", "2:5 RS001"}},
	{reason: "no restricted column", csv: "UserName\nal\n", want: []string{"1:1 RS002", "2:1 RS015"}},
	{reason: "a list that can be read in two ways", csv: "UserName,Region\nal,\"EM\"\"EA\"\nbo,US\n", want: []string{"2:4 RS003"}},
	{reason: "an ARN of a group among the users", csv: "UserARN,Region\narn:aws:quicksight:us-east-1:123456789012:group/default/x,US\n", want: []string{"2:1 RS003"}},
	{reason: "what is no ARN", csv: "UserARN,Region\nbob,US\n", want: []string{"2:1 RS003"}},
	{reason: "a quoted item keeps its comma", csv: "UserName,Customer\nal,\"\"\"AWS,INC\"\"\"\n", not: []string{"RS003"}},
	{reason: "2,048 characters are too long, 2,047 are not", csv: "UserName,Region\nal," + long2047 + "x\nbo," + long2047 + "\n", want: []string{"2:4 RS004", "2:4 RS026"}},
	{reason: "Username is not UserName, and its rules are vetted", csv: "Username,Region\nal, US\n", want: []string{"1:1 RS002", "1:1 RS005", "2:4 RS022"}},
	{reason: "a trailing space in the header", csv: "\"UserName \",Region\nal,US\n", want: []string{"1:1 RS002", "1:1 RS005"}},
	{reason: "a near miss beside a good one loads, as a field", csv: "UserName,Group_Name,Region\nal,,US\n", want: []string{"1:10 RS005"}},
	{reason: "a name that the caller maps is right", csv: "username,Region\nal,US\n", opts: rls.Options{User: "username"}, not: []string{"RS005"}},
	{reason: "a mark before the header", csv: "\ufeffUserName,Region\nal,US\n", want: []string{"1:1 RS006"}},
	{reason: "rules of nobody", csv: "UserName,Region\n,US\n", want: []string{"1:1 RS007", "2:1 RS010"}},
	{reason: "a header alone", csv: "UserName,Region\n", want: []string{"1:1 RS007"}},
	{reason: "disabled rules restrict nobody", csv: "UserName,Region\nal,US\n",
		opts: rls.Options{Settings: &rls.PermissionDataSet{Arn: "arn:aws:quicksight:us-east-1:123456789012:dataset/x", PermissionPolicy: rls.GrantAccess, Status: rls.Disabled}}, want: []string{"0:0 RS008"}},

	// Rules.
	{reason: "empty rules are skipped", csv: "UserName,Region\nal,US\n\"\",\"\"\n", want: []string{"3:1 RS011"}, not: []string{"RS010", "RS015"}},
	{reason: "both principals", csv: "UserName,GroupName,Region\nal,g,US\n", want: []string{"2:4 RS012"}},
	{reason: "both principals, refused on demand", csv: "UserName,GroupName,Region\nal,g,US\n", opts: rls.Options{Dual: rls.Reject}, want: []string{"2:4 RS003", "2:4 RS012"}},
	{reason: "a comma in the group column names nobody", csv: "UserName,GroupName,Region\nal,\",\",US\n", want: []string{"2:4 RS020"}, not: []string{"RS012"}},
	{reason: "the same line twice", csv: "UserName,Region\nal,US\nal,US\n", want: []string{"3:1 RS013"}, not: []string{"RS014"}},
	{reason: "the same rule of two people is no repetition", csv: "UserName,Region\nal,US\nbo,US\n", not: []string{"RS013", "RS014"}},
	{reason: "a rule inside another of the same user", csv: "UserName,Region,Segment\nal,\"EMEA,US\",\nal,US,SMB\n", want: []string{"3:1 RS014"}},
	{reason: "the same values in another order count, and so are subsumed", csv: "UserName,Region\nal,\"EMEA,US\"\nal,\"US,EMEA\"\n", want: []string{"3:1 RS014"}, not: []string{"RS013"}},
	{reason: "three rules cover a fourth together, none alone", csv: "UserName,Region,Segment\nal,EMEA,\"A,B\"\nal,US,\"A,C\"\nal,\"EMEA,US\",A\n", want: []string{"4:1 RS014"}},
	{reason: "rules that overlap are not subsumed", csv: "UserName,Region,Segment\nal,\"EMEA,US\",A\nal,US,\"A,B\"\n", not: []string{"RS014"}},
	{reason: "a rule of two principals is idle only if it is for both", csv: "UserName,GroupName,Region\nal,,\nal,g,US\n", want: []string{"2:1 RS015", "3:4 RS012"}, not: []string{"RS014"}},
	{reason: "and if it is for both", csv: "UserName,GroupName,Region\nal,,\n,g,\nal,g,US\n", want: []string{"2:1 RS015", "3:1 RS015", "4:1 RS014", "4:4 RS012"}},
	{reason: "no value admits every row", csv: "UserName,Region,Segment\nal,,\nbo,US,\n", want: []string{"2:1 RS015"}},
	{reason: "900 rules are near 999", csv: "UserName,Region\n" + ruleLines("al", 900), want: []string{"2:1 RS016"}, not: []string{"RS017"}},
	{reason: "899 rules are not near", csv: "UserName,Region\n" + ruleLines("al", 898), not: []string{"RS016"}},
	{reason: "1,000 rules are too many, and repetitions do not count", csv: "UserName,Region\n" + ruleLines("al", 1000), want: []string{"2:1 RS017"}, not: []string{"RS016"}},
	{reason: "9 of 10 values are near the limit", csv: "UserName,Region\nal,\"" + many("v", 9) + "\"\n", opts: rls.Options{MaxValues: 10}, want: []string{"2:1 RS018"}, not: []string{"RS019"}},
	{reason: "11 of 10 values are over it, over two rules", csv: "UserName,Region\nal,\"" + many("v", 9) + "\"\nal,\"" + many("w", 2) + "\"\n", opts: rls.Options{MaxValues: 10}, want: []string{"2:1 RS019"}, not: []string{"RS018"}},
	{reason: "8 of 10 are not near, and values count once", csv: "UserName,Region\nal,\"" + many("v", 8) + "\"\nal,\"v0,w\"\n", opts: rls.Options{MaxValues: 11}, not: []string{"RS018"}},
	{reason: "without a limit nothing is near it", csv: "UserName,Region\nal,\"" + many("v", 11) + "\"\n", opts: rls.Options{MaxValues: -1}, not: []string{"RS018", "RS019"}},

	// Cells.
	{reason: "commas alone are a wildcard", csv: "UserName,Region,Segment\nal,\",,\",SMB\n", want: []string{"2:4 RS020"}, not: []string{"RS021"}},
	{reason: "an empty item, and one twice", csv: "UserName,Region\nal,\"EMEA,,US\"\nbo,\"US,US\"\n", want: []string{"2:4 RS021", "3:4 RS021"}},
	{reason: "spaces before, behind, and in a list", csv: "UserName,Region\nal, US\nbo,\"EMEA, APAC\"\n\"cy \",JP\n", want: []string{"2:4 RS022", "3:4 RS022", "4:1 RS022"}},
	{reason: "a cell of a space is a value", csv: "UserName,Region\nal,\" \"\n", want: []string{"2:4 RS022"}, not: []string{"RS015"}},
	{reason: "a space that the data has is right", csv: "UserName,Region\nal,\" US\"\n", data: []testColumn{col("Region", " US", " US")}, not: []string{"RS022"}},
	{reason: "a zero width space, a no-break space, a tab", csv: "UserName,Region\nal,EM\u200bEA\nbo,North\u00a0America\ncy,a\tb\n", want: []string{"2:4 RS023", "3:4 RS023", "4:4 RS023"}},
	{reason: "joiners of emoji and Persian are where they belong", csv: "UserName,Region\nal,👩\u200d🔧\nbo,می\u200cخواهم\ncy,❤\ufe0f\n", not: []string{"RS023"}},
	{reason: "case, normalization, invisible, letters", csv: "UserName,Region\nal,EMEA\nbo,emea\ncy,Zürich\ndi,Zu\u0308rich\ned,U\u200bS\nfi,US\ngu,APAC\nhe,АРАС\n",
		want: []string{"3:4 RS024", "5:4 RS024", "6:4 RS023", "7:4 RS024", "9:4 RS024"}},
	{reason: "users look alike, too", csv: "UserName,Region\nBob,US\nbob,US\n", want: []string{"3:1 RS024"}},
	{reason: "diacritics make other words, and so do spaces inside", csv: "UserName,Region\nal,Malmo\nbo,Malmö\ncy,1 1\ndi,11\n", not: []string{"RS024"}},
	{reason: "two that the data both has are two", csv: "UserName,Region\nal,us\nbo,US\n", data: []testColumn{col("Region", "us", "US")}, not: []string{"RS024", "RS043"}},
	{reason: "columns look alike", csv: "UserName,Region,region\nal,US,US\n", want: []string{"1:17 RS024"}},
	{reason: "the word NULL, as cell, item and user", csv: "UserName,Region\nal,NULL\nbo,\"US,null\"\nNULL,JP\n", want: []string{"2:4 RS025", "3:4 RS024", "3:4 RS025", "4:1 RS025"}},
	{reason: "a null word of the options is no value", csv: "UserName,Region,Segment\nal,NULL,SMB\n", opts: rls.Options{NullWords: []string{"NULL"}}, not: []string{"RS025"}},
	{reason: "NA is a value", csv: "UserName,Region\nal,NA\n", not: []string{"RS025"}},
	{reason: "what programs write for no value", csv: "UserName,Region\nal,None\nbo,(blank)\ncy,N/A\ndi,nan\ned,<NA>\n",
		want: []string{"2:4 RS025", "3:4 RS025", "4:4 RS025", "5:4 RS025", "6:4 RS025"}},
	{reason: "None is a value of the data", csv: "UserName,Region\nal,None\n", data: []testColumn{col("Region", "None", "US")}, want: []string{"1:1 RS044"}, not: []string{"RS025"}},
	{reason: "exclusions, patterns and words for all", csv: "UserName,Region\na,!EMEA\nb,<>EMEA\nc,NOT EMEA\nd,-EMEA\ne,EM*\nf,%\ng,ALL\nh,\"US,^EMEA\"\ni,*\n",
		want: []string{"2:3 RS028", "3:3 RS028", "4:3 RS028", "5:3 RS028", "6:3 RS028", "7:3 RS028", "8:3 RS028", "9:3 RS028", "10:3 RS028"}},
	{reason: "an exclusion is not advised away", csv: "UserName,Region\na,!EMEA\nb,EM*\n", data: []testColumn{col("Region", "EMEA", "US")}, want: []string{"1:1 RS044", "2:3 RS028", "3:3 RS028"}, not: []string{"RS042"}},
	{reason: "exclusions in words and other signs", csv: "UserName,Region\nal,except: EMEA\nbo,—EMEA\ncy,¬EMEA\ndi,All but EMEA\ned,EMEA (excluded)\n", want: []string{"2:4 RS028", "3:4 RS028", "4:4 RS028", "5:4 RS028", "6:4 RS028"}},
	{reason: "values with such words", csv: "UserName,Region\nal,Exceptional\nbo,NE Sales\ncy,All Saints\ndi,Exclave\n", not: []string{"RS028"}},
	{reason: "values with such signs", csv: "UserName,Region\nal,-17\nbo,100%\ncy,Notting Hill\ndi,Allstate\ned,e-mail\n", not: []string{"RS028"}},
	{reason: "the data has the sign", csv: "UserName,Region\nal,*\n", data: []testColumn{col("Region", "*", "US")}, want: []string{"1:1 RS044"}, not: []string{"RS028"}},
	{reason: "what a spreadsheet made of a number", csv: "UserName,Id\nal,1.23457E+11\nbo,\"7,1E+05\"\ncy,#REF!\n", want: []string{"2:4 RS029", "3:4 RS029", "4:4 RS029"}},
	{reason: "numbers, and words with an E", csv: "UserName,Id\nal,1017\nbo,1017.0\ncy,E+\n", not: []string{"RS029"}},
	{reason: "a value too long for SPICE where cells may be", csv: "UserName,Region\nal," + long2047 + "x\nbo," + long2047 + "\n", opts: rls.Options{MaxRunes: -1}, want: []string{"2:4 RS026"}, not: []string{"RS004"}},
	{reason: "a list may be longer than each of its values", csv: "UserName,Region\nal,\"" + long2047 + "," + strings.Repeat("x", 2047) + "\"\n", opts: rls.Options{MaxRunes: -1}, not: []string{"RS026"}},
	{reason: "a list of users names nobody", csv: "UserName,Region\n\"al,bo\",US\na@x.com:b@x.com,US\n", want: []string{"2:1 RS027", "3:1 RS027"}},
	{reason: "names with a slash, a colon, one @", csv: "UserName,Region\nadmin/al,US\nal:x@y.com,US\n", not: []string{"RS027"}},

	// Principals.
	{reason: "a last line that was cut", csv: "UserName,Region,Segment\nal,US,", want: []string{"2:1 RS035"}},
	{reason: "a last line that ends with a value or a line end", csv: "UserName,Region,Segment\nbo,US,\nal,US,x", not: []string{"RS035"}},
	{reason: "no rule names everybody", csv: "UserName,GroupName,Region\n*,,US\nEveryone,,JP\n,all users,US\n,user/default/*,US\n", want: []string{"2:1 RS034", "3:1 RS034", "4:2 RS034", "5:2 RS034"}},
	{reason: "what follows from the name of a column is not reported", csv: "Username,GroupName,Region\nal ,,US\n,g,US\nbo,,JP\n", data: []testColumn{col("Region", "US", "JP")}, want: []string{"1:1 RS005", "2:1 RS022"}, not: []string{"RS010", "RS040", "RS044"}},
	{reason: "a column of the data that is almost named like one", csv: "Username,GroupName,Region\nal ,,US\n", data: []testColumn{col("Region", "US"), col("Username", "al")}, want: []string{"1:1 RS005", "1:1 RS007", "1:1 RS044", "2:1 RS010", "2:1 RS022", "2:1 RS042"}},
	{reason: "names that hold such a word", csv: "UserName,GroupName,Region\nAllison,,US\n,Everyone in Sales,US\n", not: []string{"RS034"}},
	{reason: "an ARN without a namespace", csv: "UserARN,Region\narn:aws:quicksight:us-east-1:123456789012:user/Bob,US\n", want: []string{"2:1 RS030"}},
	{reason: "namespaces mixed: the rarer one, once", csv: "UserARN,Region\narn:aws:quicksight:us-east-1:123456789012:user/default/al,US\narn:aws:quicksight:us-east-1:123456789012:user/default/bo,US\narn:aws:quicksight:us-east-1:123456789012:user/other/cy,US\n", want: []string{"4:1 RS031"}},
	{reason: "accounts mixed", csv: "UserARN,Region\narn:aws:quicksight:us-east-1:123456789012:user/default/al,US\narn:aws:quicksight:us-east-1:999999999999:user/default/bo,US\n", want: []string{"3:1 RS032"}},
	{reason: "Regions may differ: they are not compared", csv: "UserARN,Region\narn:aws:quicksight:us-east-1:123456789012:user/default/al,US\narn:aws:quicksight:eu-west-1:123456789012:user/default/bo/x,US\n", not: []string{"RS030", "RS031", "RS032"}},
	{reason: "an ARN among names", csv: "UserName,Region\narn:aws:quicksight:us-east-1:123456789012:user/default/Bob,US\n", want: []string{"2:1 RS033"}},
	{reason: "an ARN where ARNs belong", csv: "UserARN,Region\narn:aws:quicksight:us-east-1:123456789012:user/default/Bob,US\n", not: []string{"RS033"}},

	// Data.
	{reason: "a field that the data lacks", csv: "UserName,Regoin\nal,US\n", data: []testColumn{col("Region", "US")}, want: []string{"1:10 RS040"}, not: []string{"RS044"}},
	{reason: "a field that is a number", csv: "UserName,Id\nal,1\n", data: []testColumn{{name: "Id", values: []string{"1"}, number: true}}, want: []string{"1:10 RS041"}, not: []string{"RS040"}},
	{reason: "a column that is there twice", csv: "UserName,Region\nal,US\n", data: []testColumn{col("Region", "US"), col("Region", "US")}, want: []string{"1:10 RS041"}},
	{reason: "a number that no rule restricts", csv: "UserName,Region\nal,US\n", data: []testColumn{col("Region", "US"), {name: "Id", values: []string{"1"}, number: true}}, not: []string{"RS041"}},
	{reason: "a value that the data lacks, once for all rules", csv: "UserName,Region\nal,EMAE\nbo,EMAE\ncy,EMEA\n", data: []testColumn{col("Region", "EMEA", "EMEA")}, want: []string{"2:4 RS042"}},
	{reason: "a value cut by SPICE is what the data will hold", csv: "UserName,Region\nal," + long2047 + "\n", data: []testColumn{col("Region", long2047+"x")}, not: []string{"RS042", "RS044", "RS045"}},
	{reason: "the data has a look-alike that no rule names", csv: "UserName,Region\nal,US\nbo,\n", data: []testColumn{col("Region", "US", "us")}, want: []string{"2:4 RS043", "3:1 RS015"}},
	{reason: "rows of JP, and rows of nothing", csv: "UserName,Region\nal,US\n", data: []testColumn{col("Region", "US", "JP", "JP", "")}, want: []string{"1:1 RS044"}},
	{reason: "a rule over the limit shows no row", csv: "UserName,Region\nal,\"US,JP\"\n", opts: rls.Options{MaxValues: 1}, data: []testColumn{col("Region", "US", "JP")}, want: []string{"1:1 RS044", "2:1 RS019"}},
	{reason: "a wildcard shows rows of nothing, too", csv: "UserName,Region,Segment\nal,,SMB\n", data: []testColumn{col("Region", "US", ""), col("Segment", "SMB", "SMB")}, not: []string{"RS044"}},
	{reason: "unless the options hide them", csv: "UserName,Region,Segment\nal,,SMB\n", opts: rls.Options{HideNulls: true}, data: []testColumn{col("Region", "US", ""), col("Segment", "SMB", "SMB")}, want: []string{"1:1 RS044"}},
	{reason: "two values that SPICE makes one", csv: "UserName,Region\nal," + long2047 + "\n", data: []testColumn{col("Region", long2047+"x", long2047+"y")}, want: []string{"2:4 RS045"}},

	// Roster.
	{reason: "bo has no rule, and di is in a group that has none", csv: "UserName,GroupName,Region\nal,,US\n,g,US\n", roster: "User,Groups\nal,\nbo,\ncy,g\ndi,h\n", want: []string{"roster 3:1 RS050", "roster 5:1 RS050"}, not: []string{"RS051", "RS052"}},
	{reason: "nobody is in h, and nobody knows bo", csv: "UserName,GroupName,Region\nal,,US\nbo,,US\n,h,US\n", roster: "UserName,GroupName\nal,g\n", want: []string{"3:1 RS052", "4:2 RS051"}, not: []string{"RS050"}},
	{reason: "own rules and those of two groups add up", csv: "GroupName,Region\n" + ruleLines("g", 500) + strings.ReplaceAll(ruleLines("h", 500), "v", "w"), roster: "User,Groups\nal,\"g,h\"\nbo,g\n", want: []string{"roster 2:1 RS017"}},
	{reason: "rows that only a group without members could see", csv: "GroupName,Region\ng,US\nh,JP\n", roster: "User,Groups\nal,g\n", data: []testColumn{col("Region", "US", "JP")}, want: []string{"3:1 RS051"}, not: []string{"RS044"}},
	{reason: "rows that only a user could see whom the roster lacks", csv: "UserName,Region\nal,US\nbo,JP\n", roster: "User\nal\n", data: []testColumn{col("Region", "US", "JP", "DE")}, want: []string{"1:1 RS044", "3:1 RS052"}},
	{reason: "a value with a comma, without quotes", csv: "UserName,Company\nal,\"Acme, Inc\"\nbo,\"Globex,Acme, Inc\"\n", data: []testColumn{col("Company", "Acme", "Acme, Inc", "Inc", "Globex")},
		want: []string{"1:1 RS044", "2:4 RS046", "3:4 RS046"}, not: []string{"RS022", "RS042"}},
	{reason: "a value with a comma, in quotes, and a list", csv: "UserName,Company\nal,\"\"\"Acme, Inc\"\"\"\nbo,\"Globex,Acme\"\n", data: []testColumn{col("Company", "Acme", "Acme, Inc", "Inc", "Globex")}, want: []string{"1:1 RS044"}, not: []string{"RS046"}},
	{reason: "ARNs in the roster, the Region aside, and names", csv: "UserARN,Region\narn:aws:quicksight:us-east-1:123456789012:user/default/al,US\narn:aws:quicksight:us-east-1:123456789012:user/default/bo,US\n", roster: "UserARN,GroupARN\narn:aws:quicksight:eu-west-1:123456789012:user/default/al,\nbo,\n", not: []string{"RS050", "RS052"}},
	{reason: "a list of ARNs in one cell", csv: "UserARN,Region\n\"" + arnAl + "," + arnBo + "\",US\n" + arnAl + ";" + arnBo + ",US\n" + arnAl + " " + arnBo + ",US\n" + arnBo + ",US\n", want: []string{"2:1 RS027", "3:1 RS027", "4:1 RS027"}},
	{reason: "two users of the roster are two", csv: "UserName,Region\nBob,US\nbob,US\n", roster: "User,Group\nBob,\nbob,\n", not: []string{"RS024"}},
}

const (
	arnAl = "arn:aws:quicksight:us-east-1:123456789012:user/default/al"
	arnBo = "arn:aws:quicksight:us-east-1:123456789012:user/default/bo"
)

func (c ruleCase) run(t *testing.T) []Finding {
	mem := memory.NewCheckedAllocator(memory.NewGoAllocator())
	defer mem.AssertSize(t, 0)
	opts := &Options{Rules: &c.opts}
	if c.assumed != "" {
		opts.Assumed = []string{c.assumed}
	}
	if r := reader(t, mem, c.data); r != nil {
		defer r.Release()
		opts.Data = r
	}
	if c.roster != "" {
		list, err := roster.ReadCSV(strings.NewReader(c.roster), &roster.Options{File: "roster"})
		require.NoError(t, err)
		opts.Roster = list
	}
	findings, err := CSV(strings.NewReader(c.csv), opts)
	require.NoError(t, err)
	return findings
}

func TestCSV(t *testing.T) {
	for _, c := range ruleCases {
		t.Run(c.reason, func(t *testing.T) {
			findings := c.run(t)
			if c.want == nil {
				c.want = []string{}
			}
			require.Equal(t, c.want, places(findings), "%v", findings)
			for _, f := range findings {
				require.NotContains(t, c.not, f.ID)
				require.NotContains(t, f.String(), "\n")
				require.NotEmpty(t, f.Suggestion, f.ID)
			}
		})
	}
}

// Every id has a case that must have it, and one that comes close and must not.
func TestEveryKindIsTested(t *testing.T) {
	with, without := make(map[string]bool), make(map[string]bool)
	note := func(want, not []string) {
		for _, w := range want {
			with[w[strings.LastIndexByte(w, ' ')+1:]] = true
		}
		for _, id := range not {
			without[id] = true
		}
	}
	reasons := make(map[string]bool)
	for _, c := range ruleCases {
		note(c.want, c.not)
		require.False(t, c.reason == "" || reasons[c.reason], "%q", c.reason)
		reasons[c.reason] = true
	}
	for _, c := range tagCases {
		note(c.want, c.not)
	}
	var missing []string
	last := ""
	for _, k := range Kinds() {
		require.Greater(t, k.ID, last, "ids are in order and unique")
		last = k.ID
		if !with[k.ID] {
			missing = append(missing, k.ID+" has no case that finds it")
		}
		if !without[k.ID] {
			missing = append(missing, k.ID+" has no case that must not")
		}
	}
	require.Empty(t, missing)
}

// What is found in a file is found in the rules loaded from it, unless it needs
// the text.
func TestRulesAgreeWithCSV(t *testing.T) {
	text := map[string]bool{"RS005": true, "RS009": true, "RS020": true, "RS035": true}
	ids := func(findings []Finding) (list []string) {
		for _, f := range findings {
			if !text[f.ID] {
				list = append(list, fmt.Sprintf("%s %d", f.ID, f.Pos.Line))
			}
		}
		slices.Sort(list)
		return list
	}
	loaded := 0
	for _, c := range ruleCases {
		if c.data != nil || c.roster != "" || strings.Contains(c.reason, "columns look alike") {
			continue
		}
		rs, err := rls.ReadCSV(strings.NewReader(c.csv), &c.opts)
		if err != nil {
			continue
		}
		loaded++
		got, err := Rules(rs, &Options{Rules: &c.opts})
		require.NoError(t, err)
		require.Equal(t, ids(c.run(t)), ids(got), c.reason)
	}
	require.Greater(t, loaded, 30)
}

func TestZero(t *testing.T) {
	require.Equal(t, None, Max(nil))
	var f Finding
	require.Equal(t, "none : ", f.String())
	findings, err := Rules(nil, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"0:0 RS007"}, places(findings), "no rules grant nothing, and that is said")
	findings, err = Rules(new(rls.Rules), nil)
	require.NoError(t, err)
	require.Equal(t, []string{"0:0 RS007"}, places(findings))
	findings, err = TagConfig(nil, nil)
	require.NoError(t, err)
	require.Equal(t, Error, Max(findings))
	findings, err = TagConfig(new(tagrules.Config), nil)
	require.NoError(t, err)
	require.Equal(t, Error, Max(findings))

	var c *Config
	require.NoError(t, c.Validate())
	for _, c := range []*Config{nil, {}} {
		kept, err := c.Apply([]Finding{{ID: "RS001", Severity: Error}})
		require.NoError(t, err)
		require.Equal(t, Error, Max(kept), "the zero Config silences nothing")
	}

	// A roster of nobody: everybody whom rules name is unknown to it.
	findings, err = CSV(strings.NewReader("UserName,Region\nal,US\n"), &Options{Roster: new(roster.Roster)})
	require.NoError(t, err)
	require.Equal(t, []string{"2:1 RS052"}, places(findings))
}

func TestErrorsThatAreNoFindings(t *testing.T) {
	_, err := CSV(strings.NewReader("UserName,Region\nal,US\n"), &Options{Rules: &rls.Options{Namespace: "no good"}})
	require.ErrorIs(t, err, rls.ErrOptions)
	_, err = CSV(failing{}, nil)
	require.ErrorIs(t, err, errFailing)
	_, err = Tags(failing{}, nil)
	require.ErrorIs(t, err, errFailing)
}

type failing struct{}

var errFailing = fmt.Errorf("the disk is gone")

func (failing) Read([]byte) (int, error) { return 0, errFailing }

// A million lines with one mistake give a thousand findings and a number.
func TestMaxPerID(t *testing.T) {
	var b strings.Builder
	b.WriteString("UserName,Region\n")
	for i := range 1500 {
		fmt.Fprintf(&b, "u%d, US\n", i)
	}
	findings, err := CSV(strings.NewReader(b.String()), nil)
	require.NoError(t, err)
	require.Len(t, findings, DefaultMaxPerID)
	require.Equal(t, 500, findings[len(findings)-1].More)
	require.Zero(t, findings[0].More)
	require.Contains(t, findings[len(findings)-1].String(), "[and 500 more RS022]")
	findings, err = CSV(strings.NewReader(b.String()), &Options{MaxPerID: -1})
	require.NoError(t, err)
	require.Len(t, findings, 1500)
}
