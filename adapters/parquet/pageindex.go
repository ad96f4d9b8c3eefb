package parquet

import (
	"errors"

	"github.com/rowsight/rowsight/predicate"
)

// A pageIndex says where the data pages of a column chunk are and which rows they have
// (OffsetIndex of the format), and perhaps which texts (ColumnIndex).
//
// It decides which pages are read, and is not trusted beyond that:
//
//   - Places, sizes and rows are compared with the header of every page, of those that are
//     left out, too. So a page has the rows that its header says, with an index or without.
//   - Bounds of texts count like those of row groups (statisticsOf), where they are of the
//     order that the format defines. Texts of pages that are read must be inside of them.
//
// A row group whose index contradicts its pages is read as a whole. An index that is
// damaged, or that leaves anything open, is as none.
type pageIndex struct {
	pages  []pagePlace
	rows   int64
	bounds []predicate.Bounds // of pages; nil: none are known
	ruled  bool               // rows were ruled out by bounds
}

type pagePlace struct{ at, size, row int64 }

// errIndex says that an index contradicts the pages.
var errIndex = errors.New("the page index contradicts the pages")

// maxIndex is the most bytes of an index that are read.
const maxIndex = 8 << 20

// pageIndexOf returns the index of a column chunk, nil if it has none that can be used.
func (r *Reader) pageIndexOf(group, leaf int, c chunk) *pageIndex {
	meta := r.meta.RowGroups[group].Columns[leaf]
	if meta.OffsetIndexOffset == nil || meta.OffsetIndexLength == nil || c.old || c.maxRep > 0 {
		return nil
	}
	b := r.part(*meta.OffsetIndexOffset, int64(*meta.OffsetIndexLength))
	x := &pageIndex{rows: c.rows}
	if b == nil || x.parsePlaces(b) != nil || !x.follows(c) {
		return nil
	}
	if r.late.lie != nil {
		r.late.lie(x)
	}
	return x
}

// addBounds adds what the index says of the texts of the pages of a column, if it can be used.
func (r *Reader) addBounds(x *pageIndex, group, leaf int) {
	meta := r.meta.RowGroups[group].Columns[leaf]
	if x == nil || meta.ColumnIndexOffset == nil || meta.ColumnIndexLength == nil || !inTypeOrder(r.meta, leaf) {
		return
	}
	if b := r.part(*meta.ColumnIndexOffset, int64(*meta.ColumnIndexLength)); b != nil {
		if bounds, err := parseBounds(b, len(x.pages)); err == nil {
			x.bounds = bounds
		}
	}
}

// part reads a part of the file that the footer names; nil if that is not possible.
func (r *Reader) part(at, size int64) []byte {
	if end := r.meta.GetSourceFileSize(); at < 0 || size <= 0 || size > min(maxIndex, r.limit.max) || at > end-size {
		return nil
	}
	b := make([]byte, size)
	if readFull(r.r, b, at) != nil {
		return nil
	}
	return b
}

// parsePlaces reads an OffsetIndex:
//
//	1 list of PageLocation: 1 place of the header, 2 size with the header, 3 first row
func (x *pageIndex) parsePlaces(b []byte) error {
	c := &compact{b: b}
	return c.fields(func(id int64, typ byte) error {
		if id != 1 || typ != tList {
			return c.skip(typ, false, 0)
		}
		n, elem, err := c.list()
		if err != nil || elem != tStruct {
			return errors.Join(errIndex, err)
		}
		x.pages = x.pages[:0]
		for range n {
			p := pagePlace{at: -1, size: -1, row: -1}
			err := c.fields(func(id int64, typ byte) (err error) {
				switch {
				case id == 1 && typ == 6:
					p.at, err = c.int()
				case id == 2 && typ == 5:
					p.size, err = c.int()
				case id == 3 && typ == 6:
					p.row, err = c.int()
				default:
					err = c.skip(typ, false, 0)
				}
				return err
			})
			if err != nil {
				return err
			}
			x.pages = append(x.pages, p)
		}
		return nil
	})
}

// follows reports whether the pages are one behind the other, up to the end of the chunk, and
// all of them have rows.
func (x *pageIndex) follows(c chunk) bool {
	row, at, end := int64(0), int64(-1), c.start+c.size
	for i, p := range x.pages {
		if p.at < c.start || p.size <= 0 || p.size > end-p.at || i > 0 && (p.at != at || p.row <= row) || i == 0 && p.row != 0 {
			return false
		}
		row, at = p.row, p.at+p.size
	}
	return at == end && row < x.rows
}

