package audit

import (
	"maps"
	"strings"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/namespace"
)

// Names of events of the key service (K2).
const (
	GenerateDataKey = "GenerateDataKey"
	Decrypt         = "Decrypt"
	CreateGrant     = "CreateGrant"
	RetireGrant     = "RetireGrant"
)

// Names of events of the key service when keys are managed.
const (
	CreateKey           = "CreateKey"
	DisableKey          = "DisableKey"
	EnableKey           = "EnableKey"
	RotateKeyOnDemand   = "RotateKeyOnDemand"
	ScheduleKeyDeletion = "ScheduleKeyDeletion"
	CancelKeyDeletion   = "CancelKeyDeletion"
	PutKeyPolicy        = "PutKeyPolicy" // a policy that denies or restores the use of a key by QuickSight
)

// Names of events of datasets. They are the names of QuickSight where it has
// one. QuickSight records only the use of the key and not reads, so the names
// of read events are specific to rowsight.
const (
	ReadDataSet                = "ReadDataSet"           // rows of a session: records, counts, distinct values
	PrepareDataSet             = "PrepareDataSet"        // an owner's view of all rows (V2)
	DescribeDataSet            = "DescribeDataSet"       // its schema and settings
	CreateDataSet              = "CreateDataSet"         //
	UpdateDataSet              = "UpdateDataSet"         // its rules, among others: see RequestDetails.Change
	DeleteDataSet              = "DeleteDataSet"         //
	CreateIngestion            = "CreateIngestion"       // new rows
	CancelIngestion            = "CancelIngestion"       //
	UpdateKeyRegistration      = "UpdateKeyRegistration" // of keys of an account and Region
	UpdateDataSetPermissions   = "UpdateDataSetPermissions"
	DescribeDataSetPermissions = "DescribeDataSetPermissions"
)

// ContextARN is the key of the encryption context whose value is the ARN of the
// encrypted dataset.
const ContextARN = "aws:quicksight:arn"

const (
	eventVersion = "1.11"
	kmsSource    = "kms.amazonaws.com"
	quicksight   = "quicksight.amazonaws.com"
)

// Service returns the identity of QuickSight itself, which uses keys.
func Service() Identity { return Identity{Type: "AWSService", InvokedBy: quicksight} }

// Viewer returns the identity of a registered user. Groups are not recorded; the
// directory and the version of the rules show their effect.
func Viewer(user namespace.Identity) Identity {
	id := Identity{Type: "QuickSightUser", UserName: user.Name, ARN: user.ARN.String(), AccountID: user.ARN.Account}
	in := user.InNamespace()
	if user.Name == "" {
		id.UserName, in = user.ARN.Name, user.ARN.Namespace
	}
	if id.UserName != "" && in != namespace.Default { // where the name is somebody else's
		id.PrincipalID = in + "/" + id.UserName
	}
	return id
}

// Anonymous returns the identity of a session without a user. session is the id
// that the application chose; it may be empty. Tags are not recorded, because their
// values are secrets (T8).
func Anonymous(session string) Identity {
	return Identity{Type: "AnonymousUser", PrincipalID: session}
}

// A KeyUse is a request to the key service.
type KeyUse struct {
	Name    string            // GenerateDataKey, Decrypt, …
	Key     string            // ARN of the key
	Context map[string]string // the encryption context, which names the dataset
	GrantID string            // of CreateGrant and RetireGrant
	Days    int               // of ScheduleKeyDeletion
	Policy  string            // of PutKeyPolicy: Deny or Allow
	Code    string            // why it was refused, such as DisabledException; "" when it was not
}

