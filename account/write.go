package account

import (
	"bytes"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/internal/durable"
)

// A Writer writes a folder. It is not safe for concurrent use. Until [Writer.Close]
// the folder is marked as unfinished, and [Read] refuses it. A Writer that opens
// an unfinished folder continues it: [Writer.Has] reports what is there already.
type Writer struct {
	dir             string
	account, region string
	done            map[string]bool // paths that this run, or the one it continues, wrote
	journal         *os.File
	lists           []string
	listed          map[string]bool   // paths of the resources of the lists
	fresh           bool              // the folder was finished when it was opened
	alike           map[string]bool   // kind, namespace and lower-case name of names that differ in case only
	spaces          map[string]string // names of namespaces by their lower case
}

// ErrOther reports that a folder holds another account.
var ErrOther = errors.New("the folder holds another account")

// OpenWriter opens a folder to write an account into, and makes it if there is
// none. A folder of another account or Region is an [ErrOther], and one that has
// other things in it an [ErrFolder].
func OpenWriter(dir, account, region string) (*Writer, error) {
	if !arn.IsAccount(account) {
		return nil, fmt.Errorf("account: got %q, want 12 digits", account)
	}
	w := &Writer{dir: dir, account: account, region: region, done: make(map[string]bool), listed: make(map[string]bool), alike: make(map[string]bool), spaces: make(map[string]string)}
	if err := os.MkdirAll(dir, 0o777); err != nil {
		return nil, err
	}
	head := fmt.Sprintf("account %s %s", account, region)
	marker := filepath.Join(dir, unfinishedFile)
	text, err := os.ReadFile(marker)
	switch {
	case err == nil:
		lines := strings.Split(string(text), "\n")
		if lines[0] != head {
			return nil, fmt.Errorf("%s: %w: got %q, want %q", marker, ErrOther, lines[0], head)
		}
		for _, line := range lines[1:max(1, len(lines)-1)] { // the last one has no line end, and may be cut
			w.done[line] = true
		}
		text = text[:bytes.LastIndexByte(text, '\n')+1]
	case errors.Is(err, fs.ErrNotExist):
		if err := w.mayOverwrite(); err != nil {
			return nil, err
		}
		text, w.fresh = []byte(head+"\n"), true
	default:
		return nil, err
	}
	if err := os.WriteFile(marker, text, 0o666); err != nil {
		return nil, err
	}
	w.journal, err = os.OpenFile(marker, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return nil, err
	}
	return w, nil
}

// mayOverwrite holds that a folder is empty, or has the account.
func (w *Writer) mayOverwrite() error {
	old, err := Read(onlyMain{os.DirFS(w.dir)}, &Options{Name: w.dir})
	if err == nil {
		if old.ID != w.account || old.Region != w.region {
			return fmt.Errorf("%s: %w: it has account %s in %s, want %s in %s", w.dir, ErrOther, old.ID, old.Region, w.account, w.region)
		}
		return nil
	}
	entries, err2 := os.ReadDir(w.dir)
	if err2 != nil {
		return err2
	}
	entries = slices.DeleteFunc(entries, func(e fs.DirEntry) bool { return strings.HasPrefix(e.Name(), ".") })
	if len(entries) > 0 {
		return fmt.Errorf("%s: %w, and it is not empty", w.dir, ErrFolder)
	}
	return nil
}

// onlyMain shows the main file of a folder and nothing else.
type onlyMain struct{ fs.FS }

func (f onlyMain) Open(name string) (fs.File, error) {
	if name != mainFile {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return f.FS.Open(name)
}

// List notes that the names are all resources of a kind. Call it before the
// resources are put, and for namespaces before their users and groups. Kinds of users and groups have a list for each namespace.
func (w *Writer) List(kind Kind, namespace string, names []string) {
	w.lists = append(w.lists, listName(kind, namespace))
	if kind.inNamespace() {
		w.space(namespace)
	}
	if kind == Namespaces {
		for _, name := range names {
			w.space(name)
		}
	}
	seen := make(map[string]bool)
	for _, name := range names {
		folded := listName(kind, namespace) + "/" + strings.ToLower(name)
		w.alike[folded] = w.alike[folded] || seen[folded]
		seen[folded] = true
	}
	for _, name := range names {
		w.listed[w.path(Resource{kind, namespace, name})] = true
	}
}

// space notes the name of a namespace. Names that differ in case only would be one
// folder on many systems, as names of files would be one file.
func (w *Writer) space(name string) {
	folded := strings.ToLower(name)
	if other, ok := w.spaces[folded]; ok && other != name {
		w.alike["/"+folded] = true
	}
	w.spaces[folded] = name
}

func (w *Writer) path(r Resource) string {
	return r.path(w.alike[listName(r.Kind, r.Namespace)+"/"+strings.ToLower(r.Name)], w.alike["/"+strings.ToLower(r.Namespace)])
}

// Has reports whether the run that this one continues has put the resource.
func (w *Writer) Has(r Resource) bool { return w != nil && w.done[w.path(r)] }

// Put writes a resource. members are the members of the answers of the API that
// the file holds, such as DataSet and Permissions, as JSON. Members that only
// answers have, and credentials, are left out.
func (w *Writer) Put(r Resource, members map[string][]byte) error {
	if err := r.check(); err != nil {
		return err
	}
	text, err := canonical(members)
	if err != nil {
		return fmt.Errorf("%s %q: %w", r.Kind, r.Name, err)
	}
	at := w.path(r)
	if err := w.write(at, text); err != nil {
		return err
	}
	return w.note(at)
}

func (w *Writer) note(at string) error {
	w.done[at] = true
	_, err := fmt.Fprintln(w.journal, at)
	return err
}

// write writes a file that only its owner can read. A file that has the bytes
// already is left alone.
func (w *Writer) write(at string, text []byte) error {
	name := filepath.Join(w.dir, filepath.FromSlash(at))
	if old, err := os.ReadFile(name); err == nil && bytes.Equal(old, text) {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o777); err != nil {
		return err
	}
	return durable.WriteFile(name, text)
}

// Rules writes the rows of a permission dataset, as CSV.
func (w *Writer) Rules(dataSet string, rows []byte) error {
	at := strings.TrimSuffix(w.path(Resource{Kind: DataSets, Name: dataSet}), ".json") + rulesSuffix
	return w.write(at, rows)
}

// Close ends the folder: it removes files of resources that the account no
// longer has, and the mark of an unfinished folder. Rows of permission datasets
// stay as long as their data set does. A resource has gone if the list of its kind
// was noted with [Writer.List] and does not have it, or if its namespace has gone.
// Without a list nothing is removed.
func (w *Writer) Close() error {
	if err := w.journal.Close(); err != nil {
		return err
	}
	if err := w.prune(); err != nil {
		return err
	}
	slices.Sort(w.lists)
	text, err := marshal(map[string]any{"AwsAccountId": w.account, "Region": w.region, "Lists": slices.Compact(w.lists)})
	if err != nil {
		return err
	}
	if err := w.write(mainFile, text); err != nil {
		return err
	}
	return os.Remove(filepath.Join(w.dir, unfinishedFile))
}

// Stop closes the folder as it is, unfinished, for a later run to continue.
func (w *Writer) Stop() error { return w.journal.Close() }
