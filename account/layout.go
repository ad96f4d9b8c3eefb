package account

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"net/url"
	"path"
	"strings"

	"github.com/rowsight/rowsight/namespace"
)

// Names of files at the top of a folder.
const (
	mainFile       = "account.json"
	unfinishedFile = ".unfinished"
	rulesSuffix    = ".rules.csv"
)

// A shape says how the API and the folder name a kind of which an account has many.
type shape struct {
	kind   Kind
	arn    namespace.Kind
	id     string // member of a resource that is its name
	member string // of an answer, and of a file, that has one resource
	list   string // member of an answer that lists the resources
	item   string // member of a file that has an item of the list
}

// shapes are the kinds of which an account has many.
func shapes() []shape {
	return []shape{
		{Namespaces, namespace.KindNamespace, "Name", "Namespace", "Namespaces", "Namespace"},
		{Users, namespace.KindUser, "UserName", "User", "UserList", "User"},
		{Groups, namespace.KindGroup, "GroupName", "Group", "GroupList", "Group"},
		{DataSources, namespace.KindDataSource, "DataSourceId", "DataSource", "DataSources", "DataSource"},
		{DataSets, namespace.KindDataset, "DataSetId", "DataSet", "DataSetSummaries", "DataSetSummary"},
		{Dashboards, namespace.KindDashboard, "DashboardId", "Dashboard", "DashboardSummaryList", "Summary"},
		{Analyses, namespace.KindAnalysis, "AnalysisId", "Analysis", "AnalysisSummaryList", "Summary"},
		{Folders, namespace.KindFolder, "FolderId", "Folder", "FolderSummaryList", "Summary"},
	}
}

// shared reports whether resources of the kind have permissions.
func (s shape) shared() bool { return s.kind != Namespaces && !s.kind.inNamespace() }

// shape returns the shape of a kind of which an account has many.
func (k Kind) shape() (of shape) {
	for _, s := range shapes() {
		if s.kind == k {
			of = s
		}
	}
	return of
}

// A Resource names one resource. Namespace is for users and groups. Kinds of
// which an account has one take no Name.
type Resource struct {
	Kind      Kind
	Namespace string
	Name      string // name of a user, group or namespace, id of an asset
}

// check holds that a resource has a name: [Read] passes over the file of an empty
// one.
func (r Resource) check() error {
	if !r.Kind.single() && r.Name == "" || r.Kind.inNamespace() && r.Namespace == "" {
		return fmt.Errorf("%s: %w: a resource has none", r.Kind, ErrName)
	}
	return nil
}

// path returns the path of the file of a resource in a folder, with slashes.
// alike says that the name of another resource of the list differs in case only,
// and space that the name of another namespace does.
func (r Resource) path(alike, space bool) string {
	switch {
	case r.Kind.single():
		return string(r.Kind) + ".json"
	case r.Kind.inNamespace():
		return path.Join(string(r.Kind), escape(r.Namespace, space), escape(r.Name, alike)+".json")
	}
	return path.Join(string(r.Kind), escape(r.Name, alike)+".json")
}

// maxName bounds the name of a file. Most file systems take 255 bytes, and a
// temporary file beside it needs some.
const maxName = 200

// escape writes a name as the name of a file: everything but ASCII letters,
// digits and a few signs is percent-escaped, and capital letters too if another
// name is alike: many systems take Al and al for one file. Names that are too
// long end with a digest.
func escape(name string, alike bool) string {
	var b strings.Builder
	for i := range len(name) {
		switch c := name[i]; {
		case c >= 'a' && c <= 'z', c >= '0' && c <= '9', c >= 'A' && c <= 'Z' && !alike,
			strings.IndexByte("_-+=@", c) >= 0, c == '.' && i > 0 && i < len(name)-1:
			b.WriteByte(c)
		default:
			b.WriteString("%" + strings.ToUpper(hex.EncodeToString([]byte{c})))
		}
	}
	s := b.String()
	if stem, _, _ := strings.Cut(s, "."); reserved(stem) {
		s = "%" + strings.ToUpper(hex.EncodeToString([]byte{s[0]})) + s[1:]
	}
	if len(s) > maxName {
		sum := sha256.Sum256([]byte(name))
		s = s[:maxName-34] + "~" + hex.EncodeToString(sum[:16])
	}
	return s
}

// reserved reports whether Windows keeps a name of a file for a device.
func reserved(stem string) bool {
	switch stem = strings.ToLower(stem); stem {
	case "con", "prn", "aux", "nul":
		return true
	}
	return len(stem) == 4 && (strings.HasPrefix(stem, "com") || strings.HasPrefix(stem, "lpt"))
}

// named reports whether a file may have the name of a resource.
func named(file, name string) bool {
	got, err := url.PathUnescape(file)
	return err == nil && got == name || file == escape(name, false) || file == escape(name, true)
}
