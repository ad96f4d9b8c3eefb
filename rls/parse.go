package rls

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"unicode/utf8"
)

// settingsName is the name of the settings in a dataset description.
const settingsName = "RowLevelPermissionDataSet"

// maxSettings is the size of a document that ParseSettings reads, and maxDepth
// how deep it may be nested: dataset descriptions are small.
const (
	maxSettings = 16 << 20
	maxDepth    = 100
)

// ParseSettings reads settings from JSON (U17): the object
// RowLevelPermissionDataSet itself, or a document that holds one under that
// name at any depth, such as a dataset description.
//
// A document with none, or with more than one, is an error; so are an unknown
// member, one that stands twice, and whatever [PermissionDataSet.Validate]
// refuses.
func ParseSettings(r io.Reader) (*PermissionDataSet, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxSettings+1))
	switch {
	case err != nil:
		return nil, err
	case len(text) > maxSettings:
		return nil, fmt.Errorf("%w: more than %d bytes", ErrSettings, maxSettings)
	case !utf8.Valid(text):
		return nil, fmt.Errorf("%w: %w", ErrSettings, ErrUTF8)
	}
	found, err := findSettings(text, false)
	if err == nil && len(found) == 0 {
		found, err = findSettings(text, true)
	}
	switch {
	case err != nil:
		return nil, err
	case len(found) != 1:
		return nil, fmt.Errorf("%w: the document holds %d %s objects, want one", ErrSettings, len(found), settingsName)
	}
	if err := found[0].Validate(); err != nil {
		return nil, err
	}
	return found[0], nil
}

// findSettings returns the settings in a document: those under settingsName, or
// the whole document if it is bare.
func findSettings(text []byte, bare bool) ([]*PermissionDataSet, error) {
	p := &settingsParser{text: text, dec: json.NewDecoder(bytes.NewReader(text))}
	if err := p.value(bare, 0); err != nil {
		return nil, err
	}
	if _, err := p.token(); !errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, p.bad("", errors.New("text after the document"))
	}
	return p.found, nil
}

// A settingsParser walks a document token by token. Unmarshalling into a struct
// would take the last of two members with one name, and names in any case.
type settingsParser struct {
	text  []byte
	dec   *json.Decoder
	at    int // where the last token begins
	found []*PermissionDataSet
}

// bad returns an Error at the last token.
func (p *settingsParser) bad(member string, err error) error {
	before := p.text[:p.at]
	line := 1 + bytes.Count(before, []byte{'\n'})
	column := len(before) - bytes.LastIndexByte(before, '\n')
	if member != "" {
		err = fmt.Errorf("%s: %w", member, err)
	}
	return &Error{Pos: Position{Line: line, Column: column}, Err: fmt.Errorf("%w: %w", ErrSettings, err)}
}

func (p *settingsParser) token() (json.Token, error) {
	p.at = int(p.dec.InputOffset())
	p.at += len(p.text[p.at:]) - len(bytes.TrimLeft(p.text[p.at:], " \t\r\n,:"))
	t, err := p.dec.Token()
	if err == io.EOF {
		err = io.ErrUnexpectedEOF
	}
	if err != nil {
		return nil, p.bad("", err)
	}
	return t, nil
}

// value reads one value; settings says that it must be the settings.
func (p *settingsParser) value(settings bool, depth int) error {
	t, err := p.token()
	if err != nil {
		return err
	}
	if depth > maxDepth {
		return p.bad("", fmt.Errorf("nested more than %d deep", maxDepth))
	}
	switch t {
	case json.Delim('{'):
		return p.object(settings, depth)
	case json.Delim('['):
		if settings {
			return p.bad(settingsName, errors.New("want an object"))
		}
		for p.dec.More() {
			if err := p.value(false, depth+1); err != nil {
				return err
			}
		}
		_, err := p.token()
		return err
	default:
		if settings {
			return p.bad(settingsName, errors.New("want an object"))
		}
		return nil
	}
}

func (p *settingsParser) object(settings bool, depth int) error {
	s := new(PermissionDataSet)
	seen := make(map[string]bool)
	for p.dec.More() {
		t, err := p.token()
		if err != nil {
			return err
		}
		name, _ := t.(string) // the decoder takes nothing else as a name
		if seen[name] {
			return p.bad(name, errors.New("stands twice"))
		}
		seen[name] = true
		if settings {
			err = p.member(s, name)
		} else {
			err = p.value(name == settingsName, depth+1)
		}
		if err != nil {
			return err
		}
	}
	if settings {
		p.found = append(p.found, s)
	}
	_, err := p.token()
	return err
}

func (p *settingsParser) member(s *PermissionDataSet, name string) error {
	t, err := p.token()
	if err != nil {
		return err
	}
	text, ok := t.(string)
	if !ok {
		return p.bad(name, errors.New("want a string"))
	}
	switch name {
	case "Arn":
		s.Arn = text
	case "Namespace":
		s.Namespace = &text
	case "PermissionPolicy":
		s.PermissionPolicy = text
	case "FormatVersion":
		s.FormatVersion = FormatVersion(text)
	case "Status":
		s.Status = Status(text)
	default:
		return p.bad(name, errors.New("unknown member, want Arn, Namespace, PermissionPolicy, FormatVersion or Status"))
	}
	return nil
}
