package vet

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// maxTagText is the size of a document that is vetted, as in tagrules.
const maxTagText = 16 << 20

// A node is a JSON value that knows where it stands.
type node struct {
	at    int
	text  string
	items []*node // of a list
	names []string
	under []*node // of an object, one for each name
}

// findConfig finds the first configuration in a document, whether tagrules
// accepts it or not, and returns what can be read of it. at tells where its
// fields stand; of a field that is not there, where what is around it stands.
func findConfig(text []byte, file string) (*tagrules.Config, func(field string) rls.Position) {
	text = bytes.TrimPrefix(text, []byte("\uFEFF"))
	if len(text) > maxTagText || !json.Valid(text) {
		return nil, nil
	}
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	root := readNode(dec, text)
	if root.member("RowLevelPermissionTagConfiguration") == nil && root.member("TagRules") == nil {
		root = root.find()
	} else if inner := root.member("RowLevelPermissionTagConfiguration"); inner != nil {
		root = inner
	}
	if root == nil {
		return nil, nil
	}
	places := map[string]int{"": root.at}
	c := root.config(places)
	return c, func(field string) rls.Position {
		at, ok := places[field]
		for !ok {
			cut := strings.LastIndexAny(field, ".[")
			field = field[:max(cut, 0)]
			at, ok = places[field]
		}
		before := text[:at]
		return rls.Position{File: file, Line: 1 + bytes.Count(before, []byte{'\n'}), Column: len(before) - bytes.LastIndexByte(before, '\n')}
	}
}

// readNode reads the next value of text that is JSON.
func readNode(dec *json.Decoder, text []byte) *node {
	from := int(dec.InputOffset())
	n := &node{at: len(text) - len(bytes.TrimLeft(text[from:], " \t\r\n,:"))}
	tok, err := dec.Token()
	if err != nil {
		return n
	}
	switch tok := tok.(type) {
	case string:
		n.text = tok
	case json.Delim:
		for dec.More() {
			if tok == '[' {
				n.items = append(n.items, readNode(dec, text))
				continue
			}
			name, _ := dec.Token()
			s, _ := name.(string)
			n.names = append(n.names, s)
			n.under = append(n.under, readNode(dec, text))
		}
		_, _ = dec.Token() // the closing bracket
	}
	return n
}

// member returns the member of that name in any case, or nil.
func (n *node) member(name string) *node {
	if n != nil {
		for i, have := range n.names {
			if strings.EqualFold(have, name) {
				return n.under[i]
			}
		}
	}
	return nil
}

// find returns the first configuration below n.
func (n *node) find() *node {
	if c := n.member("RowLevelPermissionTagConfiguration"); c != nil && len(c.names) > 0 {
		return c
	}
	if c := n.member("RowLevelPermissionConfiguration").member("TagConfiguration"); c != nil && len(c.names) > 0 {
		return c
	}
	for _, list := range [][]*node{n.items, n.under} {
		for _, m := range list {
			if c := m.find(); c != nil {
				return c
			}
		}
	}
	return nil
}

// config reads a configuration and notes where each field stands.
func (n *node) config(places map[string]int) *tagrules.Config {
	c := new(tagrules.Config)
	text := func(n *node, field string, to *string) {
		if n != nil {
			places[field] = n.at
			*to = n.text
		}
	}
	var status string
	text(n.member("Status"), "Status", &status)
	c.Status = tagrules.Status(status)
	if rules := n.member("TagRules"); rules != nil {
		places["TagRules"] = rules.at
		for i, item := range rules.items {
			var r tagrules.Rule
			field := fmt.Sprintf("TagRules[%d]", i)
			places[field] = item.at
			text(item.member("TagKey"), field+".TagKey", &r.TagKey)
			text(item.member("ColumnName"), field+".ColumnName", &r.ColumnName)
			text(item.member("TagMultiValueDelimiter"), field+".TagMultiValueDelimiter", &r.TagMultiValueDelimiter)
			text(item.member("MatchAllValue"), field+".MatchAllValue", &r.MatchAllValue)
			c.TagRules = append(c.TagRules, r)
		}
	}
	if lists := n.member("TagRuleConfigurations"); lists != nil {
		places["TagRuleConfigurations"] = lists.at
		for i, list := range lists.items {
			places[fmt.Sprintf("TagRuleConfigurations[%d]", i)] = list.at
			var keys []string
			for _, key := range list.items {
				keys = append(keys, key.text)
			}
			c.TagRuleConfigurations = append(c.TagRuleConfigurations, keys)
		}
	}
	return c
}
