package quicksight

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice"
)

// A plan says where the rows of a data set come from and what its columns are.
// The zero plan reads nothing.
type plan struct {
	Source  string       `json:",omitempty"` // the id of the data source, of one table
	Parent  string       `json:",omitempty"` // the id of the parent data set, of a child
	Columns []planColumn // the visible ones, in order
	Input   []planColumn `json:",omitempty"` // all columns of the table, with the type to read them as
	Table   []string     `json:",omitempty"` // the name of the table in a database, with its schema
	Query   string       `json:",omitempty"` // custom SQL
	Filter  []planFilter `json:",omitempty"` // all of them hold
	Join    *planJoin    `json:",omitempty"` // of two tables, in place of one
}

// A planColumn is one column: its name, its name in the source, and its type.
type planColumn struct {
	Name string
	From string `json:",omitempty"`
	Type string
}

// A planFilter keeps the rows that have one of the values in a column, or a value
// within bounds. The column is named as in the source.
type planFilter struct {
	From   string
	Values []string
	Bounds *planBounds `json:",omitempty"`
}

// database reports whether the rows are those of one table of a database.
func (p *plan) database() bool { return p.Table != nil || p.Query != "" }

// direct reports whether the rows stay in a database.
func (p *plan) direct(importMode string) bool { return importMode == "DIRECT_QUERY" && p.database() }

// sources returns the ids of the data sources.
func (p *plan) sources() (ids []string) {
	if p.Join != nil {
		return append(p.Join.Left.sources(), p.Join.Right.sources()...)
	}
	if p.Source != "" {
		ids = append(ids, p.Source)
	}
	return ids
}

// columnTypes are the types of columns that can be read.
var columnTypes = [...]string{"STRING", "INTEGER", "DECIMAL", "DATETIME"}

func refuseTable(format string, args ...any) error {
	return refuse(invalidParameter, "%s", fmt.Sprintf(format, args...))
}

// plan reads the tables of a request. What this service cannot do exactly is
// refused.
func (c *call) plan(in *dataSetInput) (plan, error) {
	if len(in.LogicalTableMap) > 1 {
		return c.planJoin(in)
	}
	var table logicalTable
	field := "LogicalTableMap"
	for id, t := range in.LogicalTableMap {
		table, field = t, "LogicalTableMap."+id
	}
	var p plan
	var err error
	switch src := table.Source; {
	case src.JoinInstruction != nil:
		return plan{}, refuseTable("%s.Source.JoinInstruction: LeftOperand and RightOperand: want two other logical tables", field)
	case src.DataSetArn != "" && src.PhysicalTableId != "":
		return plan{}, refuseTable("%s.Source: want one of DataSetArn and PhysicalTableId", field)
	case src.DataSetArn != "":
		if len(in.PhysicalTableMap) > 0 {
			return plan{}, refuseTable("PhysicalTableMap: want none for a data set that is made of another")
		}
		err = c.planParent(&p, src.DataSetArn)
	case len(in.PhysicalTableMap) != 1:
		return plan{}, refuseTable("PhysicalTableMap: got %d tables, want one, or one for each operand of a join", len(in.PhysicalTableMap))
	default:
		id := src.PhysicalTableId
		for only := range in.PhysicalTableMap {
			if id == "" {
				id = only
			}
		}
		p, err = c.planTable(in, id)
	}
	if err != nil {
		return plan{}, err
	}
	return p, p.transformAll(field, table.DataTransforms)
}

