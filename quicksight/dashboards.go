package quicksight

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/rowsight/rowsight/namespace"
)

// The kinds of records of dashboards, and of their versions by the id of the
// dashboard and the number.
const (
	kindDashboard = "dashboard"
	kindVersion   = "dashboard-version"
)

// A dashboard is what the service keeps of one. Its definition is stored and
// returned; nothing draws it.
type dashboard struct {
	Name              string
	CreatedTime       moment
	LastUpdatedTime   moment
	LastPublishedTime moment
	Published         int64
	Last              int64    // the number of the newest version
	Versions          []int64  // that are there, in order
	LinkEntities      []string `json:",omitempty"` // the ARNs of linked analyses
}

// A dashboardVersion is one version of a dashboard.
type dashboardVersion struct {
	Number                  int64
	CreatedTime             moment
	Description             string `json:",omitempty"`
	ThemeArn                string `json:",omitempty"`
	DataSetArns             []string
	Sheets                  []sheet
	Definition              json.RawMessage
	DashboardPublishOptions json.RawMessage `json:",omitempty"`
}

// A sheet is a sheet of a definition by its id and name.
type sheet struct {
	SheetId string
	Name    string `json:",omitempty"`
}

// maxVersions is how many versions a dashboard has at most.
const maxVersions = 1000

type dashboardInput struct {
	DashboardId             string
	VersionDescription      string
	ThemeArn                string
	Definition              json.RawMessage
	DashboardPublishOptions json.RawMessage
	LinkEntities            []string
	VersionNumber           int64
	AliasName               string
	assetInput
}

func (in *dashboardInput) resource(s *Service) string {
	return s.arn(namespace.KindDashboard, in.DashboardId)
}

func (in *dashboardInput) find(c *call) (dashboard, error) { return c.s.dashboard(in.DashboardId) }

func versionKey(id string, number int64) string { return id + "/" + strconv.FormatInt(number, 10) }

// definitionParts are what the service looks at in a definition.
type definitionParts struct {
	DataSetIdentifierDeclarations []struct{ Identifier, DataSetArn string }
	Sheets                        []sheet
}

// parts reads a definition. Its data sets must be there.
func (c *call) parts(definition json.RawMessage) (arns []string, sheets []sheet, err error) {
	if definition == nil {
		return nil, nil, refuse(invalidParameter, "Definition: field missing: templates are not supported")
	}
	var p definitionParts
	if err := json.Unmarshal(definition, &p); err != nil {
		return nil, nil, refuse(invalidParameter, "Definition: wrong type of DataSetIdentifierDeclarations or Sheets")
	}
	for i, d := range p.DataSetIdentifierDeclarations {
		arn, err := namespace.ParseARN(d.DataSetArn)
		if err != nil || !arn.Same(c.s.directory.ARN(namespace.KindDataset, "", arn.Name)) {
			return nil, nil, refuse(invalidParameter, "Definition.DataSetIdentifierDeclarations[%d].DataSetArn: not the ARN of a data set of this account", i)
		}
		if err := c.pass(arn); err != nil {
			return nil, nil, err
		}
		doc, err := c.s.dataSet(arn.Name)
		if err != nil {
			return nil, nil, err
		}
		if doc.UseAs != "" {
			return nil, nil, refuse(invalidParameter, "Definition.DataSetIdentifierDeclarations[%d].DataSetArn: a permission dataset is not shown", i)
		}
		if text := c.s.arn(namespace.KindDataset, arn.Name); !slices.Contains(arns, text) {
			arns = append(arns, text)
		}
	}
	if len(arns) == 0 {
		return nil, nil, refuse(invalidParameter, "Definition.DataSetIdentifierDeclarations: want at least one")
	}
	for _, sh := range p.Sheets {
		sheets = append(sheets, sheet{sh.SheetId, sh.Name})
	}
	return arns, sheets, nil
}

func (c *call) version(in *dashboardInput, number int64) (dashboardVersion, error) {
	arns, sheets, err := c.parts(in.Definition)
	return dashboardVersion{
		Number: number, CreatedTime: c.s.now(), Description: in.VersionDescription, ThemeArn: in.ThemeArn,
		DataSetArns: arns, Sheets: sheets, Definition: in.Definition, DashboardPublishOptions: in.DashboardPublishOptions,
	}, err
}

