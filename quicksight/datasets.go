package quicksight

import (
	"context"
	"encoding/json"
	"errors"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
)

// kindDataSet are the data sets, by id. A data set is there if its document is.
const kindDataSet = "dataset"

// A dataSetDoc is what the service keeps of a data set beside its rows and
// rules, which the store has.
type dataSetDoc struct {
	Name            string
	ImportMode      string
	UseAs           string `json:",omitempty"`
	CreatedTime     moment
	LastUpdatedTime moment
	Plan            plan
	Rules           dataSetRules
	Usage           struct{ DisableUseAsDirectQuerySource, DisableUseAsImportedSource bool }
	// Fields are the fields of the request that are only returned.
	Fields map[string]json.RawMessage
	// Updating says that the rules and rows may not fit together: an update is
	// under way, or was cut off. Nobody reads the data set until one succeeds.
	Updating bool `json:",omitempty"`
}

type dataSetInput struct {
	DataSetId        string
	ImportMode       string
	UseAs            string
	PhysicalTableMap map[string]physicalTable
	LogicalTableMap  map[string]logicalTable
	assetInput
	dataSetRules
	DataSetUsageConfiguration struct{ DisableUseAsDirectQuerySource, DisableUseAsImportedSource bool }
}

func (in *dataSetInput) resource(s *Service) string {
	return s.arn(namespace.KindDataset, in.DataSetId)
}

func (in *dataSetInput) find(c *call) (dataSetDoc, error) { return c.s.dataSet(in.DataSetId) }

// kept are the fields of a request that are returned as they came.
var kept = [...]string{
	"PhysicalTableMap", "LogicalTableMap", "ColumnGroups", "FieldFolders", "DataSetUsageConfiguration", "PerformanceConfiguration",
	"RowLevelPermissionDataSet", "RowLevelPermissionTagConfiguration", "ColumnLevelPermissionRules",
}

// document makes the document of a request.
func (c *call) document(in *dataSetInput) (dataSetDoc, error) {
	doc := dataSetDoc{Name: in.Name, ImportMode: in.ImportMode, UseAs: in.UseAs, Rules: in.dataSetRules, Fields: make(map[string]json.RawMessage)}
	doc.CreatedTime, doc.LastUpdatedTime, doc.Usage = c.s.now(), c.s.now(), in.DataSetUsageConfiguration
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(c.input, &fields); err != nil {
		return doc, err
	}
	for _, name := range kept {
		if f, ok := fields[name]; ok {
			doc.Fields[name] = f
		}
	}
	var err error
	if doc.Plan, err = c.plan(in); err != nil {
		return doc, err
	}
	if r := in.RowLevelPermissionDataSet; r != nil {
		arn, err := namespace.ParseARN(r.Arn)
		if err != nil {
			return doc, refuse(invalidParameter, "RowLevelPermissionDataSet.Arn: not the ARN of a data set")
		}
		if err := c.pass(arn); err != nil {
			return doc, err
		}
	}
	if doc.ImportMode == "DIRECT_QUERY" && doc.Plan.Parent == "" {
		if !doc.Plan.database() {
			return doc, refuse(invalidParameter, "ImportMode: files of S3 and joins are read into SPICE")
		}
		if doc.UseAs != "" {
			return doc, refuse(invalidParameter, "ImportMode: a permission dataset is read into SPICE")
		}
		if err := c.s.look(c.ctx(), doc.Plan); err != nil {
			return doc, err
		}
	}
	if err := doc.Rules.check(); err != nil {
		return doc, err
	}
	return doc, c.checkText(&doc)
}

func createDataSet(c *call, in *dataSetInput) (any, error) {
	asset, err := c.asset(in.DataSetId, in.assetInput)
	if err != nil {
		return nil, err
	}
	c.s.awaitRules(c.ctx(), in.RowLevelPermissionDataSet)
	c.s.changing.Lock()
	defer c.s.changing.Unlock()
	doc, err := c.document(in)
	if err != nil {
		return nil, err
	}
	if err := c.create(c.s.kind(namespace.KindDataset), asset, in.Tags, func() error { return c.createRows(in, &doc) }); err != nil {
		return nil, err
	}
	return c.ingested(in, "INITIAL_INGESTION")
}

// ingested answers with a data set that was created or updated, and begins to read
// its rows if it has rows of its own.
func (c *call) ingested(in *dataSetInput, how string) (any, error) {
	out := map[string]any{"Arn": in.resource(c.s), "DataSetId": in.DataSetId}
	if in.ImportMode == "SPICE" {
		run, err := c.s.begin(c.ctx(), in.DataSetId, arn.NewUUID(), how, "MANUAL")
		if err != nil {
			return nil, err
		}
		out["IngestionArn"], out["IngestionId"] = run.Arn, run.IngestionId
	}
	return out, nil
}

