package rlstest

import (
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"go.yaml.in/yaml/v3"

	"github.com/rowsight/rowsight/internal/jsondoc"
)

// TestSchemaKeys: the schema and the decoder know the same keys.
func TestSchemaKeys(t *testing.T) {
	root := schemaDoc(t)
	keys := func(path ...string) []string {
		var at any = root
		for _, step := range append(path, "properties") {
			if list, ok := at.([]any); ok {
				at = list[int(step[0]-'0')]
				continue
			}
			at = at.(map[string]any)[step]
			require.NotNil(t, at, "%v", path)
		}
		return slices.Sorted(maps.Keys(at.(map[string]any)))
	}
	names := func(fields []jsondoc.Field) (names []string) {
		for _, f := range fields {
			names = append(names, f.Name)
		}
		return slices.Sorted(slices.Values(names))
	}
	d := new(decoder)
	require.Equal(t, names(d.fileFields(nil)), keys())
	require.Equal(t, names(d.optionFields(nil, nil)), keys("definitions", "options"))
	require.Equal(t, names(d.caseFields(nil)), keys("definitions", "case"))
	require.Equal(t, names(d.whoFields(nil)), keys("definitions", "case", "properties", "who", "oneOf", "1"))
	require.Equal(t, names(d.dataFields(nil)), keys("properties", "data", "oneOf", "1"))
}

// TestSchemaAgrees: what Load accepts the schema accepts, and what is wrong in
// form the schema refuses too.
func TestSchemaAgrees(t *testing.T) {
	root := schemaDoc(t)
	check := func(text string) error {
		var doc any
		require.NoError(t, yaml.Unmarshal([]byte(text), &doc))
		return validate(root, root, doc, "")
	}
	found, err := filepath.Glob("testdata/*/*.rlstest.yaml")
	require.NoError(t, err)
	require.NotEmpty(t, found)
	for _, file := range found {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		require.NoError(t, check(string(text)), file)
	}
	const good = "rules: r.csv\ndata: [{id: 1, R: a}, {id: 2, R: null}]\nid: id\ncases:\n- {name: n, who: al, count: 1}\n"
	require.NoError(t, check(good))
	for _, tt := range []struct{ reason, old, new string }{
		{"no rules", "rules: r.csv\n", ""},
		{"no data", "data: [{id: 1, R: a}, {id: 2, R: null}]\n", ""},
		{"an unknown key", "id: id", "ids: id"},
		{"an unknown key of a case", "count: 1", "counts: 1"},
		{"no name", "name: n, ", ""},
		{"a number for a name", "name: n", "name: 1"},
		{"nobody", "who: al, ", ""},
		{"both", "who: al", "who: al, tags: {}"},
		{"nothing asked", ", count: 1", ""},
		{"a text for a number", "count: 1", "count: '1'"},
		{"fewer than none", "count: 1", "count: -1"},
		{"false", "count: 1", "all: false"},
		{"no rows", "count: 1", "rows: []"},
		{"a null for a row", "count: 1", "rows: [null]"},
		{"an empty condition", "count: 1", "only: {}"},
		{"a list of lists", "count: 1", "only: {R: [[a]]}"},
		{"no cases", "\n- {name: n, who: al, count: 1}", " []"},
		{"a bad option", "id: id", "options: {dual: both}"},
		{"a namespace of nobody", "who: al", "who: {namespace: x}"},
		{"a cell that is a list", "R: a", "R: [a]"},
	} {
		text := strings.Replace(good, tt.old, tt.new, 1)
		require.NotEqual(t, good, text, tt.reason)
		require.Error(t, check(text), tt.reason)
		_, err := Load(files("c.yaml", text, "r.csv", oneRule), "c.yaml")
		require.Error(t, err, tt.reason)
	}
}

func schemaDoc(t *testing.T) map[string]any {
	t.Helper()
	var root map[string]any
	require.NoError(t, json.Unmarshal(Schema(), &root))
	return root
}

// validate is JSON Schema draft 7, as far as this schema uses it. Other words
// are an error, so that none is ignored.
func validate(root, schema map[string]any, doc any, at string) error {
	for word, v := range schema {
		var err error
		switch word {
		case "$schema", "$id", "title", "description", "definitions":
		case "$ref":
			err = validate(root, root["definitions"].(map[string]any)[strings.TrimPrefix(v.(string), "#/definitions/")].(map[string]any), doc, at)
		case "type":
			types, ok := v.([]any)
			if !ok {
				types = []any{v}
			}
			if !slices.Contains(types, any(typeOf(doc))) && (typeOf(doc) != "integer" || !slices.Contains(types, any("number"))) {
				err = fmt.Errorf("%s: got %s, want %v", at, typeOf(doc), types)
			}
		case "const":
			if doc != v {
				err = fmt.Errorf("%s: want %v", at, v)
			}
		case "enum":
			if !slices.Contains(v.([]any), doc) {
				err = fmt.Errorf("%s: want one of %v", at, v)
			}
		case "minLength":
			if s, ok := doc.(string); ok && len(s) < int(v.(float64)) {
				err = fmt.Errorf("%s: too short", at)
			}
		case "minimum":
			if n, ok := doc.(int); ok && n < int(v.(float64)) {
				err = fmt.Errorf("%s: too small", at)
			}
		case "minItems", "minProperties":
			list, isList := doc.([]any)
			object, isObject := doc.(map[string]any)
			if (isList || isObject) && len(list)+len(object) < int(v.(float64)) {
				err = fmt.Errorf("%s: too few", at)
			}
		case "required":
			object, _ := doc.(map[string]any)
			for _, key := range v.([]any) {
				if _, ok := object[key.(string)]; !ok {
					err = fmt.Errorf("%s: no %v", at, key)
				}
			}
		case "properties", "additionalProperties":
			known, _ := schema["properties"].(map[string]any)
			object, _ := doc.(map[string]any)
			for key, value := range object {
				s, ok := known[key].(map[string]any)
				if word == "additionalProperties" {
					if ok {
						continue
					}
					if s, ok = v.(map[string]any); !ok {
						return fmt.Errorf("%s: unknown %s", at, key)
					}
				}
				if ok {
					if e := validate(root, s, value, at+"."+key); e != nil {
						err = e
					}
				}
			}
		case "items":
			list, _ := doc.([]any)
			for i, item := range list {
				if e := validate(root, v.(map[string]any), item, fmt.Sprintf("%s[%d]", at, i)); e != nil {
					err = e
				}
			}
		case "oneOf", "anyOf":
			n := 0
			for _, s := range v.([]any) {
				if validate(root, s.(map[string]any), doc, at) == nil {
					n++
				}
			}
			if n == 0 || n > 1 && word == "oneOf" {
				err = fmt.Errorf("%s: %d of %s", at, n, word)
			}
		default:
			err = fmt.Errorf("the schema says %s, which this test does not know", word)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func typeOf(doc any) string {
	switch doc.(type) {
	case nil:
		return "null"
	case bool:
		return "boolean"
	case int:
		return "integer"
	case float64:
		return "number"
	case string:
		return "string"
	case []any:
		return "array"
	case map[string]any:
		return "object"
	default:
		return fmt.Sprintf("%T", doc)
	}
}