func createDashboard(c *call, in *dashboardInput) (any, error) {
	asset, err := c.asset(in.DashboardId, in.assetInput)
	if err != nil {
		return nil, err
	}
	v, err := c.version(in, 1)
	if err == nil {
		err = c.checkLinks(in.LinkEntities)
	}
	if err != nil {
		return nil, err
	}
	d := dashboard{Name: in.Name, CreatedTime: v.CreatedTime, LastUpdatedTime: v.CreatedTime, LastPublishedTime: v.CreatedTime, Published: 1, Last: 1, Versions: []int64{1}, LinkEntities: in.LinkEntities}
	return c.created(in, 1), c.create(c.s.kind(namespace.KindDashboard), asset, in.Tags, func() error { return c.putDashboard(in.DashboardId, d, &v) })
}

func (c *call) created(in *dashboardInput, number int64) map[string]any {
	arn := in.resource(c.s)
	return map[string]any{"Arn": arn, "VersionArn": fmt.Sprintf("%s/version/%d", arn, number), "DashboardId": in.DashboardId, "CreationStatus": "CREATION_IN_PROGRESS"}
}

// putDashboard writes a dashboard, with a new version if there is one, and then
// shows what is published.
func (c *call) putDashboard(id string, d dashboard, v *dashboardVersion) error {
	doc, err := change(kindDashboard, id, d)
	if err != nil {
		return err
	}
	batch := []record{doc}
	if v != nil {
		version, err := change(kindVersion, versionKey(id, v.Number), v)
		if err != nil {
			return err
		}
		batch = append(batch, version)
	}
	if err := c.s.records.write(c.ctx(), batch...); err != nil {
		return err
	}
	return c.s.publish(id, d)
}

// publish lets sessions open the data sets of the published version.
func (s *Service) publish(id string, d dashboard) error {
	var v dashboardVersion
	if _, err := s.records.get(kindVersion, versionKey(id, d.Published), &v); err != nil {
		return err
	}
	var sets []namespace.ARN
	for _, text := range v.DataSetArns {
		arn, err := namespace.ParseARN(text)
		if err != nil {
			return err
		}
		sets = append(sets, arn)
	}
	return s.boards.Add(s.directory.ARN(namespace.KindDashboard, "", id), sets)
}

