package parquet

import (
	"github.com/apache/arrow-go/v18/parquet/metadata"

	"github.com/rowsight/rowsight/predicate"
)

// A pruner finds row groups that hold no row of a predicate. What it does not
// understand, cannot read or does not trust it takes for unknown, and the row
// group is read: an error of the file is then reported where it always is.
type pruner struct {
	p       predicate.Predicate
	r       *source
	meta    *metadata.FileMetaData
	columns map[string]int // text columns of the file by name
	max     int64          // of a dictionary, decompressed
	probed  int64          // bytes read to decide
}

// maxDictBytes is the largest dictionary that is looked into. Writers give up
// at 1 MiB; every value of a larger one would take a lookup table of its own.
const maxDictBytes = 8 << 20

func (r *Reader) newPruner(p predicate.Predicate) *pruner {
	u := &pruner{p: p, r: r.r, meta: r.meta, columns: map[string]int{}, max: min(maxDictBytes, r.limit.max)}
	fields := map[string]int{}
	for i := range r.arrow.Manifest.Fields {
		fields[r.arrow.Manifest.Fields[i].Field.Name]++
	}
	for _, leaf := range textLeaves(r.meta, p.Columns()) {
		// Of two columns of one name nobody knows which one is meant.
		if name := r.meta.Schema.Column(leaf).Name(); fields[name] == 1 {
			u.columns[name] = leaf
		}
	}
	return u
}

// A level is a kind of evidence about the columns of a row group. What costs
// more is asked only if what costs less does not rule the row group out.
type level int

const (
	byStatistics level = iota // in the footer, which was read
	byBloom                   // 32 bytes for each value
	byDictionary              // a page, mostly below 1 MiB
	levels
)

// mayMatch reports whether a row group, counted from 0, may hold a row of the
// predicate. A nil pruner leaves nothing out.
func (u *pruner) mayMatch(group int) bool {
	if u == nil {
		return true
	}
	before := u.r.read.Load()
	may := true
	err := guard(func() error {
		known := make(map[string]*evidence, len(u.columns))
		for l := byStatistics; l < levels && may; l++ {
			may = u.p.MayMatch(func(column string) predicate.Bounds {
				leaf, ok := u.columns[column]
				if !ok {
					return predicate.Bounds{}
				}
				if known[column] == nil {
					known[column] = u.evidence(group, leaf)
				}
				return known[column].at(l)
			})
		}
		return nil
	})
	u.probed += u.r.read.Load() - before
	return may || err != nil
}
