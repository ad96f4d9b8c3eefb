package embed

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"unicode/utf8"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/tagrules"
)

var (
	assetID = regexp.MustCompile(`^[\w-]{1,512}$`)
)

// Validate checks a request made in a program (E1, T7). It reports every
// problem as an [*Error].
func (r *Request) Validate() error {
	if r == nil {
		return &Error{Err: fmt.Errorf("%w: the request", ErrMissing)}
	}
	var errs []error
	r.check(func(field string, err error) { errs = append(errs, &Error{Field: field, Err: err}) })
	return errors.Join(errs...)
}

// check reports what is wrong with a request, field by field.
func (r *Request) check(report func(field string, err error)) {
	if !arn.IsAccount(r.AwsAccountId) {
		report("AwsAccountId", fmt.Errorf("%w: got %q, want 12 digits", ErrValue, plain.Abridge(r.AwsAccountId, maxShown)))
	}
	if err := namespace.CheckNamespace(r.Namespace); err != nil {
		report("Namespace", err)
	}
	arns := r.checkResources(report)
	r.checkExperience(report, arns)
	checkTime(r.SessionLifetimeInMinutes, report)
	checkTags(r.SessionTags, report)
	checkDomains(r.AllowedDomains, report)
}

func checkTime(n int, report func(field string, err error)) {
	if n != 0 && (n < MinLifetime || n > MaxLifetime) {
		report("SessionLifetimeInMinutes", lifetime(n))
	}
}

func checkDomains(domains []string, report func(field string, err error)) {
	if n := len(domains); n > MaxDomains {
		report("AllowedDomains", fmt.Errorf("%w: got %d, want at most %d", ErrLimit, n, MaxDomains))
	}
	for i, text := range domains {
		if _, err := parseDomain(text); err != nil {
			report(fmt.Sprintf("AllowedDomains[%d]", i), err)
		}
	}
}

func lifetime(n int) error {
	return fmt.Errorf("%w: got %d, want %d to %d minutes", ErrLifetime, n, MinLifetime, MaxLifetime)
}

func (r *Request) checkResources(report func(field string, err error)) (arns []namespace.ARN) {
	if n := len(r.AuthorizedResourceArns); n < 1 || n > MaxResources {
		report("AuthorizedResourceArns", fmt.Errorf("%w: got %d, want 1 to %d", ErrLimit, n, MaxResources))
	}
	for i, text := range r.AuthorizedResourceArns {
		field := fmt.Sprintf("AuthorizedResourceArns[%d]", i)
		arn, err := namespace.ParseARN(text)
		switch {
		case err != nil:
			report(field, err)
			continue
		case arn.Kind != namespace.KindDashboard && arn.Kind != namespace.KindTopic:
			report(field, fmt.Errorf("%w: got the ARN of a %s, want of a %s or %s", ErrValue, plain.Abridge(string(arn.Kind), maxShown), namespace.KindDashboard, namespace.KindTopic))
		case !assetID.MatchString(arn.Name):
			report(field, badID(arn.Name))
		case arn.Account != r.AwsAccountId:
			report(field, fmt.Errorf("%w: it is of account %s, want that of the request", ErrValue, arn.Account))
		}
		arns = append(arns, arn)
	}
	return arns
}

func badID(id string) error {
	return fmt.Errorf("%w: got %q, want 1 to 512 of A-Z, a-z, 0-9, '_', '-'", ErrValue, plain.Abridge(id, maxShown))
}

// checkExperience: what the viewer sees first must be authorized (E1). That it
// is shared with the namespace is not enough, as in the API.
func (r *Request) checkExperience(report func(field string, err error), arns []namespace.ARN) {
	const field = "ExperienceConfiguration"
	n, e := 0, r.ExperienceConfiguration
	one := func(field string, kind namespace.Kind, id string) {
		n++
		switch {
		case !assetID.MatchString(id):
			report(field, badID(id))
		case !slices.ContainsFunc(arns, func(a namespace.ARN) bool { return a.Kind == kind && a.Name == id }):
			report(field, fmt.Errorf("%w: %s %q", ErrNotListed, kind, plain.Abridge(id, maxShown)))
		}
	}
	if e.Dashboard != nil {
		one(field+".Dashboard.InitialDashboardId", namespace.KindDashboard, e.Dashboard.InitialDashboardId)
	}
	if v := e.DashboardVisual; v != nil {
		in := field + ".DashboardVisual.InitialDashboardVisualId."
		id := v.InitialDashboardVisualId
		one(in+"DashboardId", namespace.KindDashboard, id.DashboardId)
		for name, id := range map[string]string{"SheetId": id.SheetId, "VisualId": id.VisualId} {
			if !assetID.MatchString(id) {
				report(in+name, badID(id))
			}
		}
	}
	if e.QSearchBar != nil {
		one(field+".QSearchBar.InitialTopicId", namespace.KindTopic, e.QSearchBar.InitialTopicId)
	}
	if e.GenerativeQnA != nil {
		one(field+".GenerativeQnA.InitialTopicId", namespace.KindTopic, e.GenerativeQnA.InitialTopicId)
	}
	if n != 1 {
		report(field, fmt.Errorf("%w: got %d experiences, want exactly one of Dashboard, DashboardVisual, QSearchBar, GenerativeQnA", ErrValue, n))
	}
}

// checkTags checks the tags of a session (T7). No tag is no error: such a
// session completes no tag rule (T3).
func checkTags(tags tagrules.Tags, report func(field string, err error)) {
	if len(tags) > tagrules.MaxTags {
		report("SessionTags", fmt.Errorf("%w: got %d session tags, want at most %d", ErrLimit, len(tags), tagrules.MaxTags))
	}
	seen := make(map[string]bool, len(tags))
	for i, t := range tags {
		field := fmt.Sprintf("SessionTags[%d].", i)
		text := func(name, s string, least, most int) {
			switch n := utf8.RuneCountInString(s); {
			case !utf8.ValidString(s):
				report(field+name, ErrEncoding)
			case n < least || n > most:
				err := fmt.Errorf("%w: got %d characters, want %d to %d", ErrLimit, n, least, most)
				if name == "Value" {
					err = fmt.Errorf("%w: %w", err, tagrules.ErrLongValue)
				}
				report(field+name, err)
			}
		}
		text("Key", t.Key, 1, tagrules.MaxKey)
		text("Value", t.Value, 0, tagrules.MaxValue)
		if seen[t.Key] {
			report(field+"Key", fmt.Errorf("%w %q", tagrules.ErrDuplicateTag, plain.Abridge(t.Key, maxShown)))
		}
		seen[t.Key] = true
	}
}

// maxShown is how many characters of a value messages show.
const maxShown = 64
