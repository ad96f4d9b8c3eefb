package batch

import "unsafe"

// remembered returns the bytes of the memos of dictionaries, which come and go.
func (p *plan) remembered() int64 {
	n := int64(0)
	for i := range p.args {
		n += p.args[i].remembered()
	}
	if p.table != nil {
		for _, c := range p.table.columns {
			if list := c.memos.list.Load(); list != nil {
				for _, m := range *list {
					n += bytesIn(m.codes) + bytesIn(m.visible) + bytesIn(m.shown)
				}
			}
		}
	}
	return n
}

// size returns the bytes of p that stay as they are.
func (p *plan) size() int64 {
	n := int64(unsafe.Sizeof(*p))
	for i := range p.args {
		n += p.args[i].size()
	}
	if p.table != nil {
		n += p.table.size()
	}
	return n
}

func (t *table) size() int64 {
	n := int64(unsafe.Sizeof(*t))
	for _, c := range t.columns {
		n += int64(unsafe.Sizeof(*c)) + c.lookup.memory()
	}
	for _, s := range t.steps {
		n += bytesIn(s.next) + bytesIn(s.final)
	}
	if t.rules != nil {
		for _, accept := range t.rules.accept {
			n += bytesIn(accept)
		}
	}
	return n
}

func (l *lookup) memory() int64 {
	n := int64(unsafe.Sizeof(*l)) + bytesIn(l.keys) + bytesIn(l.shortCodes) + bytesIn(l.values) + bytesIn(l.longCodes)
	for _, p := range []*perfect{l.short, l.long} {
		if p != nil {
			n += p.memory()
		}
	}
	for v := range l.rest {
		n += int64(len(v)) + 32
	}
	if l.few != nil {
		n += int64(unsafe.Sizeof(*l.few))
		if l.few.tiny != nil {
			n += int64(unsafe.Sizeof(*l.few.tiny))
		}
	}
	if l.planes != nil {
		n += int64(unsafe.Sizeof(*l.planes))
	}
	if l.handful != nil {
		n += int64(unsafe.Sizeof(*l.handful))
	}
	return n
}

func bytesIn[T any](s []T) int64 {
	var zero T
	return int64(cap(s)) * int64(unsafe.Sizeof(zero))
}
