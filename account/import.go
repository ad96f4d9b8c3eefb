package account

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/namespace"
)

// Why documents cannot be imported.
var (
	ErrIncomplete = errors.New("the list is incomplete")
	ErrSubject    = errors.New("the answer does not name its subject")
	ErrFunction   = errors.New("a value that only AWS can compute")
	ErrAccount    = errors.New("unclear account")
)

// ImportOptions say what documents do not. A nil *ImportOptions is the default.
type ImportOptions struct {
	// Account and Region are needed if no ARN says them, as in a template.
	Account, Region string

	// Name is the name of the folder of the documents in positions.
	Name string
}

// Imported says what [Import] found.
type Imported struct {
	Resources    map[Kind]int
	Unrecognized []string // files that are none of the documents
}

// Import makes a folder, as [OpenWriter] does, of documents in fsys: answers of
// Describe and List operations that the AWS CLI printed, in JSON or YAML,
// CloudFormation templates, the output of terraform show -json, and Terraform
// state. Each document is recognized by its shape. Several answers, such as the
// pages of a list, may follow one another in a file.
//
// The answers of list-group-memberships and list-folder-members do not name
// their group or folder. Put its name, percent-escaped, into the name of the
// file: list-group-memberships.Sales.json; or add a member GroupName or FolderId
// to the answer.
//
// A list is complete only if its answer is. Of a template and of Terraform no
// list is: there may be more in the account. Documents that contradict each other
// are an [ErrContradict]. Resources that a folder has already, and the documents
// do not name, are removed if a complete list lacks them, and are an
// [ErrIncomplete] otherwise. Every problem is reported, and after a problem nothing
// is written.
func Import(fsys fs.FS, dir string, opts *ImportOptions) (*Imported, error) {
	in := &importing{found: make(map[Resource]map[string]any), said: make(map[Resource]map[string]saying), pages: make(map[string]page), lists: make(map[string][]string), kinds: make(map[string]listOf), open: make(map[string]error), resolving: make(map[string]bool), report: &Imported{Resources: make(map[Kind]int)}}
	if opts != nil {
		in.opts = *opts
	}
	err := fs.WalkDir(fsys, ".", func(at string, e fs.DirEntry, err error) error {
		hidden := strings.HasPrefix(e.Name(), ".") && at != "."
		switch {
		case err != nil:
			return err
		case e.IsDir() && hidden:
			return fs.SkipDir
		case e.IsDir() || hidden:
			return nil
		}
		return in.file(fsys, at)
	})
	in.errs = append(in.errs, err)
	in.templates()
	in.joinMembers()
	in.joinSummaries()
	for _, list := range slices.Sorted(maps.Keys(in.open)) {
		if err := in.open[list]; err != nil {
			in.errs = append(in.errs, err)
		}
	}
	in.unlisted()
	in.identify()
	for r := range in.found {
		in.errs = append(in.errs, r.check())
	}
	if err := errors.Join(in.errs...); err != nil {
		return nil, err
	}
	return in.report, in.write(dir)
}

type listOf struct {
	kind      Kind
	namespace string
}

type importing struct {
	opts      ImportOptions
	found     map[Resource]map[string]any    // members of files
	said      map[Resource]map[string]saying // where each was found
	pages     map[string]page                // of lists, by list and token of the next page
	members   []memberPage
	lists     map[string][]string // names of complete lists
	kinds     map[string]listOf
	open      map[string]error // lists whose last page is not there; nil once it is
	accounts  map[string]bool
	regions   map[string]bool
	pending   []template
	resolving map[string]bool // resources of a template whose ids are being resolved
	errs      []error
	report    *Imported
}

// A place is where a document stands.
type place struct {
	doc   *jsondoc.Document
	value *jsondoc.Value
	file  string // its name without folder
	from  origin
}

func (p place) fail(in *importing, field string, err error) {
	in.errs = append(in.errs, &textpos.Error{Pos: p.doc.Pos(p.value), Field: field, Err: err})
}

