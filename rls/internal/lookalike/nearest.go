package lookalike

import (
	"math/bits"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// A Nearest finds, for a text, the nearest of many. Texts are kept by length,
// each with a set of its characters, one bit for several: an edit changes the
// length by one at most and the set in two bits at most, so that few pairs are
// compared in earnest.
type Nearest struct {
	byLength map[int][]candidate
	skeleton map[string]string // a text with that skeleton
	budget   int               // what may still be spent, in candidates looked at
}

type candidate struct {
	set  uint64
	text string
}

// The budget of the searches for all missing values together, about a
// second. Beyond it no nearest value is suggested; the finding itself is not
// lost. Comparing in earnest costs as much as looking at many.
const (
	nearBudget   = 1 << 29
	costDistance = 200
)

// NewNearest returns a Nearest of texts.
func NewNearest(texts []string) *Nearest {
	n := &Nearest{byLength: make(map[int][]candidate), skeleton: make(map[string]string, len(texts)), budget: nearBudget}
	for _, t := range texts {
		if t == "" {
			continue
		}
		length := utf8.RuneCountInString(t)
		n.byLength[length] = append(n.byLength[length], candidate{letterSet(t), t})
		if s := skeleton(t, foldAll); n.skeleton[s] == "" {
			n.skeleton[s] = t
		}
	}
	return n
}

// Find returns the text nearest to s that is not s, if one is near enough that
// s may be a slip of the pen: one that looks the same, else at most one edit
// per three characters.
func (n *Nearest) Find(s string) (string, bool) {
	if t := n.skeleton[skeleton(s, foldAll)]; t != "" && t != s {
		return t, true
	}
	length := utf8.RuneCountInString(s)
	if length > 200 || length < 2 {
		return "", false
	}
	best, found := max(1, min(length/3, 4)), ""
	set := letterSet(s)
	rs := []rune(s)
	// Lengths that differ less come first: what they find bounds the rest.
	for away := 0; away <= best; away++ {
		lengths := []int{length - away, length + away}
		for _, l := range slices.Compact(lengths) {
			n.budget -= len(n.byLength[l])
			if n.budget < 0 {
				return "", false
			}
			for _, c := range n.byLength[l] {
				if bits.OnesCount64(set^c.set) > 2*best || c.text == s {
					continue
				}
				if n.budget -= costDistance; n.budget < 0 {
					return found, found != ""
				}
				d := distance(rs, []rune(c.text), best)
				if d < best || d == best && (found == "" || c.text < found) {
					best, found = d, c.text
				}
			}
		}
	}
	return found, found != ""
}

// Slip returns the text that s is a slip of the pen of, and no other: one that
// looks the same, or a word without digits in which two letters changed places
// or one is missing or too many. One letter for another makes another word more
// often than not, and counts in long words only.
func (n *Nearest) Slip(s string) (string, bool) {
	skeleton := skeleton(s, foldAll)
	if t := n.skeleton[skeleton]; t != "" && t != s {
		return t, true
	}
	const shortest, long = 4, 9
	length := utf8.RuneCountInString(s)
	if length < shortest || length > 200 || !wordy(s) {
		return "", false
	}
	set, rs, found := letterSet(s), []rune(s), ""
	for _, l := range []int{length - 1, length, length + 1} {
		if n.budget -= len(n.byLength[l]); n.budget < 0 {
			return "", false
		}
		for _, c := range n.byLength[l] {
			if bits.OnesCount64(set^c.set) > 2 || c.text == s || l < shortest || !wordy(c.text) {
				continue
			}
			if n.budget -= costDistance; n.budget < 0 {
				return "", false
			}
			other := []rune(c.text)
			if distance(rs, other, 1) > 1 || l == length && length < long && !exchanged(rs, other) {
				continue
			}
			if found != "" {
				return "", false // of two, either could be meant
			}
			found = c.text
		}
	}
	return found, found != ""
}

// wordy reports whether a text is of letters and single separators, and not a
// code, an id or a word with a sign before it.
func wordy(s string) bool {
	before := ' '
	for _, r := range s {
		separator := strings.ContainsRune(" '&.-_", r)
		if !unicode.IsLetter(r) && (!separator || !unicode.IsLetter(before) && before != '.') {
			return false
		}
		before = r
	}
	return unicode.IsLetter(before) || before == '.' // EMEA- may mean anything but EMEA
}

// exchanged reports whether a and b, of one length, have the same letters in
// another order.
func exchanged(a, b []rune) bool {
	a, b = slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b))
	return slices.Equal(a, b)
}

func letterSet(s string) uint64 {
	var set uint64
	for _, r := range s {
		set |= 1 << (uint32(r) * 0x9E3779B1 >> 26)
	}
	return set
}

// Distance returns how many characters must be put in, taken out, replaced or
// exchanged with their neighbour to make b of a, or most+1 if they are more than
// most.
func Distance(a, b string, most int) int { return distance([]rune(a), []rune(b), most) }

// distance returns how many characters must be put in, taken out, replaced or
// exchanged with their neighbour to make b of a, or most+1 if they are more
// than most.
func distance(a, b []rune, most int) int {
	row := func() []int { return make([]int, len(b)+1) }
	before, last, this := row(), row(), row()
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		this[0] = i
		least := i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			d := min(last[j]+1, this[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				d = min(d, before[j-2]+1)
			}
			this[j] = d
			least = min(least, d)
		}
		if least > most {
			return most + 1
		}
		before, last, this = last, this, before
	}
	return min(last[len(b)], most+1)
}
