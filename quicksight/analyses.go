package quicksight

import (
	"encoding/json"
	"errors"
	"time"

	"github.com/rowsight/rowsight/namespace"
)

// kindAnalysis are the analyses, by id.
const kindAnalysis = "analysis"

// An analysis is what the service keeps of one. Its definition is stored and
// returned; nothing draws it.
type analysis struct {
	Name            string
	Status          string
	CreatedTime     moment
	LastUpdatedTime moment
	ThemeArn        string `json:",omitempty"`
	DataSetArns     []string
	Sheets          []sheet
	Definition      json.RawMessage
	// Deletion is when a deleted analysis is gone for good; until then it can be
	// restored.
	Deletion *moment `json:",omitempty"`
	// Folders held the analysis when it was deleted.
	Folders []string `json:",omitempty"`
}

const statusDeleted = "DELETED"

type analysisInput struct {
	AnalysisId                 string
	Name                       string
	ThemeArn                   string
	Definition                 json.RawMessage
	Permissions                []permission
	Tags                       []resourceTag
	FolderArns                 []string
	RecoveryWindowInDays       int
	ForceDeleteWithoutRecovery bool
	RestoreToFolders           bool
	Filters                    []filter
	page
}

func (in *analysisInput) resource(s *Service) string {
	return s.arn(namespace.KindAnalysis, in.AnalysisId)
}

// analysis returns an analysis. One whose recovery window has passed is not
// there.
func (s *Service) analysis(id string) (analysis, error) {
	const missing = "the analysis is not there"
	a, err := find[analysis](s.records, kindAnalysis, id, missing)
	if err == nil && a.Deletion != nil && !s.opts.Now().Before(time.Time(*a.Deletion)) {
		err = refuse(notFound, missing)
	}
	return a, err
}

func (c *call) define(in *analysisInput, a analysis, status string) (analysis, error) {
	arns, sheets, err := c.parts(in.Definition)
	a.Name, a.Status, a.LastUpdatedTime, a.ThemeArn = in.Name, status, c.s.now(), in.ThemeArn
	a.DataSetArns, a.Sheets, a.Definition = arns, sheets, in.Definition
	return a, err
}

func createAnalysis(c *call, in *analysisInput) (int, any, error) {
	asset, err := c.asset(in.AnalysisId, in.Name, in.Permissions, in.Tags, in.FolderArns)
	if err != nil {
		return 0, nil, err
	}
	c.s.changing.Lock()
	defer c.s.changing.Unlock()
	a, err := c.define(in, analysis{CreatedTime: c.s.now()}, "CREATION_SUCCESSFUL")
	if err != nil {
		return 0, nil, err
	}
	if err := c.purge(in.AnalysisId); err != nil {
		return 0, nil, err
	}
	err = c.create(c.s.analyses(), asset, in.Tags, func() error { return c.s.records.put(c.ctx(), kindAnalysis, in.AnalysisId, a) })
	if err != nil {
		return 0, nil, err
	}
	return 202, map[string]any{"Arn": in.resource(c.s), "AnalysisId": in.AnalysisId, "CreationStatus": "CREATION_IN_PROGRESS"}, nil
}

// purge removes an analysis whose recovery window has passed.
func (c *call) purge(id string) error {
	var a analysis
	if ok, err := c.s.records.get(kindAnalysis, id, &a); !ok || err != nil {
		return err
	}
	if _, err := c.s.analysis(id); err == nil {
		return nil
	}
	return c.removeAnalysis(id)
}

func (c *call) removeAnalysis(id string) error {
	if err := c.s.records.remove(c.ctx(), kindAnalysis, id); err != nil {
		return err
	}
	return errors.Join(c.s.admin.DeleteAnalysis(c.ctx(), id), c.s.forgetTags(c.ctx(), c.s.arn(namespace.KindAnalysis, id)))
}

func describeAnalysis(c *call, in *analysisInput) (int, any, error) {
	a, err := c.s.analysis(in.AnalysisId)
	if err != nil {
		return 0, nil, err
	}
	out := map[string]any{
		"AnalysisId": in.AnalysisId, "Arn": in.resource(c.s), "Name": a.Name, "Status": a.Status, "DataSetArns": a.DataSetArns,
		"CreatedTime": a.CreatedTime, "LastUpdatedTime": a.LastUpdatedTime, "Errors": []any{},
	}
	if a.ThemeArn != "" {
		out["ThemeArn"] = a.ThemeArn
	}
	if a.Sheets != nil {
		out["Sheets"] = a.Sheets
	}
	return 200, map[string]any{"Analysis": out}, nil
}