// subject returns the name that an answer does not hold: that of a member, or
// the middle of the name of the file.
func (p place) subject(member string) string {
	if v := p.value.Member(member); v != nil && v.Kind == jsondoc.Text {
		return v.Text
	}
	_, name, ok := strings.Cut(strings.TrimSuffix(strings.TrimSuffix(strings.TrimSuffix(p.file, path.Ext(p.file)), ".yaml"), ".json"), ".")
	if !ok {
		return ""
	}
	if plain, err := url.PathUnescape(name); err == nil {
		return plain
	}
	return name
}

const maxImport = 256 << 20

func (in *importing) file(fsys fs.FS, at string) error {
	f, err := fsys.Open(at)
	if err != nil {
		return err
	}
	defer f.Close()
	shown := path.Join(in.opts.Name, at)
	d, err := jsondoc.Read(io.Reader(f), shown, &jsondoc.Options{Max: maxImport, YAML: true, Sequence: true})
	if err != nil {
		switch path.Ext(at) {
		case ".json", ".tfstate", ".yaml", ".yml":
			in.errs = append(in.errs, err)
		default:
			in.report.Unrecognized = append(in.report.Unrecognized, shown)
		}
		return nil
	}
	in.errs = append(in.errs, d.Err())
	known := false
	for _, v := range d.All {
		known = in.document(place{doc: d, value: v, file: path.Base(at)}) || known
	}
	if !known {
		in.report.Unrecognized = append(in.report.Unrecognized, shown)
	}
	return nil
}

// document takes one document, and reports whether it knows it.
func (in *importing) document(p place) bool {
	has := func(name string, kind jsondoc.Kind) bool {
		v := p.value.Member(name)
		return v != nil && v.Kind == kind
	}
	switch {
	case p.value.Kind == jsondoc.List:
		known := false
		for _, v := range p.value.Items {
			known = in.document(place{doc: p.doc, value: v, file: p.file}) || known
		}
		return known
	case has("terraform_version", jsondoc.Text):
		p.from = fromTerraform
		in.terraform(p)
		return true
	case has("Resources", jsondoc.Object):
		p.from = fromTemplate
		return in.template(p)
	}
	p.from = fromDescribe
	return in.answer(p)
}

// seen notes the accounts and Regions of the ARNs that name resources.
func (in *importing) seen(v any) {
	object, _ := v.(map[string]any)
	text, _ := object["Arn"].(string)
	a, ok := arn.Split(text)
	if !ok || a.Service != "quicksight" {
		return
	}
	if in.accounts == nil {
		in.accounts, in.regions = make(map[string]bool), make(map[string]bool)
	}
	in.accounts[a.Account] = true
	if kind, _, _ := strings.Cut(a.Resource, "/"); a.Region != "" && !namespace.Kind(kind).InNamespace() { // users live in the Region of identities
		in.regions[a.Region] = true
	}
}

// identify decides which account it is, and of which Region.
func (in *importing) identify() {
	accounts, regions := slices.Sorted(maps.Keys(in.accounts)), slices.Sorted(maps.Keys(in.regions))
	if in.opts.Account == "" && len(accounts) == 1 {
		in.opts.Account = accounts[0]
	}
	if in.opts.Region == "" && len(regions) == 1 {
		in.opts.Region = regions[0]
	}
	switch {
	case len(in.found) == 0 && len(in.lists) == 0 && len(in.errs) == 0 || len(in.found) == 0 && errors.Join(in.errs...) == nil:
		in.errs = append(in.errs, fmt.Errorf("%s: %w: no document of an account was recognized", cmp.Or(in.opts.Name, "."), ErrFolder))
	case in.opts.Account == "":
		in.errs = append(in.errs, fmt.Errorf("%w: the documents name %s; say which one (ImportOptions.Account, or --account-id)", ErrAccount, cmp.Or(strings.Join(accounts, ", "), "none")))
	case slices.ContainsFunc(accounts, func(a string) bool { return a != in.opts.Account }):
		in.errs = append(in.errs, fmt.Errorf("%w: the documents name %s, want %s only", ErrAccount, strings.Join(accounts, ", "), in.opts.Account))
	case in.opts.Region == "" && len(regions) > 1:
		in.errs = append(in.errs, fmt.Errorf("%w: the documents are of the Regions %s; say which one (ImportOptions.Region, or --region)", ErrAccount, strings.Join(regions, ", ")))
	}
}

