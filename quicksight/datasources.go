package quicksight

import (
	"bytes"
	"encoding/json"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/source"
)

// A dataSource is a data source as the API describes one. It has no
// credentials: the API never returns them.
type dataSource struct {
	Arn                     string
	DataSourceId            string
	Name                    string
	Type                    string
	Status                  string
	CreatedTime             moment
	LastUpdatedTime         moment
	DataSourceParameters    *source.DataSourceParameters    `json:",omitempty"`
	VpcConnectionProperties *source.VpcConnectionProperties `json:",omitempty"`
	SslProperties           *source.SslProperties           `json:",omitempty"`
	ErrorInfo               *source.ErrorInfo               `json:",omitempty"`
	SecretArn               string                          `json:",omitempty"`
}

func dataSourceOf(d source.DataSource) dataSource {
	out := dataSource{
		Arn: d.Arn, DataSourceId: d.DataSourceId, Name: d.Name, Type: string(d.Type), Status: string(d.Status),
		CreatedTime: moment(d.CreatedTime), LastUpdatedTime: moment(d.LastUpdatedTime),
		VpcConnectionProperties: d.VpcConnectionProperties, SslProperties: d.SslProperties, ErrorInfo: d.ErrorInfo, SecretArn: d.SecretArn,
	}
	if d.DataSourceParameters != (source.DataSourceParameters{}) {
		out.DataSourceParameters = &d.DataSourceParameters
	}
	return out
}

type dataSourceInput struct {
	DataSourceId string
	assetInput
}

func (in *dataSourceInput) resource(s *Service) string {
	return s.arn(namespace.KindDataSource, in.DataSourceId)
}

func createDataSource(c *call, in *dataSourceInput) (any, error) {
	document, err := without(c.input, "FolderArns")
	if err != nil {
		return nil, err
	}
	request, err := source.ParseCreate(bytes.NewReader(document), nil)
	if err != nil {
		return nil, err
	}
	if err := c.passCredentials(request.Credentials); err != nil {
		return nil, err
	}
	request.Permissions, request.Tags = nil, nil // the directory and the records have them
	asset, err := c.asset(in.DataSourceId, in.assetInput)
	if err != nil {
		return nil, err
	}
	var d source.DataSource
	err = c.create(c.s.kind(namespace.KindDataSource), asset, in.Tags, func() (err error) {
		d, err = c.s.catalog.Create(c.ctx(), source.Caller{Policy: c.who.source}, request)
		return err
	})
	if err != nil {
		return nil, err
	}
	return map[string]any{"Arn": d.Arn, "DataSourceId": d.DataSourceId, "CreationStatus": d.Status}, nil
}

// without returns an object without one of its fields.
func without(document json.RawMessage, field string) (json.RawMessage, error) {
	var fields map[string]json.RawMessage
	if err := json.Unmarshal(document, &fields); err != nil {
		return nil, err
	}
	delete(fields, field)
	return json.Marshal(fields)
}

func describeDataSource(c *call, in *dataSourceInput) (any, error) {
	d, err := c.s.catalog.Describe(in.DataSourceId)
	return struct{ DataSource dataSource }{dataSourceOf(d)}, err
}

func updateDataSource(c *call, in *dataSourceInput) (any, error) {
	request, err := source.ParseUpdate(bytes.NewReader(c.input), nil)
	if err != nil {
		return nil, err
	}
	if err := c.passCredentials(request.Credentials); err != nil {
		return nil, err
	}
	d, err := c.s.catalog.Update(c.ctx(), source.Caller{Policy: c.who.source}, request)
	if err != nil {
		return nil, err
	}
	return map[string]any{"Arn": d.Arn, "DataSourceId": d.DataSourceId, "UpdateStatus": d.Status}, nil
}

// passCredentials asks whether the caller may use the data source that a request
// copies the credentials of.
func (c *call) passCredentials(credentials *source.Credentials) error {
	if credentials == nil || credentials.CopySourceArn == "" {
		return nil
	}
	arn, err := namespace.ParseARN(credentials.CopySourceArn)
	if err != nil {
		return refuse(invalidParameter, "Credentials.CopySourceArn: not the ARN of a data source")
	}
	return c.pass(arn)
}

func deleteDataSource(c *call, in *dataSourceInput) (any, error) {
	if err := c.s.catalog.Delete(in.DataSourceId); err != nil {
		return nil, err
	}
	if err := c.s.admin.DeleteDataSource(c.ctx(), in.DataSourceId); err != nil {
		return nil, err
	}
	arn := in.resource(c.s)
	return map[string]any{"Arn": arn, "DataSourceId": in.DataSourceId}, c.s.forgetTags(c.ctx(), arn)
}

func listDataSources(c *call, in *dataSourceInput) (any, error) {
	return dataSourceList(c, in, "DataSources", dataSourceOf)
}

// searchDataSources answers with summaries, which have fewer fields.
func searchDataSources(c *call, in *dataSourceInput) (any, error) {
	return dataSourceList(c, in, "DataSourceSummaries", func(d source.DataSource) map[string]any {
		return map[string]any{
			"Arn": d.Arn, "DataSourceId": d.DataSourceId, "Name": d.Name, "Type": d.Type,
			"CreatedTime": moment(d.CreatedTime), "LastUpdatedTime": moment(d.LastUpdatedTime),
		}
	})
}

func dataSourceList[T any](c *call, in *dataSourceInput, field string, out func(source.DataSource) T) (any, error) {
	all := c.s.catalog.List()
	byID := make(map[string]source.DataSource, len(all))
	ids := make([]string, len(all))
	for i, d := range all {
		ids[i], byID[d.DataSourceId] = d.DataSourceId, d
	}
	kind := c.s.kind(namespace.KindDataSource)
	return pageOf(c, in.page, field, these(ids), func(id string) (T, bool, error) {
		d := byID[id]
		keep, err := c.matches(kind, id, d.Name, in.Filters)
		return out(d), keep, err
	})
}