func describeAnalysisDefinition(c *call, in *analysisInput) (int, any, error) {
	a, err := c.s.analysis(in.AnalysisId)
	if err != nil {
		return 0, nil, err
	}
	out := map[string]any{"AnalysisId": in.AnalysisId, "Name": a.Name, "ResourceStatus": a.Status, "Definition": a.Definition, "Errors": []any{}}
	if a.ThemeArn != "" {
		out["ThemeArn"] = a.ThemeArn
	}
	return 200, out, nil
}

func updateAnalysis(c *call, in *analysisInput) (int, any, error) {
	c.s.changing.Lock()
	defer c.s.changing.Unlock()
	a, err := c.s.analysis(in.AnalysisId)
	if err != nil {
		return 0, nil, err
	}
	if a.Status == statusDeleted {
		return 0, nil, refuse(conflict, "the analysis is deleted: restore it first")
	}
	if a, err = c.define(in, a, "UPDATE_SUCCESSFUL"); err != nil {
		return 0, nil, err
	}
	return 202, map[string]any{"Arn": in.resource(c.s), "AnalysisId": in.AnalysisId, "UpdateStatus": "UPDATE_IN_PROGRESS"},
		c.s.records.put(c.ctx(), kindAnalysis, in.AnalysisId, a)
}

// deleteAnalysis deletes an analysis, which can be restored for 30 days unless
// the request says otherwise.
func deleteAnalysis(c *call, in *analysisInput) (int, any, error) {
	c.s.changing.Lock()
	defer c.s.changing.Unlock()
	a, err := c.s.analysis(in.AnalysisId)
	if err != nil {
		return 0, nil, err
	}
	out := map[string]any{"Arn": in.resource(c.s), "AnalysisId": in.AnalysisId}
	if in.ForceDeleteWithoutRecovery {
		if in.RecoveryWindowInDays != 0 {
			return 0, nil, refuse(invalidParameter, "want one of RecoveryWindowInDays and ForceDeleteWithoutRecovery")
		}
		return 200, out, c.removeAnalysis(in.AnalysisId)
	}
	if a.Status == statusDeleted {
		return 0, nil, refuse(conflict, "the analysis is deleted already")
	}
	days := in.RecoveryWindowInDays
	if days == 0 {
		days = 30
	}
	at := moment(c.s.opts.Now().UTC().AddDate(0, 0, days))
	a.Status, a.Deletion = statusDeleted, &at
	out["DeletionTime"] = at
	if a.Folders, err = c.leaveFolders(c.s.directory.ARN(namespace.KindAnalysis, "", in.AnalysisId)); err != nil {
		return 0, nil, err
	}
	return 200, out, c.s.records.put(c.ctx(), kindAnalysis, in.AnalysisId, a)
}

func restoreAnalysis(c *call, in *analysisInput) (int, any, error) {
	c.s.changing.Lock()
	defer c.s.changing.Unlock()
	a, err := c.s.analysis(in.AnalysisId)
	switch {
	case err != nil:
		return 0, nil, err
	case a.Status != statusDeleted:
		return 0, nil, refuse(conflict, "the analysis is not deleted")
	}
	if in.RestoreToFolders {
		if err := c.returnToFolders(c.s.directory.ARN(namespace.KindAnalysis, "", in.AnalysisId), a.Folders); err != nil {
			return 0, nil, err
		}
	}
	a.Status, a.Deletion, a.Folders = "CREATION_SUCCESSFUL", nil, nil
	return 200, map[string]any{"Arn": in.resource(c.s), "AnalysisId": in.AnalysisId}, c.s.records.put(c.ctx(), kindAnalysis, in.AnalysisId, a)
}

func listAnalyses(c *call, in *analysisInput) (int, any, error) {
	return pageOf(c, in.page, "AnalysisSummaryList", c.s.records.from(kindAnalysis), func(id string) (map[string]any, bool, error) {
		a, err := c.s.analysis(id)
		if err != nil {
			return nil, false, nil // gone
		}
		keep, err := c.matches(c.s.analyses(), id, a.Name, in.Filters)
		return map[string]any{
			"Arn": c.s.arn(namespace.KindAnalysis, id), "AnalysisId": id, "Name": a.Name, "Status": a.Status, "CreatedTime": a.CreatedTime, "LastUpdatedTime": a.LastUpdatedTime,
		}, keep, err
	})
}
