package tagrules

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"unicode/utf8"
)

// A Tag is one session tag: its JSON form is that of the API, an object of Key
// and Value. Printing or logging it shows no value (T8).
type Tag struct{ Key, Value string }

// Tags are the tags of one session. Logs show no value of them, which they
// would of a plain []Tag written as JSON.
type Tags []Tag

// MarshalJSON writes {"Key":…,"Value":…}, value included, for the API. What is
// not valid UTF-8 is an error and never changed.
func (t Tag) MarshalJSON() ([]byte, error) {
	if !utf8.ValidString(t.Key) || !utf8.ValidString(t.Value) {
		return nil, &Error{Field: fmt.Sprintf("tag %q", short(t.Key)), Err: ErrEncoding}
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
	tag := doc.tag(doc.root, "")
	if err := doc.join(); err != nil {
		return err
	}
	*t = tag
	return nil
}

// ParseTags reads session tags from a JSON document: a list of objects of Key
// and Value, or an object that has the list as SessionTags, as the request of
// GenerateEmbedUrlForAnonymousUser has. Inside the list nothing is guessed:
// unknown, missing or duplicate fields, other types, and what breaks T7 are
// errors, all of them reported, in order of position, as [*Error].
func ParseTags(r io.Reader, opts *Options) (Tags, error) {
	doc, err := readDocument(r, opts.file())
	if err != nil {
		return nil, err
	}
	tags := doc.tags()
	if err := doc.join(); err != nil {
		return nil, err
	}
	return tags, nil
}

func (d *document) tags() Tags {
	list, field := d.root, ""
	if d.root.kind == kindObject {
		field = "SessionTags"
		list = d.root.member(d, "", "SessionTags")
	}
	if list == nil {
		d.add(d.root.at, "", fmt.Errorf("%w: want a list, or an object with SessionTags", ErrNoTags))
		return nil
	}
	if !d.want(list, field, kindList) {
		return nil
	}
	if len(list.items) == 0 {
		d.add(list.at, field, fmt.Errorf("%w: want 1 to %d", ErrNoTags, MaxTags))
	}
	tags := make(Tags, len(list.items))
	for i, v := range list.items {
		tags[i] = d.tag(v, fmt.Sprintf("%s[%d]", field, i))
	}
	checkTags(tags, func(i int, err error) {
		v := list
		if i >= 0 {
			v = list.items[i]
		}
		if !d.bad[v] {
			d.add(v.at, tagField(tags, i), err)
		}
	})
	return tags
}

// tag decodes one tag.
func (d *document) tag(v *value, field string) (t Tag) {
	d.object(v, field, []fieldOf{
		{"Key", true, func(v *value, f string) { t.Key = d.string(v, f) }},
		{"Value", true, func(v *value, f string) { t.Value = d.string(v, f) }},
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
		checkText(func(_ string, err error) { report(i, fmt.Errorf("value: %w", err)) }, "", t.Value, 0, MaxValue)
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
	return fmt.Sprintf("tag %q", short(tags[i].Key))
}

func (o *Options) file() string {
	if o == nil {
		return ""
	}
	return o.File
}
