package quicksight

import (
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/source"
)

// The tables of a data set, as the API has them.
type (
	physicalTable struct {
		RelationalTable, CustomSql *struct{ DataSourceArn string } `json:",omitempty"`

		S3Source *s3Source `json:",omitempty"`
	}
	s3Source struct {
		DataSourceArn  string
		UploadSettings *uploadSettings `json:",omitempty"`
		InputColumns   []inputColumn
	}
	uploadSettings struct {
		Format         string `json:",omitempty"`
		StartFromRow   int    `json:",omitempty"`
		ContainsHeader *bool  `json:",omitempty"`
		TextQualifier  string `json:",omitempty"`
		Delimiter      string `json:",omitempty"`
	}
	inputColumn struct {
		Name    string
		Type    string
		SubType string `json:",omitempty"`
	}
	logicalTable struct {
		DataTransforms []transform
		Source         struct {
			JoinInstruction *struct{}
			PhysicalTableId string
			DataSetArn      string
		}
	}
	transform struct {
		ProjectOperation        *struct{ ProjectedColumns []string }
		FilterOperation         *struct{}
		CreateColumnsOperation  *struct{}
		RenameColumnOperation   *struct{ ColumnName, NewColumnName string }
		CastColumnTypeOperation *struct{ ColumnName, NewColumnType, SubType, Format string }
		TagColumnOperation      *struct{ ColumnName string }
		UntagColumnOperation    *struct{ ColumnName string }

		OverrideDatasetParameterOperation *struct{}
	}
)

// A plan says where the rows of a data set come from and what its columns are.
// The zero plan reads nothing.
type plan struct {
	Source  string       `json:",omitempty"` // the id of the data source, of an S3 source
	Parent  string       `json:",omitempty"` // the id of the parent data set, of a child
	Columns []planColumn // the visible ones, in order
	Input   []planColumn `json:",omitempty"` // all columns of the files, with the type to read them as
}

// A planColumn is one column: its name, its name in the source, and its type.
type planColumn struct {
	Name string
	From string `json:",omitempty"`
	Type string
}

// columnTypes are the types of columns that can be read from files.
var columnTypes = [...]string{"STRING", "INTEGER", "DECIMAL", "DATETIME"}

func refuseTable(format string, args ...any) error {
	return refuse(invalidParameter, "%s", fmt.Sprintf(format, args...))
}

// plan reads the tables of a request. What this service cannot do exactly is
// refused.
func (c *call) plan(in *dataSetInput) (plan, error) {
	if len(in.LogicalTableMap) > 1 {
		return plan{}, refuseTable("LogicalTableMap: got %d tables, want at most one: joins are not supported", len(in.LogicalTableMap))
	}
	var p plan
	var table logicalTable
	field := "LogicalTableMap"
	for id, t := range in.LogicalTableMap {
		table, field = t, "LogicalTableMap."+id
	}
	var err error
	switch src := table.Source; {
	case src.JoinInstruction != nil:
		return plan{}, refuseTable("%s.Source.JoinInstruction: joins are not supported", field)
	case src.DataSetArn != "" && src.PhysicalTableId != "":
		return plan{}, refuseTable("%s.Source: want one of DataSetArn and PhysicalTableId", field)
	case src.DataSetArn != "":
		if len(in.PhysicalTableMap) > 0 {
			return plan{}, refuseTable("PhysicalTableMap: want none for a data set that is made of another")
		}
		err = c.planParent(&p, src.DataSetArn)
	default:
		err = c.planFiles(&p, in, src.PhysicalTableId)
	}
	if err != nil {
		return plan{}, err
	}
	for i, t := range table.DataTransforms {
		if err := p.transform(t); err != nil {
			return plan{}, fmt.Errorf("%s.DataTransforms[%d]: %w", field, i, err)
		}
	}
	return p, nil
}

func (c *call) planParent(p *plan, text string) error {
	arn, err := namespace.ParseARN(text)
	if err != nil || !arn.Same(c.s.directory.ARN(namespace.KindDataset, "", arn.Name)) {
		return refuseTable("Source.DataSetArn: not the ARN of a data set of this account")
	}
	if err := c.pass(arn); err != nil {
		return err
	}
	var parent dataSetDoc
	ok, err := c.s.records.get(kindDataSet, arn.Name, &parent)
	switch {
	case err != nil:
		return err
	case !ok:
		return refuse(notFound, "the parent data set is not there")
	case parent.UseAs != "":
		return refuseTable("Source.DataSetArn: a permission dataset is not a source")
	case parent.Usage.DisableUseAsDirectQuerySource:
		return refuseTable("Source.DataSetArn: its DataSetUsageConfiguration does not let other data sets use it")
	}
	p.Parent = arn.Name
	for _, column := range parent.Plan.Columns {
		p.Columns = append(p.Columns, planColumn{Name: column.Name, From: column.Name, Type: column.Type})
	}
	return nil
}

