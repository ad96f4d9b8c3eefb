package studio

import (
	"fmt"
	"io/fs"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/rowsight/rowsight/rls"
)

// caseHead is the beginning of a new case file.
func (e *Engine) caseHead(s snapshot, id string) string {
	var b strings.Builder
	if s.now != nil {
		fmt.Fprintf(&b, "rules: %s\n", quoted(filepath.Base(s.target())))
	}
	fmt.Fprintf(&b, "data: %s\n", quoted(e.dataName(s)))
	if id != "" {
		fmt.Fprintf(&b, "id: %s\n", quoted(id))
	}
	if s.now == nil {
		b.WriteString("cases:\n")
		return b.String()
	}
	o := s.now.source.Options
	var options []string
	add := func(key, value string) { options = append(options, fmt.Sprintf("  %s: %s\n", key, value)) }
	if o.Delimiter != 0 && o.Delimiter != ',' {
		add("comma", quoted(string(o.Delimiter)))
	}
	if o.Namespace != "" {
		add("namespace", quoted(o.Namespace))
	}
	if o.User != "" {
		add("userColumn", quoted(o.User))
	}
	if o.Group != "" {
		add("groupColumn", quoted(o.Group))
	}
	switch o.Dual {
	case rls.UserFirst:
		add("dual", "userFirst")
	case rls.Reject:
		add("dual", "reject")
	}
	if o.MaxRunes != 0 {
		add("maxRunes", fmt.Sprint(o.MaxRunes))
	}
	if o.HideNulls {
		add("hideNulls", "true")
	}
	if o.AllowNoFields {
		add("allowNoFields", "true")
	}
	if len(o.NullWords) > 0 {
		var words []string
		for _, w := range o.NullWords {
			words = append(words, quoted(w))
		}
		add("nullWords", "["+strings.Join(words, ", ")+"]")
	}
	if options != nil {
		b.WriteString("options:\n" + strings.Join(options, ""))
	}
	b.WriteString("cases:\n")
	return b.String()
}

// withTags names the tag rules in the head of a case file that does not.
func withTags(text, tags string) string {
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "tags:") {
			return text
		}
	}
	line := "tags: " + quoted(tags) + "\n"
	if i := strings.Index(text, "data:"); i == 0 || i > 0 && text[i-1] == '\n' {
		return text[:i] + line + text[i:]
	}
	return line + text
}

// dataName names the data as seen from the folder of the rules, and by its last
// element if it is elsewhere.
func (e *Engine) dataName(s snapshot) string {
	if rel, err := filepath.Rel(filepath.Dir(s.tested()), s.files.Data); err == nil && filepath.IsLocal(rel) {
		return filepath.ToSlash(rel)
	}
	return filepath.Base(s.files.Data)
}

// A caseFolder is the folder of the rules with what the page holds in the place
// of what is on disk.
type caseFolder struct {
	e     *Engine
	s     snapshot
	cases string
}

// Open implements [fs.FS].
func (c caseFolder) Open(name string) (fs.File, error) {
	var text []byte
	var err error
	switch dir := filepath.Dir(c.s.tested()); {
	case name == c.cases:
		text = []byte(c.s.cases.text)
	case c.s.now != nil && (name == filepath.Base(c.s.files.Rules) || name == filepath.Base(c.s.target())):
		text = []byte(c.s.now.csv())
	case name == c.e.dataName(c.s):
		text, err = c.e.host.Read(c.s.files.Data)
	case c.s.tags.now != nil && name == filepath.Base(c.s.files.Tags):
		text = []byte(c.s.tags.now.Text())
	case slices.Contains(strings.Split(name, "/"), ".."):
		err = fs.ErrNotExist
	default:
		text, err = c.e.host.Read(filepath.Join(dir, filepath.FromSlash(name)))
	}
	if err != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	name = path.Base(name)
	return fstest.MapFS{name: {Data: text}}.Open(name)
}
