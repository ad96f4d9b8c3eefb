package diff

import (
	"slices"
	"strings"

	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/tagrules"
)

// maxRows is the greatest number of rows to try for one list of keys. A list with a
// few changed rules needs a few dozen.
const maxRows = 1 << 14

// A tagSearch looks for witnesses: a session and a row that the session sees with
// configuration p and does not see with q.
//
// It tries rows (the product of a few texts a column, see rows), and for each row
// one session: for every key, the value with which p's rule accepts the row and,
// if such a value exists, q's rule does not (see value). Tags of a session must all
// match, so that a difference in one key is enough, and keys can be searched one by
// one.

type tagSearch struct {
	p, q    *tagrules.Config
	letter  string                                           // occurs in no delimiter and no match-all value
	reading bool                                             // p and q split lists in the same way
	known   map[probe]answer                                 // results of value
	alone   map[*tagrules.Config]map[string]*tagrules.Config // by configuration and key: a configuration with only that rule
}

// A probe is a question to value: a tag key, and the text of the row in the columns
// that p and q restrict by that key. inP is the column of p, inQ that of q.
type probe struct{ key, inP, inQ string }

type answer struct {
	value string
	ok    bool // p accepts the row
}

func newTagSearch(p, q *tagrules.Config) *tagSearch {
	s := &tagSearch{p: p, q: q, known: make(map[probe]answer), alone: make(map[*tagrules.Config]map[string]*tagrules.Config)}
	var used strings.Builder
	for _, c := range []*tagrules.Config{p, q} {
		s.alone[c] = make(map[string]*tagrules.Config)
		for _, r := range c.TagRules {
			one := *c // with the way it reads values
			one.Status, one.TagRules, one.TagRuleConfigurations = tagrules.Enabled, []tagrules.Rule{r}, nil
			s.alone[c][r.TagKey] = &one
			used.WriteString(r.TagMultiValueDelimiter + r.MatchAllValue)
		}
	}
	s.letter = unused(used.String())
	s.reading = reads(p) == reads(q)
	return s
}

// unused returns a letter that does not occur in text: a Latin letter, or one of the
// 11,172 Hangul syllables. 100 rules have at most 26,600 characters of delimiters
// and match-all values, so in theory all may occur; the last one is returned then.
func unused(text string) string {
	for letter := 'a'; letter <= 'z'; letter++ {
		if !strings.ContainsRune(text, letter) {
			return string(letter)
		}
	}
	for letter := '\uAC00'; letter < '\uD7A3'; letter++ {
		if !strings.ContainsRune(text, letter) {
			return string(letter)
		}
	}
	return "\uD7A3"
}

// reads returns how a configuration splits a tag value: whether white space around
// the items of a list is part of them, and whether the match-all value may be an item.
func reads(c *tagrules.Config) [2]bool {
	o := c.Options()
	return [2]bool{o.LiteralSpaces, o.MatchAllInList}
}

// list looks for a witness among the sessions with the keys of one inner list of p.
// all is false if the search stopped at maxRows.
func (s *tagSearch) list(keys []string) (part TagPart, found, all bool) {
	columns, texts := s.rows(keys)
	row := make(map[string]string, len(columns))
	tried := 0
	var try func(i int) bool // sets columns from i on; true stops the search
	try = func(i int) bool {
		if i < len(columns) {
			for _, text := range texts[i] {
				row[columns[i]] = text
				if try(i + 1) {
					return true
				}
			}
			return false
		}
		if tried++; tried > maxRows {
			return true
		}
		part, found = s.session(keys, row)
		return found
	}
	try(0)
	return part, found, tried <= maxRows
}

// rows returns the columns that p and q restrict by keys, and the texts to try in
// each: one plain text, and, if a rule of the column changed, NULL, a text with a
// space, lists and the match-all values.
func (s *tagSearch) rows(keys []string) (columns []string, texts [][]string) {
	changed := make(map[string][]tagrules.Rule) // by column
	for _, key := range keys {
		was, inQ := ruleOf(s.q, key)
		is, _ := ruleOf(s.p, key)
		columns = append(columns, is.ColumnName)
		if inQ {
			columns = append(columns, was.ColumnName)
		}
		if !inQ || was != is || !s.reading {
			changed[is.ColumnName] = append(changed[is.ColumnName], was, is)
			changed[was.ColumnName] = append(changed[was.ColumnName], was, is)
		}
	}
	slices.Sort(columns)
	columns = slices.Compact(columns)
	for i, column := range columns {
		fresh := strings.Repeat(s.letter, i+1)
		list := []string{fresh}
		if rules := changed[column]; rules != nil {
			list = append(list, "", " "+fresh)
			for _, r := range rules {
				if d := r.TagMultiValueDelimiter; d != "" {
					list = append(list, fresh+d+fresh)
				}
				if r.MatchAllValue != "" {
					list = append(list, r.MatchAllValue)
				}
			}
			slices.Sort(list[1:]) // the plain one is tried first
			list = slices.Compact(list)
		}
		texts = append(texts, list)
	}
	return columns, texts
}

