package quicksight

import (
	"encoding/json"
)

// refreshProperties are what a caller can say about the refreshes of a data set.
// They are stored and returned: this service has no incremental refresh and sends
// no mail.
type refreshProperties struct {
	RefreshConfiguration *struct {
		IncrementalRefresh struct {
			LookbackWindow struct {
				ColumnName string
				Size       int64
				SizeUnit   string
			}
		}
	} `json:",omitempty"`
	FailureConfiguration json.RawMessage `json:",omitempty"`
}

type propertiesInput struct {
	DataSetId                string
	DataSetRefreshProperties refreshProperties
}

func (in *propertiesInput) resource(s *Service) string {
	return (&scheduleInput{DataSetId: in.DataSetId}).set(s)
}

func (in *propertiesInput) find(c *call) (dataSetDoc, error) { return c.refreshed(in.DataSetId) }

// refreshed finds a data set, which must have rows of its own.
func (c *call) refreshed(id string) (dataSetDoc, error) {
	doc, err := c.s.dataSet(id)
	if err == nil && doc.ImportMode != "SPICE" {
		err = refuse(preconditionNotMet, "the data set has no rows of its own: its ImportMode is %s", doc.ImportMode)
	}
	return doc, err
}

func putDataSetRefreshProperties(c *call, in *propertiesInput, doc dataSetDoc) (any, error) {
	if r := in.DataSetRefreshProperties.RefreshConfiguration; r != nil {
		column := doc.Plan.column(r.IncrementalRefresh.LookbackWindow.ColumnName)
		if column == nil || column.Type != "DATETIME" {
			return nil, refuse(invalidParameter, "DataSetRefreshProperties.RefreshConfiguration.IncrementalRefresh.LookbackWindow.ColumnName: want a DATETIME column of the data set")
		}
	}
	return struct{}{}, c.s.records.put(c.ctx(), kindProperties, in.DataSetId, in.DataSetRefreshProperties)
}

func describeDataSetRefreshProperties(c *call, in *propertiesInput, _ dataSetDoc) (any, error) {
	p, err := find[refreshProperties](c.s.records, kindProperties, in.DataSetId, "the data set has no refresh properties")
	return map[string]any{"DataSetRefreshProperties": p}, err
}

func deleteDataSetRefreshProperties(c *call, in *propertiesInput, doc dataSetDoc) (any, error) {
	if _, err := describeDataSetRefreshProperties(c, in, doc); err != nil {
		return nil, err
	}
	return struct{}{}, c.s.records.remove(c.ctx(), kindProperties, in.DataSetId)
}
