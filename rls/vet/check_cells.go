package vet

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/list"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/header"
	"github.com/rowsight/rowsight/rls/internal/lookalike"
)

// headers checks the names of the columns and the file as a whole.
func (v *vetting) headers() {
	if v.bom {
		v.add("RS006", rls.Position{File: v.file, Line: 1, Column: 1}, "", "save the file without it, as some readers take it for a part of the first name",
			"the file begins with a byte order mark")
	}
	if !v.enforced {
		v.add("RS008", rls.Position{File: v.file}, "", "set Status to ENABLED",
			"the settings say that the rules are DISABLED: everybody sees every row")
	}
	for _, c := range v.columns {
		if want := header.Near(c.name); want != "" && c.name != v.opts.User && c.name != v.opts.Group {
			v.misnamed = append(v.misnamed, c)
			v.add("RS005", v.headPos(c), c.thing(), "name it "+want, "it is not %s, so that it names no principal", quote(want))
		}
	}
	for _, c := range v.fields {
		if header.Near(c.name) != "" {
			continue
		}
		switch r, hidden := lookalike.Hidden(c.name); {
		case strings.TrimSpace(c.name) != c.name:
			v.add("RS022", v.headPos(c), c.thing(), "name it "+quote(strings.TrimSpace(c.name)), "white space around the name is part of it")
		case hidden:
			v.add("RS023", v.headPos(c), c.thing(), "take it out", "the name contains %s", character(r))
		}
	}
}

func character(r rune) string {
	switch r {
	case '\t':
		return "a tab"
	case '\n', '\r':
		return "a line break"
	case 0xA0:
		return "a no-break space U+00A0"
	case 0x200B:
		return "a zero width space U+200B"
	case 0xFEFF:
		return "a byte order mark U+FEFF"
	default:
		if unicode.IsSpace(r) {
			return fmt.Sprintf("the unusual space %U", r)
		}
		return fmt.Sprintf("the character %U, which cannot be seen", r)
	}
}

// A remark is what is wrong with a text, wherever it stands.
type remark struct {
	id, suggestion, reason string
}

// eachRemark makes a finding of the remarks on every text of a column, at every
// rule that has the text.
func (v *vetting) eachRemark(c *column, look func(id int, text string) []remark) {
	remarks := make([][]remark, len(c.texts))
	any := false
	for id, text := range c.texts {
		remarks[id] = look(id, text)
		any = any || remarks[id] != nil
	}
	if !any {
		return
	}
	for row, id := range c.of {
		for _, r := range remarks[id] {
			v.add(r.id, v.pos(row, c), c.thing(), r.suggestion, "%s", r.reason)
		}
	}
}

// principalCells checks the cells of the principal columns one by one.
func (v *vetting) principalCells() {
	for _, c := range v.table.principals() {
		kind := c.kind
		v.eachRemark(c, func(id int, text string) (rs []remark) {
			if text == "" {
				return nil
			}
			if c.who[id] == 0 {
				if list.Blank(text) {
					rs = append(rs, remark{"RS020", "leave the cell empty", fmt.Sprintf("the cell %s of commas only names nobody", quote(text))})
				}
				return rs
			}
			trimmed := strings.TrimSpace(text)
			switch r, hidden := lookalike.Hidden(trimmed); {
			case trimmed == "":
				rs = append(rs, remark{"RS022", "leave the cell empty, or name the " + kind, fmt.Sprintf("the %s is named %s: white space is a name, not a missing one", kind, quote(text))})
			case trimmed != text:
				rs = append(rs, remark{"RS022", "write " + quote(trimmed), fmt.Sprintf("the %s is named %s: white space around the name is part of it", kind, quote(text))})
			case hidden:
				rs = append(rs, remark{"RS023", "take it out", fmt.Sprintf("the %s %s contains %s", kind, quote(text), character(r))})
			}
			if isNullWord(text) {
				rs = append(rs, remark{"RS025", "leave the cell empty if it should name nobody", fmt.Sprintf("%s is text: the rule names a %s of that name", quote(text), kind)})
			}
			if everybodyWord(text) {
				rs = append(rs, remark{"RS034", "write a rule for each user or group",
					fmt.Sprintf("no rule can name everybody: the rule applies to a %s whose name is %s", kind, quote(text))})
			}
			if c.arns && strings.Count(text, "arn:") > 1 || !c.arns && listLike(text) {
				rs = append(rs, remark{"RS027", "write a rule for each " + kind, fmt.Sprintf("%s is one name: a principal cell is never split", quote(text))})
			}
			if !c.arns && strings.HasPrefix(trimmed, "arn:") {
				rs = append(rs, remark{"RS033", "name the column UserARN or GroupARN, and write ARNs in all rules, or write names", fmt.Sprintf("the column holds names, and nobody is named %s", quote(text))})
			}
			return rs
		})
		if c.arns {
			v.arnCells(c)
		}
	}
	v.mixedARNs()
}

