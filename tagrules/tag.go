package tagrules

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/plain"
)

// A Tag is one session tag. Its JSON form is the API object with Key and Value.
// Printing or logging it shows no value (T8).
type Tag struct{ Key, Value string }

// Tags are the tags of one session. Unlike a []Tag, they show no value in JSON
// logs.
type Tags []Tag

// MarshalJSON writes {"Key":…,"Value":…} with the value, for the API. Invalid
// UTF-8 is an error and is never replaced.
func (t Tag) MarshalJSON() ([]byte, error) {
	if !utf8.ValidString(t.Key) || !utf8.ValidString(t.Value) {
		return nil, &Error{Field: fmt.Sprintf("tag %q", plain.Abridge(t.Key, MaxKey)), Err: ErrEncoding}
	}
	type plain Tag
	return json.Marshal(plain(t))
}

// UnmarshalJSON reads {"Key":…,"Value":…} as strictly as [ParseTags]. On error t
// is the zero Tag.
func (t *Tag) UnmarshalJSON(data []byte) error {
	*t = Tag{}
	doc, err := readDocument(bytes.NewReader(data), "")
	if err != nil {
		return err
	}
	tag := doc.tag(doc.Root, "")
	if err := doc.Err(); err != nil {
		return err
	}
	*t = tag
	return nil
}

// ParseTags reads session tags from a document: a list of objects of Key and
// Value, or an object that has the list as SessionTags, as the request of
// GenerateEmbedUrlForAnonymousUser has, or as RowLevelPermissionTags at any depth,
// as that of StartDashboardSnapshotJob has. Inside the list nothing is guessed:
// unknown, missing or duplicate fields, other types, and what breaks T7 are
// errors, all of them reported, in order of position, as [*Error].
func ParseTags(r io.Reader, opts *Options) (Tags, error) {
	doc, err := readDocument(r, opts.file())
	if err != nil {
		return nil, err
	}
	tags := doc.tags()
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return tags, nil
}

func (d document) tags() Tags {
	list, field := d.Root, ""
	if d.Root.Kind == jsondoc.Object {
		field = "SessionTags"
		list = d.sessionTags()
	}
	if list == nil {
		list, field = d.snapshotTags()
	}
	if list == nil {
		d.Add(d.Root, "", fmt.Errorf("%w: want a list, or an object with SessionTags", ErrNoTags))
		return nil
	}
	if !d.Want(list, field, jsondoc.List) {
		return nil
	}
	if len(list.Items) == 0 {
		d.Add(list, field, fmt.Errorf("%w: want 1 to %d", ErrNoTags, MaxTags))
	}
	tags := make(Tags, len(list.Items))
	for i, v := range list.Items {
		tags[i] = d.tag(v, fmt.Sprintf("%s[%d]", field, i))
	}
	checkTags(tags, func(i int, err error) {
		v := list
		if i >= 0 {
			v = list.Items[i]
		}
		if !d.Bad(v) {
			d.Add(v, tagField(tags, i), err)
		}
	})
	return tags
}

// sessionTags returns the member of that name, or nil, and reports those whose
// name differs in case only.
func (d document) sessionTags() (found *jsondoc.Value) {
	const name = "SessionTags"
	for _, m := range d.Root.Members {
		switch {
		case m.Name == name:
			if m.Value.Kind != jsondoc.Null {
				found = m.Value
			}
		case strings.EqualFold(m.Name, name):
			d.AddName(m, "", fmt.Errorf("%w %q, want %s", ErrField, m.Name, name))
		}
	}
	return found
}

// snapshotTags returns the tags of the user of a snapshot job. Several users have
// a list each, and which is meant is not guessed.
func (d document) snapshotTags() (list *jsondoc.Value, field string) {
	const name = "RowLevelPermissionTags"
	var all []*jsondoc.Value
	d.Walk(func(m jsondoc.Member, in jsondoc.Scope) bool {
		if m.Name == name && m.Value.Kind != jsondoc.Null {
			all = append(all, m.Value)
			field = cmp.Or(field, in.Path)
		}
		return true
	})
	if len(all) > 1 {
		d.Add(all[1], name, fmt.Errorf("%w: the document has %d lists of tags, want one: each user has a session of its own; keep one entry of AnonymousUsers", ErrNoTags, len(all)))
	}
	if len(all) == 0 {
		return nil, ""
	}
	return all[0], field
}

// tag decodes one tag.
func (d document) tag(v *jsondoc.Value, field string) (t Tag) {
	d.Object(v, field, []jsondoc.Field{
		{Name: "Key", Must: true, Decode: func(v *jsondoc.Value, f string) { t.Key = d.String(v, f) }},
		{Name: "Value", Must: true, Decode: func(v *jsondoc.Value, f string) { t.Value = d.String(v, f) }},
	})
	return t
}

// checkTags checks the tags of a session (T7). report gets the index of a tag,
// or -1.
func checkTags(tags []Tag, report func(i int, err error)) {
	if len(tags) > MaxTags {
		report(-1, fmt.Errorf("%w: got %d session tags, want at most %d", ErrLimit, len(tags), MaxTags))
	}
	seen := make(map[string]bool, len(tags))
	for i, t := range tags {
		checkText(func(_ string, err error) { report(i, fmt.Errorf("key: %w", err)) }, "", t.Key, 1, MaxKey)
		checkText(func(_ string, err error) {
			if errors.Is(err, ErrLimit) {
				err = fmt.Errorf("%w: %w", err, ErrLongValue)
			}
			report(i, fmt.Errorf("value: %w", err))
		}, "", t.Value, 0, MaxValue)
		if seen[t.Key] {
			report(i, ErrDuplicateTag)
		}
		seen[t.Key] = true
	}
}

// tagField names a tag in an error.
func tagField(tags []Tag, i int) string {
	if i < 0 {
		return ""
	}
	return fmt.Sprintf("tag %q", plain.Abridge(tags[i].Key, MaxKey))
}

func (o *Options) file() string {
	if o == nil {
		return ""
	}
	return o.File
}
