package quicksight

import (
	"context"
	"errors"
	"slices"

	"github.com/rowsight/rowsight/namespace"
)

// asset reads what all requests that create an asset say.
func (c *call) asset(id, name string, permissions []permission, tags []resourceTag, folderARNs []string) (in namespace.CreateAssetInput, err error) {
	in.Id, in.Name = id, name
	if in.Permissions, err = parsePermissions("Permissions", permissions); err != nil {
		return in, err
	}
	if err := checkTags(tags); err != nil {
		return in, err
	}
	in.Folders, err = c.foldersOf(folderARNs)
	return in, err
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
	sources := make(map[string]bool)
	for _, d := range s.catalog.List() {
		sources[d.DataSourceId] = true
	}
	sets := s.idsOf(kindDataSet)
	for _, step := range []struct {
		kind assetKind
		has  map[string]bool
	}{
		{s.dataSources(), sources}, {s.dataSets(), sets}, {s.dashboards(), s.idsOf(kindDashboard)}, {s.analyses(), s.idsOf(kindAnalysis)},
		{s.folders(), s.idsOf(kindFolder)},
	} {
		var lost []string
		for a, err := range namespace.All(func(p namespace.Page) ([]namespace.Asset, string, error) { return step.kind.list(ctx, p) }) {
			if err != nil {
				return err
			}
			if !step.has[a.Id] {
				lost = append(lost, a.Id)
			}
		}
		for len(lost) > 0 {
			// A folder goes after the folders in it.
			var failed []error
			kept := slices.DeleteFunc(slices.Clone(lost), func(id string) bool {
				err := errors.Join(step.kind.remove(ctx, id), s.forgetTags(ctx, s.arn(step.kind.kind, id)))
				failed = append(failed, err)
				return err == nil
			})
			if len(kept) == len(lost) {
				return errors.Join(failed...)
			}
			lost = kept
		}
	}
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

func (s *Service) idsOf(kind string) map[string]bool {
	has := make(map[string]bool)
	for _, id := range s.records.ids(kind) {
		has[id] = true
	}
	return has
}
