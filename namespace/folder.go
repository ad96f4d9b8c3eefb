package namespace

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// Limits of folders.
const (
	MaxFolderDepth     = 10 // folders above one
	MaxFoldersOfAsset  = 20 // that hold one asset
	maxFolderPrincipal = 100
)

// A level is what a folder gives a principal on the assets in it.
type level int

const (
	noLevel level = iota
	viewer
	contributor
	owner
)

// folderLevels are the actions on a folder that make up a level. Other sets of
// actions are refused, because nothing says what they give on the assets.
var folderLevels = [...]struct {
	level   level
	name    string
	actions []string // sorted
}{
	{viewer, "viewer", []string{"quicksight:DescribeFolder"}},
	{contributor, "contributor", []string{
		"quicksight:CreateFolder", "quicksight:CreateFolderMembership", "quicksight:DeleteFolderMembership",
		"quicksight:DescribeFolder", "quicksight:DescribeFolderPermissions",
	}},
	{owner, "owner", []string{
		"quicksight:CreateFolder", "quicksight:CreateFolderMembership", "quicksight:DeleteFolder", "quicksight:DeleteFolderMembership",
		"quicksight:DescribeFolder", "quicksight:DescribeFolderPermissions", "quicksight:UpdateFolder", "quicksight:UpdateFolderPermissions",
	}},
}

// levelOf returns the level of a principal with these actions on a folder.
func levelOf(actions []string) level {
	for _, l := range folderLevels {
		if slices.Equal(l.actions, actions) {
			return l.level
		}
	}
	return noLevel
}

// inherited are the actions on an asset that the levels of a folder give, by
// kind of asset: a level gives those of the levels below, too.
var inherited = map[Kind]map[level][]string{
	KindDataSource: {
		viewer:      {"DescribeDataSource", "DescribeDataSourcePermissions", "PassDataSource"},
		contributor: {"UpdateDataSource", "DeleteDataSource"},
		owner:       {"UpdateDataSourcePermissions"},
	},
	KindDataset: {
		viewer:      {"DescribeDataSet", "DescribeDataSetPermissions", "PassDataSet", "DescribeIngestion", "ListIngestions"},
		contributor: {"UpdateDataSet", "DeleteDataSet", "CreateIngestion", "CancelIngestion"},
		owner:       {"UpdateDataSetPermissions"},
	},
	KindAnalysis: {
		contributor: {"DescribeAnalysis", "DescribeAnalysisPermissions", "QueryAnalysis", "UpdateAnalysis", "DeleteAnalysis", "RestoreAnalysis"},
		owner:       {"UpdateAnalysisPermissions"},
	},
	KindDashboard: {
		viewer:      {"DescribeDashboard", "ListDashboardVersions", "QueryDashboard"},
		contributor: {"DescribeDashboardPermissions", "UpdateDashboard", "DeleteDashboard", "UpdateDashboardPublishedVersion", "UpdateDashboardLinks"},
		owner:       {"UpdateDashboardPermissions"},
	},
}

// needed returns the lowest level that gives an action on a kind of asset, or
// noLevel if no level gives it.
func needed(kind Kind, action string) level {
	name, ok := strings.CutPrefix(action, "quicksight:")
	for l := viewer; ok && l <= owner; l++ {
		if slices.Contains(inherited[kind][l], name) {
			return l
		}
	}
	return noLevel
}

// above returns a folder and the folders that hold it, from the inside out.
func (a *asset) above() iter.Seq[*asset] {
	return func(yield func(*asset) bool) {
		for f := a; f != nil && yield(f); f = f.parent() {
		}
	}
}

// parent returns the folder that holds a folder, nil for one at the top.
func (a *asset) parent() *asset {
	if a.kind != KindFolder || len(a.in) == 0 {
		return nil
	}
	return a.in[0]
}

