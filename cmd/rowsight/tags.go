package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/spf13/pflag"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/predicate"
	"github.com/rowsight/rowsight/rls/explain"
	"github.com/rowsight/rowsight/tagrules"
)

// tagFlags say which rows a session with certain tags sees. Values of tags are
// secrets (T8): they never appear in a message.
type tagFlags struct {
	config string
	tags   []string // KEY=VALUE
	env    []string // KEY=VARIABLE
	file   []string // KEY=FILE
	from   string
}

func (f *tagFlags) register(flags *pflag.FlagSet) {
	flags.StringVar(&f.config, "tags", "", "tag rules: `FILE` with the JSON of RowLevelPermissionTagConfiguration")
	f.registerSession(flags)
}

// registerSession registers the flags that say which tags a session has.
func (f *tagFlags) registerSession(flags *pflag.FlagSet) {
	flags.StringArrayVar(&f.tags, "tag", nil, "session tag `KEY=VALUE`; may be repeated; other users of this machine can see it")
	flags.StringArrayVar(&f.env, "tag-env", nil, "session tag `KEY=VARIABLE`, with the value of the environment variable VARIABLE; may be repeated")
	flags.StringArrayVar(&f.file, "tag-file", nil, "session tag `KEY=FILE`, with the content of FILE as the value, without a line end; may be repeated")
	flags.StringVar(&f.from, "tags-from", "", "session tags from `FILE`, in JSON: [{\"Key\": …, \"Value\": …}], or an embed request with SessionTags")
}

// given reports whether any session tag is there.
func (f *tagFlags) given() bool {
	return f.tags != nil || f.env != nil || f.file != nil || f.from != ""
}

func (f *tagFlags) view(ctx context.Context, dataSet string) (view, error) {
	tags, files, err := f.session(ctx)
	if err != nil {
		return view{}, err
	}
	config, err := readConfig(ctx, f.config, dataSet)
	if err != nil {
		return view{}, err
	}
	p, err := config.For(tags...)
	if err != nil {
		return view{}, err
	}
	v := view{predicate: p, who: session(tags), files: append(files, f.config)}
	v.explain = func() (*explain.Viewer, error) { return explain.ForTags(config, tags...) }
	v.columns = config.Columns()
	switch {
	case config.Status == tagrules.Disabled:
		v.notes = []string{"the tag rules are DISABLED and restrict nothing"}
	case p.Op() == predicate.OpNone:
		v.notes = []string{"the session lacks a tag that the rules need, or its value is empty"}
	}
	about, err := config.Explain(tags...)
	if err != nil {
		return view{}, err
	}
	v.notes = append(v.notes, tagNotes(about)...)
	return v, nil
}

// tagNotes says what of a session may surprise: keys that are almost those of
// the rules (T7), and values that a delimiter splits (T4).
func tagNotes(about tagrules.Explanation) []string {
	var notes []string
	for _, near := range about.Misses {
		notes = append(notes, fmt.Sprintf("the tag %q is ignored; the key of the rules is %q", near.Session, near.Rule))
	}
	split := make(map[string]bool)
	for _, list := range about.Lists {
		for _, t := range list.Tags {
			if t.State == tagrules.HasValues && t.Values > 1 && !split[t.Key] {
				split[t.Key] = true
				notes = append(notes, fmt.Sprintf("the value of tag %q contains the delimiter: it is a list of %d values and shows the rows of each", t.Key, t.Values))
			}
		}
	}
	return notes
}

// session collects the session tags from all flags, and the files they were
// read from. Every problem is reported.
func (f *tagFlags) session(ctx context.Context) (tags []tagrules.Tag, files []string, err error) {
	var errs []error
	each := func(flag string, args []string, want string, value func(string) (string, error)) {
		for i, arg := range args {
			key, rest, ok := strings.Cut(arg, "=")
			if !ok || key == "" {
				// The argument may be a value that lost its key: it is not repeated.
				errs = append(errs, fmt.Errorf("--%s: argument %d is not KEY=%s", flag, i+1, want))
				continue
			}
			text, err := value(rest)
			if err != nil {
				errs = append(errs, fmt.Errorf("--%s %s: %w", flag, key, err))
				continue
			}
			tags = append(tags, tagrules.Tag{Key: key, Value: text})
		}
	}
	each("tag", f.tags, "VALUE", func(s string) (string, error) { return s, nil })
	each("tag-env", f.env, "VARIABLE", func(name string) (string, error) {
		if text, ok := os.LookupEnv(name); ok {
			return text, nil
		}
		return "", fmt.Errorf("environment variable %q is not set", name)
	})
	each("tag-file", f.file, "FILE", func(path string) (string, error) {
		files = append(files, path)
		return readValue(ctx, path)
	})
	if f.from != "" {
		files = append(files, f.from)
		if more, err := readTags(ctx, f.from); err != nil {
			errs = append(errs, err)
		} else {
			tags = append(tags, more...)
		}
	}
	if errs != nil {
		return nil, nil, errors.Join(errs...)
	}
	return tags, files, nil
}

// maxValue is more than any tag's value can take.
const maxValue = 64 << 10

// readValue reads a value from a file. Editors end every file with a line end;
// that one is not part of the value.
func readValue(ctx context.Context, path string) (string, error) {
	text, err := input.ReadFile(ctx, path, maxValue)
	if err != nil {
		return "", err
	}
	value, cut := strings.CutSuffix(string(text), "\n")
	if cut {
		value = strings.TrimSuffix(value, "\r")
	}
	return value, nil
}

func readTags(ctx context.Context, path string) ([]tagrules.Tag, error) {
	text, err := openDocument(ctx, path)
	if err != nil {
		return nil, err
	}
	return tagrules.ParseTags(text, &tagrules.Options{File: path})
}

// session names the session in the summary by its keys.
func session(tags []tagrules.Tag) string {
	if len(tags) == 0 {
		return "a session without tags"
	}
	keys := make([]string, len(tags))
	for i, tag := range tags {
		keys[i] = printable(tag.Key)
	}
	slices.Sort(keys)
	if len(keys) == 1 {
		return "the session with tag " + keys[0]
	}
	return "the session with tags " + strings.Join(keys, ", ")
}
