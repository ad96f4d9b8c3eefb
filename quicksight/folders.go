package quicksight

import (
	"cmp"
	"context"
	"errors"
	"maps"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/namespace"
)

// kindFolder are the folders, by id. What is in them, and who may do what, is in
// the directory.
const kindFolder = "folder"

// A folder is what the service keeps of one beside the directory.
type folder struct {
	Name            string
	SharingModel    string
	CreatedTime     moment
	LastUpdatedTime moment
}

type folderInput struct {
	FolderId        string
	FolderType      string
	ParentFolderArn string
	SharingModel    string
	MemberId        string
	MemberType      string
	ResourceArn     string
	Namespace       string
	assetInput
}

func (in *folderInput) resource(s *Service) string { return s.arn(namespace.KindFolder, in.FolderId) }

func (in *folderInput) find(c *call) (folder, error) { return c.s.folder(in.FolderId) }

func (in *folderInput) about(*Service) string { return in.ResourceArn }

// memberKinds are the members of folders that the service has.
var memberKinds = map[string]namespace.Kind{
	"DASHBOARD": namespace.KindDashboard, "ANALYSIS": namespace.KindAnalysis, "DATASET": namespace.KindDataset, "DATASOURCE": namespace.KindDataSource,
}

func (s *Service) folder(id string) (folder, error) {
	return find[folder](s.records, kindFolder, id, "the folder is not there")
}

// foldersOf returns the ids of folders by their ARNs. The caller must be allowed
// to put something into them, because that shares it.
func (c *call) foldersOf(arns []string) (ids []string, err error) {
	for i, text := range arns {
		arn, err := c.folderARN(text)
		if err != nil {
			return nil, refuse(invalidParameter, "FolderArns[%d]: not the ARN of a folder of this account", i)
		}
		if err := c.authorize("quicksight:CreateFolderMembership", text); err != nil {
			return nil, err
		}
		ids = append(ids, arn.Name)
	}
	return ids, nil
}

// folderARN reads the ARN of a folder, which must be written as the service writes it.
func (c *call) folderARN(text string) (namespace.ARN, error) {
	arn, err := namespace.ParseARN(text)
	if err == nil && (arn.Kind != namespace.KindFolder || text != c.s.arn(namespace.KindFolder, arn.Name)) {
		err = namespace.ErrInvalidParameterValue
	}
	return arn, err
}

func createFolder(c *call, in *folderInput) (any, error) {
	switch {
	case in.Name == "":
		return nil, refuse(invalidParameter, "Name: field missing")
	case in.FolderType == "RESTRICTED":
		return nil, refuse(invalidParameter, "FolderType: RESTRICTED is not supported, want SHARED")
	}
	asset, err := c.asset(in.FolderId, in.assetInput)
	if err != nil {
		return nil, err
	}
	if in.ParentFolderArn != "" {
		parent, err := c.folderARN(in.ParentFolderArn)
		if err != nil {
			return nil, refuse(invalidParameter, "ParentFolderArn: not the ARN of a folder of this account")
		}
		if err := c.authorize("quicksight:CreateFolder", in.ParentFolderArn); err != nil {
			return nil, err
		}
		asset.Folders = []string{parent.Name}
	}
	f := folder{in.Name, cmp.Or(in.SharingModel, "ACCOUNT"), c.s.now(), c.s.now()}
	return c.nameOf(in), c.create(c.s.kind(namespace.KindFolder), asset, in.Tags, func() error { return c.s.records.put(c.ctx(), kindFolder, in.FolderId, f) })
}

// nameOf is what most answers say of a folder.
func (c *call) nameOf(in *folderInput) map[string]any {
	return map[string]any{"Arn": in.resource(c.s), "FolderId": in.FolderId}
}

func (c *call) folderSummary(id string, f folder) map[string]any {
	return map[string]any{
		"Arn": c.s.arn(namespace.KindFolder, id), "FolderId": id, "Name": f.Name, "FolderType": "SHARED", "SharingModel": f.SharingModel,
		"CreatedTime": f.CreatedTime, "LastUpdatedTime": f.LastUpdatedTime,
	}
}

