// Package randrules makes random rule files for tests, and says by brute force
// what they show: an oracle that shares no code with package rls.
package randrules

import (
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/rls"
)

// A File is a permission dataset as a test thinks of it. It is for one
// goroutine.
type File struct {
	Header  []string
	Records [][]string
	Dual    rls.Dual
	// HideNulls as in [rls.Options].
	HideNulls bool

	lists map[string][]string // cells taken apart, so that tests are fast
}

// What random files name. Values differ in case, hold commas and quotes, and
// are few, so that rules overlap.
var (
	Users  = []string{"al", "bo", "AL", "al,bo"}
	Groups = []string{"g", "h", "al"}
	Fields = []string{"Region", "Segment", "Tier"}
	Values = []string{"EMEA", "US", "us", "AWS,INC", `a"b`}
	Other  = "other" // what no file names
)

// New returns a random file of at most most rules, on 1 to 3 fields.
func New(rnd *rand.Rand, most int) File {
	f := File{Header: pick(rnd, [][]string{
		{"UserName", "GroupName", "Region", "Segment"},
		{"Segment", "GroupName", "Region", "UserName", "Tier"},
		{"Region", "UserName", "Segment"},
		{"GroupName", "Region"},
	}), HideNulls: rnd.IntN(4) == 0, lists: make(map[string][]string)}
	if rnd.IntN(3) == 0 {
		f.Dual = rls.UserFirst
	}
	f.Records = Records(rnd, f.Header, most)
	return f
}

// Records returns at most most random rules.
func Records(rnd *rand.Rand, header []string, most int) (records [][]string) {
	for range rnd.IntN(most + 1) {
		record := make([]string, len(header))
		for i, column := range header {
			switch {
			case column == "UserName" && rnd.IntN(4) > 0:
				record[i] = pick(rnd, Users)
			case column == "GroupName" && rnd.IntN(2) > 0:
				record[i] = pick(rnd, Groups)
			case column == "UserName", column == "GroupName":
			default:
				record[i] = cell(rnd)
			}
		}
		records = append(records, record)
	}
	return records
}

// Change returns the file with some rules dropped, added and changed, and the
// rest in another order.
func (f File) Change(rnd *rand.Rand) File {
	g := f
	g.Records = nil
	for _, r := range f.Records {
		r = slices.Clone(r)
		switch rnd.IntN(8) {
		case 0:
			continue
		case 1:
			i := rnd.IntN(len(r))
			if slices.Contains(Fields, f.Header[i]) {
				r[i] = cell(rnd)
			}
		}
		g.Records = append(g.Records, r)
	}
	if rnd.IntN(2) == 0 {
		g.Records = append(g.Records, Records(rnd, f.Header, 2)...)
	}
	rnd.Shuffle(len(g.Records), func(i, j int) { g.Records[i], g.Records[j] = g.Records[j], g.Records[i] })
	return g
}

func cell(rnd *rand.Rand) string {
	if rnd.IntN(4) == 0 {
		return pick(rnd, []string{"", ",", ",,"})
	}
	var list []string
	for range 1 + rnd.IntN(3) {
		v := pick(rnd, Values)
		if strings.ContainsAny(v, `,"`) || rnd.IntN(6) == 0 {
			v = `"` + strings.ReplaceAll(v, `"`, `""`) + `"`
		}
		list = append(list, v)
	}
	return strings.Join(list, ",")
}

func pick[T any](rnd *rand.Rand, from []T) T { return from[rnd.IntN(len(from))] }

// CSV returns the text of the file.
func (f File) CSV() string {
	b := csvtext.AppendRecord(nil, f.Header)
	for _, r := range f.Records {
		b = csvtext.AppendRecord(b, r)
	}
	return string(b)
}

// String is [File.CSV], for messages that are seldom printed.
func (f File) String() string { return f.CSV() }

// Options returns how the file is to be read.
func (f File) Options() *rls.Options {
	return &rls.Options{File: "rules.csv", Dual: f.Dual, HideNulls: f.HideNulls}
}

// Read returns the rules of the file. A random file is never refused.
func (f File) Read() (*rls.Rules, error) { return rls.ReadCSV(strings.NewReader(f.CSV()), f.Options()) }

// Viewers returns users and groups on their own, and users in groups.
func Viewers() (viewers [][]string) {
	for _, user := range append([]string{""}, Users...) {
		for _, groups := range [][]string{nil, {"g"}, {"h", "al"}, {"g", "h", "al", "nobody"}} {
			viewers = append(viewers, append([]string{user}, groups...))
		}
	}
	return viewers
}

// A Row is what a row holds; "" is NULL.
type Row map[string]string

// Value returns the row as predicates take it.
func (r Row) Value(column string) (string, bool) { s := r[column]; return s, s != "" }

// Rows returns every combination of the values that files name, another, and
// NULL.
func Rows() (rows []Row) {
	all := append([]string{"", Other}, Values...)
	for _, a := range all {
		for _, b := range all {
			for _, c := range all {
				rows = append(rows, Row{"Region": a, "Segment": b, "Tier": c})
			}
		}
	}
	return rows
}

// Admits reports whether rule i applies to a viewer and admits a row.
func (f File) Admits(i int, user string, groups []string, row Row) bool {
	applies, admits := f.Applies(i, user, groups), true
	for k, column := range f.Header {
		cell := f.Records[i][k]
		switch {
		case column == "UserName", column == "GroupName":
		case strings.Trim(cell, ",") == "":
			admits = admits && (!f.HideNulls || row[column] != "")
		default:
			admits = admits && row[column] != "" && slices.Contains(f.items(cell), row[column])
		}
	}
	return applies && admits
}

// Applies reports whether rule i names a viewer.
func (f File) Applies(i int, user string, groups []string) bool {
	userSays, userHit, groupHit := false, false, false
	for k, column := range f.Header {
		cell := f.Records[i][k]
		empty := strings.Trim(cell, ",") == ""
		switch {
		case column == "UserName" && !empty:
			userSays, userHit = true, cell == user
		case column == "GroupName" && !empty:
			groupHit = slices.Contains(groups, cell)
		}
	}
	return userHit || groupHit && (f.Dual == rls.Either || !userSays)
}

// Sees reports whether a viewer sees a row.
func (f File) Sees(user string, groups []string, row Row) bool {
	for i := range f.Records {
		if f.Admits(i, user, groups, row) {
			return true
		}
	}
	return false
}

var item = regexp.MustCompile(`"((?:[^"]|"")+)"|[^",]+`)

func (f File) items(cell string) (list []string) {
	list, ok := f.lists[cell]
	if ok {
		return list
	}
	for _, m := range item.FindAllStringSubmatch(cell, -1) {
		if m[1] != "" {
			list = append(list, strings.ReplaceAll(m[1], `""`, `"`))
		} else {
			list = append(list, m[0])
		}
	}
	if f.lists != nil {
		f.lists[cell] = list
	}
	return list
}

// String writes a row so that equal rows are equal texts.
func (r Row) String() string {
	var s strings.Builder
	for _, column := range Fields {
		s.WriteString(column + "=" + strconv.Quote(r[column]) + " ")
	}
	return s.String()
}
