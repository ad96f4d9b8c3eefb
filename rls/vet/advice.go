package vet

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/rls/internal/lookalike"
)

// Advice is followed without a second look, so advice must not show anybody
// rows that the author of a rule did not mean. These rules hold it:
//
//   - A value with a digit is a code, an id, a number or a date. The next one is
//     as plausible as the right one, so none is suggested, unless it is the same
//     number or looks the same.
//   - Of words, only slips of the pen are suggested: see [lookalike.Nearest.Slip].
//   - What a suggestion newly shows stands beside it.

// advice says what a value that the data does not hold may be meant to be.
func (v *vetting) advice(vs *values, near *lookalike.Nearest, value string) string {
	for _, sep := range []string{";", "|", "/", ",", ":"} {
		parts := strings.Split(value, sep)
		all := len(parts) > 1
		for _, part := range parts {
			all = all && vs.has(strings.TrimSpace(part))
		}
		if all {
			return "if a list is meant, separate its values by commas, without quotes around all of them; the rule then shows the rows of " + some(trimAll(parts))
		}
	}
	if text := unquoted(value); text != value && vs.has(text) {
		return v.offer(vs, text)
	}
	switch text, ok := near.Slip(value); {
	case ok:
		return v.offer(vs, text)
	case numberLike(value):
		if text, ok := vs.sameNumber(value); ok {
			return fmt.Sprintf("it looks like a number that a spreadsheet changed: %s is the same number; %s", quote(text), v.shows(vs, text))
		}
		return "it looks like a number or a date that a spreadsheet changed: write it as the data does, in a column of text"
	case hasDigit(value):
		return "compare it with the source of the data: another code or id that looks like it is somebody else's"
	}
	if texts := vs.few(6); texts != "" {
		return "the data holds " + texts
	}
	return "correct it, unless data that has it is still to come"
}

// unquoted returns a value without the quotation marks around it, and without the
// apostrophe before it with which a spreadsheet marks text.
func unquoted(s string) string {
	const marks = `'"‘’‚‛“”„‟«»‹›` + "`´"
	inner := strings.TrimRight(strings.TrimLeft(s, marks), marks)
	if first, last := strings.TrimLeft(s, marks) != s, strings.TrimRight(s, marks) != s; first && last {
		return inner
	}
	return strings.TrimPrefix(s, "'")
}

func trimAll(parts []string) []string {
	var all []string
	for _, part := range parts {
		all = append(all, strings.TrimSpace(part))
	}
	return all
}

// offer asks whether a value of the data is meant, and says what it shows.
func (v *vetting) offer(vs *values, text string) string {
	return fmt.Sprintf("is it %s? %s", quote(text), capital(v.shows(vs, text)))
}

// shows says what naming a value of the data shows.
func (v *vetting) shows(vs *values, text string) string {
	return "naming it shows its " + plain.Count(vs.count(text), "row")
}

func capital(s string) string { return strings.ToUpper(s[:1]) + s[1:] }

func hasDigit(s string) bool { return strings.IndexFunc(s, unicode.IsDigit) >= 0 }

var (
	number = regexp.MustCompile(`^[+-]?(\d+|\d{1,3}([,' .]\d{3})+)([.,]\d+)?$`)
	date   = regexp.MustCompile(`^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}(:\d{2})?)?$|^\d{1,2}-(?i:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)(-\d{2,4})?$`)
	// What a spreadsheet makes of long numbers, of formulas and of columns that
	// are too narrow. No such text is a value that anybody typed.
	spoiled = regexp.MustCompile(`^[+-]?\d([.,]\d+)?[eE][+-]?\d+$|^#(REF!|N/A|NAME\?|VALUE!|DIV/0!|NULL!|NUM!)$|^#{3,}$`)
)

// numberLike reports whether a text is a number or a date, as people and
// spreadsheets write them.
func numberLike(s string) bool {
	return number.MatchString(s) || date.MatchString(s) || spoiled.MatchString(s)
}

