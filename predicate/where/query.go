package where

import (
	"errors"
	"fmt"
	"strings"
)

// checkQuery refuses a query that could end the parentheses around it. It knows
// less than a parser and so refuses more: comments, and a backslash in a string
// where it may escape a quote.
func (s *spec) checkQuery(query string) error {
	if strings.TrimSpace(query) == "" {
		return errors.New("it is empty")
	}
	if err := checkText(query); err != nil {
		return err
	}
	if i := strings.Index(query, s.replaced); i >= 0 && s.replaced != "" {
		return fmt.Errorf("byte %d: it holds %s, which %s replaces by a setting", i+1, s.replaced, s.name)
	}
	depth := 0
	for i := 0; i < len(query); i++ {
		rest := query[i:]
		switch c := query[i]; {
		case strings.HasPrefix(rest, "--"), strings.HasPrefix(rest, "/*"), c == '#':
			return fmt.Errorf("byte %d: it holds a comment", i+1)
		case c == ';':
			return fmt.Errorf("byte %d: it holds a semicolon", i+1)
		case c == '$' && strings.Contains(rest[1:], "$"):
			return fmt.Errorf("byte %d: it holds a string in dollar quotes", i+1)
		case c == '\'' || c == '"' || c == '`' || c == '[' && s.brackets != noBrackets:
			n, err := s.quoted(rest)
			if err != nil {
				return fmt.Errorf("byte %d: %w", i+1, err)
			}
			i += n - 1
		case c == '(':
			depth++
		case c == ')':
			if depth--; depth < 0 {
				return fmt.Errorf("byte %d: it closes a parenthesis that it did not open", i+1)
			}
		}
	}
	if depth > 0 {
		return errors.New("it does not close a parenthesis")
	}
	return nil
}

// brackets say whether [ opens a name, and which ] ends it.
type brackets uint8

const (
	noBrackets      brackets = iota
	doubledBrackets          // ]] is a ] of the name
	plainBrackets            // the first ] ends the name
)

// quoted returns how long the string or name is that text starts with. A quote
// inside is doubled, except in [plainBrackets].
func (s *spec) quoted(text string) (int, error) {
	end := text[0]
	if end == '[' {
		end = ']'
	}
	for i := 1; i < len(text); i++ {
		switch {
		case text[i] == '\\':
			return 0, errors.New("it has a backslash in quotes, which may escape one")
		case text[i] != end:
		case i+1 < len(text) && text[i+1] == end && (end != ']' || s.brackets == doubledBrackets):
			i++
		default:
			return i + 1, nil
		}
	}
	return 0, errors.New("a quote is not closed")
}