// Record returns the record of the request, in the format of CloudTrail.
func (u KeyUse) Record() Record {
	key, _ := arn.Split(u.Key)
	r := Record{
		EventVersion: eventVersion, UserIdentity: Service(), EventSource: kmsSource, EventName: u.Name,
		SourceIPAddress: quicksight, UserAgent: quicksight, ErrorCode: u.Code,
		EventType: "AwsApiCall", ManagementEvent: true, EventCategory: "Management",
		ReadOnly:  u.Name == GenerateDataKey || u.Name == Decrypt,
		Resources: []Resource{{AccountID: key.Account, Type: "AWS::KMS::Key", ARN: u.Key}},
	}
	r.AWSRegion, r.RecipientAccountID = key.Region, key.Account
	p := &Parameters{KeyID: u.Key}
	switch u.Name {
	case CreateGrant:
		p.Constraints = &Constraints{maps.Clone(u.Context)}
		p.GranteePrincipal, p.RetiringPrincipal = quicksight, quicksight
		p.Operations = []string{"Decrypt", "DescribeKey", "Encrypt", "GenerateDataKey"}
		if u.Code == "" {
			r.ResponseElements = &Elements{GrantID: u.GrantID, KeyID: u.Key}
		}
	case RetireGrant:
		p.Constraints, p.GrantID = &Constraints{maps.Clone(u.Context)}, u.GrantID
		r.AdditionalEventData = &Additional{GrantID: u.GrantID}
	case GenerateDataKey:
		p.EncryptionContext, p.KeySpec = maps.Clone(u.Context), "AES_256"
	case Decrypt:
		p.EncryptionContext, p.EncryptionAlgorithm = maps.Clone(u.Context), "SYMMETRIC_DEFAULT"
	default: // keys are managed by the account and not by the service
		r.UserIdentity = Identity{Type: "AWSAccount", AccountID: r.RecipientAccountID}
		p.PendingWindowInDays, p.Policy = u.Days, u.Policy
	}
	r.RequestParameters = p
	return r
}

// A Use is an operation on a dataset.
type Use struct {
	Name         string   // ReadDataSet, UpdateDataSet, …
	DataSet      string   // ARN
	Who          Identity // zero for the service itself
	Version      uint64   // of the data; 0 when there is none
	RulesVersion string   // of the rules; "" when there are none
	Key          string   // ARN of the key of the data; "" if none is involved
	Change       string   // of changes: the setting, such as RowLevelPermissionDataSet; never its content
	Rows         *int64   // returned or written; nil if the operation has no rows
	Code         string   // why it was refused, such as AccessDeniedException; "" when it was not
	Columns      []string // that the read requested; nil for all
	// FilterColumns are the columns of the viewer's own filter; never its values.
	FilterColumns []string
	Question      string // a hash of the question, without its values; "" for a read of rows
	Cached        bool   // the answer to the question was kept from an earlier read
	Request       string // an id shared by the first and last record of a read; "" if there is one record
}

// Record returns the record of the operation, in the format of QuickSight's events.
func (u Use) Record() Record {
	set, _ := arn.Split(u.DataSet)
	if u.Who == (Identity{}) {
		u.Who = Service()
	}
	r := Record{
		EventVersion: eventVersion, UserIdentity: u.Who, EventSource: quicksight, EventName: u.Name,
		AWSRegion: set.Region, SourceIPAddress: quicksight, UserAgent: quicksight, ErrorCode: u.Code,
		ReadOnly:  isRead(u.Name),
		Resources: []Resource{{AccountID: set.Account, Type: "AWS::QuickSight::DataSet", ARN: u.DataSet}},
		EventType: "AwsServiceEvent", ManagementEvent: true, EventCategory: "Management",
		RecipientAccountID: set.Account, RequestID: u.Request,
		ServiceEventDetails: &Details{EventRequestDetails: &RequestDetails{
			DataSetARN: u.DataSet, Version: u.Version, RulesVersion: u.RulesVersion, KeyARN: u.Key, Change: u.Change,
			Columns: u.Columns, FilterColumns: u.FilterColumns, Question: u.Question, Cached: u.Cached,
		}},
	}
	if u.Rows != nil {
		rows := *u.Rows
		r.ServiceEventDetails.EventResponseDetails = &ResponseDetails{Rows: &rows}
	}
	return r
}

func isRead(name string) bool {
	return name == ReadDataSet || name == PrepareDataSet || strings.HasPrefix(name, "Describe") || strings.HasPrefix(name, "List")
}
