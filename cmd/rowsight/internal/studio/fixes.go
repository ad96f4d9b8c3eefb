package studio

import (
	"regexp"
	"slices"
	"strconv"
	"strings"
	"unicode"

	"github.com/rowsight/rowsight/internal/list"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/rls"
)

// offer gives a finding a fix where exactly one is right. Data, if it is there,
// must confirm a value: it holds the new one and not the old one.
func (e *Engine) offer(s snapshot, f *pageFinding) {
	t := s.now.table
	set := func(name, text string) {
		f.Fix, f.To, f.ops = name, text, []Op{{Op: "set", Row: f.Row, Col: f.Col, Text: text}}
	}
	if f.ID == "RS009" && t.delimiter != "," && len(s.now.source.Assumed) > 0 {
		f.Fix = "commas"
		return
	}
	if f.Col >= 0 && f.Row >= -1 {
		text := t.Fields(f.Row)[f.Col]
		user, group := principals(t.Header(), s.now.source)
		name := t.Header()[f.Col]
		list := f.Row >= 0 && name != user && name != group
		known := func(was, is string) bool { return e.confirmed(s, name, was, is) }
		switch f.ID {
		case "RS005", "RS040":
			if to, ok := suggested(f.Suggestion); ok && f.Row == -1 && !slices.Contains(t.Header(), to) {
				set("rename", to)
			}
		case "RS020":
			if f.Row >= 0 && (name == user || name == group) { // of a list, the values may be missing
				set("empty", "")
			}
		case "RS030":
			if a, err := namespace.ParseARN(text); err == nil && f.Row >= 0 && (name == user || name == group) {
				set("replace", a.String())
			}
		case "RS021":
			if items, ok := Items(text); ok && list {
				set("tidy", List(items))
			}
		case "RS022":
			e.rewrite(f, text, list, known, strings.TrimSpace, "trim", set)
		case "RS023":
			e.rewrite(f, text, list, known, visible, "clean", set)
		case "RS042":
			was, ok := reasonValue(f.Reason)
			is, ok2 := suggested(f.Suggestion)
			items, ok3 := Items(text)
			if i := slices.Index(items, was); ok && ok2 && ok3 && list && i >= 0 && known(was, is) {
				items[i] = is
				set("replace", List(items))
			}
		case "RS046":
			if strings.HasPrefix(f.Suggestion, "write the cell as ") && list && !strings.Contains(text, `"`) {
				set("quote", List([]string{strings.TrimSpace(text)}))
			}
		}
	}
	switch f.ID {
	case "RS006":
		if strings.HasSuffix(t.prefix, byteOrderMark) {
			f.Fix = "mark"
		}
	case "RS011", "RS013":
		if f.Row >= 0 {
			f.Fix, f.ops = "delete", []Op{{Op: "delete", Rows: []int{f.Row}}}
		}
	case "RS014":
		if f.Row >= 0 && strings.HasPrefix(f.Suggestion, "delete it:") {
			f.Fix, f.ops = "delete", []Op{{Op: "delete", Rows: []int{f.Row}}}
		}
	}
}

// commas returns the table with commas between its fields, and without a line
// before it that names another delimiter.
func (t *Table) commas() *Table {
	next := &Table{delimiter: ",", tail: t.tail}
	if strings.HasSuffix(t.prefix, byteOrderMark) {
		next.prefix = byteOrderMark
	}
	for _, rec := range t.records {
		r := &record{lead: rec.lead, end: rec.end, fields: rec.fields}
		for i, field := range rec.fields {
			r.raw = append(r.raw, next.quote(field, strings.HasPrefix(rec.raw[i], `"`)))
		}
		next.records = append(next.records, r)
	}
	return next
}

// writeCommas writes what was assumed about the delimiter into the file: commas.
func (e *Engine) writeCommas(rev int) (*state, error) {
	return e.changed(rev, func() error {
		e.change(newVersion(e.now.source.plain(), e.now.table.commas().Text()))
		return nil
	})
}

// rewrite offers to change every value of a cell that f changes.
func (e *Engine) rewrite(f *pageFinding, text string, list bool, known func(was, is string) bool, change func(string) string, fix string, set func(fix, text string)) {
	if !list {
		if to := change(text); to != "" && to != text {
			set(fix, to)
		}
		return
	}
	items, ok := Items(text)
	if !ok {
		return
	}
	for i, item := range items {
		to := change(item)
		if to == item {
			continue
		}
		if to == "" || !known(item, to) {
			return
		}
		items[i] = to
	}
	if to := List(items); to != text {
		set(fix, to)
	}
}

// confirmed reports whether the data speaks for the new value. Without data
// nothing speaks against it.
func (e *Engine) confirmed(s snapshot, column, was, is string) bool {
	if s.data == nil {
		return true
	}
	at := s.data.schema.FieldIndices(column)
	if len(at) != 1 {
		return false
	}
	values, err := e.distinct(s.data, at[0])
	if err != nil || len(values) == maxDistinct {
		return false
	}
	_, old := slices.BinarySearch(values, was)
	_, now := slices.BinarySearch(values, is)
	return now && !old
}

var isIt = regexp.MustCompile(`^(?:is it|name it) ("(?:[^"\\]|\\.)*"|[A-Za-z]+)`)

// suggested returns the one text that a suggestion names.
func suggested(suggestion string) (string, bool) {
	m := isIt.FindStringSubmatch(suggestion)
	if m == nil {
		return "", false
	}
	if !strings.HasPrefix(m[1], `"`) {
		return m[1], true
	}
	text, err := strconv.Unquote(m[1])
	return text, err == nil
}

var holdsNot = regexp.MustCompile(`^the data does not hold the value ("(?:[^"\\]|\\.)*"),`)

// reasonValue returns the value that the data does not hold.
func reasonValue(reason string) (string, bool) {
	m := holdsNot.FindStringSubmatch(reason)
	if m == nil {
		return "", false
	}
	text, err := strconv.Unquote(m[1])
	return text, err == nil
}

// visible takes characters out of a text that cannot be seen.
func visible(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Co, r) || r == '\u034F' || r == '\u115F' || r == '\u1160' || r == '\u3164' {
			return -1
		}
		return r
	}, s)
}

func unique(items []string) []string {
	var out []string
	for _, item := range items {
		if !slices.Contains(out, item) {
			out = append(out, item)
		}
	}
	return out
}

// Items returns the values of a cell in the order they are written, each as
// often as it is. ok is false if package rls reads the cell in another way.
func Items(text string) (items []string, ok bool) {
	if _, err := rls.ParseCell(text); err != nil {
		return nil, false
	}
	return slices.Collect(list.Items(text)), true
}
