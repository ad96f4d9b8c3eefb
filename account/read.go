package account

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/textpos"
	"github.com/rowsight/rowsight/namespace"
)

// Options configure [Read]. A nil *Options is the default.
type Options struct {
	// Name is the name of the folder in positions.
	Name string
}

// Read reads a folder. Every problem is reported, as an *[rls.Error] with its
// file, line and column; after a problem there is no account. Members that this
// package does not know are passed over, because AWS adds some to its shapes.
//
// A folder whose pull is not finished is an [ErrUnfinished]: what it lacks would
// look as if the account did not have it.
func Read(fsys fs.FS, opts *Options) (*Account, error) {
	r := &reading{fsys: fsys, account: &Account{lists: make(map[string]bool)}}
	if opts != nil {
		r.folder = opts.Name
	}
	if _, err := fs.Stat(fsys, unfinishedFile); err == nil {
		return nil, textpos.InFile(r.name(unfinishedFile), fmt.Errorf("%w: run the pull again, which continues it", ErrUnfinished))
	}
	r.main()
	if len(r.errs) > 0 {
		return nil, errors.Join(r.errs...)
	}
	for _, read := range []struct {
		kind Kind
		file func(f file, at Resource) (id, arn string)
	}{
		{Namespaces, r.namespace}, {Users, r.user}, {Groups, r.group}, {DataSources, r.dataSource}, {DataSets, r.dataSet},
		{Dashboards, r.dashboard}, {Analyses, r.analysis}, {Folders, r.sharedFolder},
	} {
		r.list(read.kind, read.file)
	}
	r.single(KeyRegistration, func(f file) {
		if f.Root.Member("KeyRegistration") != nil {
			r.account.Keys = new(Keys)
			f.decode(f.Root, "", valueOf(r.account.Keys))
		}
	})
	r.single(AccountSettings, func(f file) {
		r.account.Settings = new(Settings)
		if !f.into("AccountSettings", r.account.Settings) {
			f.Fail(f.Root, "AccountSettings", jsondoc.ErrMissing)
		}
	})
	r.single(IPRestriction, func(file) {})
	if len(r.errs) > 0 {
		return nil, errors.Join(r.errs...)
	}
	r.sort()
	r.account.makeIndex()
	return r.account, nil
}

type reading struct {
	fsys    fs.FS
	folder  string
	account *Account
	errs    []error
}

func (r *reading) name(file string) string { return path.Join(r.folder, file) }

func (r *reading) fail(file string, err error) {
	var located *textpos.Error
	if !errors.As(err, &located) {
		err = textpos.InFile(r.name(file), err)
	}
	r.errs = append(r.errs, err)
}

// main reads the file that makes a folder an account.
func (r *reading) main() {
	f, err := openFile(r.fsys, mainFile, r.name(mainFile))
	if errors.Is(err, fs.ErrNotExist) {
		err = fmt.Errorf("%w: want %s, which account pull writes", ErrFolder, mainFile)
	}
	if err != nil {
		r.fail(mainFile, err)
		return
	}
	var main struct {
		AwsAccountID string `json:"AwsAccountId"`
		Region       string
		Lists        []string
	}
	f.decode(f.Root, "", valueOf(&main))
	if v := f.Root.Member("AwsAccountId"); v == nil {
		f.Fail(f.Root, "AwsAccountId", jsondoc.ErrMissing)
	} else if !arn.IsAccount(main.AwsAccountID) {
		f.Fail(v, "AwsAccountId", fmt.Errorf("%w: want 12 digits", jsondoc.ErrType))
	}
	if err := f.Err(); err != nil {
		r.fail(mainFile, err)
		return
	}
	r.account.ID, r.account.Region = main.AwsAccountID, main.Region
	for _, name := range main.Lists {
		r.account.lists[name] = true
	}
}

func (r *reading) single(kind Kind, read func(f file)) {
	name := Resource{Kind: kind}.path(false, false)
	f, err := openFile(r.fsys, name, r.name(name))
	if errors.Is(err, fs.ErrNotExist) {
		return
	}
	if err == nil {
		read(f)
		err = f.Err()
	}
	if err != nil {
		r.fail(name, err)
	}
}

// list reads the files of a kind.
func (r *reading) list(kind Kind, read func(f file, at Resource) (id, arn string)) {
	if !kind.inNamespace() {
		r.files(string(kind), Resource{Kind: kind}, read)
		return
	}
	for _, e := range r.entries(string(kind)) {
		name, err := decodeName(e.Name())
		if !e.IsDir() || err != nil || namespace.CheckNamespace(name) != nil {
			r.fail(path.Join(string(kind), e.Name()), fmt.Errorf("%w: want a folder with the name of a namespace", ErrName))
			continue
		}
		r.files(path.Join(string(kind), e.Name()), Resource{Kind: kind, Namespace: name}, read)
	}
}

