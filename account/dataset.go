package account

import (
	"bytes"
	"crypto/sha256"
	"iter"
	"maps"
	"slices"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// A DataSet is a data set with its rules.
type DataSet struct {
	At         Position `json:"-"`
	ARN        string   `json:"Arn"`
	ID         string   `json:"DataSetId"`
	Name       string
	ImportMode string
	UseAs      string
	Rules      *RowSettings `json:"RowLevelPermissionDataSet"`
	Tags       *TagRules    `json:"RowLevelPermissionTagConfiguration"`
	Columns    []Column     `json:"OutputColumns"`
	Hidden     []ColumnRule `json:"ColumnLevelPermissionRules"`

	Physical map[string]PhysicalTable `json:"PhysicalTableMap"`
	Logical  map[string]LogicalTable  `json:"LogicalTableMap"`
	Prepared *struct {
		Sources map[string]struct {
			DataSet *struct {
				ARN string `json:"DataSetArn"`
			}
		} `json:"SourceTableMap"`
	} `json:"DataPrepConfiguration"`
	Semantic *struct {
		Tables map[string]struct {
			Rules *struct {
				Tags *TagRules    `json:"TagConfiguration"`
				Rows *RowSettings `json:"RowLevelPermissionDataSet"`
			} `json:"RowLevelPermissionConfiguration"`
		} `json:"TableMap"`
	} `json:"SemanticModelConfiguration"`

	// TagsApplied says whether a data set which is listed and not described has tag
	// rules; nil if the folder does not have it in a list either.
	TagsApplied *bool `json:"RowLevelPermissionTagConfigurationApplied"`

	// Described is false for a data set that the API lists and does not describe,
	// such as an uploaded file. Columns, tag rules and tables are then unknown.
	Described   bool        `json:"-"`
	Permissions Permissions `json:"-"`

	// RuleRows are the rows of a permission dataset, as CSV, and RuleFile is the
	// name of their file; nil if they are unknown.
	RuleRows []byte `json:"-"`
	RuleFile string `json:"-"`
}

// TagRules are the tag rules of a data set. Match-all values are not in it.
type TagRules struct {
	At       Position `json:"-"`
	Status   tagrules.Status
	TagRules []TagRule
	Lists    [][]string `json:"TagRuleConfigurations"`

	// Refused says why QuickSight would refuse the configuration.
	Refused error `json:"-"`

	digest [sha256.Size]byte `json:"-"` // of the text, which may have match-all values
}

// Enforced reports whether there are tag rules and they restrict sessions (T10).
func (t *TagRules) Enforced() bool { return t != nil && t.Status != tagrules.Disabled }

// Same reports whether two configurations are written alike, so that they have the
// same effect, if match-all values that are hidden are the same.
func (t *TagRules) Same(other *TagRules) bool {
	if t == nil || other == nil {
		return t == other
	}
	return t.digest == other.digest
}

// A TagRule is one rule of [TagRules].
type TagRule struct {
	At         Position `json:"-"`
	TagKey     string
	ColumnName string
}

// A Column is a column that a data set shows.
type Column struct {
	Name string
	Type string // STRING, INTEGER, DECIMAL, DATETIME
}

// A ColumnRule shows columns to its principals, and hides them from all others
// (V6).
type ColumnRule struct {
	At         Position `json:"-"`
	Principals []string
	Columns    []string `json:"ColumnNames"`
}

// A PhysicalTable is a table of a data source.
type PhysicalTable struct {
	RelationalTable *TableSource
	CustomSQL       *TableSource `json:"CustomSql"`
	S3Source        *TableSource
	SaaSTable       *TableSource
}

// A TableSource says which data source a table is read from.
type TableSource struct {
	At        Position `json:"-"`
	SourceARN string   `json:"DataSourceArn"`
	Input     []Column `json:"InputColumns"`
	Columns   []Column
}

// A LogicalTable is one step from physical tables to the columns of a data set.
type LogicalTable struct {
	Alias  string
	Source struct {
		At         Position               `json:"-"`
		DataSetARN string                 `json:"DataSetArn"`
		Join       *struct{ Type string } `json:"JoinInstruction"`
	}
	Transforms []struct {
		Rename *struct {
			From string `json:"ColumnName"`
			To   string `json:"NewColumnName"`
		} `json:"RenameColumnOperation"`
		Project *struct {
			Columns []string `json:"ProjectedColumns"`
		} `json:"ProjectOperation"`
		Cast *struct {
			Column string `json:"ColumnName"`
			Type   string `json:"NewColumnType"`
		} `json:"CastColumnTypeOperation"`
	} `json:"DataTransforms"`
}

// UserRules returns the settings of the user rules; nil for none.
func (s *DataSet) UserRules() *RowSettings {
	for user := range s.rules() {
		if user != nil {
			return user
		}
	}
	return nil
}

// TagRules returns the tag rules; nil for none.
func (s *DataSet) TagRules() *TagRules {
	for _, tags := range s.rules() {
		if tags != nil {
			return tags
		}
	}
	return nil
}

// rules yields the user rules and the tag rules of the data set itself, and of the
// tables of its semantic model in the order of their names; nil for none.
func (s *DataSet) rules() iter.Seq2[*RowSettings, *TagRules] {
	return func(yield func(*RowSettings, *TagRules) bool) {
		if s == nil || !yield(s.Rules, s.Tags) || s.Semantic == nil {
			return
		}
		for _, name := range slices.Sorted(maps.Keys(s.Semantic.Tables)) {
			if of := s.Semantic.Tables[name].Rules; of != nil && !yield(of.Rows, of.Tags) {
				return
			}
		}
	}
}

// ruled returns how many places of a data set have user rules, and how many tag
// rules.
func (s *DataSet) ruled() (user, tags int) {
	for rows, of := range s.rules() {
		if rows != nil {
			user++
		}
		if of != nil {
			tags++
		}
	}
	return user, tags
}

// Parents returns the ARNs of the data sets that this one derives from, in order,
// each once.
func (s *DataSet) Parents() (parents []string) {
	if s == nil {
		return nil
	}
	for _, t := range s.Logical {
		if t.Source.DataSetARN != "" {
			parents = append(parents, t.Source.DataSetARN)
		}
	}
	if s.Prepared != nil {
		for _, t := range s.Prepared.Sources {
			if t.DataSet != nil && t.DataSet.ARN != "" {
				parents = append(parents, t.DataSet.ARN)
			}
		}
	}
	slices.Sort(parents)
	return slices.Compact(parents)
}

// Sources returns the ARNs of the data sources, in order, each once.
func (s *DataSet) Sources() (sources []string) {
	if s == nil {
		return nil
	}
	for _, t := range s.Physical {
		for _, in := range []*TableSource{t.RelationalTable, t.CustomSQL, t.S3Source, t.SaaSTable} {
			if in != nil && in.SourceARN != "" {
				sources = append(sources, in.SourceARN)
			}
		}
	}
	slices.Sort(sources)
	return slices.Compact(sources)
}

// Column returns a column by its name.
func (s *DataSet) Column(name string) (Column, bool) {
	if s != nil {
		if i := slices.IndexFunc(s.Columns, func(c Column) bool { return c.Name == name }); i >= 0 {
			return s.Columns[i], true
		}
	}
	return Column{}, false
}

// Renamed returns the name that a column has after the renames of the data set;
// "" if nothing renames it.
func (s *DataSet) Renamed(name string) string {
	if s == nil {
		return ""
	}
	for _, table := range slices.Sorted(maps.Keys(s.Logical)) {
		for _, t := range s.Logical[table].Transforms {
			if t.Rename != nil && t.Rename.From == name {
				return t.Rename.To
			}
		}
	}
	return ""
}

// taken returns the names that a column of a parent has here: after the renames of
// the tables that read the parent, and of those that join them. A column that is
// projected away is not visible, and its name does no harm.
func (s *DataSet) taken(parent, column string) (names []string) {
	tables := slices.Sorted(maps.Keys(s.Logical))
	for _, table := range tables {
		if s.Logical[table].Source.DataSetARN != parent {
			continue
		}
		name := s.Logical[table].renamed(column)
		if name != column || !slices.Contains(names, name) {
			names = append(names, name)
		}
		for _, other := range tables { // a join renames further
			if s.Logical[other].Source.Join != nil {
				names = append(names, s.Logical[other].renamed(name))
			}
		}
	}
	if len(names) == 0 {
		names = []string{column} // of the new data preparation, whose steps are not read
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// renamed returns the name that a column has after the steps of a table.
func (t LogicalTable) renamed(name string) string {
	for _, step := range t.Transforms {
		if step.Rename != nil && step.Rename.From == name {
			name = step.Rename.To
		}
	}
	return name
}

// UserRulesOf returns the user rules of a data set, from the rows of its
// permission dataset. ok is false if they are not in the folder. The error comes
// from [rls.ReadCSV]: such rules show no row.
func (a *Account) UserRulesOf(s *DataSet) (rules *rls.Rules, ok bool, err error) {
	if a == nil || s == nil || a.index.rules[s.ID] == nil {
		return nil, false, nil
	}
	return a.index.rules[s.ID]()
}

// readRules reads the user rules of a data set.
func (a *Account) readRules(s *DataSet) (rules *rls.Rules, ok bool, err error) {
	settings := s.UserRules()
	if settings == nil {
		return nil, false, nil
	}
	from, known := a.DataSet(settings.ARN)
	if !known || from.RuleRows == nil {
		return nil, false, nil
	}
	rules, err = rls.ReadCSV(bytes.NewReader(from.RuleRows), &rls.Options{File: from.RuleFile, Settings: settings.Settings()})
	return rules, true, err
}