// end returns the row behind a page.
func (x *pageIndex) end(page int) int64 {
	if page+1 < len(x.pages) {
		return x.pages[page+1].row
	}
	return x.rows
}

// holds reports whether a data page with these rows is the one that the index says it is.
func (x *pageIndex) holds(page int, at, size, row, rows int64) bool {
	return page < len(x.pages) && x.pages[page] == pagePlace{at, size, row} && row+rows == x.end(page)
}

// used returns the bounds that ruled rows out.
func (x *pageIndex) used() []predicate.Bounds {
	if x == nil || !x.ruled {
		return nil
	}
	return x.bounds
}

// parseBounds reads a ColumnIndex of so many pages:
//
//	1 null pages, 2 smallest and 3 greatest values, 4 their order, 5 counts of NULL
//
// The order is not used, so that it need not be true.
func parseBounds(b []byte, pages int) ([]predicate.Bounds, error) {
	c := &compact{b: b}
	bounds := make([]predicate.Bounds, pages)
	var seen [4]bool
	err := c.fields(func(id int64, typ byte) error {
		if typ != tList || id < 1 || id > 3 {
			return c.skip(typ, false, 0)
		}
		n, elem, err := c.list()
		if err != nil || n != pages || seen[id] {
			return errors.Join(errIndex, err)
		}
		seen[id] = true
		for i := range bounds {
			if id == 1 {
				v, err := c.byte()
				if err != nil || elem != tTrue && elem != tFalse {
					return errors.Join(errIndex, err)
				}
				bounds[i].Blank = v == tTrue
				continue
			}
			if elem != tBinary {
				return errIndex
			}
			size, err := c.varint()
			if err == nil {
				err = c.discard(size)
			}
			if err != nil {
				return err
			}
			if text := string(c.b[c.pos-int(size) : c.pos]); id == 2 {
				bounds[i].Min = text
			} else {
				bounds[i].Max = text
			}
		}
		return nil
	})
	if err == nil && !(seen[1] && seen[2] && seen[3]) {
		err = errIndex
	}
	for i, b := range bounds {
		switch {
		case err != nil:
			return nil, err
		case b.Blank && b.Min+b.Max != "", b.Max != "" && b.Min > b.Max:
			return nil, errIndex // what is wrong in one place may be in another
		case !b.Blank && b.Max == "": // no bound, and perhaps no text of which Min is one
			bounds[i] = predicate.Bounds{}
		}
	}
	return bounds, nil
}

// inside reports whether a text may be in a page of these bounds. "" is in no set.
func inside(b predicate.Bounds, text []byte) bool {
	return len(text) == 0 || !b.Blank && string(text) >= b.Min && (b.Max == "" || string(text) <= b.Max)
}

// candidates returns the rows of the current row group that may be visible, by the bounds of
// the pages of the columns of the predicate, and notes the index of each column.
func (r *Reader) candidates(chunks []chunk) (*mask, error) {
	l, rows := r.late, r.meta.RowGroup(r.group-1).NumRows()
	may, bounded := newMask(rows), false
	columns := map[string]*pageIndex{}
	for i, leaf := range l.tests {
		x := r.pageIndexOf(r.group-1, leaf, chunks[i])
		r.addBounds(x, r.group-1, leaf)
		chunks[i].index, columns[l.schema.Field(i).Name] = x, x
		bounded = bounded || x != nil && x.bounds != nil
	}
	if !bounded {
		may.set(0, rows)
		return may, nil
	}
	at := make(map[*pageIndex]int, len(columns))
	for from := int64(0); from < rows; {
		to := rows
		for _, x := range columns {
			if x != nil {
				to = min(to, x.end(at[x]))
			}
		}
		if r.prune.p.MayMatch(func(column string) predicate.Bounds {
			if x := columns[column]; x != nil && x.bounds != nil {
				return x.bounds[at[x]]
			}
			return predicate.Bounds{}
		}) {
			may.set(from, to)
		}
		for _, x := range columns {
			if x != nil && x.end(at[x]) == to {
				at[x]++
			}
		}
		from = to
	}
	for i := range chunks {
		if chunks[i].index != nil {
			chunks[i].index.ruled = may.visible < rows
		}
	}
	return may, nil
}
