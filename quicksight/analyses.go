package quicksight

import (
	"cmp"
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
	ThemeArn                   string
	Definition                 json.RawMessage
	RecoveryWindowInDays       int
	ForceDeleteWithoutRecovery bool
	RestoreToFolders           bool
	assetInput
}

func (in *analysisInput) resource(s *Service) string {
	return s.arn(namespace.KindAnalysis, in.AnalysisId)
}

func (in *analysisInput) find(c *call) (analysis, error) { return c.s.analysis(in.AnalysisId) }

// answer is what answers say of an analysis that changes.
func (in *analysisInput) answer(s *Service) map[string]any {
	return map[string]any{"Arn": in.resource(s), "AnalysisId": in.AnalysisId}
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

func createAnalysis(c *call, in *analysisInput) (any, error) {
	asset, err := c.asset(in.AnalysisId, in.assetInput)
	if err != nil {
		return nil, err
	}
	a, err := c.define(in, analysis{CreatedTime: c.s.now()}, "CREATION_SUCCESSFUL")
	if err != nil {
		return nil, err
	}
	if err := c.purge(in.AnalysisId); err != nil {
		return nil, err
	}
	out := in.answer(c.s)
	out["CreationStatus"] = "CREATION_IN_PROGRESS"
	return out, c.create(c.s.kind(namespace.KindAnalysis), asset, in.Tags, func() error { return c.s.records.put(c.ctx(), kindAnalysis, in.AnalysisId, a) })
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

func describeAnalysis(c *call, in *analysisInput, a analysis) (any, error) {
	out := c.analysisSummary(in.AnalysisId, a)
	out["DataSetArns"], out["Errors"] = a.DataSetArns, []any{}
	set(out, "ThemeArn", a.ThemeArn)
	set(out, "Sheets", a.Sheets)
	return map[string]any{"Analysis": out}, nil
}

func describeAnalysisDefinition(_ *call, in *analysisInput, a analysis) (any, error) {
	out := map[string]any{"AnalysisId": in.AnalysisId, "Name": a.Name, "ResourceStatus": a.Status, "Definition": a.Definition, "Errors": []any{}}
	set(out, "ThemeArn", a.ThemeArn)
	return out, nil
}

func updateAnalysis(c *call, in *analysisInput, a analysis) (any, error) {
	if a.Status == statusDeleted {
		return nil, refuse(conflict, "the analysis is deleted: restore it first")
	}
	a, err := c.define(in, a, "UPDATE_SUCCESSFUL")
	if err != nil {
		return nil, err
	}
	out := in.answer(c.s)
	out["UpdateStatus"] = "UPDATE_IN_PROGRESS"
	return out, c.s.records.put(c.ctx(), kindAnalysis, in.AnalysisId, a)
}

// deleteAnalysis deletes an analysis, which can be restored for 30 days unless
// the request says otherwise.
func deleteAnalysis(c *call, in *analysisInput, a analysis) (any, error) {
	out := in.answer(c.s)
	if in.ForceDeleteWithoutRecovery {
		if in.RecoveryWindowInDays != 0 {
			return nil, refuse(invalidParameter, "want one of RecoveryWindowInDays and ForceDeleteWithoutRecovery")
		}
		return out, c.removeAnalysis(in.AnalysisId)
	}
	if a.Status == statusDeleted {
		return nil, refuse(conflict, "the analysis is deleted already")
	}
	at := moment(c.s.opts.Now().UTC().AddDate(0, 0, cmp.Or(in.RecoveryWindowInDays, 30)))
	a.Status, a.Deletion = statusDeleted, &at
	out["DeletionTime"] = at
	var err error
	if a.Folders, err = c.leaveFolders(c.s.directory.ARN(namespace.KindAnalysis, "", in.AnalysisId)); err != nil {
		return nil, err
	}
	return out, c.s.records.put(c.ctx(), kindAnalysis, in.AnalysisId, a)
}

func restoreAnalysis(c *call, in *analysisInput, a analysis) (any, error) {
	if a.Status != statusDeleted {
		return nil, refuse(conflict, "the analysis is not deleted")
	}
	if in.RestoreToFolders {
		if err := c.returnToFolders(c.s.directory.ARN(namespace.KindAnalysis, "", in.AnalysisId), a.Folders); err != nil {
			return nil, err
		}
	}
	a.Status, a.Deletion, a.Folders = "CREATION_SUCCESSFUL", nil, nil
	return in.answer(c.s), c.s.records.put(c.ctx(), kindAnalysis, in.AnalysisId, a)
}

func (c *call) analysisSummary(id string, a analysis) map[string]any {
	return map[string]any{
		"Arn": c.s.arn(namespace.KindAnalysis, id), "AnalysisId": id, "Name": a.Name, "Status": a.Status, "CreatedTime": a.CreatedTime, "LastUpdatedTime": a.LastUpdatedTime,
	}
}

func listAnalyses(c *call, in *analysisInput) (any, error) {
	return assetsOf(c, c.s.kind(namespace.KindAnalysis), in.assetInput, "AnalysisSummaryList", c.s.analysis, c.analysisSummary)
}
