package tagrules

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/plain"
)

// The names under which the API has a configuration.
const (
	apiName   = "RowLevelPermissionTagConfiguration"
	outerName = "RowLevelPermissionConfiguration" // of the new data preparation
	innerName = "TagConfiguration"
)

// Parse reads a configuration from a document: the API object standing alone,
// under its name RowLevelPermissionTagConfiguration, or anywhere inside the
// description of a dataset, as DescribeDataSet returns it and CreateDataSet and
// UpdateDataSet take it; of the new data preparation also as
// RowLevelPermissionConfiguration.TagConfiguration of a table. The document is
// JSON, the output of terraform show -json, in which names are written
// row_level_permission_tag_configuration and tag_key, or a template in YAML.
//
// Around the configuration everything is allowed. Inside nothing is guessed:
// unknown fields, names in other case, other types, and whatever
// [Config.Validate] refuses are errors. So are a field given twice anywhere, and
// a document with no configuration or with several that differ (T1), unless
// [Options.DataSet] says which one is meant. An optional field that is null, or
// empty, is absent, except for a MatchAllValue of "". Every problem is reported,
// in order of position, as an [*Error].
//
// The Config keeps opts, and [Config.For] reads tag values with them.
func Parse(r io.Reader, opts *Options) (*Config, error) {
	c, _, err := Inspect(r, opts)
	if err != nil {
		return nil, err
	}
	return c, nil
}

// Inspect reads a configuration as [Parse] does, for tools that check it further.
// After an error the Config is what can be read of the configuration, or nil if
// the document has none: it is invalid and admits no row. at returns the position of a field of
// the Config, such as TagRules[1].ColumnName, or that of the value around a field
// that is absent.
func Inspect(r io.Reader, opts *Options) (c *Config, at func(field string) Position, err error) {
	o := *cmp.Or(opts, new(Options))
	file := o.File
	at = func(string) Position { return Position{File: file} }
	doc, err := readDocument(r, o.File)
	if err != nil {
		return nil, at, err
	}
	found := doc.theConfig(o.DataSet)
	if found == nil {
		return nil, at, doc.Err()
	}
	o.File, o.DataSet = "", "" // two files with one configuration give equal Configs
	found.opts, found.refused = o, doc.Err()
	return &found.Config, func(field string) Position {
		for found.at[field] == nil {
			field = field[:max(strings.LastIndexAny(field, ".["), 0)]
		}
		return doc.Pos(found.at[field])
	}, found.refused
}

// A draft is a configuration and the value that each field was read from: "" is
// the configuration itself.
type draft struct {
	Config
	at map[string]*jsondoc.Value
}

// A place is where a configuration stands.
type place struct {
	path  string
	value *jsondoc.Value
	names []string // of its dataset
}

// theConfig returns the one configuration of the document, or that of a dataset;
// nil if there is none.
func (d document) theConfig(dataset string) *draft {
	places := d.find()
	if d.Root.Kind == jsondoc.Object && alone(d.Root) {
		if d.Template {
			d.Add(d.Root, "", fmt.Errorf("%w: want JSON, or a template with %s", ErrSyntax, apiName))
			return nil
		}
		places = append([]place{{value: d.Root}}, places...)
	}
	if len(places) == 0 {
		if d.Err() == nil { // no name in another case, nothing else to say
			d.Add(d.Root, "", fmt.Errorf("%w in the document: want an object with TagRules, or %s", ErrNoConfig, apiName))
		}
		return nil
	}
	all := make([][]string, len(places))
	for i, p := range places {
		all[i] = p.names
	}
	chosen := jsondoc.Choose(dataset, all)
	if len(chosen) == 0 {
		d.Add(d.Root, "", fmt.Errorf("%w of dataset %q: the datasets with one are %s", ErrNoConfig, plain.Abridge(dataset, MaxKey), jsondoc.Listed(all)))
		return nil
	}
	configs := make([]*draft, len(chosen))
	same := true
	var where []string // the first ones
	var apart [][]string
	for i, at := range chosen {
		p := places[at]
		configs[i] = d.config(p.value, p.path)
		same = same && reflect.DeepEqual(configs[0].Config, configs[i].Config)
		if len(where) < 20 {
			where = append(where, strings.TrimSpace(fmt.Sprintf("%s at %s", p.path, d.Pos(p.value))))
		}
		apart = append(apart, p.names)
	}
	if !same {
		d.Add(places[chosen[1]].value, "", fmt.Errorf("%w: %s; choose a dataset (Options.DataSet, or --data-set): %s", ErrAmbiguous, strings.Join(where, ", "), jsondoc.Listed(apart)))
	}
	return configs[0]
}

// alone reports whether an object looks like the configuration itself. Status
// does not count: responses of the API have one of their own.
func alone(v *jsondoc.Value) bool {
	for _, m := range v.Members {
		for _, name := range []string{"TagRules", "TagRuleConfigurations"} {
			if strings.EqualFold(m.Name, name) || m.Name == jsondoc.Snake(name) {
				return true
			}
		}
	}
	return false
}

