package tagrules

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
)

// The names under which the API has a configuration.
const (
	apiName   = "RowLevelPermissionTagConfiguration"
	outerName = "RowLevelPermissionConfiguration" // of the new data preparation
	innerName = "TagConfiguration"
)

// Parse reads a configuration from a JSON document: the API object standing
// alone, under its name RowLevelPermissionTagConfiguration, or anywhere inside
// the description of a dataset, as DescribeDataSet returns it and CreateDataSet
// and UpdateDataSet take it; of the new data preparation also as
// RowLevelPermissionConfiguration.TagConfiguration of a table.
//
// Around the configuration everything is allowed. Inside nothing is guessed:
// unknown fields, names in other case, other types, null, and whatever
// [Config.Validate] refuses are errors. So are a field given twice anywhere, and
// a document with no configuration or with several that differ (T1). Every
// problem is reported, in order of position, as an [*Error].
//
// The Config remembers how opts read tag values: [Config.For] does so.
func Parse(r io.Reader, opts *Options) (*Config, error) {
	doc, err := readDocument(r, opts.file())
	if err != nil {
		return nil, err
	}
	c := doc.theConfig()
	if err := doc.err(); err != nil {
		return nil, err
	}
	if opts != nil {
		c.opts = *opts
		c.opts.File = "" // two files with one configuration give equal Configs
	}
	return &c, nil
}

// A place is where a configuration stands.
type place struct {
	path  string
	value *jsondoc.Value
}

// theConfig returns the one configuration of the document.
func (d document) theConfig() Config {
	places := d.find(d.Root, "", "")
	if d.Root.Kind == jsondoc.Object && alone(d.Root) {
		places = append([]place{{"", d.Root}}, places...)
	}
	if len(places) == 0 {
		if len(d.Problems()) == 0 { // no name in another case, nothing else to say
			d.Add(d.Root, "", fmt.Errorf("%w in the document: want an object with TagRules, or %s", ErrNoConfig, apiName))
		}
		return Config{}
	}
	configs := make([]Config, len(places))
	same := true
	for i, p := range places {
		configs[i] = d.config(p.value, p.path)
		same = same && reflect.DeepEqual(configs[0], configs[i])
	}
	if !same {
		where := make([]string, len(places))
		for i, p := range places {
			where[i] = strings.TrimSpace(fmt.Sprintf("%s at %s", p.path, d.Pos(p.value)))
		}
		d.Add(places[1].value, "", fmt.Errorf("%w: %s", ErrAmbiguous, strings.Join(where, ", ")))
	}
	return configs[0]
}

// alone reports whether an object looks like the configuration itself. Status
// does not count: responses of the API have one of their own.
func alone(v *jsondoc.Value) bool {
	for _, m := range v.Members {
		if strings.EqualFold(m.Name, "TagRules") || strings.EqualFold(m.Name, "TagRuleConfigurations") {
			return true
		}
	}
	return false
}

// find returns the configurations inside v, which is a member called name. A
// null is no configuration.
func (d document) find(v *jsondoc.Value, name, path string) (places []place) {
	for i, item := range v.Items {
		places = append(places, d.find(item, "", fmt.Sprintf("%s[%d]", path, i))...)
	}
	for _, m := range v.Members {
		want := ""
		switch {
		case strings.EqualFold(m.Name, apiName):
			want = apiName
		case strings.EqualFold(m.Name, innerName) && strings.EqualFold(name, outerName):
			want = innerName
		}
		in := jsondoc.Join(path, short(m.Name))
		switch {
		case want == "" || m.Value.Kind == jsondoc.Null:
			places = append(places, d.find(m.Value, m.Name, in)...)
		case m.Name == want && (want == apiName || name == outerName):
			places = append(places, place{in, m.Value})
		case m.Name != want:
			d.AddName(m, path, fmt.Errorf("%w %q, want %s", ErrField, m.Name, want))
		default:
			d.AddName(m, path, fmt.Errorf("%w %q around it, want %s", ErrField, name, outerName))
		}
	}
	return places
}

// config decodes and validates a configuration.
func (d document) config(v *jsondoc.Value, field string) (c Config) {
	at := map[string]*jsondoc.Value{"": v} // what each field of c was read from
	keysKnown := false
	d.Object(v, field, []jsondoc.Field{
		{Name: "Status", Decode: func(v *jsondoc.Value, f string) {
			at["Status"] = v
			c.Status = Status(d.String(v, f))
			if v.Kind == jsondoc.Text && v.Text == "" {
				d.Fail(v, f, fmt.Errorf("%w \"\", want %s or %s, or no field", ErrStatus, Enabled, Disabled))
			}
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
		{Name: "TagRuleConfigurations", Decode: func(v *jsondoc.Value, f string) {
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
	})
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
	d.Object(v, field, []jsondoc.Field{
		{Name: "TagKey", Must: true, Decode: text(&r.TagKey, 0)},
		{Name: "ColumnName", Must: true, Decode: text(&r.ColumnName, 0)},
		{Name: "TagMultiValueDelimiter", Decode: text(&r.TagMultiValueDelimiter, 0)},
		{Name: "MatchAllValue", Decode: text(&r.MatchAllValue, 1)},
	})
	return r
}
