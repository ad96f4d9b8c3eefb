package embed

import (
	"fmt"
	"io"
	"log/slog"

	"github.com/rowsight/rowsight/tagrules"
)

// A Request is the request of GenerateEmbedUrlForAnonymousUser (E1). It has the
// names and the JSON form of the API. Printing a Request shows no tag value
// (T8).
type Request struct {
	AwsAccountId             string   // 12 digits
	Namespace                string   // the namespace of the viewer
	AuthorizedResourceArns   []string // 1 to 25 dashboards or topics
	ExperienceConfiguration  Experience
	SessionLifetimeInMinutes int           `json:",omitempty"` // 15 to 600; 0 means the default, 600
	SessionTags              tagrules.Tags `json:",omitempty"` // at most 50 (T7)
	AllowedDomains           []string      `json:",omitempty"` // at most 3: https://app.example.com, https://*.example.com
}

// An Experience is the first view of a session. Exactly one field is set.
type Experience struct {
	Dashboard       *Dashboard       `json:",omitempty"`
	DashboardVisual *DashboardVisual `json:",omitempty"`
	QSearchBar      *QSearchBar      `json:",omitempty"`
	GenerativeQnA   *GenerativeQnA   `json:",omitempty"`
}

// Dashboard is the experience of a whole dashboard.
type Dashboard struct{ InitialDashboardId string }

// DashboardVisual is the experience of one visual of a dashboard.
type DashboardVisual struct{ InitialDashboardVisualId VisualId }

// A VisualId identifies a visual.
type VisualId struct{ DashboardId, SheetId, VisualId string }

// QSearchBar is the experience of a search bar for a topic.
type QSearchBar struct{ InitialTopicId string }

// GenerativeQnA is the experience of questions about a topic.
type GenerativeQnA struct{ InitialTopicId string }

// A Response is the response of GenerateEmbedUrlForAnonymousUser. EmbedUrl
// contains a bearer code, which works for whoever uses it first (E2), so
// printing a Response does not show it.
type Response struct {
	Status           int // 200
	EmbedUrl         string
	AnonymousUserArn string // identifies the session in audit records and for Server.Revoke
	RequestId        string
}

// Limits of a request (E1, E2).
const (
	MaxResources    = 25
	MaxDomains      = 3
	MinLifetime     = 15  // minutes
	MaxLifetime     = 600 // minutes
	DefaultLifetime = 600 // minutes
)

// LogValue hides the tags, also from handlers that write JSON.
func (r Request) LogValue() slog.Value {
	return slog.GroupValue(slog.String("Namespace", r.Namespace), slog.Any("AuthorizedResourceArns", r.AuthorizedResourceArns),
		slog.Int("SessionLifetimeInMinutes", r.SessionLifetimeInMinutes), slog.Int("SessionTags", len(r.SessionTags)))
}

// String returns the response without the URL.
func (r Response) String() string {
	return fmt.Sprintf("%d %s (request %s)", r.Status, r.AnonymousUserArn, r.RequestId)
}

// Format hides the URL for every verb.
func (r Response) Format(f fmt.State, _ rune) { _, _ = io.WriteString(f, r.String()) }

// LogValue hides the URL.
func (r Response) LogValue() slog.Value { return slog.StringValue(r.String()) }
