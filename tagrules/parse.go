package tagrules

import (
	"errors"
	"fmt"
	"io"
	"reflect"
	"strings"
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
	if err := doc.join(); err != nil {
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
	value *value
}

// theConfig returns the one configuration of the document.
func (d *document) theConfig() Config {
	places := d.find(d.root, "", "")
	if d.root.kind == kindObject && alone(d.root) {
		places = append([]place{{"", d.root}}, places...)
	}
	if len(places) == 0 {
		if len(d.list) == 0 { // no name in another case, nothing else to say
			d.add(d.root.at, "", fmt.Errorf("%w in the document: want an object with TagRules, or %s", ErrNoConfig, apiName))
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
			where[i] = strings.TrimSpace(fmt.Sprintf("%s at %s", p.path, d.position(p.value.at)))
		}
		d.add(places[1].value.at, "", fmt.Errorf("%w: %s", ErrAmbiguous, strings.Join(where, ", ")))
	}
	return configs[0]
}

// alone reports whether an object looks like the configuration itself. Status
// does not count: responses of the API have one of their own.
func alone(v *value) bool {
	for _, m := range v.members {
		if strings.EqualFold(m.name, "TagRules") || strings.EqualFold(m.name, "TagRuleConfigurations") {
			return true
		}
	}
	return false
}

// find returns the configurations inside v, which is a member called name. A
// null is no configuration.
func (d *document) find(v *value, name, path string) (places []place) {
	for i, item := range v.items {
		places = append(places, d.find(item, "", fmt.Sprintf("%s[%d]", path, i))...)
	}
	for _, m := range v.members {
		want := ""
		switch {
		case strings.EqualFold(m.name, apiName):
			want = apiName
		case strings.EqualFold(m.name, innerName) && strings.EqualFold(name, outerName):
			want = innerName
		}
		in := join(path, short(m.name))
		switch {
		case want == "" || m.value.kind == kindNull:
			places = append(places, d.find(m.value, m.name, in)...)
		case m.name == want && (want == apiName || name == outerName):
			places = append(places, place{in, m.value})
		case m.name != want:
			d.add(m.at, path, fmt.Errorf("%w %q, want %s", ErrField, m.name, want))
		default:
			d.add(m.at, path, fmt.Errorf("%w %q around it, want %s", ErrField, name, outerName))
		}
	}
	return places
}

// config decodes and validates a configuration.
func (d *document) config(v *value, field string) (c Config) {
	at := map[string]*value{"": v} // what each field of c was read from
	keysKnown := false
	d.object(v, field, []fieldOf{
		{"Status", false, func(v *value, f string) {
			at["Status"] = v
			c.Status = Status(d.string(v, f))
			if v.kind == kindText && v.text == "" {
				d.fail(v, f, fmt.Errorf("%w \"\", want %s or %s, or no field", ErrStatus, Enabled, Disabled))
			}
		}},
		{"TagRules", true, func(v *value, f string) {
			at["TagRules"] = v
			keysKnown = v.kind == kindList
			d.each(v, f, func(i int, v *value, f string) {
				r := d.rule(v, f, fmt.Sprintf("TagRules[%d]", i), at)
				keysKnown = keysKnown && r.TagKey != ""
				c.TagRules = append(c.TagRules, r)
			})
		}},
		{"TagRuleConfigurations", false, func(v *value, f string) {
			at["TagRuleConfigurations"] = v
			d.each(v, f, func(i int, v *value, f string) {
				list := fmt.Sprintf("TagRuleConfigurations[%d]", i)
				at[list] = v
				keys := []string{}
				d.each(v, f, func(j int, v *value, f string) {
					at[fmt.Sprintf("%s[%d]", list, j)] = v
					keys = append(keys, d.string(v, f))
				})
				c.TagRuleConfigurations = append(c.TagRuleConfigurations, keys)
			})
		}},
	})
	c.check(func(name string, err error) {
		if at[name] == nil { // not there, so missing, which was reported
			return
		}
		if d.bad[at[name]] || !keysKnown && errors.Is(err, ErrUnknownKey) {
			return // follows from what was reported
		}
		d.add(at[name].at, join(field, name), err)
	})
	return c
}

func (d *document) rule(v *value, field, name string, at map[string]*value) (r Rule) {
	text := func(to *string, least int) func(v *value, f string) {
		return func(v *value, f string) {
			at[name+f[len(field):]] = v
			*to = d.string(v, f)
			if v.kind == kindText && len(v.text) < least {
				d.fail(v, f, fmt.Errorf("%w: got no character, want at least %d, or no field", ErrLimit, least))
			}
		}
	}
	d.object(v, field, []fieldOf{
		{"TagKey", true, text(&r.TagKey, 0)},
		{"ColumnName", true, text(&r.ColumnName, 0)},
		{"TagMultiValueDelimiter", false, text(&r.TagMultiValueDelimiter, 0)},
		{"MatchAllValue", false, text(&r.MatchAllValue, 1)},
	})
	return r
}

// each calls decode for the items of a list.
func (d *document) each(v *value, field string, decode func(i int, v *value, field string)) {
	if !d.want(v, field, kindList) {
		return
	}
	for i, item := range v.items {
		decode(i, item, fmt.Sprintf("%s[%d]", field, i))
	}
}