// write writes the folder.
func (in *importing) write(dir string) error {
	w, err := OpenWriter(dir, in.opts.Account, in.opts.Region)
	if err != nil {
		return err
	}
	names := make(map[listOf][]string)
	for r := range in.found {
		if !r.Kind.single() {
			of := listOf{r.Kind, r.Namespace}
			names[of] = append(names[of], r.Name)
		}
	}
	for of, all := range names {
		w.List(of.kind, of.namespace, all)
	}
	w.lists = nil
	for list := range in.lists {
		w.List(in.kinds[list].kind, in.kinds[list].namespace, nil)
	}
	if err := in.leftovers(w); err != nil {
		return errors.Join(err, w.abandon())
	}
	for r, object := range in.found {
		in.complete(r, object)
		members := make(map[string][]byte)
		for name, v := range object {
			if members[name], err = json.Marshal(v); err != nil {
				return errors.Join(err, w.Stop())
			}
		}
		in.report.Resources[r.Kind]++
		if err := w.Put(r, members); err != nil {
			return errors.Join(err, w.Stop())
		}
	}
	return w.Close()
}

// leftovers returns an error for each resource of a folder that the documents do
// not name, unless a complete list says that it has gone.
func (in *importing) leftovers(w *Writer) error {
	written := make(map[string]bool)
	for r := range in.found {
		written[w.path(r)] = true
	}
	var errs []error
	_, err := w.each(func(kind Kind, ns, at, of string) {
		if !written[of] && !w.gone(kind, ns) && at == of {
			errs = append(errs, fmt.Errorf("%s: %w: the documents neither have it nor a complete list of %s: remove the file, or choose another folder", path.Join(filepath.ToSlash(w.dir), at), ErrIncomplete, listName(kind, ns)))
		}
	})
	for _, kind := range singles() {
		at := w.path(Resource{Kind: kind})
		if _, err := os.Stat(filepath.Join(w.dir, at)); err == nil && !written[at] {
			errs = append(errs, fmt.Errorf("%s: %w: the documents do not have it: remove the file, or choose another folder", path.Join(filepath.ToSlash(w.dir), at), ErrIncomplete))
		}
	}
	return errors.Join(append(errs, err)...)
}

// complete makes a file whole of which only parts were in the documents, such as
// the permissions: the rest of it is unknown.
func (in *importing) complete(r Resource, object map[string]any) {
	summary := object["Summary"]
	delete(object, "Summary")
	if s := r.Kind.shape(); s.member != "" && object[s.member] == nil {
		if summary == nil {
			summary = map[string]any{"Arn": in.arnOf(r), s.id: r.Name}
		}
		as := s.member
		if r.Kind == DataSets {
			as = s.item
		}
		if object[as] == nil {
			object[as] = summary
		}
	}
	if object["DataSet"] != nil {
		delete(object, "DataSetSummary")
	}
}

// An unknownYet is a value that a plan of Terraform does not know.
type unknownYet struct{}

// tree returns a value as encoding/json reads it. A function of a template is
// {"Fn::Name": argument}, as JSON templates write it.
func tree(v *jsondoc.Value) any {
	switch v.Kind {
	case jsondoc.Text:
		return v.Text
	case jsondoc.Number:
		return json.Number(v.Text)
	case jsondoc.Bool:
		return v.Text == "true"
	case jsondoc.List:
		list := make([]any, len(v.Items))
		for i, item := range v.Items {
			list[i] = tree(item)
		}
		return list
	case jsondoc.Object:
		object := make(map[string]any)
		for _, m := range v.Members {
			object[m.Name] = tree(m.Value)
		}
		return object
	case jsondoc.Unknown:
		return unknownYet{}
	case jsondoc.Function:
		name, argument := v.Text, any(nil)
		if v.Argument != nil {
			argument = tree(v.Argument)
		}
		if name != "Ref" && name != "Condition" {
			name = "Fn::" + name
		}
		if text, ok := argument.(string); ok && name == "Fn::GetAtt" {
			of, attribute, _ := strings.Cut(text, ".")
			argument = []any{of, attribute}
		}
		return map[string]any{name: argument}
	}
	return nil
}
