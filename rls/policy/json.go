package policy

import (
	"encoding/json"
	"strconv"
)

// An object is a JSON object whose members keep their order.
type object []member

type member struct {
	name  string
	value any // object, []object, string, []string, int or bool
}

// json writes a document: a member a line. encoding/json would copy every object
// once for each that it is in.
func (w *writer) json(v any) {
	w.value(v, "\n")
	w.WriteByte('\n')
}

// value writes a value whose lines start with line, which starts with the end of
// the line before.
func (w *writer) value(v any, line string) {
	inner := line + "  "
	switch v := v.(type) {
	case object:
		w.list("{}", len(v), line, func(i int) {
			w.value(v[i].name, "")
			w.WriteString(": ")
			w.value(v[i].value, inner)
		})
	case []object:
		w.list("[]", len(v), line, func(i int) { w.value(v[i], inner) })
	case []string:
		w.list("[]", len(v), line, func(i int) { w.value(v[i], inner) })
	case string:
		e := json.NewEncoder(w)
		e.SetEscapeHTML(false)
		w.fail(e.Encode(v))
		w.Truncate(w.Len() - 1) // the end of the line
	case int:
		w.WriteString(strconv.Itoa(v))
	case bool:
		w.WriteString(strconv.FormatBool(v))
	}
}

// list writes n elements between brackets.
func (w *writer) list(brackets string, n int, line string, element func(i int)) {
	w.WriteByte(brackets[0])
	for i := range n {
		if i > 0 {
			w.WriteByte(',')
		}
		w.WriteString(line + "  ")
		element(i)
	}
	if n > 0 {
		w.WriteString(line)
	}
	w.WriteByte(brackets[1])
}