// transformAll applies the steps of a logical table.
func (p *plan) transformAll(field string, steps []transform) error {
	for i, t := range steps {
		if err := p.transform(t); err != nil {
			return fmt.Errorf("%s.DataTransforms[%d]: %w", field, i, err)
		}
	}
	return nil
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
	if n := t.operations(); n != 1 {
		return refuseTable("got %d operations, want one", n)
	}
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
	case t.FilterOperation != nil:
		return p.filter(t.FilterOperation)
	case t.ProjectOperation != nil:
		if t.ProjectOperation.Source != nil {
			return refuseTable("ProjectOperation.Source: not supported")
		}
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
		case c.Type == op.NewColumnType:
			return nil
		case p.Parent != "":
			return refuseTable("CastColumnTypeOperation: not supported for a data set that is made of another")
		case p.database():
			return refuseTable("CastColumnTypeOperation: not supported for a column of a database: cast it in custom SQL")
		case p.Join != nil && !p.filtered(c.From):
			if err := p.Join.cast(c.From, t); err != nil {
				return err
			}
			c.Type = op.NewColumnType
			return nil
		case c.Type != "STRING":
			return refuseTable("CastColumnTypeOperation: the column is %s, want STRING", c.Type)
		case p.filtered(c.From):
			return refuseTable("CastColumnTypeOperation: the column is filtered as text before")
		}
		c.Type = op.NewColumnType
		for i := range p.Input {
			if p.Input[i].Name == c.From {
				p.Input[i].Type = op.NewColumnType
			}
		}
	case t.TagColumnOperation != nil || t.UntagColumnOperation != nil:
		if p.column(cmp.Or(t.TagColumnOperation, t.UntagColumnOperation).ColumnName) == nil {
			return noColumn
		}
	default:
		return refuseTable("calculated columns and parameters are not supported")
	}
	return nil
}

// operations counts the operations of a step.
func (t *transform) operations() int {
	return count(
		t.ProjectOperation != nil, t.FilterOperation != nil, t.CreateColumnsOperation != nil, t.RenameColumnOperation != nil, t.CastColumnTypeOperation != nil,
		t.TagColumnOperation != nil, t.UntagColumnOperation != nil, t.OverrideDatasetParameterOperation != nil,
	)
}

// count returns how many of the conditions hold.
func count(conditions ...bool) (n int) {
	for _, holds := range conditions {
		if holds {
			n++
		}
	}
	return n
}

// filter adds a filter. Only those are accepted that compare exactly, text as
// rules do.
func (p *plan) filter(op *filterOperation) error {
	text := op.StringFilterCondition
	switch {
	case op.ConditionExpression != "" || count(text != nil, op.NumericFilterCondition != nil, op.DateFilterCondition != nil) != 1:
		return refuseTable("FilterOperation: want one of StringFilterCondition, NumericFilterCondition and DateFilterCondition: expressions are not supported")
	case op.NumericFilterCondition != nil:
		return p.bounded(op.NumericFilterCondition, false)
	case op.DateFilterCondition != nil:
		return p.bounded(op.DateFilterCondition, true)
	}
	var values []string
	switch equals, list := text.ComparisonFilterCondition, text.ListFilterCondition; {
	case (equals == nil) == (list == nil):
		return refuseTable("FilterOperation.StringFilterCondition: want one of ComparisonFilterCondition and ListFilterCondition")
	case equals != nil && equals.Operator != "EQUALS":
		return refuseTable("FilterOperation.StringFilterCondition.ComparisonFilterCondition.Operator: got %s, want EQUALS", equals.Operator)
	case equals != nil:
		values = []string{equals.Value.StaticValue}
	case list.Operator != "INCLUDE":
		return refuseTable("FilterOperation.StringFilterCondition.ListFilterCondition.Operator: got %s, want INCLUDE", list.Operator)
	default:
		values = list.Values.StaticValues
	}
	if len(values) == 0 || slices.Contains(values, "") {
		return refuseTable("FilterOperation.StringFilterCondition: want values that are not empty")
	}
	c := p.column(text.ColumnName)
	switch {
	case c == nil:
		return refuseTable("no column of the table has this name")
	case p.Parent != "":
		return refuseTable("FilterOperation: not supported for a data set that is made of another")
	case c.Type != "STRING":
		return refuseTable("FilterOperation: the column is %s, want STRING", c.Type)
	}
	p.Filter = append(p.Filter, planFilter{From: c.From, Values: values})
	return nil
}

// filtered reports whether a filter is on a column of the source.
func (p *plan) filtered(from string) bool {
	return slices.ContainsFunc(p.Filter, func(f planFilter) bool { return f.From == from })
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
