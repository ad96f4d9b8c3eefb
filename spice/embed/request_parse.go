package embed

import (
	"cmp"
	"fmt"
	"io"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/tagrules"
)

// maxRequest bounds a request in bytes. The largest that is valid has 50 tags
// of 384 characters and is below 100 KiB.
const maxRequest = 256 << 10

// ParseOptions configure [ParseRequest]. A nil *ParseOptions is the default.
type ParseOptions struct {
	File string // in messages
}

// ParseRequest reads the JSON of a request, as the API takes it and as SDKs
// write it: an optional field that is null, or empty, is absent. It does not
// guess: unknown or missing fields, names in another case, duplicate fields,
// other types, and values that [Request.Validate] refuses are errors. Every
// problem is reported, in order of position, as an [*Error], and the Request
// then is nil.
//
// Features that change an experience, such as shared views, are not supported:
// a request that enables one is an error.
func ParseRequest(r io.Reader, opts *ParseOptions) (*Request, error) {
	file := ""
	if opts != nil {
		file = opts.File
	}
	return parseRequest(r, file, "")
}

// parseRequest reads a request whose account may stand in the path of a URL
// instead.
func parseRequest(r io.Reader, file, account string) (*Request, error) {
	doc, err := jsondoc.Read(r, file, &jsondoc.Options{Max: maxRequest})
	if err != nil {
		return nil, err
	}
	p := requestParser{doc, map[string]*jsondoc.Value{"": doc.Root}}
	req := p.request(account == "")
	req.AwsAccountId = cmp.Or(req.AwsAccountId, account)
	req.check(p.report)
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return &req, nil
}

type requestParser struct {
	*jsondoc.Document
	at map[string]*jsondoc.Value // where each field stands
}

func (p requestParser) request(needAccount bool) (r Request) {
	p.Object(p.Root, "", []jsondoc.Field{
		{Name: "AwsAccountId", Must: needAccount, Unset: unsetIf(!needAccount), Decode: p.text(&r.AwsAccountId)},
		{Name: "Namespace", Must: true, Decode: p.text(&r.Namespace)},
		{Name: "AuthorizedResourceArns", Must: true, Decode: p.texts(&r.AuthorizedResourceArns)},
		{Name: "ExperienceConfiguration", Must: true, Decode: func(v *jsondoc.Value, f string) { r.ExperienceConfiguration = p.experience(v, f) }},
		p.lifetime(&r.SessionLifetimeInMinutes),
		{Name: "SessionTags", Unset: jsondoc.IsEmpty, Decode: func(v *jsondoc.Value, f string) { r.SessionTags = p.tags(v, f) }},
		{Name: "AllowedDomains", Unset: jsondoc.IsEmpty, Decode: p.texts(&r.AllowedDomains)},
	})
	return r
}

// report records what is wrong with a field, unless the field has a problem
// already.
func (p requestParser) report(field string, err error) {
	if v := p.at[field]; v != nil && !p.Bad(v) {
		p.Fail(v, field, err)
	}
}

func (p requestParser) lifetime(to *int) jsondoc.Field {
	return jsondoc.Field{Name: "SessionLifetimeInMinutes", Unset: jsondoc.IsNull, Decode: func(v *jsondoc.Value, f string) {
		p.at[f] = v
		if *to = p.Int(v, f); *to == 0 && !p.Bad(v) {
			p.Fail(v, f, lifetime(0)) // 0 in a Request is no field
		}
	}}
}

