package namespace

import (
	"cmp"
	"encoding/base64"
	"fmt"
	"iter"
	"strings"

	"github.com/rowsight/rowsight/internal/ordered"
)

// A list says what there is to page through: things in order from a name on.
type list[V ordered.Keyed] struct {
	scope string // which list of the operation it is
	from  func(key string) iter.Seq[V]
	keep  func(V) bool // nil: all
}

// readPage returns one page of a list and the token of the next.
//
// A token holds the last name of a page, so that nobody and nothing is kept
// between pages: what is added or deleted meanwhile is there or is not. It holds
// no rights; those are looked up at every call.
func readPage[V ordered.Keyed, T any](c caller, page Page, l list[V], out func(V) T) (p pageOf[T], err error) {
	most := cmp.Or(page.MaxResults, MaxPage)
	if most < 1 || most > MaxPage {
		return p, c.fail("", "", fmt.Errorf("%w: MaxResults %d, want 1 to %d", ErrInvalidParameterValue, most, MaxPage))
	}
	prefix := c.op + "\x00" + l.scope + "\x00"
	start := ""
	if page.NextToken != "" {
		text, err := base64.RawURLEncoding.Strict().DecodeString(page.NextToken)
		last, ok := strings.CutPrefix(string(text), prefix)
		if err != nil || !ok {
			return p, c.fail("", "", fmt.Errorf("%w: want the token of the previous page", ErrInvalidNextToken))
		}
		start = last + "\x00" // the first name behind it
	}
	last := ""
	for v := range l.from(start) {
		switch {
		case l.keep != nil && !l.keep(v):
		case len(p.items) == most:
			p.next = base64.RawURLEncoding.EncodeToString([]byte(prefix + last))
			return p, nil
		default:
			last = v.Key()
			p.items = append(p.items, out(v))
		}
	}
	return p, nil
}

// A pageOf is what read returns of a list.
type pageOf[T any] struct {
	items []T
	next  string
}
