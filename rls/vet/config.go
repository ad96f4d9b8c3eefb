package vet

import (
	"errors"
	"fmt"
	"maps"
	"path"
	"path/filepath"
	"slices"
)

// ErrConfig reports an invalid configuration of findings.
var ErrConfig = errors.New("bad configuration of findings")

// A Config silences findings and changes severities. Its JSON form is
//
//	{
//	  "silence": [
//	    {"id": "RS015", "reason": "auditors see everything", "thing": "rule of group \"Auditors\""},
//	    {"id": "RS006", "reason": "Excel writes it", "file": "exports/*.csv"}
//	  ],
//	  "severity": {"RS014": "error"}
//	}
//
// A nil *Config and the zero Config silence nothing.
type Config struct {
	Silence  []Silence           `json:"silence,omitempty"`
	Severity map[string]Severity `json:"severity,omitempty"` // by id
}

// A Silence silences the findings of one id. A reason is required, for the next
// reader.
type Silence struct {
	ID     string `json:"id"`
	Reason string `json:"reason"`
	File   string `json:"file,omitempty"`  // only in files whose name or path matches this pattern of [path.Match]
	Thing  string `json:"thing,omitempty"` // only findings about this [Finding.Thing]
	Line   int    `json:"line,omitempty"`  // only on this line
}

// Validate reports every problem of c: unknown ids, silences without a reason,
// invalid patterns and severities. Each error wraps [ErrConfig].
func (c *Config) Validate() error {
	if c == nil {
		return nil
	}
	ids := make(map[string]bool)
	for _, k := range slices.Concat(Kinds(), AccountKinds()) {
		ids[k.ID] = true
	}
	var problems []error
	bad := func(format string, args ...any) {
		problems = append(problems, fmt.Errorf("%w: %w", ErrConfig, fmt.Errorf(format, args...)))
	}
	for i, s := range c.Silence {
		where := fmt.Sprintf("silence[%d]", i)
		if !ids[s.ID] {
			bad("%s: no finding has the id %q", where, s.ID)
		}
		if s.Reason == "" {
			bad("%s: %s has no reason, want one for the next reader", where, s.ID)
		}
		if _, err := path.Match(s.File, ""); err != nil {
			bad("%s: file %q: %w", where, s.File, err)
		}
		if s.Line < 0 {
			bad("%s: line is %d, want a positive number", where, s.Line)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(c.Severity)) {
		if !ids[id] {
			bad("severity: no finding has the id %q", id)
		}
		if s := c.Severity[id]; s == None || s > Error {
			bad("severity of %s: got %s, want info, warning or error; silence it to have none", id, s)
		}
	}
	return errors.Join(problems...)
}

// Apply returns a copy of the findings with the severities of c, and marks
// those that c silences. Silenced findings stay in the list, for reports that
// show them as suppressed; [Max], [WriteText] and [WriteGitHub] skip them. An
// invalid Config is an error and silences nothing.
//
// A silence of an id also applies to the findings that [Finding.More] counts,
// unless it is for one thing, file or line.
func (c *Config) Apply(findings []Finding) ([]Finding, error) {
	out := slices.Clone(findings)
	if c == nil {
		return out, nil
	}
	if err := c.Validate(); err != nil {
		return out, err
	}
	for i := range out {
		f := &out[i]
		if s, ok := c.Severity[f.ID]; ok {
			f.Severity = s
		}
		for _, s := range c.Silence {
			if s.matches(*f) {
				f.Silenced = s.Reason
				break
			}
		}
	}
	return out, nil
}

func (s Silence) matches(f Finding) bool {
	if s.ID != f.ID || s.Thing != "" && s.Thing != f.Thing || s.Line != 0 && s.Line != f.Pos.Line {
		return false
	}
	if s.File == "" {
		return true
	}
	file := filepath.ToSlash(f.Pos.File)
	whole, _ := path.Match(s.File, file)
	base, _ := path.Match(s.File, path.Base(file))
	return file != "" && (whole || base)
}