// listLike reports whether the name of a principal looks like several.
func listLike(text string) bool {
	return strings.ContainsAny(strings.Trim(text, ",;|"), ",;|") || strings.Count(text, "@") > 1
}

// isNullWord reports whether a value is what programs write for no value. NA is
// not among them: it is a continent, a country and a surname.
func isNullWord(s string) bool {
	switch strings.ToUpper(strings.TrimSpace(s)) {
	case "NULL", "(NULL)", "[NULL]", "<NULL>", `\N`, "(BLANK)", "<BLANK>", "[BLANK]", "(EMPTY)", "N/A", "<NA>", "NAN", "NONE", "NIL", "UNDEFINED":
		return true
	}
	return false
}

// fieldCells checks the cells of the restricted columns one by one.
func (v *vetting) fieldCells() {
	for _, c := range v.fields {
		if slices.Contains(v.misnamed, c) {
			v.eachRemark(c, func(_ int, text string) []remark {
				if trimmed := strings.TrimSpace(text); trimmed != text && trimmed != "" {
					return []remark{{"RS022", "write " + quote(trimmed), fmt.Sprintf("the name is %s: white space around a name is part of it", quote(text))}}
				}
				return nil
			})
			continue
		}
		values := v.data.values(c.name)
		v.eachRemark(c, func(id int, text string) (rs []remark) {
			got := c.cells[id]
			if text == "" || got.bad {
				return nil
			}
			if list.Blank(text) {
				return []remark{{"RS020", "leave the cell empty if every value is meant, else name the values",
					fmt.Sprintf("the cell %s of commas only has no value: it is read as an empty cell, a wildcard", quote(text))}}
			}
			if slices.Contains(v.opts.NullWords, text) {
				return nil
			}
			if got.Empty > 0 || got.Repeated > 0 {
				rs = append(rs, remark{"RS021", "take them out", fmt.Sprintf("the list %s has items that do nothing: %s", quote(text), idle(got))})
			}
			_, unquoted := values.unsplit(text) // RS046 says it
			for _, value := range got.Values {
				if unquoted || values.has(value) {
					continue // it is what the data says, however odd
				}
				if r, ok := v.spaces(value, text, len(got.Values) > 1, values); ok {
					rs = append(rs, r)
				}
				if isNullWord(value) {
					rs = append(rs, remark{"RS025", "rows without a value cannot be named; an empty cell is no substitute, as it admits every value",
						fmt.Sprintf("%s is text: rows whose field is NULL do not match it", quote(value))})
				}
				if what, ok := noSyntax(value); ok {
					rs = append(rs, remark{"RS028", "list the values that the rule admits, and no others",
						fmt.Sprintf("%s looks like %s: rules have none, and the rule admits only rows that hold this very text", quote(value), what)})
				}
				if spoiled.MatchString(value) {
					rs = append(rs, remark{"RS029", "format the column as text in the spreadsheet, and write the value as the data has it",
						fmt.Sprintf("%s looks like a number that a spreadsheet changed", quote(value))})
				}
				if n := longer(value, rls.MaxRunes); n > 0 {
					rs = append(rs, remark{"RS026", fmt.Sprintf("name the first %d characters", rls.MaxRunes),
						fmt.Sprintf("the value %s has %d characters: SPICE cuts data at %d, so that nothing matches", quote(value), n, rls.MaxRunes)})
				}
			}
			return rs
		})
	}
}

func idle(c cell) string {
	var parts []string
	if c.Empty > 0 {
		parts = append(parts, fmt.Sprintf("%d empty", c.Empty))
	}
	if c.Repeated > 0 {
		parts = append(parts, fmt.Sprintf("%d repeated", c.Repeated))
	}
	return strings.Join(parts, " and ")
}

