package rls

import (
	"errors"
	"fmt"
	"io"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/textpos"
)

// settingsName is the name of the settings in a dataset description.
const settingsName = "RowLevelPermissionDataSet"

// maxSettings is the size of a document that ParseSettings reads: dataset
// descriptions are small.
const maxSettings = 16 << 20

// ParseSettings reads settings (U17): the object RowLevelPermissionDataSet
// itself, or a document that holds one under that name at any depth, such as a
// dataset description. The document is JSON, the output of terraform show -json,
// in which names are written row_level_permission_data_set and format_version, or
// a template in YAML.
//
// An optional member that is null, or empty, is absent. A document with none of
// these objects, or with more than one, is an error; so are an unknown member, one
// that stands twice, and whatever [PermissionDataSet.Validate] refuses. Of a
// document with several datasets, [ParseSettingsOf] reads one.
func ParseSettings(r io.Reader) (*PermissionDataSet, error) { return ParseSettingsOf(r, "") }

// ParseSettingsOf reads settings as [ParseSettings] does, those of one dataset of
// the document: by its id, its name, its logical id in a template, or its address
// in Terraform. "" is the only one.
func ParseSettingsOf(r io.Reader, dataset string) (*PermissionDataSet, error) {
	d, err := jsondoc.Read(r, "", &jsondoc.Options{Max: maxSettings, YAML: true})
	if err != nil {
		return nil, settingsError(err)
	}
	s := settings(d, dataset)
	if err := settingsError(d.Err()); err != nil {
		return nil, err
	}
	if err := s.Validate(); err != nil {
		return nil, err
	}
	return s, nil
}

// settings returns the settings in a document: those under settingsName, or the
// whole document.
func settings(d *jsondoc.Document, dataset string) *PermissionDataSet {
	var found []*jsondoc.Value
	var paths []string
	var names [][]string
	d.Walk(func(m jsondoc.Member, in jsondoc.Scope) bool {
		v := m.Value
		switch m.Name {
		case settingsName:
		case jsondoc.Snake(settingsName):
			v = jsondoc.Block(v)
		default:
			return true
		}
		if v != nil && v.Kind != jsondoc.Null {
			found, paths, names = append(found, v), append(paths, in.Path), append(names, in.Names)
		}
		return false
	})
	if len(found) == 0 && d.Template {
		d.Add(d.Root, "", fmt.Errorf("%w: want JSON, or a template with %s", jsondoc.ErrSyntax, settingsName))
		return nil
	}
	if len(found) == 0 {
		return settingsAt(d, d.Root, "")
	}
	chosen := jsondoc.Choose(dataset, names)
	if len(chosen) != 1 {
		err := fmt.Errorf("the document holds %d %s objects, want one", len(chosen), settingsName)
		if dataset != "" {
			err = fmt.Errorf("%w of dataset %q", err, dataset)
		}
		if len(found) > 1 {
			err = fmt.Errorf("%w: choose a dataset (ParseSettingsOf, or --data-set): %s", err, jsondoc.Listed(names))
		}
		d.Add(found[0], "", err)
		return nil
	}
	return settingsAt(d, found[chosen[0]], paths[chosen[0]])
}

func settingsAt(d *jsondoc.Document, v *jsondoc.Value, field string) *PermissionDataSet {
	s := new(PermissionDataSet)
	text := func(set func(string)) func(*jsondoc.Value, string) {
		return func(v *jsondoc.Value, f string) { set(d.String(v, f)) }
	}
	terraform := v.Member("permission_policy") != nil
	d.Object(v, field, jsondoc.Snakes(terraform, []jsondoc.Field{
		{Name: "Arn", Unset: jsondoc.IsNull, Decode: text(func(t string) { s.Arn = t })},
		{Name: "Namespace", Unset: jsondoc.IsEmpty, Decode: text(func(t string) { s.Namespace = &t })},
		{Name: "PermissionPolicy", Unset: jsondoc.IsNull, Decode: text(func(t string) { s.PermissionPolicy = t })},
		{Name: "FormatVersion", Unset: jsondoc.IsEmpty, Decode: text(func(t string) { s.FormatVersion = FormatVersion(t) })},
		{Name: "Status", Unset: jsondoc.IsEmpty, Decode: text(func(t string) { s.Status = Status(t) })},
	}))
	return s
}

// settingsError makes errors of package jsondoc ours.
func settingsError(err error) error {
	if err == nil {
		return nil
	}
	var all []error
	for _, e := range textpos.Flat(err) {
		var at *Error
		if !errors.As(e, &at) {
			return e
		}
		reason := at.Err
		if at.Field != "" {
			reason = fmt.Errorf("%s: %w", at.Field, reason)
		}
		if errors.Is(reason, jsondoc.ErrEncoding) {
			reason = fmt.Errorf("%w: %w", ErrUTF8, reason)
		}
		if at.Pos.Line == 0 && !errors.Is(reason, jsondoc.ErrTooLarge) {
			return reason // of the reader
		}
		all = append(all, &Error{Pos: Position{Line: at.Pos.Line, Column: at.Pos.Column}, Err: fmt.Errorf("%w: %w", ErrSettings, reason)})
	}
	return errors.Join(all...)
}
