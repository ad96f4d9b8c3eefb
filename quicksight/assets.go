package quicksight

import (
	"context"
	"errors"
	"slices"

	"github.com/rowsight/rowsight/namespace"
)

// An assetInput has the fields that requests about assets have in common: those of
// an asset to be created, and those of a list.
type assetInput struct {
	Name        string
	Permissions []permission
	LinkSharing struct{ Permissions []permission } `json:"LinkSharingConfiguration"`
	Tags        []resourceTag
	FolderArns  []string
	Filters     []filter
	page
}

// asset reads what a request that creates an asset says for the directory.
func (c *call) asset(id string, in assetInput) (out namespace.CreateAssetInput, err error) {
	out.Id, out.Name = id, in.Name
	if out.Permissions, err = parsePermissions("Permissions", in.Permissions); err != nil {
		return out, err
	}
	if out.Link, err = parsePermissions("LinkSharingConfiguration.Permissions", in.LinkSharing.Permissions); err != nil {
		return out, err
	}
	if err := checkTags(in.Tags); err != nil {
		return out, err
	}
	out.Folders, err = c.foldersOf(in.FolderArns)
	return out, err
}

// assetsOf answers with a page of the assets that the filters of a request find.
func assetsOf[Doc any](c *call, k assetKind, in assetInput, field string, find func(id string) (Doc, error), summary func(id string, doc Doc) map[string]any) (any, error) {
	return pageOf(c, in.page, field, c.s.records.from(k.records), func(id string) (map[string]any, bool, error) {
		doc, err := find(id)
		if err != nil {
			return nil, false, nil // deleted since the ids were listed
		}
		out := summary(id, doc)
		keep, err := c.matches(k, id, out["Name"].(string), in.Filters)
		return out, keep, err
	})
}

// create creates an asset in the directory, with its tags, and then what the service
// keeps of it. The directory comes first: [Service.recover] removes an asset that a
// crash leaves there without the rest.
func (c *call) create(k assetKind, in namespace.CreateAssetInput, tags []resourceTag, rest func() error) error {
	if _, err := k.create(c.ctx(), in); err != nil {
		return err
	}
	err := c.s.newTags(c.ctx(), c.s.arn(k.kind, in.Id), tags)
	if err == nil {
		err = rest()
	}
	if err != nil {
		return c.undo(err, k, in.Id)
	}
	return nil
}

// undo removes an asset from the directory that could not be created, and
// returns why.
func (c *call) undo(err error, k assetKind, id string) error {
	ctx := context.WithoutCancel(c.ctx())
	if failed := errors.Join(k.remove(ctx, id), c.s.forgetTags(ctx, c.s.arn(k.kind, id))); failed != nil {
		c.s.opts.Logger.ErrorContext(ctx, "quicksight: an asset that was not created stays in the directory until the folder is opened again",
			"kind", string(k.kind), "id", id, "error", failed)
	}
	return err
}

// recover undoes what a process left half done: an asset is there if the last
// step of its creation was done and the first step of its deletion was not.
func (s *Service) recover(ctx context.Context) error {
	for _, k := range s.kinds() {
		has := s.idsOf(k)
		var lost []string
		for a, err := range namespace.All(func(p namespace.Page) ([]namespace.Asset, string, error) { return k.list(ctx, p) }) {
			if err != nil {
				return err
			}
			if !has[a.Id] {
				lost = append(lost, a.Id)
			}
		}
		for len(lost) > 0 {
			// A folder goes after the folders in it.
			var failed []error
			kept := slices.DeleteFunc(slices.Clone(lost), func(id string) bool {
				err := errors.Join(k.remove(ctx, id), s.forgetTags(ctx, s.arn(k.kind, id)))
				failed = append(failed, err)
				return err == nil
			})
			if len(kept) == len(lost) {
				return errors.Join(failed...)
			}
			lost = kept
		}
	}
	sets := s.idsOf(s.kind(namespace.KindDataset))
	var lost []string
	for d := range s.store.Datasets() {
		if !sets[d.ID()] {
			lost = append(lost, d.ID())
		}
	}
	for _, id := range lost {
		if err := s.store.DeleteDataset(ctx, id); err != nil {
			return err
		}
	}
	return errors.Join(s.recoverFolders(ctx), s.recoverDatabases(), s.recoverRefreshes(ctx), s.recoverIngestions(ctx), s.recoverDashboards())
}

// idsOf returns the ids of the assets of a kind that the service has.
func (s *Service) idsOf(k assetKind) map[string]bool {
	has := make(map[string]bool)
	for _, id := range s.records.ids(k.records) {
		has[id] = true
	}
	if k.kind == namespace.KindDataSource {
		for _, d := range s.catalog.List() {
			has[d.DataSourceId] = true
		}
	}
	return has
}
