package source

import (
	"errors"
	"fmt"
	"io"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/plain"
)

// MaxManifestFiles is the largest number of files of a manifest, including the
// files of prefixes (K6).
const MaxManifestFiles = 1000

// A Manifest lists the files of an S3 data source and describes their format
// (K6). [ParseManifest] returns one. It must not be changed while in use.
type Manifest struct {
	FileLocations        []FileLocation `json:"fileLocations"`
	GlobalUploadSettings UploadSettings `json:"globalUploadSettings"`
}

// A FileLocation names objects by their URIs, or all objects with a prefix.
//
//	s3://bucket/key
//	https://bucket.s3.region.amazonaws.com/key
//	https://s3.region.amazonaws.com/bucket/key
type FileLocation struct {
	URIs        []string `json:"URIs,omitempty"`
	URIPrefixes []string `json:"URIPrefixes,omitempty"`
}

// UploadSettings describe the format of files. [ParseManifest] sets defaults.
type UploadSettings struct {
	Format         string `json:"format"`         // CSV, TSV or JSON
	Delimiter      string `json:"delimiter"`      // one character; "," and for TSV a tab
	TextQualifier  string `json:"textqualifier"`  // ' or "
	ContainsHeader bool   `json:"containsHeader"` // the default is true
}

// ParseManifest reads a manifest. Unknown fields, invalid values and a manifest
// without files are errors. ParseManifest reports every problem, in order of
// position, as an [*Error].
//
// CLF and ELF logs and the manifests of Redshift's UNLOAD are not supported.
func ParseManifest(r io.Reader, opts *ParseOptions) (*Manifest, error) {
	p, err := newParser(r, opts)
	if err != nil {
		return nil, err
	}
	m := Manifest{GlobalUploadSettings: UploadSettings{Format: "CSV", TextQualifier: `"`, ContainsHeader: true}}
	p.Object(p.Root, "", []jsondoc.Field{
		{Name: "fileLocations", Must: true, Decode: func(v *jsondoc.Value, f string) {
			p.Each(v, f, func(_ int, v *jsondoc.Value, f string) { m.FileLocations = append(m.FileLocations, p.location(v, f)) })
			if v.Kind == jsondoc.List && len(v.Items) == 0 {
				p.Fail(v, f, fmt.Errorf("%w: the manifest names no file", ErrNoData))
			}
		}},
		{Name: "globalUploadSettings", Decode: func(v *jsondoc.Value, f string) { p.settings(v, f, &m.GlobalUploadSettings) }},
	})
	if err := p.Err(); err != nil {
		return nil, err
	}
	if s := &m.GlobalUploadSettings; s.Delimiter == "" {
		s.Delimiter = ","
		if s.Format == "TSV" {
			s.Delimiter = "\t"
		}
	}
	return &m, nil
}

func (p parser) location(v *jsondoc.Value, field string) (l FileLocation) {
	texts := func(to *[]string) func(v *jsondoc.Value, f string) {
		return func(v *jsondoc.Value, f string) {
			p.Each(v, f, func(_ int, v *jsondoc.Value, f string) {
				var uri string
				p.text(&uri, 1, 2048)(v, f)
				*to = append(*to, uri)
			})
		}
	}
	p.Object(v, field, []jsondoc.Field{
		{Name: "URIs", Decode: texts(&l.URIs)},
		{Name: "URIPrefixes", Decode: texts(&l.URIPrefixes)},
	})
	if !p.Bad(v) && len(l.URIs)+len(l.URIPrefixes) == 0 {
		p.Fail(v, field, fmt.Errorf("%w: want URIs or URIPrefixes", ErrNoData))
	}
	return l
}

func (p parser) settings(v *jsondoc.Value, field string, s *UploadSettings) {
	p.Object(v, field, []jsondoc.Field{
		{Name: "format", Decode: func(v *jsondoc.Value, f string) { s.Format = p.oneOf(v, f, "CSV", "TSV", "JSON") }},
		{Name: "delimiter", Decode: func(v *jsondoc.Value, f string) {
			s.Delimiter = p.String(v, f)
			r, n := utf8.DecodeRuneInString(s.Delimiter)
			if v.Kind == jsondoc.Text && (n == 0 || n != len(s.Delimiter) || r == '"' || r == '\'' || r == '\r' || r == '\n' || r == 0 || r == 0xFEFF || r == utf8.RuneError) {
				p.Fail(v, f, fmt.Errorf("%w: want one character that is no quote and no line end", ErrValue))
			}
		}},
		{Name: "textqualifier", Decode: func(v *jsondoc.Value, f string) { s.TextQualifier = p.oneOf(v, f, `'`, `"`) }},
		{Name: "containsHeader", Decode: func(v *jsondoc.Value, f string) {
			switch {
			case v.Kind == jsondoc.Bool, v.Kind == jsondoc.Text && (v.Text == "true" || v.Text == "false"):
				s.ContainsHeader = v.Text == "true"
			default:
				p.Fail(v, f, fmt.Errorf("%w: want true or false, as it is or in quotes", ErrValue))
			}
		}},
	})
}

// ManifestOptions configure [Manifest.Reader]. A nil *ManifestOptions is the
// default.
type ManifestOptions struct {
	CSV  *CSVOptions  // only Schema applies; the manifest has the other settings
	JSON *JSONOptions //
}

// reader returns a Reader of the files.
func (m *Manifest) reader(files []Input, opts *ManifestOptions) (Reader, error) {
	if opts == nil {
		opts = new(ManifestOptions)
	}
	s := m.GlobalUploadSettings
	switch s.Format {
	case "JSON":
		return JSONLines(opts.JSON, files...), nil
	case "CSV", "TSV":
		o := CSVOptions{NoHeader: !s.ContainsHeader}
		if opts.CSV != nil {
			o.Schema = opts.CSV.Schema
		}
		delimiter, n := utf8.DecodeRuneInString(s.Delimiter)
		quote, q := utf8.DecodeRuneInString(s.TextQualifier)
		if n == 0 || n != len(s.Delimiter) || q == 0 || q != len(s.TextQualifier) {
			return nil, errors.Join(ErrValue, errors.New("want a delimiter and a text qualifier of one character each"))
		}
		o.Delimiter, o.Quote = delimiter, quote
		return CSV(&o, files...), nil
	}
	return nil, fmt.Errorf("%w: %q, want CSV, TSV or JSON", ErrFormat, plain.Abridge(s.Format, maxShown))
}
