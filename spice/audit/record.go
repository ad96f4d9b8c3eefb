package audit

import (
	"context"
	"time"
)

// A Record is one audit event, in the JSON format of CloudTrail. Its fields hold
// ARNs, names, counts and codes. No field can hold a value of the data, a tag value
// or a secret.
//
// [KeyUse.Record] and [Use.Record] make records. EventTime and EventID may be zero:
// the sink that stores the record sets them.
type Record struct {
	EventVersion        string      `json:"eventVersion"`
	UserIdentity        Identity    `json:"userIdentity"`
	EventTime           time.Time   `json:"eventTime"`
	EventSource         string      `json:"eventSource"`
	EventName           string      `json:"eventName"`
	AWSRegion           string      `json:"awsRegion"`
	SourceIPAddress     string      `json:"sourceIPAddress"`
	UserAgent           string      `json:"userAgent"`
	ErrorCode           string      `json:"errorCode,omitempty"`
	RequestParameters   *Parameters `json:"requestParameters"`
	ResponseElements    *Elements   `json:"responseElements"`
	AdditionalEventData *Additional `json:"additionalEventData,omitempty"`
	ServiceEventDetails *Details    `json:"serviceEventDetails,omitempty"`
	RequestID           string      `json:"requestID,omitempty"`
	EventID             string      `json:"eventID"`
	ReadOnly            bool        `json:"readOnly"`
	Resources           []Resource  `json:"resources,omitempty"`
	EventType           string      `json:"eventType"`
	ManagementEvent     bool        `json:"managementEvent"`
	RecipientAccountID  string      `json:"recipientAccountId"`
	EventCategory       string      `json:"eventCategory"`
}

// An Identity is the actor of an event: the service itself, a registered viewer, or
// an anonymous session. See [Service], [Viewer] and [Anonymous].
type Identity struct {
	Type        string `json:"type"`
	PrincipalID string `json:"principalId,omitempty"`
	ARN         string `json:"arn,omitempty"`
	AccountID   string `json:"accountId,omitempty"`
	UserName    string `json:"userName,omitempty"`
	InvokedBy   string `json:"invokedBy,omitempty"`
	Label       string `json:"label,omitempty"` // the program's name for the session, such as its tenant; see CheckLabel
}

// Parameters are the parameters of a request to the key service.
type Parameters struct {
	Constraints         *Constraints      `json:"constraints,omitempty"`
	RetiringPrincipal   string            `json:"retiringPrincipal,omitempty"`
	KeyID               string            `json:"keyId,omitempty"`
	KeySpec             string            `json:"keySpec,omitempty"`
	EncryptionContext   map[string]string `json:"encryptionContext,omitempty"`
	EncryptionAlgorithm string            `json:"encryptionAlgorithm,omitempty"`
	GranteePrincipal    string            `json:"granteePrincipal,omitempty"`
	Operations          []string          `json:"operations,omitempty"`
	GrantID             string            `json:"grantId,omitempty"`
	PendingWindowInDays int               `json:"pendingWindowInDays,omitempty"`
	Policy              string            `json:"policy,omitempty"`
}

// Constraints are the encryption context that a grant is bound to.
type Constraints struct {
	EncryptionContextSubset map[string]string `json:"encryptionContextSubset"`
}

// Elements are the response of the key service.
type Elements struct {
	GrantID string `json:"grantId,omitempty"`
	KeyID   string `json:"keyId,omitempty"`
}

// Additional holds data beside the request: for RetireGrant the id of the grant, for
// RecoverLog the number of bytes that were removed.
type Additional struct {
	GrantID  string `json:"grantId,omitempty"`
	BytesCut int    `json:"bytesCut,omitempty"`
}

// Details describe an operation on a dataset.
type Details struct {
	EventRequestDetails  *RequestDetails  `json:"eventRequestDetails,omitempty"`
	EventResponseDetails *ResponseDetails `json:"eventResponseDetails,omitempty"`
}

// RequestDetails describe the request.
type RequestDetails struct {
	DataSetARN   string `json:"dataSetArn"`
	Version      uint64 `json:"version,omitempty"`      // of the data
	RulesVersion string `json:"rulesVersion,omitempty"` // of the rules that were applied
	KeyARN       string `json:"keyArn,omitempty"`
	Change       string `json:"change,omitempty"` // the changed setting, such as RowLevelPermissionDataSet

	Columns       []string `json:"columns,omitempty"`       // that the read requested
	FilterColumns []string `json:"filterColumns,omitempty"` // of the filter of the viewer, without its values
	Cached        bool     `json:"cached,omitempty"`        // the answer was kept from an earlier read
	Question      string   `json:"question,omitempty"`      // a hash of the question, without the values of its filters
}

// ResponseDetails describe the result.
type ResponseDetails struct {
	Rows *int64 `json:"rows,omitempty"` // rows returned or written
}

// A Resource is the object of an event, such as a key or a dataset.
type Resource struct {
	AccountID string `json:"accountId"`
	Type      string `json:"type"`
	ARN       string `json:"ARN"`
}

// A Sink stores records. If Append returns nil, the record is stored. If it
// returns an error, the recorded operation must not take place: no row is read
// without a record. A Sink is safe for concurrent use.
type Sink interface {
	Append(ctx context.Context, r Record) error
}