// createRows creates the data set in the store, with its rules, and writes the
// document. At no moment does the data set have rows without its rules.
func (c *call) createRows(in *dataSetInput, doc *dataSetDoc) error {
	create := spice.DatasetInput{
		ID: in.DataSetId, Name: in.Name, ImportMode: spice.ImportMode(in.ImportMode), UseAs: spice.UseAs(in.UseAs),
		Parent: doc.Plan.Parent, Columns: doc.Plan.child(),
	}
	if doc.Plan.direct(in.ImportMode) {
		create.Direct = c.s.connection(doc.Plan)
	}
	d, err := c.s.store.CreateDataset(c.ctx(), create)
	if err != nil {
		return err
	}
	if err = doc.Rules.apply(c.ctx(), d, dataSetRules{}); err == nil {
		err = c.s.records.put(c.ctx(), kindDataSet, in.DataSetId, doc)
	}
	if err != nil {
		return errors.Join(err, c.s.store.DeleteDataset(context.WithoutCancel(c.ctx()), in.DataSetId))
	}
	return nil
}

// dataSet reads the document of a data set.
func (s *Service) dataSet(id string) (dataSetDoc, error) {
	return find[dataSetDoc](s.records, kindDataSet, id, "the data set is not there")
}

// dataSetSummary is what every description of a data set says.
func (c *call) dataSetSummary(id string, doc dataSetDoc) map[string]any {
	out := map[string]any{
		"Arn": c.s.arn(namespace.KindDataset, id), "DataSetId": id, "Name": doc.Name, "ImportMode": doc.ImportMode,
		"CreatedTime": doc.CreatedTime, "LastUpdatedTime": doc.LastUpdatedTime,
	}
	set(out, "UseAs", doc.UseAs)
	return out
}

func describeDataSet(c *call, in *dataSetInput, doc dataSetDoc) (any, error) {
	out := c.dataSetSummary(in.DataSetId, doc)
	for name, f := range doc.Fields {
		out[name] = f
	}
	columns := []map[string]any{}
	for _, column := range doc.Plan.Columns {
		columns = append(columns, map[string]any{"Name": column.Name, "Type": column.Type})
	}
	out["OutputColumns"] = columns
	out["ConsumedSpiceCapacityInBytes"] = c.s.sizeOf(in.DataSetId)
	return map[string]any{"DataSet": out}, nil
}

// sizeOf returns how many bytes the newest ingestion wrote.
func (s *Service) sizeOf(id string) int64 {
	if d, err := s.store.Dataset(id); err == nil {
		all, _ := d.Ingestions(s.ctx) // an error is no size
		for _, i := range all {
			if i.Status == spice.Completed {
				return i.IngestionSizeInBytes
			}
		}
	}
	return 0
}

func listDataSets(c *call, in *dataSetInput) (any, error) {
	return assetsOf(c, c.s.kind(namespace.KindDataset), in.assetInput, "DataSetSummaries", c.s.dataSet, func(id string, doc dataSetDoc) map[string]any {
		out := c.dataSetSummary(id, doc)
		out["RowLevelPermissionTagConfigurationApplied"] = doc.Rules.RowLevelPermissionTagConfiguration != nil
		out["ColumnLevelPermissionRulesApplied"] = len(doc.Rules.ColumnLevelPermissionRules) > 0
		set(out, "RowLevelPermissionDataSet", doc.Fields["RowLevelPermissionDataSet"])
		return out
	})
}

func deleteDataSet(c *call, in *dataSetInput, _ dataSetDoc) (any, error) {
	// The document first: without it the data set is gone, whatever a crash
	// leaves of the rest.
	if err := c.s.records.remove(c.ctx(), kindDataSet, in.DataSetId); err != nil {
		return nil, err
	}
	arn := in.resource(c.s)
	c.s.stop(in.DataSetId, errDeleted)
	err := errors.Join(
		c.s.store.DeleteDataset(c.ctx(), in.DataSetId), c.s.admin.DeleteDataSet(c.ctx(), in.DataSetId),
		c.s.forgetTags(c.ctx(), arn), c.s.forgetRefreshes(c.ctx(), in.DataSetId),
	)
	return map[string]any{"Arn": arn, "DataSetId": in.DataSetId}, err
}
