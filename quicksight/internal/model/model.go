// Package model has what the service needs of the published model of the
// QuickSight API: the method and path of every operation, the status of every
// error, and the limits of the request fields of the operations that are
// served.
//
//	m, err := model.Load()
//	op, parameters, ok := m.Find("GET", "/accounts/111122223333/data-sets/sales")
//	input, err := m.Decode(op, parameters, query, body) // checked; JSON that a struct can take
//
// scripts/quicksight-model writes the table. The zero Model has no operation.
package model

import (
	_ "embed" // the table
	"encoding/json"
	"fmt"
	"net/url"
	"regexp"
	"strings"
)

//go:embed model.json
var table []byte

// A Model is the table. It is immutable and safe for concurrent use.
type Model struct {
	operations map[string]*Operation
	errors     map[string]int
	shapes     map[string]*shape
	routes     map[string][]*Operation // by method and number of segments
}

// An Operation is one operation of the API.
type Operation struct {
	Name   string `json:"-"`
	Method string `json:"method"`
	Path   string `json:"path"`
	// Input names the shape of the request. It is "" for operations that are
	// not served.
	Input string `json:"input"`

	segments []string
}

// A shape is the type of a field with its limits.
type shape struct {
	Type    string             `json:"type"`
	Min     *float64           `json:"min"`
	Max     *float64           `json:"max"`
	Pattern string             `json:"pattern"`
	Enum    []string           `json:"enum"`
	Item    string             `json:"item"`
	Key     string             `json:"key"`
	Value   string             `json:"value"`
	Union   bool               `json:"union"`
	Members map[string]*member `json:"members"`

	pattern *regexp.Regexp
}

type member struct {
	Shape    string `json:"shape"`
	Required bool   `json:"required"`
	In       string `json:"in"` // "path", "query", or "" for the body
	As       string `json:"as"` // the name there
}

// Load reads the table.
func Load() (*Model, error) {
	var doc struct {
		Operations map[string]*Operation `json:"operations"`
		Errors     map[string]int        `json:"errors"`
		Shapes     map[string]*shape     `json:"shapes"`
	}
	if err := json.Unmarshal(table, &doc); err != nil {
		return nil, fmt.Errorf("model.json: %w", err)
	}
	m := &Model{operations: doc.Operations, errors: doc.Errors, shapes: doc.Shapes, routes: make(map[string][]*Operation)}
	for name, op := range m.operations {
		op.Name, op.segments = name, strings.Split(strings.Trim(op.Path, "/"), "/")
		key := routeKey(op.Method, len(op.segments))
		m.routes[key] = append(m.routes[key], op)
	}
	for name, s := range m.shapes {
		if s.Pattern == "" {
			continue
		}
		var err error
		if s.pattern, err = regexp.Compile("(?s)^(?:" + s.Pattern + ")$"); err != nil {
			return nil, fmt.Errorf("model.json: %s: %w", name, err)
		}
	}
	return m, nil
}

func routeKey(method string, segments int) string { return fmt.Sprintf("%s %d", method, segments) }

// Status returns the HTTP status of an error of the API.
func (m *Model) Status(code string) (status int, ok bool) {
	status, ok = m.errors[code]
	return status, ok
}

// Find returns the operation of a request and the parameters in its path. path
// is escaped. A fixed segment counts more than a parameter, from left to right.
func (m *Model) Find(method, path string) (op *Operation, parameters map[string]string, ok bool) {
	path = strings.TrimPrefix(path, "/")
	path = strings.TrimSuffix(path, "/")
	raw := strings.Split(path, "/")
	segments := make([]string, len(raw))
	for i, s := range raw {
		text, err := url.PathUnescape(s)
		if err != nil || text == "" || s == "." || s == ".." { // dots are not in the path that is signed
			return nil, nil, false
		}
		segments[i] = text
	}
	best := ""
	for _, candidate := range m.routes[routeKey(method, len(segments))] {
		rank, found := candidate.match(segments)
		if found && (op == nil || rank < best) {
			op, best = candidate, rank
		}
	}
	if op == nil {
		return nil, nil, false
	}
	parameters = make(map[string]string)
	for i, s := range op.segments {
		if name, ok := parameter(s); ok {
			parameters[name] = segments[i]
		}
	}
	return op, parameters, true
}

// match reports whether the segments are of the operation, and its rank: "0"
// for a fixed segment and "1" for a parameter.
func (op *Operation) match(segments []string) (rank string, ok bool) {
	var b strings.Builder
	for i, s := range op.segments {
		switch _, isParameter := parameter(s); {
		case isParameter:
			b.WriteByte('1')
		case s == segments[i]:
			b.WriteByte('0')
		default:
			return "", false
		}
	}
	return b.String(), true
}

func parameter(segment string) (name string, ok bool) {
	if strings.HasPrefix(segment, "{") && strings.HasSuffix(segment, "}") {
		return segment[1 : len(segment)-1], true
	}
	return "", false
}