func (p requestParser) experience(v *jsondoc.Value, field string) (e Experience) {
	p.at[field] = v
	object := func(fields func() []jsondoc.Field) func(v *jsondoc.Value, f string) {
		return func(v *jsondoc.Value, f string) {
			p.at[f] = v
			p.Object(v, f, fields())
		}
	}
	p.Object(v, field, []jsondoc.Field{
		{Name: "Dashboard", Unset: jsondoc.IsNull, Decode: object(func() []jsondoc.Field {
			e.Dashboard = new(Dashboard)
			return append(p.features(), jsondoc.Field{Name: "InitialDashboardId", Must: true, Decode: p.text(&e.Dashboard.InitialDashboardId)})
		})},
		{Name: "DashboardVisual", Unset: jsondoc.IsNull, Decode: object(func() []jsondoc.Field {
			e.DashboardVisual = new(DashboardVisual)
			id := &e.DashboardVisual.InitialDashboardVisualId
			return []jsondoc.Field{{Name: "InitialDashboardVisualId", Must: true, Decode: object(func() []jsondoc.Field {
				return []jsondoc.Field{
					{Name: "DashboardId", Must: true, Decode: p.text(&id.DashboardId)},
					{Name: "SheetId", Must: true, Decode: p.text(&id.SheetId)},
					{Name: "VisualId", Must: true, Decode: p.text(&id.VisualId)},
				}
			})}}
		})},
		{Name: "QSearchBar", Unset: jsondoc.IsNull, Decode: object(func() []jsondoc.Field {
			e.QSearchBar = new(QSearchBar)
			return []jsondoc.Field{{Name: "InitialTopicId", Must: true, Decode: p.text(&e.QSearchBar.InitialTopicId)}}
		})},
		{Name: "GenerativeQnA", Unset: jsondoc.IsNull, Decode: object(func() []jsondoc.Field {
			e.GenerativeQnA = new(GenerativeQnA)
			return []jsondoc.Field{{Name: "InitialTopicId", Must: true, Decode: p.text(&e.GenerativeQnA.InitialTopicId)}}
		})},
	})
	return e
}

// features are the fields of a dashboard for what is not supported here. They may
// say that nothing of it is wanted.
func (p requestParser) features() (fields []jsondoc.Field) {
	for _, name := range []string{"EnabledFeatures", "DisabledFeatures", "FeatureConfigurations"} {
		unset := off
		if name == "DisabledFeatures" {
			unset = func(v *jsondoc.Value) bool { return v.Kind == jsondoc.Null || v.Kind == jsondoc.List }
		}
		fields = append(fields, jsondoc.Field{Name: name, Unset: unset, Decode: func(v *jsondoc.Value, f string) {
			p.Fail(v, f, fmt.Errorf("%w: features are not supported, want none, or each with Enabled: false", ErrValue))
		}})
	}
	return fields
}

// off reports whether a value turns nothing on.
func off(v *jsondoc.Value) bool {
	for _, m := range v.Members {
		if !off(m.Value) {
			return false
		}
	}
	return v.Kind == jsondoc.Object || v.Kind == jsondoc.Bool && v.Text == "false" || jsondoc.IsEmpty(v)
}

// unsetIf makes null and "" leave out a field that is optional.
func unsetIf(optional bool) func(*jsondoc.Value) bool {
	if optional {
		return jsondoc.IsEmpty
	}
	return nil
}

func (p requestParser) tags(v *jsondoc.Value, field string) (tags tagrules.Tags) {
	p.at[field] = v
	p.Each(v, field, func(_ int, v *jsondoc.Value, f string) {
		p.at[f] = v
		var tag tagrules.Tag
		p.Object(v, f, []jsondoc.Field{
			{Name: "Key", Must: true, Decode: p.text(&tag.Key)},
			{Name: "Value", Must: true, Decode: p.text(&tag.Value)},
		})
		tags = append(tags, tag)
	})
	return tags
}

func (p requestParser) text(to *string) func(v *jsondoc.Value, f string) {
	return func(v *jsondoc.Value, f string) {
		p.at[f] = v
		*to = p.String(v, f)
	}
}

func (p requestParser) texts(to *[]string) func(v *jsondoc.Value, f string) {
	return func(v *jsondoc.Value, f string) {
		p.at[f] = v
		*to = []string{}
		p.Each(v, f, func(_ int, v *jsondoc.Value, f string) {
			p.at[f] = v
			*to = append(*to, p.String(v, f))
		})
	}
}
