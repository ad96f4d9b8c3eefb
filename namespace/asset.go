package namespace

import (
	"context"
	"fmt"
	"maps"
	"slices"

	"github.com/rowsight/rowsight/internal/plain"
)

// An Asset is a data source, dataset, analysis, dashboard or folder. Assets
// belong to no namespace; only resource permissions give access to them, their
// own and those of the folders that hold them (N4).
type Asset struct {
	Arn  ARN
	Id   string
	Name string
}

// CreateAssetInput describes an asset to register in the directory.
type CreateAssetInput struct {
	Id          string
	Name        string
	Permissions []ResourcePermission `json:",omitempty"`
	Link        []ResourcePermission `json:",omitempty"` // of a dashboard, see [UpdatePermissionsInput]
	Folders     []string             `json:",omitempty"` // ids of the folders that hold it; at most one for a folder
}

// An assetKind says how the API treats one kind of asset.
type assetKind struct {
	kind       Kind
	api        string // as in the names of actions: quicksight:Describe<api>
	plural     string // as in the name of the method that lists them
	namespaces bool   // a namespace may be a principal
	plainID    bool   // the id has letters, digits, '_' and '-' only
	maxShare   int    // principals that one call may grant to, or revoke from
	maxName    int    // characters
}

// assetKinds are the kinds in the order in which one is built on the other.
var assetKinds = [...]assetKind{
	{KindDataSource, "DataSource", "DataSources", false, false, 64, 128},
	{KindDataset, "DataSet", "DataSets", false, false, 64, 128},
	{KindAnalysis, "Analysis", "Analyses", true, true, 100, 2048},
	{KindDashboard, "Dashboard", "Dashboards", true, true, 100, 2048},
	{KindFolder, "Folder", "Folders", false, true, 64, 200},
}

// kindOf returns the row of assetKinds.
func kindOf(kind Kind) assetKind {
	for _, k := range assetKinds {
		if k.kind == kind {
			return k
		}
	}
	return assetKind{}
}

func (k assetKind) action(verb, suffix string) string { return "quicksight:" + verb + k.api + suffix }

func (d *Directory) asset(a *asset) Asset { return Asset{d.ARN(a.kind, "", a.id), a.id, a.name} }

// asset returns an asset to which the caller may do action. One that is not
// there, and one to which the caller may not, are refused in the same words.
func (c caller) asset(kind Kind, id, action string) (*asset, error) {
	a, ok := c.s.assets[kind].Get(id)
	switch {
	case c.admin && !ok:
		return nil, c.fail(kind, id, ErrNotFound)
	case !ok || !c.mayDo(a, action):
		return nil, c.deny(kind, id)
	}
	return a, nil
}

func (v View) createAsset(ctx context.Context, kind Kind, in CreateAssetInput) (Asset, error) {
	k := kindOf(kind)
	return write(ctx, v, "Create"+k.api, func(c caller) (out Asset, changes []change, err error) {
		if !c.admin {
			// Names of assets are one space for the whole account: who may try
			// them learns which are taken.
			return out, nil, c.deny(kind, in.Id)
		}
		var check checker
		check.asset(k, in)
		if err := check.err(); err != nil {
			return out, nil, c.fail(kind, in.Id, err)
		}
		if c.s.assets[kind].Has(in.Id) {
			return out, nil, c.fail(kind, in.Id, ErrExists)
		}
		a := &asset{kind: kind, id: in.Id, name: in.Name}
		changes = []change{{Op: opAsset, Asset: kind, Name: in.Id, Text: in.Name}}
		placed, err := c.place(k, in)
		if err != nil {
			return out, nil, err
		}
		granted, err := c.share(k, a, UpdatePermissionsInput{GrantPermissions: in.Permissions, GrantLinkPermissions: in.Link})
		return c.d.asset(a), slices.Concat(changes, placed, granted), err
	})
}

func (v View) listAssets(ctx context.Context, kind Kind, page Page) ([]Asset, string, error) {
	k := kindOf(kind)
	p, err := read(ctx, v, "List"+k.plural, func(c caller) (pageOf[Asset], error) {
		see := k.action("Describe", "")
		l := list[*asset]{from: c.s.assets[kind].From, keep: func(a *asset) bool { return c.mayDo(a, see) }}
		return readPage(c, page, l, c.d.asset)
	})
	return p.items, p.next, err
}

func (v View) describeAsset(ctx context.Context, kind Kind, id string) (Asset, error) {
	k := kindOf(kind)
	return read(ctx, v, "Describe"+k.api, func(c caller) (Asset, error) {
		a, err := c.asset(kind, id, k.action("Describe", ""))
		if err != nil {
			return Asset{}, err
		}
		return c.d.asset(a), nil
	})
}

func (v View) deleteAsset(ctx context.Context, kind Kind, id string) error {
	k := kindOf(kind)
	return alter(ctx, v, "Delete"+k.api, func(c caller) ([]change, error) {
		a, err := c.asset(kind, id, k.action("Delete", ""))
		if err == nil && (a.folders > 0 || a.holds.Len() > 0) {
			err = c.fail(kind, id, fmt.Errorf("%w: %s and %s in it, want an empty folder", ErrPreconditionNotMet, plain.Count(a.holds.Len(), "asset"), plain.Count(a.folders, "folder")))
		}
		if err != nil {
			return nil, err
		}
		return []change{{Op: opDeleteAsset, Asset: kind, Name: id}}, nil
	})
}

func (v View) describePermissions(ctx context.Context, kind Kind, id string) ([]ResourcePermission, error) {
	k := kindOf(kind)
	return read(ctx, v, "Describe"+k.api+"Permissions", func(c caller) ([]ResourcePermission, error) {
		a, err := c.asset(kind, id, k.action("Describe", "Permissions"))
		if err != nil {
			return nil, err
		}
		return c.permissions(a.grants), nil
	})
}

func (v View) updatePermissions(ctx context.Context, kind Kind, id string, in UpdatePermissionsInput) ([]ResourcePermission, error) {
	k := kindOf(kind)
	return write(ctx, v, "Update"+k.api+"Permissions", func(c caller) ([]ResourcePermission, []change, error) {
		a, err := c.asset(kind, id, k.action("Update", "Permissions"))
		if err != nil {
			return nil, nil, err
		}
		changes, err := c.share(k, a, in)
		if err != nil {
			return nil, nil, err
		}
		grants := maps.Clone(a.grants)
		for _, g := range changes {
			if g.Op == opGrant {
				grants[grantee{g.To, g.NS, g.Group}] = g.Actions
			}
		}
		return c.permissions(grants), changes, nil
	})
}

// errPrincipal says why a principal of a permission is refused.
func errPrincipal(p ARN, format string, args ...any) error {
	return fmt.Errorf("%w: principal %q %s", ErrInvalidParameterValue, plain.Abridge(p.String(), maxShown), fmt.Sprintf(format, args...))
}
