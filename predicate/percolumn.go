package predicate

// perColumn keeps a T for each column, in the order they come. Rules restrict a
// few columns, which are compared one by one; a map is for more.
type perColumn[T any] struct {
	names []string
	each  []*T
	at    map[string]int // of all from fewColumns on
}

const fewColumns = 8

// find returns what is kept for a column, nil if that is nothing.
func (m *perColumn[T]) find(column string) *T {
	if i := m.index(column); i >= 0 {
		return m.each[i]
	}
	return nil
}

// of returns what is kept for a column, which begins as the zero T.
func (m *perColumn[T]) of(column string) *T {
	if t := m.find(column); t != nil {
		return t
	}
	if len(m.names) >= fewColumns {
		if m.at == nil {
			m.at = make(map[string]int)
		}
		m.at[column] = len(m.names)
	}
	m.names = append(m.names, column)
	m.each = append(m.each, new(T))
	return m.each[len(m.each)-1]
}

func (m *perColumn[T]) index(column string) int {
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
