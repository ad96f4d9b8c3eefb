package rls

import (
	"cmp"
	"errors"
	"io"
	"slices"

	"github.com/rowsight/rowsight/internal/csvtext"
	"github.com/rowsight/rowsight/internal/list"
)

// ErrNothing reports rules that were never read and so cannot be written.
var ErrNothing = errors.New("nothing to write: the rules were never read and have no header")

// WriteCSV writes the rules in canonical form. Files that differ only in order
// or spelling come out equal, byte by byte:
//
//   - principal columns first, users before groups; then the fields by name
//   - in a cell the values sorted, each once, quoted only where they must be
//   - a cell without a value is empty
//   - rules sorted by their cells from left to right, each once, without empty ones
//   - delimited by commas, lines ended by LF
//
// Read with the same options except Delimiter, the file gives every viewer the same
// rows. Rules that name nobody are kept. No cell becomes longer.
func (rs *Rules) WriteCSV(w io.Writer) error {
	if rs == nil || rs.user == nil {
		return ErrNothing
	}
	var header []string
	for _, p := range []*principals{rs.user, rs.group} {
		if p.name != "" {
			header = append(header, p.name)
		}
	}
	fields := slices.SortedFunc(slices.Values(rs.fields), func(a, b *field) int { return cmp.Compare(a.name, b.name) })
	for _, f := range fields {
		header = append(header, f.name)
	}

	texts := make([][]string, len(fields)) // canonical text of each cell
	for i, f := range fields {
		texts[i] = make([]string, len(f.cells))
		for id, c := range f.cells {
			if len(c.values) > 0 {
				texts[i][id] = listText(string(list.Append(nil, c.values)), rs.opts.NullWords)
			}
		}
	}
	records := make([][]string, 0, len(rs.lines))
	cells := make([]string, 0, len(header)*len(rs.lines))
	for i := range uint32(len(rs.lines)) {
		if rs.empty(i) {
			continue
		}
		start := len(cells)
		for _, p := range []*principals{rs.user, rs.group} {
			if p.name != "" {
				cells = append(cells, p.named(i))
			}
		}
		for k, f := range fields {
			cells = append(cells, texts[k][f.of[i]])
		}
		records = append(records, cells[start:])
	}
	slices.SortFunc(records, slices.Compare[[]string])
	records = slices.CompactFunc(records, slices.Equal[[]string])

	out := csvtext.NewWriter(w, nil)
	if err := out.Write(header); err != nil {
		return err
	}
	for _, record := range records {
		if err := out.Write(record); err != nil {
			return err
		}
	}
	return out.Flush()
}
