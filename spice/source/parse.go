package source

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/plain"
)

// ParseOptions configure [ParseCreate] and [ParseUpdate]. A nil *ParseOptions
// is the default.
type ParseOptions struct {
	File string // in messages
}

// ParseCreate reads the JSON of a CreateDataSource request, in the form of aws
// quicksight create-data-source --cli-input-json. AwsAccountId and DataSourceId
// may be missing, because the command line has flags for them. [Catalog.Create]
// checks them.
//
// It does not guess: unknown fields, names in another case, duplicate fields,
// null, values outside the limits of the API, and parameters of another type of
// data source are errors. It reports every problem, in order of position, as an
// [*Error]. There is one exception: "data sourceParameters", which the guide
// prints, is read as DataSourceParameters.
func ParseCreate(r io.Reader, opts *ParseOptions) (*CreateDataSource, error) {
	p, err := newParser(r, opts)
	if err != nil {
		return nil, err
	}
	var c CreateDataSource
	var typ, params *jsondoc.Value
	p.Object(p.Root, "", []jsondoc.Field{
		{Name: "AwsAccountId", Decode: p.text(&c.AwsAccountId, 1, 64)},
		{Name: "DataSourceId", Decode: p.text(&c.DataSourceId, 1, 512)},
		{Name: "Name", Must: true, Decode: p.text(&c.Name, 1, 128)},
		{Name: "Type", Must: true, Decode: func(v *jsondoc.Value, f string) {
			typ, c.Type = v, Type(p.oneOf(v, f, string(Athena), string(Redshift), string(PostgreSQL), string(S3), string(File)))
		}},
		{Name: "DataSourceParameters", Alias: "data sourceParameters", Decode: func(v *jsondoc.Value, f string) {
			params, c.DataSourceParameters = v, p.parameters(v, f)
		}},
		{Name: "Credentials", Decode: func(v *jsondoc.Value, f string) { c.Credentials = p.credentials(v, f) }},
		{Name: "Permissions", Decode: func(v *jsondoc.Value, f string) { c.Permissions = p.permissions(v, f) }},
		{Name: "VpcConnectionProperties", Decode: func(v *jsondoc.Value, f string) { c.VpcConnectionProperties = p.vpc(v, f) }},
		{Name: "SslProperties", Decode: func(v *jsondoc.Value, f string) { c.SslProperties = p.ssl(v, f) }},
		{Name: "Tags", Decode: func(v *jsondoc.Value, f string) { c.Tags = p.tags(v, f) }},
	})
	switch {
	case typ == nil || p.Bad(typ) || params != nil && p.Bad(params):
	case params == nil && c.Type != File:
		p.Fail(p.Root, "DataSourceParameters", ErrMissing)
	case params != nil && c.DataSourceParameters.Type() != c.Type:
		p.Fail(params, "DataSourceParameters", fmt.Errorf("%w: %s", ErrParameters, c.Type))
	}
	p.both(c.DataSourceParameters, c.Credentials)
	if err := p.Err(); err != nil {
		return nil, err
	}
	return &c, nil
}

// ParseUpdate reads the JSON of an UpdateDataSource request as [ParseCreate]
// does.
func ParseUpdate(r io.Reader, opts *ParseOptions) (*UpdateDataSource, error) {
	p, err := newParser(r, opts)
	if err != nil {
		return nil, err
	}
	var u UpdateDataSource
	p.Object(p.Root, "", []jsondoc.Field{
		{Name: "AwsAccountId", Decode: p.text(&u.AwsAccountId, 1, 64)},
		{Name: "DataSourceId", Decode: p.text(&u.DataSourceId, 1, 512)},
		{Name: "Name", Must: true, Decode: p.text(&u.Name, 1, 128)},
		{Name: "DataSourceParameters", Must: true, Alias: "data sourceParameters", Decode: func(v *jsondoc.Value, f string) {
			u.DataSourceParameters = p.parameters(v, f)
		}},
		{Name: "Credentials", Decode: func(v *jsondoc.Value, f string) { u.Credentials = p.credentials(v, f) }},
		{Name: "VpcConnectionProperties", Decode: func(v *jsondoc.Value, f string) { u.VpcConnectionProperties = p.vpc(v, f) }},
		{Name: "SslProperties", Decode: func(v *jsondoc.Value, f string) { u.SslProperties = p.ssl(v, f) }},
	})
	p.both(u.DataSourceParameters, u.Credentials)
	if err := p.Err(); err != nil {
		return nil, err
	}
	return &u, nil
}

type parser struct{ *jsondoc.Document }

func newParser(r io.Reader, opts *ParseOptions) (parser, error) {
	if opts == nil {
		opts = new(ParseOptions)
	}
	d, err := jsondoc.Read(r, opts.File, nil)
	return parser{d}, err
}

// text decodes a text of so many characters.
func (p parser) text(to *string, least, most int) func(v *jsondoc.Value, field string) {
	return func(v *jsondoc.Value, field string) {
		*to = p.String(v, field)
		if n := utf8.RuneCountInString(v.Text); v.Kind == jsondoc.Text && (n < least || n > most) {
			p.Fail(v, field, fmt.Errorf("%w: got %d characters, want %d to %d", ErrLimit, n, least, most))
		}
	}
}

func (p parser) number(to *int, least, most int) func(v *jsondoc.Value, field string) {
	return func(v *jsondoc.Value, field string) {
		*to = p.Int(v, field)
		if !p.Bad(v) && (*to < least || *to > most) {
			p.Fail(v, field, fmt.Errorf("%w: got %d, want %d to %d", ErrLimit, *to, least, most))
		}
	}
}

func (p parser) oneOf(v *jsondoc.Value, field string, values ...string) string {
	text := p.String(v, field)
	if v.Kind == jsondoc.Text && !slices.Contains(values, text) {
		p.Fail(v, field, fmt.Errorf("%w: got %q, want %s", ErrValue, plain.Abridge(text, maxShown), strings.Join(values, ", ")))
		return ""
	}
	return text
}

// entries reports a list that is too short or too long.
func (p parser) entries(v *jsondoc.Value, field string, least, most int) {
	if n := len(v.Items); v.Kind == jsondoc.List && (n < least || n > most) {
		p.Fail(v, field, fmt.Errorf("%w: got %d entries, want %d to %d", ErrLimit, n, least, most))
	}
}

// maxShown is how many characters of a text of a document messages show.
const maxShown = 80