func (r *reading) entries(dir string) []fs.DirEntry {
	entries, err := fs.ReadDir(r.fsys, dir)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		r.fail(dir, err)
	}
	return slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") })
}

func (r *reading) files(dir string, of Resource, read func(f file, at Resource) (id, arn string)) {
	seen := make(map[string]string)
	for _, e := range r.entries(dir) {
		file := path.Join(dir, e.Name())
		stem, ok := strings.CutSuffix(e.Name(), ".json")
		if of.Kind == DataSets && strings.HasSuffix(e.Name(), rulesSuffix) {
			stem = strings.TrimSuffix(e.Name(), rulesSuffix)
			if _, err := fs.Stat(r.fsys, path.Join(dir, stem+".json")); err != nil {
				r.fail(file, fmt.Errorf("%w: want the data set %s.json beside it", ErrName, stem))
			}
			continue
		}
		if !ok || e.IsDir() {
			r.fail(file, fmt.Errorf("%w: want a file that ends in .json", ErrName))
			continue
		}
		f, err := openFile(r.fsys, file, r.name(file))
		if err != nil {
			r.fail(file, err)
			continue
		}
		id, resource := read(f, of)
		if f.Err() == nil {
			r.check(f, of, stem, id, resource)
			if other, twice := seen[id]; twice {
				f.Add(f.Root, "", fmt.Errorf("%w: %s is the same resource", ErrName, other))
			}
			seen[id] = e.Name()
		}
		if err := f.Err(); err != nil {
			r.fail(file, err)
		}
	}
}

// check holds that a file has the name of its resource, and the resource an ARN
// of the account.
func (r *reading) check(f file, of Resource, stem, id, resource string) {
	if id == "" {
		f.Add(f.Root, "", fmt.Errorf("%w: the resource has no name or id", jsondoc.ErrMissing))
		return
	}
	if !named(stem, id) {
		f.Add(f.Root, "", fmt.Errorf("%w: the file has the resource %q, want %s.json", ErrName, id, escape(id, false)))
	}
	if resource == "" && of.Kind == Namespaces {
		return
	}
	a, err := namespace.ParseARN(resource)
	switch {
	case err != nil:
		f.Add(f.Root, "Arn", err)
	case a.Kind != of.Kind.shape().arn || a.Name != id || a.Namespace != of.Namespace || a.Account != r.account.ID:
		f.Add(f.Root, "Arn", fmt.Errorf("%w: got %s, want the ARN of %s %q of account %s", ErrName, resource, of.Kind.shape().arn, id, r.account.ID))
	}
}

// sort puts every list in the order of its names.
func (r *reading) sort() {
	a := r.account
	slices.SortFunc(a.Namespaces, func(x, y Namespace) int { return cmp.Compare(x.Name, y.Name) })
	slices.SortFunc(a.Users, func(x, y User) int { return cmp.Or(cmp.Compare(x.Namespace, y.Namespace), cmp.Compare(x.Name, y.Name)) })
	slices.SortFunc(a.Groups, func(x, y Group) int {
		return cmp.Or(cmp.Compare(x.Namespace, y.Namespace), cmp.Compare(x.Name, y.Name))
	})
	slices.SortFunc(a.DataSources, func(x, y DataSource) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortFunc(a.DataSets, func(x, y DataSet) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortFunc(a.Dashboards, func(x, y Dashboard) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortFunc(a.Analyses, func(x, y Analysis) int { return cmp.Compare(x.ID, y.ID) })
	slices.SortFunc(a.Folders, func(x, y Folder) int { return cmp.Compare(x.ID, y.ID) })
}

// rules reads the rows of a permission dataset, if they are there.
func (r *reading) rules(f file, stem string) (rows []byte, shown string) {
	name := path.Join(string(DataSets), stem+rulesSuffix)
	file, err := r.fsys.Open(name)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ""
	}
	if err == nil {
		defer file.Close()
		rows, err = io.ReadAll(io.LimitReader(file, maxRules+1))
	}
	if err == nil && len(rows) > maxRules {
		err = fmt.Errorf("%w: want at most %d bytes", jsondoc.ErrTooLarge, maxRules)
	}
	if err != nil {
		r.fail(name, err)
		return nil, ""
	}
	if rows == nil {
		rows = []byte{}
	}
	return rows, r.name(name)
}

const maxRules = 256 << 20
