package account

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"io/fs"
	"reflect"
	"strings"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/tagrules"
)

// Errors of folders.
var (
	ErrFolder     = errors.New("not an account folder")
	ErrUnfinished = errors.New("the pull is not finished")
	ErrName       = errors.New("wrong name")
)

// A file is one JSON file of the folder on its way into the account.
type file struct {
	*jsondoc.Document
}

func openFile(fsys fs.FS, path, shown string) (file, error) {
	r, err := fsys.Open(path)
	if err != nil {
		return file{}, err
	}
	defer r.Close()
	d, err := jsondoc.Read(r, shown, &jsondoc.Options{Max: maxFile})
	if err != nil {
		return file{}, err
	}
	d.Want(d.Root, "", jsondoc.Object)
	return file{d}, nil
}

// maxFile bounds one file. The largest known data sets are below 4 MiB.
const maxFile = 64 << 20

// into decodes a member of the root, and reports whether it is there and not
// null.
func (f file) into(name string, to any) bool {
	v := f.Root.Member(name)
	if v == nil || v.Kind == jsondoc.Null {
		return false
	}
	f.decode(v, name, reflect.ValueOf(to).Elem())
	return true
}

var (
	positionType = reflect.TypeFor[Position]()
	tagRulesType = reflect.TypeFor[TagRules]()
)

// decode decodes v as encoding/json does, with the differences that make a
// folder safe to read: a member that is a known one in other case is a problem,
// and so is a wrong type. Unknown members are passed over: AWS adds some with
// each release. A field At takes the position.
func (f file) decode(v *jsondoc.Value, field string, to reflect.Value) {
	if v.Kind == jsondoc.Null {
		return
	}
	switch to.Kind() {
	case reflect.Pointer:
		to.Set(reflect.New(to.Type().Elem()))
		f.decode(v, field, to.Elem())
	case reflect.String:
		if f.Want(v, field, jsondoc.Text) {
			to.SetString(v.Text)
		}
	case reflect.Bool:
		to.SetBool(f.Bool(v, field))
	case reflect.Slice:
		to.Set(reflect.MakeSlice(to.Type(), 0, len(v.Items))) // an empty list is no absent one
		f.Each(v, field, func(_ int, item *jsondoc.Value, field string) {
			one := reflect.New(to.Type().Elem()).Elem()
			f.decode(item, field, one)
			to.Set(reflect.Append(to, one))
		})
	case reflect.Map:
		if !f.Want(v, field, jsondoc.Object) {
			return
		}
		to.Set(reflect.MakeMap(to.Type()))
		for _, m := range v.Members {
			one := reflect.New(to.Type().Elem()).Elem()
			f.decode(m.Value, jsondoc.Join(field, m.Name), one)
			to.SetMapIndex(reflect.ValueOf(m.Name), one)
		}
	case reflect.Struct:
		f.structure(v, field, to)
	}
}

func (f file) structure(v *jsondoc.Value, field string, to reflect.Value) {
	if !f.Want(v, field, jsondoc.Object) {
		return
	}
	fields := make(map[string]reflect.Value)
	folded := make(map[string]string)
	for i := range to.NumField() {
		at := to.Type().Field(i)
		name, tagged := at.Tag.Lookup("json")
		switch {
		case at.Type == positionType:
			to.Field(i).Set(reflect.ValueOf(f.Pos(v)))
			continue
		case name == "-":
			continue
		case !tagged:
			name = at.Name
		}
		fields[name], folded[strings.ToLower(name)] = to.Field(i), name
	}
	for _, m := range v.Members {
		if known, ok := fields[m.Name]; ok {
			f.decode(m.Value, jsondoc.Join(field, m.Name), known)
		} else if want := folded[strings.ToLower(m.Name)]; want != "" {
			f.AddName(m, field, fmt.Errorf("%w %q, want %s", jsondoc.ErrField, m.Name, want))
		}
	}
	if to.Type() == tagRulesType {
		_, err := tagrules.Parse(strings.NewReader(f.Raw(v)), nil)
		rules := to.Addr().Interface().(*TagRules)
		rules.Refused, rules.digest = err, sha256.Sum256([]byte(f.Raw(v)))
	}
}
