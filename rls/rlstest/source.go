package rlstest

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"regexp"
	"slices"
	"strconv"
	"unicode/utf8"

	"go.yaml.in/yaml/v3"

	"github.com/rowsight/rowsight/rls"
)

// maxSource is the size in bytes that a case file may have. It bounds the time
// a file can take; larger data belongs into a CSV file.
const maxSource = 64 << 20

const bom = "\xef\xbb\xbf"

// source is the text of a case file. It tells where a node of it stands, for
// errors in lines and bytes, and for edits in bytes from the start.
type source struct {
	file  string
	text  []byte
	lines []int // where each line begins, lines as YAML counts them
	feeds []int // where each line feed is: lines as editors count them
}

func newSource(file string, text []byte) *source {
	s := &source{file: file, text: text, lines: []int{0}}
	if bytes.HasPrefix(text, []byte(bom)) {
		s.lines[0] = len(bom)
	}
	// YAML ends lines at NEL, LS and PS too.
	for i := 0; i < len(text); {
		r, n := utf8.DecodeRune(text[i:])
		i += n
		switch r {
		case '\r':
			if i < len(text) && text[i] == '\n' {
				i++
			}
			fallthrough
		case '\n', '\u0085', '\u2028', '\u2029':
			s.lines = append(s.lines, i)
			if text[i-1] == '\n' {
				s.feeds = append(s.feeds, i-1)
			}
		}
	}
	return s
}

// offset returns the byte at which a node begins. Columns of YAML count
// characters.
func (s *source) offset(n *yaml.Node) int {
	if n == nil || n.Line < 1 || n.Line > len(s.lines) {
		return 0
	}
	at := s.lines[n.Line-1]
	for range n.Column - 1 {
		_, size := utf8.DecodeRune(s.text[at:])
		at += size
	}
	return at
}

// at returns the position of a byte, in lines as editors count them.
func (s *source) at(offset int) rls.Position {
	line, _ := slices.BinarySearch(s.feeds, offset)
	start := 0
	if line > 0 {
		start = s.feeds[line-1] + 1
	} else if bytes.HasPrefix(s.text, []byte(bom)) {
		start = min(len(bom), offset)
	}
	return rls.Position{File: s.file, Line: line + 1, Column: offset - start + 1}
}

// pos returns the position of a node.
func (s *source) pos(n *yaml.Node) rls.Position {
	if n == nil || n.Line < 1 || n.Line > len(s.lines) {
		return rls.Position{File: s.file, Line: 1, Column: 1}
	}
	return s.at(s.offset(n))
}

// parse returns the one document of the source.
func (s *source) parse() (*yaml.Node, error) {
	if len(s.text) > maxSource {
		return nil, &Error{Pos: s.at(0), Err: fmt.Errorf("%w: got %d bytes, want at most %d", ErrValue, len(s.text), maxSource)}
	}
	for i := 0; i < len(s.text); {
		r, n := utf8.DecodeRune(s.text[i:])
		if r == utf8.RuneError && n == 1 {
			return nil, &Error{Pos: s.at(i), Err: ErrEncoding}
		}
		i += n
	}
	dec := yaml.NewDecoder(bytes.NewReader(s.text))
	var doc, second yaml.Node
	switch err := dec.Decode(&doc); {
	case errors.Is(err, io.EOF):
		return nil, &Error{Pos: rls.Position{File: s.file, Line: 1, Column: 1}, Err: fmt.Errorf("%w: the file is empty", ErrNoCases)}
	case err != nil:
		return nil, s.syntaxError(err)
	}
	switch err := dec.Decode(&second); {
	case err == nil:
		return nil, &Error{Pos: s.pos(&second), Err: fmt.Errorf("a second document is %w", ErrYAML)}
	case !errors.Is(err, io.EOF):
		return nil, s.syntaxError(err)
	}
	return doc.Content[0], nil
}

var (
	yamlLine      = regexp.MustCompile(`^yaml: (?:line ([0-9]+): )?(.*)$`)
	unknownAnchor = regexp.MustCompile(`^unknown anchor '(.*)' referenced$`)
)

// syntaxError gives an error of the YAML package a position. It names the line,
// but for the first, and no column.
func (s *source) syntaxError(err error) error {
	line, reason := 1, err.Error()
	if m := yamlLine.FindStringSubmatch(reason); m != nil {
		reason = m[2]
		if n, err := strconv.Atoi(m[1]); err == nil {
			line = min(max(n, 1), len(s.lines))
		}
	}
	at := s.lines[line-1]
	for at < len(s.text) && s.text[at] == ' ' {
		at++
	}
	if m := unknownAnchor.FindStringSubmatch(reason); m != nil {
		// The name is not shown: it may be meant as the value of a tag.
		return &Error{Pos: s.at(max(0, bytes.Index(s.text, []byte("*"+m[1])))), Err: fmt.Errorf("an alias is %w", ErrYAML)}
	}
	return &Error{Pos: s.at(at), Err: fmt.Errorf("%w: %s", ErrSyntax, reason)}
}
