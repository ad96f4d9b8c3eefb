package quicksight

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"net/http"
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
	run      func(c *call) (status int, answer any, err error)
}

// serve makes an operation of two functions that take the fields of the request
// as a struct.
func serve[In any](resource func(s *Service, in *In) string, run func(c *call, in *In) (int, any, error)) operation {
	decode := func(c *call) (*In, error) {
		in := new(In)
		if err := json.Unmarshal(c.input, in); err != nil {
			return nil, fmt.Errorf("%s: %w", c.op.Name, err)
		}
		return in, nil
	}
	return operation{
		resource: func(c *call) (string, error) {
			in, err := decode(c)
			if err != nil || resource == nil {
				return "*", err
			}
			return resource(c.s, in), nil
		},
		run: func(c *call) (int, any, error) {
			in, err := decode(c)
			if err != nil {
				return 0, nil, err
			}
			return run(c, in)
		},
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
