package quicksight

import (
	"slices"
	"strings"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/source"
)

// The tables of a data set, as the API has them.
type (
	physicalTable struct {
		RelationalTable *relationalTable `json:",omitempty"`
		CustomSql       *customSQL       `json:",omitempty"`
		S3Source        *s3Source        `json:",omitempty"`
	}
	relationalTable struct {
		DataSourceArn         string
		Catalog, Schema, Name string
		InputColumns          []inputColumn
	}
	customSQL struct {
		DataSourceArn  string
		Name, SqlQuery string
		Columns        []inputColumn
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
			JoinInstruction *joinInstruction
			PhysicalTableId string
			DataSetArn      string
		}
	}
	joinInstruction struct{ LeftOperand, RightOperand, Type, OnClause string }
	transform       struct {
		ProjectOperation *struct {
			ProjectedColumns []string
			Source           *struct{}
		}
		FilterOperation         *filterOperation
		CreateColumnsOperation  *struct{}
		RenameColumnOperation   *struct{ ColumnName, NewColumnName string }
		CastColumnTypeOperation *struct{ ColumnName, NewColumnType, SubType, Format string }
		TagColumnOperation      *struct{ ColumnName string }
		UntagColumnOperation    *struct{ ColumnName string }

		OverrideDatasetParameterOperation *struct{}
	}
	filterOperation struct {
		ConditionExpression   string
		StringFilterCondition *struct {
			ColumnName                string
			ComparisonFilterCondition *struct {
				Operator string
				Value    struct{ StaticValue string }
			}
			ListFilterCondition *struct {
				Operator string
				Values   struct{ StaticValues []string }
			}
		}
		NumericFilterCondition, DateFilterCondition *boundsCondition
	}
)

// planTable reads one physical table.
func (c *call) planTable(in *dataSetInput, id string) (plan, error) {
	t, ok := in.PhysicalTableMap[id]
	if !ok {
		return plan{}, refuseTable("LogicalTableMap: no physical table has this PhysicalTableId")
	}
	var p plan
	field := "PhysicalTableMap." + id
	switch {
	case t.S3Source != nil:
		field += ".S3Source"
		if err := c.from(&p, field, t.S3Source.DataSourceArn, source.S3); err != nil {
			return plan{}, err
		}
		if !t.S3Source.UploadSettings.plain() {
			return plan{}, refuseTable("%s.UploadSettings: want none: the manifest of the data source says how the files are written", field)
		}
		return p, p.input(field+".InputColumns", t.S3Source.InputColumns)
	case t.RelationalTable != nil:
		field += ".RelationalTable"
		r := t.RelationalTable
		if err := c.from(&p, field, r.DataSourceArn, source.PostgreSQL); err != nil {
			return plan{}, err
		}
		if r.Catalog != "" {
			return plan{}, refuseTable("%s.Catalog: want none: the data source names the database", field)
		}
		if p.Table = []string{r.Schema, r.Name}; r.Schema == "" {
			p.Table = p.Table[1:]
		}
		for _, part := range p.Table {
			if strings.ContainsAny(part, ".\x00") {
				return plan{}, refuseTable("%s: a name with a dot is not supported: use custom SQL", field)
			}
		}
		return p, p.input(field+".InputColumns", r.InputColumns)
	case t.CustomSql != nil:
		field += ".CustomSql"
		if err := c.from(&p, field, t.CustomSql.DataSourceArn, source.PostgreSQL); err != nil {
			return plan{}, err
		}
		p.Query = t.CustomSql.SqlQuery
		return p, p.input(field+".Columns", t.CustomSql.Columns)
	}
	return plan{}, refuseTable("%s: want S3Source, RelationalTable or CustomSql", field)
}

// from sets the data source of a table.
func (c *call) from(p *plan, field, arn string, want source.Type) error {
	d, err := c.dataSourceOf(arn)
	if err != nil {
		return err
	}
	if d.Type != want {
		return refuseTable("%s.DataSourceArn: the data source is of type %s, want %s", field, d.Type, want)
	}
	if want != source.S3 && c.s.opts.OpenDatabase == nil {
		return refuseTable("%s.DataSourceArn: this service reads no databases", field)
	}
	p.Source = d.DataSourceId
	return nil
}

// input sets the columns of a table.
func (p *plan) input(field string, columns []inputColumn) error {
	if len(columns) == 0 {
		return refuseTable("%s: want at least one", field)
	}
	for i, column := range columns {
		if !slices.Contains(columnTypes[:], column.Type) {
			return refuseTable("%s[%d].Type: got %s, want STRING, INTEGER, DECIMAL or DATETIME", field, i, column.Type)
		}
		if p.column(column.Name) != nil {
			return refuseTable("%s[%d].Name: the column is there twice", field, i)
		}
		p.Columns = append(p.Columns, planColumn{column.Name, column.Name, column.Type})
		p.Input = append(p.Input, planColumn{Name: column.Name, Type: column.Type})
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
