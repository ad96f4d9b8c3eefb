package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"

	"github.com/rowsight/rowsight/cmd/rowsight/internal/input"
	"github.com/rowsight/rowsight/rls/vet"
)

// vetFile is the form of the file.
type vetFile struct {
	Silence  []vet.Silence
	Severity map[string]yaml.Node // a node, so that what is wrong has a place
}

// maxVetConfig is how many bytes the file may have.
const maxVetConfig = 1 << 20

// readVetConfig reads from YAML which findings are meant, and how bad others
// are. Without a path none is. Every problem is reported.
func readVetConfig(ctx context.Context, path string) (*vet.Config, error) {
	if path == "" {
		return nil, nil
	}
	text, err := input.ReadFile(ctx, path, maxVetConfig)
	if err != nil {
		return nil, err
	}
	var file vetFile
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true) // a misspelt key would silence less than it says, or more
	if err := d.Decode(&file); err != nil && err != io.EOF {
		return nil, yamlError(path, err)
	}
	if err := d.Decode(new(yaml.Node)); err != io.EOF {
		return nil, fmt.Errorf("%s: want one document, without ---", path)
	}
	var errs []error
	config := &vet.Config{Silence: file.Silence, Severity: make(map[string]vet.Severity)}
	for _, id := range slices.Sorted(maps.Keys(file.Severity)) {
		node := file.Severity[id]
		severity, err := vet.ParseSeverity(node.Value)
		if err != nil {
			errs = append(errs, fmt.Errorf("%s:%d:%d: %s: %w", path, node.Line, node.Column, id, err))
			continue
		}
		config.Severity[id] = severity
	}
	if err := config.Validate(); err != nil {
		for line := range strings.Lines(err.Error()) {
			errs = append(errs, fmt.Errorf("%s: %s", path, strings.TrimSuffix(line, "\n")))
		}
	}
	if errs != nil {
		return nil, errors.Join(errs...)
	}
	return config, nil
}

// noteWide says which silences also silence findings that nobody has seen yet.
func noteWide(w io.Writer, path string, config *vet.Config) {
	if config == nil {
		return
	}
	for _, s := range config.Silence {
		for _, kind := range slices.Concat(vet.Kinds(), vet.AccountKinds()) {
			if kind.ID == s.ID && kind.Severity >= vet.Warning && s.Thing == "" && s.Line == 0 {
				fmt.Fprintf(w, "warning: %s: the silence of %s has no thing: it also hides every later %s; copy the thing from the finding\n", path, s.ID, s.ID)
			}
		}
	}
}

// yamlPlace takes apart what the decoder says: a line, what is wrong, and the
// name of a type in Go, which tells nobody anything.
var yamlPlace = regexp.MustCompile(`^(?:yaml: )?(?:line (\d+): )?(.*?)(?: in(?:to)? (?:type )?\S+)?$`)

// yamlError says where in the file the decoder found what, one line a problem.
func yamlError(path string, err error) error {
	lines := []string{err.Error()}
	if types, ok := errors.AsType[*yaml.TypeError](err); ok {
		lines = types.Errors
	}
	var errs []error
	for _, line := range lines {
		m := yamlPlace.FindStringSubmatch(strings.ReplaceAll(line, "\n", " "))
		if m[1] != "" {
			m[1] += ":"
		}
		what := strings.Replace(m[2], "cannot unmarshal !!", "wrong type: got ", 1)
		errs = append(errs, fmt.Errorf("%s:%s %s", path, m[1], what))
	}
	return errors.Join(errs...)
}