// sameNumber returns the one value of the column that is the same number in
// other digits: 1017.0 and 1017, 17 and 0017.
func (vs *values) sameNumber(value string) (string, bool) {
	want, ok := canonicalNumber(value)
	if !ok {
		return "", false
	}
	found := ""
	for _, text := range vs.texts[1:] {
		if got, ok := canonicalNumber(text); ok && got == want {
			if found != "" {
				return "", false // 17 and 0017 are two values
			}
			found = text
		}
	}
	return found, found != ""
}

var decimal = regexp.MustCompile(`^\d+(\.\d+)?$`)

// canonicalNumber writes a plain decimal number without zeros that say nothing.
func canonicalNumber(s string) (string, bool) {
	if !decimal.MatchString(s) {
		return "", false
	}
	whole, fraction, _ := strings.Cut(s, ".")
	whole, fraction = strings.TrimLeft(whole, "0"), strings.TrimRight(fraction, "0")
	return whole + "." + fraction, true
}

// unsplit returns the value of the data, with a comma, that a list of values may
// be meant to be, in whole or in a part of the list. Rule files split at commas
// (U4), so that such a value needs quotes.
func (vs *values) unsplit(cell string) (string, bool) {
	if vs == nil || !strings.Contains(cell, ",") || strings.Contains(cell, `"`) {
		return "", false
	}
	if vs.has(cell) {
		return cell, true
	}
	const longest, most = 6, 200 // items of a value, and of a list that is looked at
	items := strings.Split(cell, ",")
	for i := range items[:min(len(items), most)] {
		for j := min(len(items), i+longest); j > i+1; j-- {
			text := strings.Join(items[i:j], ",")
			for _, s := range []string{text, strings.TrimSpace(text)} {
				if vs.has(s) {
					return s, true
				}
			}
		}
	}
	return "", false
}

// written returns a value as an item of a list, and as the cell of a CSV file
// that holds nothing else.
func written(value string) (item, cell string) {
	item = `"` + strings.ReplaceAll(value, `"`, `""`) + `"`
	return item, `"` + strings.ReplaceAll(item, `"`, `""`) + `"`
}

// noSyntax says which syntax of other systems a value looks like. Rules list
// values and know nothing else: no exclusion, no pattern, no word for all.
func noSyntax(value string) (what string, ok bool) {
	s := strings.TrimSpace(value)
	upper := strings.ToUpper(s)
	starts := func(prefixes ...string) bool {
		return slices.ContainsFunc(prefixes, func(p string) bool { return strings.HasPrefix(upper, p) && len(upper) > len(p) })
	}
	switch {
	case upper == "*", upper == "%", upper == "ALL", upper == "(ALL)", upper == "ANY", upper == "EVERYTHING", upper == "<ALL>", upper == "[ALL]":
		return "a word for all values", true
	case starts("!", "<>", "NOT ", "NOT(", "^", "~", "¬", "≠", "EXCEPT ", "EXCEPT:", "EXCLUDE ", "EXCLUDE:", "EXCLUDING ", "EXCL ", "EXCL.", "ALL BUT ", "ALL EXCEPT ", "OTHER THAN ", "ANYTHING BUT "),
		strings.HasSuffix(upper, " EXCLUDED"), strings.HasSuffix(upper, "(EXCLUDED)"), starts("-", "−", "–", "—") && letterAt(s, 1):
		return "an exclusion", true
	case strings.ContainsAny(s, "*%") && !percentage.MatchString(s):
		return "a pattern", true
	}
	return "", false
}

var percentage = regexp.MustCompile(`\d\s?%`)

// letterAt reports whether the character with this number, from 0, is a letter.
func letterAt(s string, n int) bool {
	for i := 0; i < n && s != ""; i++ {
		_, size := utf8.DecodeRuneInString(s)
		s = s[size:]
	}
	r, _ := utf8.DecodeRuneInString(s)
	return unicode.IsLetter(r)
}

// everybodyWord reports whether the name of a principal looks like one for
// everybody, which rules do not have.
func everybodyWord(name string) bool {
	switch s := strings.ToUpper(strings.TrimSpace(name)); s {
	case "*", "%", "ALL", "ANY", "ANYBODY", "ANYONE", "EVERYBODY", "EVERYONE", "PUBLIC", "ALL USERS", "ALLUSERS", "DEFAULT/*":
		return true
	default:
		return strings.HasSuffix(s, "/*")
	}
}
