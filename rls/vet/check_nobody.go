package vet

import (
	"cmp"
	"encoding/binary"
	"fmt"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/rls/internal/distinct"
)

// rowsForNobody reports how many rows no viewer sees, and the commonest kinds
// of them. With a roster only its users are viewers.
func (v *vetting) rowsForNobody(over map[*column]map[uint32]bool) {
	hidden := v.data.All()
	hidden.Drop(v.admitted(v.effective(over)))
	total := v.data.RowsOf(hidden)
	if total == 0 {
		return
	}
	combos := slices.SortedFunc(hidden.All(), func(a, b int) int {
		return cmp.Or(v.data.Count(b)-v.data.Count(a), slices.CompareFunc(v.data.columns, v.data.columns, func(c, _ *values) int {
			return v.data.ID(a, c.column) - v.data.ID(b, c.column)
		}))
	})
	var examples []string
	for _, combo := range combos[:min(len(combos), 3)] {
		var parts []string
		for i, name := range v.data.Columns() {
			text := "NULL or empty"
			if s := v.data.Text(combo, i); s != "" {
				text = quote(s)
			}
			parts = append(parts, name+" "+text)
		}
		if len(parts) > 0 {
			examples = append(examples, fmt.Sprintf("%s (%s)", strings.Join(parts, " and "), plain.Count(v.data.Count(combo), "row")))
		}
	}
	such := ""
	if len(examples) > 0 {
		such = ", such as " + strings.Join(examples, ", ")
	}
	v.add("RS044", rls.Position{File: v.file, Line: 1, Column: 1}, "", "add a rule that admits them, unless they should stay hidden",
		"%d of %s of the data are hidden from everybody%s", total, plain.Count(v.data.Rows(), "row"), such)
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

// admitted returns what any of these rules admits. Rules that say the same are
// looked at once.
func (v *vetting) admitted(rules []uint32) distinct.Set {
	admitted := v.data.None()
	type set struct {
		column *column
		number uint32
	}
	conditions := make(map[set]predicate.Predicate)
	known := make(map[string]bool)
	var key []byte
	for _, row := range rules {
		key = key[:0]
		for _, c := range v.fields {
			key = binary.LittleEndian.AppendUint32(key, c.sets[c.of[row]])
		}
		if known[string(key)] {
			continue
		}
		known[string(key)] = true
		var all []predicate.Predicate
		for _, c := range v.fields {
			id := c.of[row]
			of := set{c, c.sets[id]}
			if wild(of.number) {
				continue
			}
			if _, ok := conditions[of]; !ok {
				conditions[of] = predicate.In(c.name, v.data.values(c.name).meant(c.cells[id].Values)...)
			}
			all = append(all, conditions[of])
		}
		v.data.Include(admitted, predicate.And(predicate.All(), all...))
	}
	if v.opts.HideNulls { // U12
		for _, name := range v.data.Columns() {
			admitted.Keep(v.data.Select(predicate.HasValue(name)))
		}
	}
	return admitted
}

// meant returns the values of the column that a rule with these texts admits,
// whole or cut.
func (vs *values) meant(texts []string) (all []string) {
	for _, text := range texts {
		all = append(all, text)
		if vs.cut[text] == 0 {
			continue
		}
		for _, long := range vs.texts {
			if len(long) > len(text) && strings.HasPrefix(long, text) && longer(long, rls.MaxRunes) > 0 {
				all = append(all, long)
			}
		}
	}
	return all
}