func describeFolder(c *call, in *folderInput, f folder) (any, error) {
	path, err := c.s.admin.FolderPath(c.ctx(), in.FolderId)
	if err != nil {
		return nil, err
	}
	out := c.folderSummary(in.FolderId, f)
	var arns []namespace.ARN
	for _, up := range path {
		arns = append(arns, up.Arn)
	}
	set(out, "FolderPath", arns)
	return map[string]any{"Folder": out}, nil
}

func updateFolder(c *call, in *folderInput, f folder) (any, error) {
	f.Name, f.LastUpdatedTime = in.Name, c.s.now()
	return c.nameOf(in), c.s.records.put(c.ctx(), kindFolder, in.FolderId, f)
}

// deleteFolder deletes a folder without assets and folders. The directory goes
// first, because it knows whether the folder is empty; a document that a crash
// leaves is removed when the folder of the service is opened again.
func deleteFolder(c *call, in *folderInput, _ folder) (any, error) {
	if err := c.s.admin.DeleteFolder(c.ctx(), in.FolderId); err != nil {
		return nil, err
	}
	return c.nameOf(in), errors.Join(c.s.records.remove(c.ctx(), kindFolder, in.FolderId), c.s.forgetTags(c.ctx(), in.resource(c.s)))
}

// recoverFolders removes the documents of folders that the directory does not have.
func (s *Service) recoverFolders(ctx context.Context) error {
	for _, id := range s.records.ids(kindFolder) {
		_, err := s.admin.DescribeFolder(ctx, id)
		if errors.Is(err, namespace.ErrNotFound) {
			err = errors.Join(s.records.remove(ctx, kindFolder, id), s.forgetTags(ctx, s.arn(namespace.KindFolder, id)))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// leaveFolders takes an asset out of its folders and returns their ids.
func (c *call) leaveFolders(asset namespace.ARN) (ids []string, err error) {
	folders, _, err := c.s.admin.ListFoldersForResource(c.ctx(), asset, namespace.Page{})
	for _, f := range folders {
		if err == nil {
			err = c.s.admin.DeleteFolderMembership(c.ctx(), f.Id, asset)
			ids = append(ids, f.Id)
		}
	}
	return ids, err
}

// returnToFolders puts an asset into folders again, as far as they are there. The
// caller must be allowed to, because that shares it.
func (c *call) returnToFolders(asset namespace.ARN, ids []string) error {
	for _, id := range ids {
		if err := c.authorize("quicksight:CreateFolderMembership", c.s.arn(namespace.KindFolder, id)); err != nil {
			return err
		}
	}
	for _, id := range ids {
		err := c.s.admin.CreateFolderMembership(c.ctx(), id, asset)
		if err != nil && !errors.Is(err, namespace.ErrNotFound) && !errors.Is(err, namespace.ErrExists) {
			return err
		}
	}
	return nil
}

func listFolders(c *call, in *folderInput) (any, error) {
	parent, filters, err := c.parentFilter(in.Filters)
	if err != nil {
		return nil, err
	}
	kind := c.s.kind(namespace.KindFolder)
	return pageOf(c, in.page, "FolderSummaryList", c.s.records.from(kindFolder), func(id string) (map[string]any, bool, error) {
		f, err := c.s.folder(id)
		if err != nil {
			return nil, false, nil // deleted since the ids were listed
		}
		keep, err := c.matches(kind, id, f.Name, filters)
		if keep && parent != "" {
			path, failed := c.s.admin.FolderPath(c.ctx(), id)
			keep, err = len(path) > 0 && path[len(path)-1].Id == parent, failed
			if errors.Is(err, namespace.ErrNotFound) {
				return nil, false, nil
			}
		}
		return c.folderSummary(id, f), keep, err
	})
}

// parentFilter takes the filter for a parent out of the filters of a search.
func (c *call) parentFilter(filters []filter) (parent string, others []filter, err error) {
	for _, f := range filters {
		if f.Name != "PARENT_FOLDER_ARN" {
			others = append(others, f)
			continue
		}
		arn, err := c.folderARN(f.Value)
		if err != nil || f.Operator != "StringEquals" || parent != "" {
			return "", nil, refuse(invalidParameter, "Filters: PARENT_FOLDER_ARN wants StringEquals and the ARN of a folder, once")
		}
		parent = arn.Name
	}
	return parent, others, nil
}

// member returns the asset that a request about a membership names. Putting an
// asset into a folder shares it, so that the caller must be allowed the operation on
// both.
func (c *call) member(in *folderInput) (namespace.ARN, error) {
	kind, ok := memberKinds[in.MemberType]
	if !ok {
		return namespace.ARN{}, refuse(notFound, "a %s is not there: the service has none", strings.ToLower(in.MemberType))
	}
	if err := c.authorize("quicksight:"+c.op.Name, c.s.arn(kind, in.MemberId)); err != nil {
		return namespace.ARN{}, err
	}
	return c.s.directory.ARN(kind, "", in.MemberId), nil
}

func createFolderMembership(c *call, in *folderInput) (any, error) {
	member, err := c.member(in)
	if err != nil {
		return nil, err
	}
	return map[string]any{"Status": 200, "FolderMember": map[string]string{"MemberId": in.MemberId, "MemberType": in.MemberType}},
		c.s.admin.CreateFolderMembership(c.ctx(), in.FolderId, member)
}

func deleteFolderMembership(c *call, in *folderInput) (any, error) {
	member, err := c.member(in)
	if err != nil {
		return nil, err
	}
	return map[string]any{"Status": 200}, c.s.admin.DeleteFolderMembership(c.ctx(), in.FolderId, member)
}

func listFolderMembers(c *call, in *folderInput) (any, error) {
	return listedAs(c, in.page, "FolderMemberList", func(p namespace.Page) ([]namespace.Asset, string, error) {
		return c.s.admin.ListFolderMembers(c.ctx(), in.FolderId, p)
	}, func(a namespace.Asset) map[string]any { return map[string]any{"MemberId": a.Id, "MemberArn": a.Arn} })
}

func listFoldersForResource(c *call, in *folderInput) (any, error) {
	resource, err := c.s.known(c.ctx(), in.ResourceArn)
	if err != nil {
		return nil, err
	}
	in.MaxResults = min(in.size(), namespace.MaxFoldersOfAsset) // the list of the API has no more
	return listedAs(c, in.page, "Folders", func(p namespace.Page) ([]namespace.Asset, string, error) {
		return c.s.admin.ListFoldersForResource(c.ctx(), resource, p)
	}, func(f namespace.Asset) namespace.ARN { return f.Arn })
}

func describeFolderPermissions(c *call, in *folderInput) (any, error) {
	all, err := c.s.admin.DescribeFolderPermissions(c.ctx(), in.FolderId)
	return c.pageOfPermissions(in, all, err)
}

func describeFolderResolvedPermissions(c *call, in *folderInput) (any, error) {
	all, err := c.s.admin.DescribeFolderResolvedPermissions(c.ctx(), in.FolderId)
	return c.pageOfPermissions(in, all, err)
}

// pageOfPermissions answers with a page of permissions, of the principals of one
// namespace if the request names one. The list of the API has at most 64 elements.
func (c *call) pageOfPermissions(in *folderInput, all []namespace.ResourcePermission, err error) (any, error) {
	if err != nil {
		return nil, err
	}
	byARN := make(map[string]namespace.ResourcePermission)
	for _, p := range all {
		if in.Namespace == "" || p.Principal.Namespace == in.Namespace {
			byARN[p.Principal.String()] = p
		}
	}
	in.MaxResults = min(in.size(), 64)
	out, err := pageOf(c, in.page, "Permissions", these(slices.Sorted(maps.Keys(byARN))), func(arn string) (namespace.ResourcePermission, bool, error) { return byARN[arn], true, nil })
	if err == nil {
		maps.Copy(out, c.nameOf(in))
	}
	return out, err
}
