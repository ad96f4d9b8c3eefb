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

// refreshed finds a data set, which must have rows of its own.
func (c *call) refreshed(id string) (dataSetDoc, error) {
	doc, err := c.s.dataSet(id)
	if err == nil && doc.ImportMode != "SPICE" {
		err = refuse(preconditionNotMet, "the data set has no rows of its own: its ImportMode is %s", doc.ImportMode)
	}
	return doc, err
}

func putDataSetRefreshProperties(c *call, in *propertiesInput) (int, any, error) {
	c.s.changing.Lock()
	defer c.s.changing.Unlock()
	doc, err := c.refreshed(in.DataSetId)
	if err != nil {
		return 0, nil, err
	}
	if r := in.DataSetRefreshProperties.RefreshConfiguration; r != nil {
		column := doc.Plan.column(r.IncrementalRefresh.LookbackWindow.ColumnName)
		if column == nil || column.Type != "DATETIME" {
			return 0, nil, refuse(invalidParameter, "DataSetRefreshProperties.RefreshConfiguration.IncrementalRefresh.LookbackWindow.ColumnName: want a DATETIME column of the data set")
		}
	}
	return 200, struct{}{}, c.s.records.put(c.ctx(), kindProperties, in.DataSetId, in.DataSetRefreshProperties)
}

func describeDataSetRefreshProperties(c *call, in *propertiesInput) (int, any, error) {
	if _, err := c.refreshed(in.DataSetId); err != nil {
		return 0, nil, err
	}
	p, err := find[refreshProperties](c.s.records, kindProperties, in.DataSetId, "the data set has no refresh properties")
	return 200, map[string]any{"DataSetRefreshProperties": p}, err
}

func deleteDataSetRefreshProperties(c *call, in *propertiesInput) (int, any, error) {
	c.s.changing.Lock()
	defer c.s.changing.Unlock()
	if _, _, err := describeDataSetRefreshProperties(c, in); err != nil {
		return 0, nil, err
	}
	return 200, struct{}{}, c.s.records.remove(c.ctx(), kindProperties, in.DataSetId)
}