// inherits reports whether a folder allows one of the principals the action. by
// begins with who asks. A folder has the permissions of the folders above it. A
// reader sees dashboards of a folder, and nothing else of it.
func (s *state) inherits(by []grantee, a *asset, action string) bool {
	if a.kind == KindFolder {
		for f := range a.above() {
			if f != a && f.allows(by, action) {
				return true
			}
		}
		return false
	}
	least := needed(a.kind, action)
	if least == noLevel || len(by) == 0 {
		return false
	}
	if u, ok := s.user(by[0].ns, by[0].name); ok && by[0].kind == KindUser && !u.role.author() && (a.kind != KindDashboard || least > viewer) {
		return false
	}
	for _, in := range a.in {
		for f := range in.above() {
			if slices.ContainsFunc(by, func(g grantee) bool { return levelOf(f.grants[g]) >= least }) {
				return true
			}
		}
	}
	return false
}

// allows reports whether one of the principals may do action to the asset. by
// begins with who asks.
func (s *state) allows(by []grantee, a *asset, action string) bool {
	return a.allows(by, action) || a.linked(by, action) || s.inherits(by, a, action)
}

// checkLevels checks the permissions that a folder gets.
func (c caller) checkLevels(a *asset, after map[grantee][]string) error {
	var check checker
	all := len(a.grants)
	for _, g := range sorted(after) {
		if actions := after[g]; len(actions) > 0 {
			if _, ok := a.grants[g]; !ok {
				all++
			}
			if levelOf(actions) == noLevel {
				check.problems = append(check.problems, errPrincipal(c.d.arnOf(g), "would have the actions %s, want those of a viewer, a contributor or an owner: %s", strings.Join(actions, ", "), levelsText()))
			}
		}
	}
	if err := check.err(); err != nil {
		return c.fail(a.kind, a.id, err)
	}
	if all > maxFolderPrincipal {
		return c.fail(a.kind, a.id, fmt.Errorf("%w: %d principals, want at most %d", ErrLimitExceeded, all, maxFolderPrincipal))
	}
	return nil
}

func levelsText() string {
	var all []string
	for _, l := range folderLevels {
		all = append(all, l.name+" ("+strings.Join(l.actions, ", ")+")")
	}
	return strings.Join(all, ", ")
}

// place returns the changes that put a new asset into folders.
func (c caller) place(k assetKind, in CreateAssetInput) ([]change, error) {
	if k.kind == KindFolder && len(in.Folders) > 1 || len(in.Folders) > MaxFoldersOfAsset {
		most := MaxFoldersOfAsset
		if k.kind == KindFolder {
			most = 1
		}
		return nil, c.fail(k.kind, in.Id, fmt.Errorf("%w: in %d folders, want at most %d", ErrLimitExceeded, len(in.Folders), most))
	}
	var changes []change
	for i, id := range in.Folders {
		f, ok := c.s.assets[KindFolder].Get(id)
		if !ok {
			return nil, c.fail(KindFolder, id, ErrNotFound)
		}
		if k.kind == KindFolder && len(slices.Collect(f.above())) > MaxFolderDepth {
			return nil, c.fail(k.kind, in.Id, fmt.Errorf("%w: want at most %d folders above a folder", ErrLimitExceeded, MaxFolderDepth))
		}
		if !slices.Contains(in.Folders[:i], id) {
			changes = append(changes, change{Op: opPlace, Asset: k.kind, Name: in.Id, Folder: id})
		}
	}
	return changes, nil
}

// CreateFolderMembership puts a data source, dataset, analysis or dashboard into
// a folder, which gives the permissions of the folder on it. It is for the
// administrator.
func (v View) CreateFolderMembership(ctx context.Context, folder string, member ARN) error {
	return alter(ctx, v, "CreateFolderMembership", func(c caller) ([]change, error) {
		f, a, err := c.membership(folder, member)
		switch {
		case err != nil:
			return nil, err
		case slices.Contains(a.in, f):
			return nil, c.fail(a.kind, a.id, ErrExists)
		case len(a.in) >= MaxFoldersOfAsset:
			return nil, c.fail(a.kind, a.id, fmt.Errorf("%w: in %d folders already", ErrLimitExceeded, len(a.in)))
		}
		return []change{{Op: opPlace, Asset: a.kind, Name: a.id, Folder: f.id}}, nil
	})
}

// DeleteFolderMembership takes an asset out of a folder, with the permissions
// that it had from there. It is for the administrator.
func (v View) DeleteFolderMembership(ctx context.Context, folder string, member ARN) error {
	return alter(ctx, v, "DeleteFolderMembership", func(c caller) ([]change, error) {
		f, a, err := c.membership(folder, member)
		if err == nil && !slices.Contains(a.in, f) {
			err = c.fail(a.kind, a.id, ErrNotFound)
		}
		if err != nil {
			return nil, err
		}
		return []change{{Op: opDeletePlace, Asset: a.kind, Name: a.id, Folder: f.id}}, nil
	})
}

