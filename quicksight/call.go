package quicksight

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
	"reflect"
	"strconv"
	"time"

	"github.com/rowsight/rowsight/internal/iam"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/quicksight/internal/model"
)

// A call is one request to one operation.
type call struct {
	s     *Service
	op    *model.Operation
	r     *http.Request
	who   *caller
	input json.RawMessage
	id    string // of the request
}

func (c *call) ctx() context.Context { return c.r.Context() }

// An operation is one operation that the service has.
type operation struct {
	// resource returns the ARN that the caller must be allowed the operation on;
	// "*" for operations without one, "" for those that ask the policy
	// themselves.
	resource func(c *call) (string, error)
	run      func(c *call) (answer any, err error)
	status   int // of an answer that is no error
}

// serve makes an operation of a function that takes the fields of the request as a
// struct, whose method names the resource.
func serve[In any, P interface {
	*In
	resource(s *Service) string
}](run func(c *call, in P) (any, error)) operation {
	return serveOn(func(in *In, s *Service) string { return P(in).resource(s) }, func(c *call, in *In) (any, error) { return run(c, in) })
}

// serveOn makes an operation that is authorised on another resource; nil is "*".
func serveOn[In any](resource func(in *In, s *Service) string, run func(c *call, in *In) (any, error)) operation {
	decode := func(c *call) (*In, error) {
		in := new(In)
		if err := json.Unmarshal(c.input, in); err != nil {
			return nil, fmt.Errorf("%s: %w", c.op.Name, err)
		}
		return in, nil
	}
	return operation{
		status: http.StatusOK,
		resource: func(c *call) (string, error) {
			in, err := decode(c)
			if err != nil || resource == nil {
				return "*", err
			}
			return resource(in, c.s), nil
		},
		run: func(c *call) (any, error) {
			in, err := decode(c)
			if err != nil {
				return nil, err
			}
			return run(c, in)
		},
	}
}

// found finds what a request is about, before run: a request for what is not there
// is refused.
func found[In, Doc any, P interface {
	*In
	find(c *call) (Doc, error)
}](run func(c *call, in P, doc Doc) (any, error)) func(c *call, in P) (any, error) {
	return func(c *call, in P) (any, error) {
		doc, err := in.find(c)
		if err != nil {
			return nil, err
		}
		return run(c, in, doc)
	}
}

// answers sets the status of an answer that is no error.
func (o operation) answers(status int) operation {
	o.status = status
	return o
}

// alone makes an operation hold the lock on changes.
func (o operation) alone() operation {
	run := o.run
	o.run = func(c *call) (any, error) {
		c.s.changing.Lock()
		defer c.s.changing.Unlock()
		return run(c)
	}
	return o
}

// set sets a field of an answer, unless the value is the zero value.
func set(answer map[string]any, field string, value any) {
	if !reflect.ValueOf(value).IsZero() {
		answer[field] = value
	}
}

// authorize asks the policy of the caller.
func (c *call) authorize(action, resource string) error {
	return c.s.authorize(c.who, action, resource, c.r.TLS != nil)
}

// authorize asks the policy of a caller. secure says that the request came over TLS.
func (s *Service) authorize(who *caller, action, resource string, secure bool) error {
	d := who.iam.Decide(iam.Request{Action: action, Resource: resource, Context: map[string][]string{
		"aws:PrincipalArn": {who.arn}, "aws:PrincipalAccount": {who.account()}, "aws:SecureTransport": {strconv.FormatBool(secure)},
		"aws:RequestedRegion": {s.opts.Region}, "aws:ResourceAccount": {s.opts.Account},
	}})
	if !d.Allowed {
		return refuse(accessDenied, "%s is not authorized to perform %s on resource %s", who.arn, action, resource)
	}
	return nil
}

// pass asks whether the caller may build on a data source or data set. Without
// it, whoever may create one data set reads the rows of all.
func (c *call) pass(arn namespace.ARN) error {
	action := "quicksight:PassDataSet"
	if arn.Kind == namespace.KindDataSource {
		action = "quicksight:PassDataSource"
	}
	return c.authorize(action, c.s.arn(arn.Kind, arn.Name))
}

// arn returns the ARN of a resource of the account, as policies name it.
func (s *Service) arn(kind namespace.Kind, name string) string {
	return s.directory.ARN(kind, "", name).String()
}

// arnIn returns the ARN of a user or group.
func (s *Service) arnIn(kind namespace.Kind, ns, name string) string {
	return s.directory.ARN(kind, ns, name).String()
}

// A moment is a time as the API writes it: seconds since 1970.
type moment time.Time

// MarshalJSON implements [json.Marshaler].
func (m moment) MarshalJSON() ([]byte, error) {
	return strconv.AppendFloat(nil, float64(time.Time(m).UnixMilli())/1000, 'f', 3, 64), nil
}

// UnmarshalJSON implements [json.Unmarshaler].
func (m *moment) UnmarshalJSON(text []byte) error {
	seconds, err := strconv.ParseFloat(string(text), 64)
	*m = moment(time.UnixMilli(int64(math.Round(seconds * 1000))).UTC())
	return err
}

func (s *Service) now() moment { return moment(s.opts.Now().UTC()) }
