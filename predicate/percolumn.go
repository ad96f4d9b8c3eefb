package predicate

// perColumn keeps a T for each column, in the order they come. Rules restrict a
// few columns, which are compared one by one; a map is for more.
type perColumn[T any] struct {
	names []string
	each  []*T
	at    map[string]int // of all from fewColumns on
}

const fewColumns = 8

// of returns what is kept for a column, which begins as the zero T.
func (m *perColumn[T]) of(column string) *T { return m.each[m.index(column)] }

// index returns the number of a column.
func (m *perColumn[T]) index(column string) int {
	i := m.find(column)
	if i < 0 {
		i = len(m.names)
		if i >= fewColumns {
			if m.at == nil {
				m.at = make(map[string]int)
			}
			m.at[column] = i
		}
		m.names = append(m.names, column)
		if i < cap(m.each) { // what reset left there, if anything
			m.each = m.each[:i+1]
		} else {
			m.each = append(m.each, nil)
		}
		if m.each[i] == nil {
			m.each[i] = new(T)
		}
	}
	return i
}

// reset forgets all columns. It keeps memory for as many as are usual.
func (m *perColumn[T]) reset() {
	clear(m.names)
	kept := min(len(m.each), fewColumns)
	for i, v := range m.each {
		if i < kept {
			var zero T
			*v = zero
		} else {
			m.each[i] = nil
		}
	}
	m.names, m.each, m.at = m.names[:0], m.each[:0], nil
}

// find returns the number of a column, -1 if it has none.
func (m *perColumn[T]) find(column string) int {
	for i, name := range m.names[:min(len(m.names), fewColumns)] {
		if name == column {
			return i
		}
	}
	if i, ok := m.at[column]; ok {
		return i
	}
	return -1
}
