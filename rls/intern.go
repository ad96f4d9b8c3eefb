package rls

import "strings"

// An interner keeps each different text of a column once and numbers them in
// order of appearance. A million rules name few regions, and what is equal is
// then compared, stored and parsed once.
type interner struct {
	ids   map[string]uint32
	texts []string
	last  uint32 // files are often sorted: the same text again needs no look-up
	chunk strings.Builder
}

// find returns the number of text, if it has one.
func (in *interner) find(text string) (uint32, bool) {
	if int(in.last) < len(in.texts) && in.texts[in.last] == text {
		return in.last, true
	}
	id, ok := in.ids[text]
	if ok {
		in.last = id
	}
	return id, ok
}

// add numbers a text that find does not know. It keeps a copy: the text may
// belong to a block of the file that should not stay alive for it.
func (in *interner) add(text string) uint32 { return in.addKept(in.copy(text)) }

// addKept is add for a text that is a copy already.
func (in *interner) addKept(text string) uint32 {
	if in.ids == nil {
		in.ids = make(map[string]uint32)
	}
	id := uint32(len(in.texts))
	in.ids[text] = id
	in.texts = append(in.texts, text)
	in.last = id
	return id
}

// copy returns a copy of text that lies in a chunk with many others: a million
// names would otherwise be a million objects for the garbage collector. Chunks
// grow with what there is, so that a file of a million columns costs no more.
func (in *interner) copy(text string) string {
	if in.chunk.Cap()-in.chunk.Len() < len(text) {
		size := max(len(text), min(2*in.chunk.Cap(), 32<<10))
		in.chunk = strings.Builder{}
		in.chunk.Grow(size)
	}
	start := in.chunk.Len()
	in.chunk.WriteString(text)
	return in.chunk.String()[start:]
}
