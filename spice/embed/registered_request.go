package embed

import (
	"errors"
	"fmt"
	"io"
	"log/slog"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/internal/jsondoc"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
)

// A RegisteredRequest is the request of GenerateEmbedUrlForRegisteredUser, and
// without a UserArn that of GenerateEmbedUrlForRegisteredUserWithIdentity. Names
// are those of the API.
type RegisteredRequest struct {
	AwsAccountId             string     // 12 digits
	UserArn                  string     `json:",omitempty"` // of the registered user
	ExperienceConfiguration  Experience // a Dashboard or a DashboardVisual
	SessionLifetimeInMinutes int        `json:",omitempty"` // 15 to 600; 0 is absent, which is 600
	AllowedDomains           []string   `json:",omitempty"` // at most 3
}

// A RegisteredResponse is the response to a [RegisteredRequest]. EmbedUrl is a
// bearer code, so printing the response does not show it.
type RegisteredResponse struct {
	Status    int // 200
	EmbedUrl  string
	RequestId string
}

// String returns the response without the URL.
func (r RegisteredResponse) String() string {
	return fmt.Sprintf("%d (request %s)", r.Status, r.RequestId)
}

// Format hides the URL, for every verb.
func (r RegisteredResponse) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// LogValue hides the URL.
func (r RegisteredResponse) LogValue() slog.Value { return slog.StringValue(r.String()) }

// ParseRegisteredRequest reads the JSON of a request of
// GenerateEmbedUrlForRegisteredUser, with the checks of [ParseRequest].
func ParseRegisteredRequest(r io.Reader, opts *ParseOptions) (*RegisteredRequest, error) {
	return parseRegistered(r, opts, false)
}

// ParseIdentityRequest reads the JSON of a request of
// GenerateEmbedUrlForRegisteredUserWithIdentity, which has no UserArn.
func ParseIdentityRequest(r io.Reader, opts *ParseOptions) (*RegisteredRequest, error) {
	return parseRegistered(r, opts, true)
}

func parseRegistered(r io.Reader, opts *ParseOptions, withIdentity bool) (*RegisteredRequest, error) {
	if opts == nil {
		opts = new(ParseOptions)
	}
	doc, err := jsondoc.Read(r, opts.File, &jsondoc.Options{Max: maxRequest})
	if err != nil {
		return nil, err
	}
	p := requestParser{doc, map[string]*jsondoc.Value{"": doc.Root}}
	var req RegisteredRequest
	fields := []jsondoc.Field{
		{Name: "AwsAccountId", Must: true, Decode: p.text(&req.AwsAccountId)},
		{Name: "ExperienceConfiguration", Must: true, Decode: func(v *jsondoc.Value, f string) { req.ExperienceConfiguration = p.experience(v, f) }},
		p.lifetime(&req.SessionLifetimeInMinutes),
		{Name: "AllowedDomains", Unset: jsondoc.IsEmpty, Decode: p.texts(&req.AllowedDomains)},
	}
	if !withIdentity {
		fields = append(fields, jsondoc.Field{Name: "UserArn", Must: true, Decode: p.text(&req.UserArn)})
	}
	p.Object(p.Root, "", fields)
	req.check(withIdentity, p.report)
	if err := doc.Err(); err != nil {
		return nil, err
	}
	return &req, nil
}

// Validate checks a request that names its user, made in a program. It reports
// every problem as an [*Error].
func (r *RegisteredRequest) Validate() error { return r.validate(false) }

func (r *RegisteredRequest) validate(withIdentity bool) error {
	if r == nil {
		return &Error{Err: fmt.Errorf("%w: the request", ErrMissing)}
	}
	var errs []error
	r.check(withIdentity, func(field string, err error) { errs = append(errs, &Error{Field: field, Err: err}) })
	return errors.Join(errs...)
}

func (r *RegisteredRequest) check(withIdentity bool, report func(field string, err error)) {
	if !arn.IsAccount(r.AwsAccountId) {
		report("AwsAccountId", fmt.Errorf("%w: got %q, want 12 digits", ErrValue, plain.Abridge(r.AwsAccountId, maxShown)))
	}
	switch user, err := namespace.ParseARN(r.UserArn); {
	case withIdentity && r.UserArn == "":
	case withIdentity:
		report("UserArn", fmt.Errorf("%w: want none: the credentials name the user", ErrValue))
	case err != nil:
		report("UserArn", err)
	case user.Kind != namespace.KindUser:
		report("UserArn", fmt.Errorf("%w: got the ARN of a %s, want of a %s", ErrValue, plain.Abridge(string(user.Kind), maxShown), namespace.KindUser))
	case user.Account != r.AwsAccountId:
		report("UserArn", fmt.Errorf("%w: it is of account %s, want that of the request", ErrValue, user.Account))
	}
	const field = "ExperienceConfiguration"
	e := r.ExperienceConfiguration
	if (e.Dashboard == nil) == (e.DashboardVisual == nil) || e.QSearchBar != nil || e.GenerativeQnA != nil {
		report(field, fmt.Errorf("%w: want exactly one of Dashboard and DashboardVisual: other experiences of registered users are not supported", ErrValue))
	}
	if d := e.Dashboard; d != nil && !assetID.MatchString(d.InitialDashboardId) {
		report(field+".Dashboard.InitialDashboardId", badID(d.InitialDashboardId))
	}
	if v := e.DashboardVisual; v != nil {
		id := v.InitialDashboardVisualId
		for name, id := range map[string]string{"DashboardId": id.DashboardId, "SheetId": id.SheetId, "VisualId": id.VisualId} {
			if !assetID.MatchString(id) {
				report(field+".DashboardVisual.InitialDashboardVisualId."+name, badID(id))
			}
		}
	}
	checkTime(r.SessionLifetimeInMinutes, report)
	checkDomains(r.AllowedDomains, report)
}

// dashboard returns the id of the dashboard of a valid request.
func (r *RegisteredRequest) dashboard() string {
	if d := r.ExperienceConfiguration.Dashboard; d != nil {
		return d.InitialDashboardId
	}
	return r.ExperienceConfiguration.DashboardVisual.InitialDashboardVisualId.DashboardId
}