// find returns the configurations in the document. A null is none.
func (d document) find() (places []place) {
	d.Walk(func(m jsondoc.Member, in jsondoc.Scope) bool {
		want := ""
		switch {
		case strings.EqualFold(m.Name, apiName):
			want = apiName
		case strings.EqualFold(m.Name, innerName) && strings.EqualFold(in.Outer, outerName):
			want = innerName
		case m.Name == jsondoc.Snake(apiName), m.Name == jsondoc.Snake(innerName) && in.Outer == jsondoc.Snake(outerName):
			if v := jsondoc.Block(m.Value); v != nil {
				places = append(places, place{in.Path, v, in.Names})
			}
			return false
		}
		parent := strings.TrimSuffix(strings.TrimSuffix(in.Path, plain.Abridge(m.Name, MaxKey)), ".")
		switch {
		case want == "":
			return true
		case m.Value.Kind == jsondoc.Null:
		case m.Name == want && (want == apiName || in.Outer == outerName):
			places = append(places, place{in.Path, m.Value, in.Names})
		case m.Name != want:
			d.AddName(m, parent, fmt.Errorf("%w %q, want %s", ErrField, m.Name, want))
			places = append(places, place{in.Path, m.Value, in.Names}) // what it holds is checked, too
		default:
			d.AddName(m, parent, fmt.Errorf("%w %q around it, want %s", ErrField, in.Outer, outerName))
		}
		return false
	})
	return places
}

// config decodes and validates a configuration.
func (d document) config(v *jsondoc.Value, field string) *draft {
	at := map[string]*jsondoc.Value{"": v}
	c := &draft{at: at}
	keysKnown := false
	terraform := v.Member("tag_rules") != nil
	d.Object(v, field, jsondoc.Snakes(terraform, []jsondoc.Field{
		{Name: "Status", Unset: jsondoc.IsEmpty, Decode: func(v *jsondoc.Value, f string) {
			at["Status"] = v
			c.Status = Status(d.String(v, f))
		}},
		{Name: "TagRules", Must: true, Decode: func(v *jsondoc.Value, f string) {
			at["TagRules"] = v
			keysKnown = v.Kind == jsondoc.List
			d.each(v, f, func(i int, v *jsondoc.Value, f string) {
				r := d.rule(v, f, fmt.Sprintf("TagRules[%d]", i), at)
				keysKnown = keysKnown && r.TagKey != ""
				c.TagRules = append(c.TagRules, r)
			})
		}},
		{Name: "TagRuleConfigurations", Unset: jsondoc.IsEmpty, Decode: func(v *jsondoc.Value, f string) {
			at["TagRuleConfigurations"] = v
			d.each(v, f, func(i int, v *jsondoc.Value, f string) {
				list := fmt.Sprintf("TagRuleConfigurations[%d]", i)
				at[list] = v
				keys := []string{}
				d.each(v, f, func(j int, v *jsondoc.Value, f string) {
					at[fmt.Sprintf("%s[%d]", list, j)] = v
					keys = append(keys, d.String(v, f))
				})
				c.TagRuleConfigurations = append(c.TagRuleConfigurations, keys)
			})
		}},
	}))
	c.check(func(name string, err error) {
		if at[name] == nil { // not there, so missing, which was reported
			return
		}
		if d.Bad(at[name]) || !keysKnown && errors.Is(err, ErrUnknownKey) {
			return // follows from what was reported
		}
		d.Add(at[name], jsondoc.Join(field, name), err)
	})
	return c
}

func (d document) rule(v *jsondoc.Value, field, name string, at map[string]*jsondoc.Value) (r Rule) {
	text := func(to *string, least int) func(v *jsondoc.Value, f string) {
		return func(v *jsondoc.Value, f string) {
			at[name+f[len(field):]] = v
			*to = d.String(v, f)
			if v.Kind == jsondoc.Text && len(v.Text) < least {
				d.Fail(v, f, fmt.Errorf("%w: got no character, want at least %d, or no field", ErrLimit, least))
			}
		}
	}
	// Terraform writes "" for an argument that is not set; the API refuses it.
	terraform, unset := v.Member("tag_key") != nil, jsondoc.IsNull
	if terraform {
		unset = jsondoc.IsEmpty
	}
	d.Object(v, field, jsondoc.Snakes(terraform, []jsondoc.Field{
		{Name: "TagKey", Must: true, Decode: text(&r.TagKey, 0)},
		{Name: "ColumnName", Must: true, Decode: text(&r.ColumnName, 0)},
		{Name: "TagMultiValueDelimiter", Unset: jsondoc.IsEmpty, Decode: text(&r.TagMultiValueDelimiter, 0)},
		{Name: "MatchAllValue", Unset: unset, Decode: text(&r.MatchAllValue, 1)},
	}))
	return r
}
