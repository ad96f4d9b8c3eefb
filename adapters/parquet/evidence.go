package parquet

import (
	"github.com/apache/arrow-go/v18/parquet/metadata"

	"github.com/rowsight/rowsight/predicate"
)

// evidence describes the text in one column of one row group.
type evidence struct {
	u      *pruner
	group  int
	leaf   int
	chunk  chunk
	bounds predicate.Bounds // from statistics

	bloom      *bloom // nil: not looked for yet
	dictionary *dictionary
}

// evidence returns what the footer says, nothing if the column chunk is not as
// it should be: encrypted, in another file, or outside this one.
func (u *pruner) evidence(group, leaf int) *evidence {
	e := &evidence{u: u, group: group, leaf: leaf}
	c, err := chunkOf(u.meta, group, leaf)
	if err != nil || c.values != u.meta.RowGroup(group).NumRows() {
		// Known to be unknown, at every level.
		e.bloom, e.dictionary = &bloom{}, &dictionary{}
		return e
	}
	e.chunk = c
	e.bounds = statisticsOf(u.meta, group, leaf)
	return e
}

// at returns what is known at a level.
func (e *evidence) at(l level) predicate.Bounds {
	b := e.bounds
	switch l {
	case byBloom:
		b.Contains = e.inBloom
	case byDictionary:
		// It answers everything that a bloom filter answers.
		b.Contains = e.inDictionary
	}
	return b
}

func (e *evidence) inBloom(value string) bool {
	if e.bloom == nil {
		e.bloom = bloomOf(e.u.r, e.u.meta, e.group, e.leaf)
	}
	return e.bloom.mayHold(value)
}

func (e *evidence) inDictionary(value string) bool {
	if e.dictionary == nil {
		e.dictionary = dictionaryOf(e.u.r, e.u.meta, e.group, e.leaf, e.chunk, e.u.max)
	}
	if !e.dictionary.known {
		return e.inBloom(value)
	}
	return e.dictionary.values[value]
}

// statisticsOf returns what the footer says of the values of a flat text column.
//
// Only min_value and max_value are used, and only where the file says that they
// are in the order of the type, which is that of unsigned bytes for text: the
// older min and max were compared as signed bytes by some writers. A value that
// was cut off is still a bound, as a writer must increment a maximum that it
// cuts. "" is no bound: it is what careless writers leave for a missing one.
func statisticsOf(m *metadata.FileMetaData, group, leaf int) (b predicate.Bounds) {
	col, err := m.RowGroup(group).ColumnChunk(leaf)
	if err != nil {
		return predicate.Bounds{}
	}
	s := m.RowGroups[group].Columns[leaf].MetaData.GetStatistics()
	if s == nil {
		return predicate.Bounds{}
	}
	if s.IsSetNullCount() && (s.GetNullCount() < 0 || s.GetNullCount() > col.NumValues()) {
		return predicate.Bounds{} // what is wrong in one place may be in another
	}
	nulls := s.IsSetNullCount() && s.GetNullCount() == col.NumValues()
	bounded := len(s.GetMinValue()) > 0 || len(s.GetMaxValue()) > 0
	if nulls && !bounded && m.Schema.Column(leaf).MaxDefinitionLevel() > 0 {
		return predicate.Bounds{Blank: true}
	}
	// StatsSet knows versions of writers that had them wrong.
	if ok, err := col.StatsSet(); err != nil || !ok || nulls || !inTypeOrder(m, leaf) {
		return predicate.Bounds{}
	}
	b.Min, b.Max = string(s.GetMinValue()), string(s.GetMaxValue())
	if b.Max != "" && b.Min > b.Max {
		return predicate.Bounds{}
	}
	return b
}

// inTypeOrder reports whether min_value and max_value of a column are in the
// order that the format defines for its type.
func inTypeOrder(m *metadata.FileMetaData, leaf int) bool {
	orders := m.GetColumnOrders()
	return len(orders) == m.Schema.NumColumns() && orders[leaf] != nil && orders[leaf].IsSetTYPE_ORDER()
}