// session returns a session with keys that sees the row with p and not with q.
func (s *tagSearch) session(keys []string, row map[string]string) (TagPart, bool) {
	var tags []tagrules.Tag
	for _, key := range keys {
		a := s.value(key, row)
		if !a.ok {
			return TagPart{}, false
		}
		tags = append(tags, tagrules.Tag{Key: key, Value: a.value})
	}
	if !s.sees(s.p, tags, row) || s.sees(s.q, tags, row) {
		return TagPart{}, false
	}
	part := TagPart{Keys: keys, Witness: make(map[string]string)}
	for _, t := range tags {
		part.Tags = append(part.Tags, s.show(t))
	}
	for column, text := range row {
		if text != "" {
			part.Witness[column] = text
		}
	}
	s.hide(&part)
	return part, true
}

// value returns a tag value with which p's rule for key accepts the row. It prefers a
// value with which q's rule does not. The result depends only on the probe.
func (s *tagSearch) value(key string, row map[string]string) answer {
	is, _ := ruleOf(s.p, key)
	was, inQ := ruleOf(s.q, key)
	inP := row[is.ColumnName]
	at := probe{key, inP, row[was.ColumnName]}
	if a, ok := s.known[at]; ok {
		return a
	}
	more := strings.Repeat(s.letter, 60) // equals no text of a row
	values := []string{inP, " " + inP, is.MatchAllValue, was.MatchAllValue}
	for _, d := range []string{is.TagMultiValueDelimiter, was.TagMultiValueDelimiter} {
		if d != "" {
			values = append(values, inP+d+more, more+d+inP, inP+d+" "+more, more+d+" "+inP, inP+d+is.MatchAllValue, inP+d+was.MatchAllValue, more+d+is.MatchAllValue)
		}
	}
	var best answer
	for _, v := range values {
		if v == "" || !s.accepts(s.p, key, v, row) {
			continue
		}
		if !best.ok {
			best = answer{v, true}
		}
		if !inQ || !s.accepts(s.q, key, v, row) {
			best = answer{v, true}
			break
		}
	}
	s.known[at] = best
	return best
}

// accepts reports whether the rule of c for key accepts a row, without the other
// rules of c.
func (s *tagSearch) accepts(c *tagrules.Config, key, value string, row map[string]string) bool {
	one := s.alone[c][key]
	return one != nil && s.sees(one, []tagrules.Tag{{Key: key, Value: value}}, row)
}

func (s *tagSearch) sees(c *tagrules.Config, tags []tagrules.Tag, row map[string]string) bool {
	p, err := c.For(tags...)
	if err != nil { // a value that is too long
		p = predicate.Predicate{}
	}
	return p.Match(func(column string) (string, bool) { text := row[column]; return text, text != "" })
}

// show returns a tag for output. A value that contains a match-all value is secret
// and left out (T8).
func (s *tagSearch) show(t tagrules.Tag) TagProbe {
	out := TagProbe{Key: t.Key, Value: t.Value}
	p, err := s.alone[s.p][t.Key].For(t)
	out.MatchAll = err == nil && p.Op() == predicate.OpAll
	if s.secret(t.Value) {
		out.Value, out.Secret = "", true
	}
	return out
}

// secret reports whether a text contains a match-all value of p or q.
func (s *tagSearch) secret(text string) bool {
	for _, c := range []*tagrules.Config{s.p, s.q} {
		for _, r := range c.TagRules {
			if r.MatchAllValue != "" && strings.Contains(text, r.MatchAllValue) {
				return true
			}
		}
	}
	return false
}

// hide replaces the texts of a witness that contain a match-all value.
func (s *tagSearch) hide(part *TagPart) {
	for column, text := range part.Witness {
		if s.secret(text) {
			part.Witness[column] = Hidden
		}
	}
}

// Hidden replaces a match-all value in a witness (T8).
const Hidden = "(a match-all value)"
