package tagrules

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/plain"
)

// A Builder makes session tags for one configuration and refuses values that
// would change the meaning of a tag (T9). In a tag value, a delimiter separates
// two values, and the match-all value lifts the restriction. A tenant who may
// choose a name could choose "acme,globex" or "*"; [Builder.One] refuses both.
//
//	tags, err := config.NewTags().One("tenant", name).List("region", regions...).Tags()
//
// Methods may be chained. A problem does not end the chain; [Builder.Tags]
// reports all problems. A Builder is for one goroutine. The zero Builder makes
// no tags.
type Builder struct {
	config *Config
	tags   Tags
	errs   []error
}

// NewTags returns a Builder of session tags for c.
func (c *Config) NewTags() *Builder {
	b := &Builder{config: c}
	if err := c.Validate(); err != nil {
		b.errs = append(b.errs, err)
		b.config = nil
	}
	return b
}

// One adds a tag with exactly one value. It refuses a value that is empty, that
// contains the delimiter or the match-all value of the rule, or that would lose
// white space when the value is split (T4).
func (b *Builder) One(key, value string) *Builder {
	b.add(key, func(r Rule) (string, error) { return value, r.single(value) })
	return b
}

// List adds a tag with several values, joined by the delimiter of the rule.
// Each value must be valid in a list: not empty, without the delimiter, without
// surrounding white space, and not the match-all value. A rule without a
// delimiter is an error, even for one value.
func (b *Builder) List(key string, values ...string) *Builder {
	b.add(key, func(r Rule) (string, error) {
		if r.TagMultiValueDelimiter == "" {
			return "", fmt.Errorf("%w: the rule has no delimiter, so the tag cannot be a list", ErrUnsafe)
		}
		if len(values) == 0 {
			return "", fmt.Errorf("%w: got no value, want at least 1", ErrLimit)
		}
		for i, v := range values {
			err := r.item(v)
			if v == r.MatchAllValue && err == nil {
				err = errMatchAll
			}
			if err != nil {
				return "", fmt.Errorf("value %d of %d: %w", i+1, len(values), err)
			}
		}
		// Joined, values may still read as something else: with the delimiter
		// "aa", "xa" and "y" do; and the match-all value may hold delimiters.
		joined := strings.Join(values, r.TagMultiValueDelimiter)
		if state, items := r.read(joined, &b.config.opts); state != HasValues || !slices.Equal(items, values) {
			return "", fmt.Errorf("%w: joined, the values would be read as other values", ErrUnsafe)
		}
		return joined, nil
	})
	return b
}

// All adds a tag that lifts the restriction of its rule. A rule without a
// match-all value is an error.
func (b *Builder) All(key string) *Builder {
	b.add(key, func(r Rule) (string, error) {
		if r.MatchAllValue == "" {
			return "", errors.New("the rule has no match-all value")
		}
		return r.MatchAllValue, nil
	})
	return b
}

// Tags returns the tags in the order they were added, or an error with every
// problem and no tag. No tag is required, because a session that lacks a tag
// sees fewer rows and never more (T3).
func (b *Builder) Tags() (Tags, error) {
	if b.config == nil && len(b.errs) == 0 {
		return nil, &Error{Err: ErrNoConfig}
	}
	if len(b.errs) > 0 {
		return nil, errors.Join(b.errs...)
	}
	return slices.Clone(b.tags), nil
}

func (b *Builder) add(key string, value func(r Rule) (string, error)) {
	if b.config == nil {
		return // reported by NewTags, or by Tags
	}
	fail := func(err error) {
		b.errs = append(b.errs, &Error{Field: fmt.Sprintf("tag %q", plain.Abridge(key, MaxKey)), Err: err})
	}
	r, ok := b.config.rule(key)
	if !ok {
		fail(ErrUnknownKey)
		return
	}
	if slices.ContainsFunc(b.tags, func(t Tag) bool { return t.Key == key }) {
		fail(ErrDuplicateTag)
		return
	}
	v, err := value(r)
	if n := utf8.RuneCountInString(v); err == nil && n > MaxValue {
		err = fmt.Errorf("%w: got %d characters, want at most %d", ErrLimit, n, MaxValue)
	}
	if err != nil {
		fail(err)
		v = ""
	}
	b.tags = append(b.tags, Tag{key, v}) // with a problem, too, so that a second one is a duplicate
}

var errMatchAll = fmt.Errorf("%w: it would match all", ErrUnsafe)

// single reports why value is not one value of r and nothing else.
func (r Rule) single(value string) error {
	if r.MatchAllValue != "" && strings.Contains(value, r.MatchAllValue) {
		return fmt.Errorf("%w: it contains the match-all value", ErrUnsafe)
	}
	return r.item(value)
}

// item reports why value cannot be one of a list, or, without a delimiter, the
// only one.
func (r Rule) item(value string) error {
	switch {
	case value == "":
		return fmt.Errorf("%w: it is empty", ErrUnsafe)
	case !utf8.ValidString(value):
		return ErrEncoding
	case r.TagMultiValueDelimiter == "":
		return nil
	case strings.Contains(value, r.TagMultiValueDelimiter):
		return fmt.Errorf("%w: it contains the delimiter %q", ErrUnsafe, r.TagMultiValueDelimiter)
	case strings.TrimSpace(value) != value:
		return fmt.Errorf("%w: white space around it would be lost", ErrUnsafe)
	default:
		return nil
	}
}