func (c *call) planFiles(p *plan, in *dataSetInput, want string) error {
	if len(in.PhysicalTableMap) != 1 {
		return refuseTable("PhysicalTableMap: got %d tables, want one", len(in.PhysicalTableMap))
	}
	for id, t := range in.PhysicalTableMap {
		field := "PhysicalTableMap." + id
		switch {
		case want != "" && want != id:
			return refuseTable("LogicalTableMap: no physical table has this PhysicalTableId")
		case t.S3Source == nil:
			return refuseTable("%s: want S3Source: this service reads the files of S3 data sources only", field)
		}
		d, err := c.dataSourceOf(t.S3Source.DataSourceArn)
		if err != nil {
			return err
		}
		if d.Type != source.S3 {
			return refuseTable("%s.S3Source.DataSourceArn: the data source is of type %s, want S3", field, d.Type)
		}
		if !t.S3Source.UploadSettings.plain() {
			return refuseTable("%s.S3Source.UploadSettings: want none: the manifest of the data source says how the files are written", field)
		}
		p.Source = d.DataSourceId
		for i, column := range t.S3Source.InputColumns {
			if !slices.Contains(columnTypes[:], column.Type) {
				return refuseTable("%s.S3Source.InputColumns[%d].Type: got %s, want STRING, INTEGER, DECIMAL or DATETIME", field, i, column.Type)
			}
			if p.column(column.Name) != nil {
				return refuseTable("%s.S3Source.InputColumns[%d].Name: the column is there twice", field, i)
			}
			p.Columns = append(p.Columns, planColumn{column.Name, column.Name, column.Type})
			p.Input = append(p.Input, planColumn{Name: column.Name, Type: column.Type})
		}
	}
	return nil
}

// dataSourceOf finds a data source by its ARN. The caller must be allowed to use
// it: whoever makes a data set of it reads its rows.
func (c *call) dataSourceOf(text string) (source.DataSource, error) {
	arn, err := namespace.ParseARN(text)
	if err != nil || arn.String() != c.s.arn(namespace.KindDataSource, arn.Name) {
		return source.DataSource{}, refuseTable("DataSourceArn: not the ARN of a data source of this account and Region")
	}
	if err := c.pass(arn); err != nil {
		return source.DataSource{}, err
	}
	return c.s.catalog.Describe(arn.Name)
}

// plain reports whether the settings say what a manifest says by default.
func (u *uploadSettings) plain() bool {
	return u == nil || (u.Format == "" || u.Format == "CSV") && u.StartFromRow <= 1 && (u.ContainsHeader == nil || *u.ContainsHeader) &&
		(u.TextQualifier == "" || u.TextQualifier == "DOUBLE_QUOTE") && (u.Delimiter == "" || u.Delimiter == ",")
}

func (p *plan) column(name string) *planColumn {
	for i := range p.Columns {
		if p.Columns[i].Name == name {
			return &p.Columns[i]
		}
	}
	return nil
}

// transform applies one step of a logical table.
func (p *plan) transform(t transform) error {
	noColumn := refuseTable("no column of the table has this name")
	switch {
	case t.RenameColumnOperation != nil:
		op := t.RenameColumnOperation
		c := p.column(op.ColumnName)
		if c == nil {
			return noColumn
		}
		if op.NewColumnName != op.ColumnName && p.column(op.NewColumnName) != nil {
			return refuseTable("NewColumnName: another column has this name")
		}
		c.Name = op.NewColumnName
	case t.ProjectOperation != nil:
		var kept []planColumn
		for _, name := range t.ProjectOperation.ProjectedColumns {
			c := p.column(name)
			if c == nil {
				return noColumn
			}
			if slices.Contains(kept, *c) {
				return refuseTable("ProjectedColumns: a column is there twice")
			}
			kept = append(kept, *c)
		}
		p.Columns = kept
	case t.CastColumnTypeOperation != nil:
		op := t.CastColumnTypeOperation
		c := p.column(op.ColumnName)
		switch {
		case c == nil:
			return noColumn
		case op.Format != "" || op.SubType != "":
			return refuseTable("CastColumnTypeOperation: Format and SubType are not supported")
		case p.Parent != "":
			return refuseTable("CastColumnTypeOperation: not supported for a data set that is made of another")
		case c.Type != "STRING" && c.Type != op.NewColumnType:
			return refuseTable("CastColumnTypeOperation: the column is %s, want STRING", c.Type)
		}
		c.Type = op.NewColumnType
		for i := range p.Input {
			if p.Input[i].Name == c.From {
				p.Input[i].Type = op.NewColumnType
			}
		}
	case t.TagColumnOperation != nil:
		if p.column(t.TagColumnOperation.ColumnName) == nil {
			return noColumn
		}
	case t.UntagColumnOperation != nil:
		if p.column(t.UntagColumnOperation.ColumnName) == nil {
			return noColumn
		}
	default:
		return refuseTable("filters, calculated columns and parameters are not supported")
	}
	return nil
}

// child returns the columns of a child, in the words of package spice.
func (p *plan) child() (columns []spice.Column) {
	if p.Parent == "" {
		return nil
	}
	for _, c := range p.Columns {
		columns = append(columns, spice.Column{Name: c.Name, From: c.From})
	}
	return columns
}
