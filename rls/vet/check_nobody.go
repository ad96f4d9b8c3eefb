package vet

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/rls"
)

// rowsForNobody reports how many rows no viewer sees, and the commonest kinds
// of them. With a roster only its users are viewers.
func (v *vetting) rowsForNobody(over map[*column]map[uint32]bool) {
	boxes := v.boxes(v.effective(over))
	type lost struct {
		ids  []uint32
		rows int
	}
	var all []lost
	total := 0
	for key, rows := range v.data.tuples {
		if ids := tupleIDs(key); !boxes.admit(ids) {
			all = append(all, lost{ids, rows})
			total += rows
		}
	}
	if total == 0 {
		return
	}
	slices.SortFunc(all, func(a, b lost) int { return cmp.Or(b.rows-a.rows, slices.Compare(a.ids, b.ids)) })
	var examples []string
	for _, l := range all[:min(len(all), 3)] {
		var parts []string
		for i, vs := range v.data.columns {
			text := "NULL or empty"
			if l.ids[i] != 0 {
				text = quote(vs.texts[l.ids[i]])
			}
			parts = append(parts, vs.name+" "+text)
		}
		if len(parts) > 0 {
			examples = append(examples, fmt.Sprintf("%s (%s)", strings.Join(parts, " and "), plural(l.rows, "row")))
		}
	}
	such := ""
	if len(examples) > 0 {
		such = ", such as " + strings.Join(examples, ", ")
	}
	v.add("RS044", rls.Position{File: v.file, Line: 1, Column: 1}, "", "add a rule that admits them, unless they should stay hidden",
		"%d of %s of the data are hidden from everybody%s", total, plural(v.data.rows, "row"), such)
}

// effective returns the rules that admit rows to somebody.
func (v *vetting) effective(over map[*column]map[uint32]bool) []uint32 {
	used := make([]bool, len(v.lines))
	if v.roster != nil {
		for i := range v.roster.viewers {
			if m := &v.roster.viewers[i]; !m.over {
				for _, row := range v.applied(m) {
					used[row] = true
				}
			}
		}
	}
	for _, c := range v.table.principals() {
		// Somebody that a roster lacks sees what the rules show all the same.
		for who := uint32(1); int(who) < len(c.names); who++ {
			if over[c][who] || v.roster != nil && (c == v.user && v.roster.byUser[who] || c == v.group && v.roster.inGroup[who]) {
				continue
			}
			for _, row := range c.rulesOf(who) {
				used[row] = true
			}
		}
	}
	var rows []uint32
	for row, ok := range used {
		if ok {
			rows = append(rows, uint32(row))
		}
	}
	return rows
}

// boxes finds out whether any of many rules admits a row. Rules that say the
// same are kept once, and found by the values of the field that has the most.
type boxes struct {
	hide  bool // rows with a NULL (U12, HideNulls)
	all   bool
	by    []map[uint32][]box // for each column of the data: by value
	known map[string]bool    // the sets of the rules taken
}

// A box says for each column of the data which values a rule admits; nil is all
// of them.
type box []map[uint32]bool

func (v *vetting) boxes(rules []uint32) *boxes {
	b := &boxes{hide: v.opts.HideNulls, by: make([]map[uint32][]box, len(v.data.columns)), known: make(map[string]bool)}
	for i := range b.by {
		b.by[i] = make(map[uint32][]box)
	}
	var columns []*column
	for _, vs := range v.data.columns {
		for _, c := range v.fields {
			if c.name == vs.name {
				columns = append(columns, c)
				break
			}
		}
	}
	sets := make([]map[uint32]map[uint32]bool, len(columns)) // values by set number
	for i := range sets {
		sets[i] = make(map[uint32]map[uint32]bool)
	}
	for _, row := range rules {
		var key []byte
		bx := make(box, len(columns))
		best := -1
		for i, c := range columns {
			set := c.sets[c.of[row]]
			key = append(key, byte(set), byte(set>>8), byte(set>>16), byte(set>>24))
			if wild(set) {
				continue
			}
			ids, ok := sets[i][set]
			if !ok {
				ids = v.data.columns[i].numbers(c.cells[c.of[row]].values)
				sets[i][set] = ids
			}
			bx[i] = ids
			// The fewer rows each value of a column has, the fewer rules it leads to.
			if best < 0 || len(v.data.columns[i].texts) > len(v.data.columns[best].texts) {
				best = i
			}
		}
		if b.known[string(key)] {
			continue
		}
		b.known[string(key)] = true
		if best < 0 {
			b.all = true
			continue
		}
		for id := range bx[best] {
			b.by[best][id] = append(b.by[best][id], bx)
		}
	}
	return b
}

// numbers returns the numbers of those values that the column holds, whole or
// cut.
func (vs *values) numbers(texts []string) map[uint32]bool {
	ids := make(map[uint32]bool)
	for _, text := range texts {
		if id, ok := vs.ids[text]; ok {
			ids[id] = true
		}
		if vs.cut[text] > 0 {
			for id, long := range vs.texts {
				if len(long) > len(text) && strings.HasPrefix(long, text) && longer(long, rls.MaxRunes) > 0 {
					ids[uint32(id)] = true
				}
			}
		}
	}
	return ids
}

func (b *boxes) admit(ids []uint32) bool {
	if b.hide && slices.Contains(ids, 0) {
		return false
	}
	if b.all {
		return true
	}
	for i, id := range ids {
		for _, bx := range b.by[i][id] {
			if bx.admits(ids) {
				return true
			}
		}
	}
	return false
}

func (bx box) admits(ids []uint32) bool {
	for i, admitted := range bx {
		if admitted != nil && !admitted[ids[i]] {
			return false
		}
	}
	return true
}
