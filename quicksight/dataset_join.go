package quicksight

import (
	"strings"
)

// A planJoin joins two tables.
type planJoin struct {
	Left, Right plan
	Outer       bool // rows of the left table without a match stay
	OuterRight  bool `json:",omitempty"` // rows of the right table without a match stay
	On          []planPair
}

// A planPair are two columns that must be equal, by their names in the operands.
type planPair struct{ Left, Right string }

// planJoin reads a join of two physical tables. Its operands are logical tables
// of one physical table each, with steps of their own.
func (c *call) planJoin(in *dataSetInput) (plan, error) {
	root := ""
	for id, t := range in.LogicalTableMap {
		if t.Source.JoinInstruction == nil {
			continue
		}
		if root != "" {
			return plan{}, refuseTable("LogicalTableMap: want at most one join")
		}
		root = id
	}
	if root == "" || len(in.LogicalTableMap) != 3 || len(in.PhysicalTableMap) != 2 {
		return plan{}, refuseTable("LogicalTableMap: want one table, or a join and its two operands of two physical tables")
	}
	field := "LogicalTableMap." + root
	table := in.LogicalTableMap[root]
	if table.Source.DataSetArn != "" || table.Source.PhysicalTableId != "" {
		return plan{}, refuseTable("%s.Source: want JoinInstruction alone", field)
	}
	how := table.Source.JoinInstruction
	field += ".Source.JoinInstruction"
	join := &planJoin{Outer: how.Type == "LEFT" || how.Type == "OUTER", OuterRight: how.Type == "RIGHT" || how.Type == "OUTER"}
	if how.Type != "INNER" && !join.Outer && !join.OuterRight {
		return plan{}, refuseTable("%s.Type: got %s, want INNER, LEFT, RIGHT or OUTER", field, how.Type)
	}
	if how.LeftOperand == how.RightOperand {
		return plan{}, refuseTable("%s: want two different operands", field)
	}
	var used [2]string
	for i, side := range []struct {
		name, id string
		to       *plan
	}{{"LeftOperand", how.LeftOperand, &join.Left}, {"RightOperand", how.RightOperand, &join.Right}} {
		operand, ok := in.LogicalTableMap[side.id]
		if !ok || operand.Source.PhysicalTableId == "" || operand.Source.DataSetArn != "" {
			return plan{}, refuseTable("%s.%s: want a logical table of a physical table", field, side.name)
		}
		var err error
		used[i] = operand.Source.PhysicalTableId
		if *side.to, err = c.planTable(in, used[i]); err == nil {
			err = side.to.transformAll("LogicalTableMap."+side.id, operand.DataTransforms)
		}
		if err != nil {
			return plan{}, err
		}
	}
	if used[0] == used[1] {
		return plan{}, refuseTable("%s: both operands are of one physical table", field)
	}
	p := plan{Join: join}
	for _, column := range append(join.Left.Columns[:len(join.Left.Columns):len(join.Left.Columns)], join.Right.Columns...) {
		if p.column(column.Name) != nil {
			return plan{}, refuseTable("%s: both operands have a column of one name: rename it in one of them", field)
		}
		p.Columns = append(p.Columns, planColumn{column.Name, column.Name, column.Type})
	}
	pairs, ok := parseOnClause(how.OnClause)
	if !ok {
		return plan{}, refuseTable("%s.OnClause: want {column} = {column}, joined by AND", field)
	}
	for _, pair := range pairs {
		left, right := join.Left.column(pair.Left), join.Right.column(pair.Right)
		if left == nil && right == nil {
			pair.Left, pair.Right = pair.Right, pair.Left
			left, right = join.Left.column(pair.Left), join.Right.column(pair.Right)
		}
		switch {
		case left == nil || right == nil:
			return plan{}, refuseTable("%s.OnClause: want a column of each operand on the two sides", field)
		case left.Type != right.Type || left.Type != "STRING" && left.Type != "INTEGER":
			return plan{}, refuseTable("%s.OnClause: the columns are %s and %s, want both STRING or both INTEGER", field, left.Type, right.Type)
		}
		join.On = append(join.On, pair)
	}
	return p, p.transformAll("LogicalTableMap."+root, table.DataTransforms)
}

// cast casts a column of the result: in the operand that has it, which gives the same
// rows if nothing has compared the column as text.
func (j *planJoin) cast(name string, t transform) error {
	side := &j.Left
	if side.column(name) == nil {
		side = &j.Right
	}
	for _, pair := range j.On {
		if pair.Left == name && side == &j.Left || pair.Right == name && side == &j.Right {
			return refuseTable("CastColumnTypeOperation: the join compares the column as text before")
		}
	}
	op := *t.CastColumnTypeOperation
	op.ColumnName = name
	return side.transform(transform{CastColumnTypeOperation: &op})
}

// parseOnClause reads the condition of a join: {a} = {b} AND c = d. A column that
// is not in braces is a word.
func parseOnClause(text string) (pairs []planPair, ok bool) {
	rest := text
	term := func() (string, bool) {
		rest = strings.TrimSpace(rest)
		if after, braced := strings.CutPrefix(rest, "{"); braced {
			name, after, closed := strings.Cut(after, "}")
			rest = after
			return name, closed && name != "" && !strings.Contains(name, "{")
		}
		n := strings.IndexFunc(rest, func(r rune) bool {
			return r != '_' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
		})
		if n < 0 {
			n = len(rest)
		}
		name := rest[:n]
		rest = rest[n:]
		return name, name != ""
	}
	for {
		left, fine := term()
		if !fine {
			return nil, false
		}
		if rest, fine = strings.CutPrefix(strings.TrimSpace(rest), "="); !fine {
			return nil, false
		}
		right, fine := term()
		if !fine {
			return nil, false
		}
		pairs = append(pairs, planPair{left, right})
		after := strings.TrimSpace(rest)
		if after == "" {
			return pairs, true
		}
		if len(after) < 4 || !strings.EqualFold(after[:3], "AND") || after[3] != ' ' && after[3] != '{' {
			return nil, false
		}
		rest = after[3:]
	}
}