// recoverDashboards publishes what was published when the service ended.
func (s *Service) recoverDashboards() error {
	for _, id := range s.records.ids(kindDashboard) {
		d, err := s.dashboard(id)
		if err == nil {
			err = s.publish(id, d)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) dashboard(id string) (dashboard, error) {
	return find[dashboard](s.records, kindDashboard, id, "the dashboard is not there")
}

// pick returns the dashboard and the version that a request names; the
// published one if it names none.
func (c *call) pick(in *dashboardInput) (dashboard, dashboardVersion, error) {
	var v dashboardVersion
	d, err := c.s.dashboard(in.DashboardId)
	if err != nil {
		return d, v, err
	}
	number := in.VersionNumber
	switch {
	case number != 0 && in.AliasName != "":
		return d, v, refuse(invalidParameter, "want one of VersionNumber and AliasName")
	case in.AliasName == "$LATEST":
		number = d.Versions[len(d.Versions)-1]
	case in.AliasName == "$PUBLISHED" || in.AliasName == "" && number == 0:
		number = d.Published
	case in.AliasName != "":
		return d, v, refuse(notFound, "the dashboard has no such alias")
	}
	v, err = find[dashboardVersion](c.s.records, kindVersion, versionKey(in.DashboardId, number), "the dashboard has no such version")
	return d, v, err
}

func describeDashboard(c *call, in *dashboardInput) (any, error) {
	d, v, err := c.pick(in)
	if err != nil {
		return nil, err
	}
	version := c.summary(in.DashboardId, v)
	version["DataSetArns"], version["Errors"] = v.DataSetArns, []any{}
	set(version, "ThemeArn", v.ThemeArn)
	set(version, "Sheets", v.Sheets)
	out := map[string]any{
		"DashboardId": in.DashboardId, "Arn": in.resource(c.s), "Name": d.Name, "Version": version,
		"CreatedTime": d.CreatedTime, "LastPublishedTime": d.LastPublishedTime, "LastUpdatedTime": d.LastUpdatedTime,
	}
	set(out, "LinkEntities", d.LinkEntities)
	return map[string]any{"Dashboard": out}, nil
}

// summary describes a version without what is in it.
func (c *call) summary(id string, v dashboardVersion) map[string]any {
	out := map[string]any{
		"Arn":         fmt.Sprintf("%s/version/%d", c.s.arn(namespace.KindDashboard, id), v.Number),
		"CreatedTime": v.CreatedTime, "VersionNumber": v.Number, "Status": "CREATION_SUCCESSFUL",
	}
	set(out, "Description", v.Description)
	return out
}

func describeDashboardDefinition(c *call, in *dashboardInput) (any, error) {
	d, v, err := c.pick(in)
	if err != nil {
		return nil, err
	}
	out := map[string]any{"DashboardId": in.DashboardId, "Name": d.Name, "ResourceStatus": "CREATION_SUCCESSFUL", "Definition": v.Definition, "Errors": []any{}}
	set(out, "ThemeArn", v.ThemeArn)
	set(out, "DashboardPublishOptions", v.DashboardPublishOptions)
	return out, nil
}

// updateDashboard adds a version. It is not published.
func updateDashboard(c *call, in *dashboardInput, d dashboard) (any, error) {
	if len(d.Versions) >= maxVersions {
		return nil, refuse(limitExceeded, "the dashboard has %d versions: delete some", maxVersions)
	}
	v, err := c.version(in, d.Last+1)
	if err != nil {
		return nil, err
	}
	d.Name, d.Last, d.LastUpdatedTime = in.Name, v.Number, v.CreatedTime
	d.Versions = append(d.Versions, v.Number)
	out := c.created(in, v.Number)
	out["Status"] = 202 // which this answer has in its body
	return out, c.putDashboard(in.DashboardId, d, &v)
}

func updateDashboardPublishedVersion(c *call, in *dashboardInput) (any, error) {
	d, v, err := c.pick(in)
	if err != nil {
		return nil, err
	}
	d.Published, d.LastPublishedTime = v.Number, c.s.now()
	return map[string]any{"DashboardId": in.DashboardId, "DashboardArn": in.resource(c.s)}, c.putDashboard(in.DashboardId, d, nil)
}

// deleteDashboard deletes a dashboard, or one version that is not published.
func deleteDashboard(c *call, in *dashboardInput, d dashboard) (any, error) {
	out := map[string]any{"Arn": in.resource(c.s), "DashboardId": in.DashboardId}
	if n := in.VersionNumber; n != 0 {
		at := slices.Index(d.Versions, n)
		switch {
		case at < 0:
			return nil, refuse(notFound, "the dashboard has no such version")
		case n == d.Published:
			return nil, refuse(conflict, "the version is published")
		}
		d.Versions = slices.Delete(d.Versions, at, at+1)
		doc, err := change(kindDashboard, in.DashboardId, d)
		if err != nil {
			return nil, err
		}
		return out, c.s.records.write(c.ctx(), doc, record{Kind: kindVersion, ID: versionKey(in.DashboardId, n)})
	}
	batch := []record{{Kind: kindDashboard, ID: in.DashboardId}}
	for _, n := range d.Versions {
		batch = append(batch, record{Kind: kindVersion, ID: versionKey(in.DashboardId, n)})
	}
	if err := c.s.records.write(c.ctx(), batch...); err != nil {
		return nil, err
	}
	c.s.boards.Remove(c.s.directory.ARN(namespace.KindDashboard, "", in.DashboardId))
	return out, errors.Join(c.s.admin.DeleteDashboard(c.ctx(), in.DashboardId), c.s.forgetTags(c.ctx(), in.resource(c.s)))
}

func listDashboards(c *call, in *dashboardInput) (any, error) {
	return assetsOf(c, c.s.kind(namespace.KindDashboard), in.assetInput, "DashboardSummaryList", c.s.dashboard, func(id string, d dashboard) map[string]any {
		return map[string]any{
			"Arn": c.s.arn(namespace.KindDashboard, id), "DashboardId": id, "Name": d.Name, "PublishedVersionNumber": d.Published,
			"CreatedTime": d.CreatedTime, "LastUpdatedTime": d.LastUpdatedTime, "LastPublishedTime": d.LastPublishedTime,
		}
	})
}

func listDashboardVersions(c *call, in *dashboardInput, d dashboard) (any, error) {
	ids := make([]string, len(d.Versions)) // in the order of numbers
	for i, n := range d.Versions {
		ids[i] = fmt.Sprintf("%010d", n)
	}
	return pageOf(c, in.page, "DashboardVersionSummaryList", these(ids), func(id string) (map[string]any, bool, error) {
		var v dashboardVersion
		n, _ := strconv.ParseInt(strings.TrimLeft(id, "0"), 10, 64)
		ok, err := c.s.records.get(kindVersion, versionKey(in.DashboardId, n), &v)
		return c.summary(in.DashboardId, v), ok, err
	})
}