// spaces looks for characters of a value that nobody sees.
func (v *vetting) spaces(value, cell string, listed bool, held *values) (remark, bool) {
	trimmed := strings.TrimSpace(value)
	shows := "; the rule then admits the rows of that value"
	if held.has(trimmed) {
		shows = "; " + v.shows(held, trimmed)
	}
	r, hidden := lookalike.Hidden(trimmed)
	switch {
	case trimmed == "":
		return remark{"RS022", "name a value; an empty cell admits every value",
			fmt.Sprintf("%s is a value, not a missing one", quote(value))}, true
	case trimmed != value && listed:
		return remark{"RS022", oneValue(held, cell, value) + "write " + quote(trimmed) + " if that is the value, without white space around the commas of a list" + shows,
			fmt.Sprintf("the list holds %s: white space around a value is part of it", quote(value))}, true
	case trimmed != value:
		return remark{"RS022", "write " + quote(trimmed) + " if that is the value" + shows,
			fmt.Sprintf("the value is %s: white space around a value is part of it", quote(value))}, true
	case hidden:
		return remark{"RS023", "take it out unless the data has it", fmt.Sprintf("the value %s contains %s", quote(value), character(r))}, true
	}
	return remark{}, false
}

// oneValue returns advice for a list of two items that may be one value with a
// comma, such as Acme, Inc; "" for other lists.
func oneValue(held *values, cell, value string) string {
	first, second, ok := strings.Cut(cell, ",")
	if held != nil || !ok || second != value || first == "" || !strings.HasPrefix(second, " ") || strings.ContainsAny(cell, `"`) || strings.Contains(second, ",") {
		return ""
	}
	_, quoted := written(cell)
	return "if " + quote(cell) + " is one value, write the cell as " + quoted + " in the file; else "
}

// longer returns the number of characters of s if they are more than most, and
// 0 otherwise.
func longer(s string, most int) int {
	if len(s) <= most {
		return 0
	}
	if n := utf8.RuneCountInString(s); n > most {
		return n
	}
	return 0
}

// lookAlikes finds different values of one column that look the same.
func (v *vetting) lookAlikes() {
	seen := make(map[string]string) // name of a field by its skeleton
	for _, c := range v.fields {
		s := lookalike.Skeleton(c.name)
		if other, ok := seen[s]; ok && other != c.name && header.Near(c.name) == "" {
			v.add("RS024", v.headPos(c), c.thing(), "name one column only, as the data does", "the name looks like that of column %s: they differ in %s", quote(other), lookalike.Difference(other, c.name))
		} else {
			seen[s] = c.name
		}
	}
	for _, c := range v.fields {
		if slices.Contains(v.misnamed, c) {
			continue
		}
		values := v.data.values(c.name)
		first := make(map[string]spot)
		said := make(map[string]bool)
		v.eachValue(c, func(row int, value string) {
			if said[value] {
				return
			}
			said[value] = true
			v.lookAlike(c, row, "value", value, value, first, values.has)
		})
	}
	for _, c := range v.table.principals() {
		first := make(map[string]spot)
		said := make([]bool, len(c.names))
		for row := range v.lines {
			who := c.named(row)
			if who == 0 || said[who] {
				continue
			}
			said[who] = true
			v.lookAlike(c, row, c.kind, c.keys[who], c.names[who], first, func(name string) bool { return v.roster.knows(c == v.group, name) })
		}
	}
}

// lookAlike compares a text with those of the same skeleton that came first.
// Two that are both known, to the data or the roster, are two by right.
func (v *vetting) lookAlike(c *column, row int, what, key, text string, first map[string]spot, known func(string) bool) {
	s := lookalike.Skeleton(key)
	before, ok := first[s]
	if !ok {
		first[s] = spot{text, row}
		return
	}
	other := before.text
	if strings.TrimSpace(other) == strings.TrimSpace(text) { // told as RS022
		return
	}
	if known(other) && known(text) {
		return
	}
	suggestion := "write both alike, unless both exist"
	if known(other) {
		suggestion = "write " + quote(other) + " if that is meant; the rule then admits what that one names"
		if c.kind != "" {
			suggestion = "write " + quote(other) + " if that is meant; the rule then applies to that " + c.kind
		}
	}
	v.add("RS024", v.pos(row, c), c.thing(), suggestion, "the %s %s looks like %s of line %d and is not equal: they differ in %s",
		what, quote(text), quote(other), v.lines[before.row], lookalike.Difference(other, text))
}

// A spot is a text and the first rule that has it.
type spot struct {
	text string
	row  int
}

// eachValue calls yield for the values of a field: those of each text once, in
// order of the rules.
func (v *vetting) eachValue(c *column, yield func(row int, value string)) {
	done := make([]bool, len(c.texts))
	for row, id := range c.of {
		if done[id] {
			continue
		}
		done[id] = true
		for _, value := range c.cells[id].Values {
			yield(row, value)
		}
	}
}