func (c caller) membership(folder string, member ARN) (f, a *asset, err error) {
	if !c.admin {
		return nil, nil, c.deny(KindFolder, folder)
	}
	if f, err = c.asset(KindFolder, folder, ""); err != nil {
		return nil, nil, err
	}
	if !c.d.owns(member) || member.Kind == KindFolder || kindOf(member.Kind).kind == "" {
		return nil, nil, c.fail(member.Kind, member.Name, ErrNotFound)
	}
	a, err = c.asset(member.Kind, member.Name, "")
	return f, a, err
}

// ListFolderMembers returns the assets in a folder that the caller may describe,
// sorted by kind and id. Folders in it are not members.
func (v View) ListFolderMembers(ctx context.Context, id string, page Page) (members []Asset, next string, err error) {
	p, err := read(ctx, v, "ListFolderMembers", func(c caller) (pageOf[Asset], error) {
		f, err := c.asset(KindFolder, id, "quicksight:DescribeFolder")
		if err != nil {
			return pageOf[Asset]{}, err
		}
		keep := func(h held) bool { return c.mayDo(h.asset, kindOf(h.asset.kind).action("Describe", "")) }
		return readPage(c, page, list[held]{scope: id, from: f.holds.From, keep: keep}, func(h held) Asset { return c.d.asset(h.asset) })
	})
	return p.items, p.next, err
}

// ListFoldersForResource returns the folders that hold an asset and that the
// caller may describe, sorted by id.
func (v View) ListFoldersForResource(ctx context.Context, resource ARN, page Page) (folders []Asset, next string, err error) {
	p, err := read(ctx, v, "ListFoldersForResource", func(c caller) (pageOf[Asset], error) {
		if !c.d.owns(resource) || resource.Kind == KindFolder || kindOf(resource.Kind).kind == "" {
			err := c.deny(resource.Kind, resource.Name)
			if c.admin {
				err = c.fail(resource.Kind, resource.Name, ErrNotFound)
			}
			return pageOf[Asset]{}, err
		}
		a, err := c.asset(resource.Kind, resource.Name, kindOf(resource.Kind).action("Describe", ""))
		if err != nil {
			return pageOf[Asset]{}, err
		}
		from := func(key string) iter.Seq[*asset] {
			i, _ := slices.BinarySearchFunc(a.in, key, func(f *asset, key string) int { return strings.Compare(f.id, key) })
			return slices.Values(a.in[i:])
		}
		keep := func(f *asset) bool { return c.mayDo(f, "quicksight:DescribeFolder") }
		return readPage(c, page, list[*asset]{scope: resource.String(), from: from, keep: keep}, c.d.asset)
	})
	return p.items, p.next, err
}

// FolderPath returns the folders above a folder, from the outside in.
func (v View) FolderPath(ctx context.Context, id string) ([]Asset, error) {
	return read(ctx, v, "FolderPath", func(c caller) ([]Asset, error) {
		f, err := c.asset(KindFolder, id, "quicksight:DescribeFolder")
		if err != nil {
			return nil, err
		}
		var path []Asset
		for up := range f.above() {
			if up != f {
				path = append(path, c.d.asset(up))
			}
		}
		slices.Reverse(path)
		return path, nil
	})
}

// DescribeFolderResolvedPermissions returns the permissions on a folder together
// with those that it has from the folders above. A user sees only principals of
// the user's namespace.
func (v View) DescribeFolderResolvedPermissions(ctx context.Context, id string) ([]ResourcePermission, error) {
	return read(ctx, v, "DescribeFolderResolvedPermissions", func(c caller) ([]ResourcePermission, error) {
		f, err := c.asset(KindFolder, id, "quicksight:DescribeFolderPermissions")
		if err != nil {
			return nil, err
		}
		all := make(map[grantee][]string)
		for up := range f.above() {
			for g, actions := range up.grants {
				all[g] = union(all[g], actions)
			}
		}
		return c.permissions(all), nil
	})
}
