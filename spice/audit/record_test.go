package audit_test

import (
	"context"
	"encoding/json"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/spice/audit"
)

const (
	dataset = "arn:aws:quicksight:us-east-1:111122223333:dataset/visits"
	other   = "arn:aws:quicksight:us-east-1:111122223333:dataset/wards"
	keyA    = "arn:aws:kms:us-east-1:111122223333:key/a"
	keyB    = "arn:aws:kms:us-east-1:111122223333:key/b"
)

var noon = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func use(name, key string) audit.KeyUse {
	return audit.KeyUse{Name: name, Key: key, Context: map[string]string{audit.ContextARN: dataset}}
}

func TestZero(t *testing.T) {
	var log *audit.Log
	require.ErrorIs(t, log.Append(t.Context(), audit.Record{}), audit.ErrClosed)
	require.ErrorIs(t, new(audit.Log).Append(t.Context(), audit.Record{}), audit.ErrClosed)
	require.NoError(t, log.Close())
	require.Zero(t, new(audit.Log).Head())
	var stream *audit.Stream
	require.ErrorIs(t, stream.Append(t.Context(), audit.Record{}), audit.ErrClosed)
	require.ErrorIs(t, new(audit.Stream).Append(t.Context(), audit.Record{}), audit.ErrClosed)
	var trail audit.Trail
	_, ok := trail.KeyInUse(dataset)
	require.False(t, ok)
	require.Empty(t, trail.WhoRead(dataset))
	require.Empty(t, trail.Changes(dataset))
	require.Empty(t, trail.Resources())
	require.Equal(t, "nobody", audit.Identity{}.String())
	require.Equal(t, audit.Service(), audit.Use{}.Record().UserIdentity)
	require.Equal(t, audit.SyncAlways, audit.LogOptions{}.Sync, "the zero policy is the safe one")
	require.Error(t, audit.Verify(strings.NewReader("{}\n")))
}

func TestKeyRecords(t *testing.T) {
	common := `"eventVersion":"1.11","userIdentity":{"type":"AWSService","invokedBy":"quicksight.amazonaws.com"},` +
		`"eventTime":"2026-03-01T12:00:00Z","eventSource":"kms.amazonaws.com","eventName":"%NAME%","awsRegion":"us-east-1",` +
		`"sourceIPAddress":"quicksight.amazonaws.com","userAgent":"quicksight.amazonaws.com",`
	tail := `"resources":[{"accountId":"111122223333","type":"AWS::KMS::Key","ARN":"` + keyA + `"}],"eventType":"AwsApiCall",` +
		`"managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}`
	inContext := `{"aws:quicksight:arn":"` + dataset + `"}`
	tests := []struct {
		reason string
		use    audit.KeyUse
		want   string
	}{
		{"a new data key", use(audit.GenerateDataKey, keyA),
			`"requestParameters":{"keyId":"` + keyA + `","keySpec":"AES_256","encryptionContext":` + inContext + `},"responseElements":null,"eventID":"id","readOnly":true,`},
		{"a key that is unwrapped", use(audit.Decrypt, keyA),
			`"requestParameters":{"keyId":"` + keyA + `","encryptionContext":` + inContext + `,"encryptionAlgorithm":"SYMMETRIC_DEFAULT"},"responseElements":null,"eventID":"id","readOnly":true,`},
		{"a grant", audit.KeyUse{Name: audit.CreateGrant, Key: keyA, Context: map[string]string{audit.ContextARN: dataset}, GrantID: "g"},
			`"requestParameters":{"constraints":{"encryptionContextSubset":` + inContext + `},"retiringPrincipal":"quicksight.amazonaws.com","keyId":"` + keyA +
				`","granteePrincipal":"quicksight.amazonaws.com","operations":["Decrypt","DescribeKey","Encrypt","GenerateDataKey"]},"responseElements":{"grantId":"g","keyId":"` + keyA + `"},"eventID":"id","readOnly":false,`},
		{"a retired grant", audit.KeyUse{Name: audit.RetireGrant, Key: keyA, Context: map[string]string{audit.ContextARN: dataset}, GrantID: "g"},
			`"requestParameters":{"constraints":{"encryptionContextSubset":` + inContext + `},"keyId":"` + keyA + `","grantId":"g"},"responseElements":null,"additionalEventData":{"grantId":"g"},"eventID":"id","readOnly":false,`},
	}
	for _, tt := range tests {
		t.Run(tt.reason, func(t *testing.T) {
			r := tt.use.Record()
			r.EventTime, r.EventID = noon, "id"
			got, err := json.Marshal(r)
			require.NoError(t, err)
			require.Equal(t, strings.ReplaceAll("{"+common, "%NAME%", tt.use.Name)+tt.want+tail, string(got))
		})
	}

	refused := use(audit.CreateGrant, keyA)
	refused.Code = "DisabledException"
	r := refused.Record()
	require.Equal(t, "DisabledException", r.ErrorCode)
	require.Nil(t, r.ResponseElements)
}

func TestUseRecords(t *testing.T) {
	rows := int64(17)
	r := audit.Use{
		Name: audit.ReadDataSet, DataSet: dataset, Version: 3, RulesVersion: "r2", Key: keyA, Rows: &rows,
		Who: audit.Viewer(namespace.ForARN(namespace.MustParseARN("arn:aws:quicksight:us-east-1:111122223333:user/default/nurse")).User),
	}.Record()
	r.EventTime, r.EventID = noon, "id"
	got, err := json.Marshal(r)
	require.NoError(t, err)
	require.Equal(t, `{"eventVersion":"1.11","userIdentity":{"type":"QuickSightUser","arn":"arn:aws:quicksight:us-east-1:111122223333:user/default/nurse",`+
		`"accountId":"111122223333","userName":"nurse"},"eventTime":"2026-03-01T12:00:00Z","eventSource":"quicksight.amazonaws.com","eventName":"ReadDataSet",`+
		`"awsRegion":"us-east-1","sourceIPAddress":"quicksight.amazonaws.com","userAgent":"quicksight.amazonaws.com","requestParameters":null,"responseElements":null,`+
		`"serviceEventDetails":{"eventRequestDetails":{"dataSetArn":"`+dataset+`","version":3,"rulesVersion":"r2","keyArn":"`+keyA+`"},"eventResponseDetails":{"rows":17}},`+
		`"eventID":"id","readOnly":true,"resources":[{"accountId":"111122223333","type":"AWS::QuickSight::DataSet","ARN":"`+dataset+`"}],"eventType":"AwsServiceEvent",`+
		`"managementEvent":true,"recipientAccountId":"111122223333","eventCategory":"Management"}`, string(got))

	for name, readOnly := range map[string]bool{
		audit.ReadDataSet: true, audit.PrepareDataSet: true, audit.DescribeDataSet: true,
		audit.CreateDataSet: false, audit.UpdateDataSet: false, audit.DeleteDataSet: false, audit.CreateIngestion: false,
	} {
		require.Equal(t, readOnly, audit.Use{Name: name}.Record().ReadOnly, name)
	}
}

func TestIdentities(t *testing.T) {
	for _, tt := range []struct {
		reason string
		id     audit.Identity
		want   string
	}{
		{"a user by name", audit.Viewer(namespace.Named("al").User), "al"},
		{"a user of another namespace", audit.Viewer(namespace.Identity{Namespace: "acme", Name: "al"}), "acme/al"},
		{"one by ARN", audit.Viewer(namespace.Identity{ARN: namespace.MustParseARN("arn:aws:quicksight::111122223333:user/acme/bo")}), "acme/bo"},
		{"a user by ARN only", audit.Viewer(namespace.Identity{ARN: namespace.MustParseARN("arn:aws:quicksight::111122223333:user/default/bo")}), "bo"},
		{"nobody", audit.Viewer(namespace.Identity{}), "QuickSightUser"},
		{"an anonymous session", audit.Anonymous("session-1"), "session-1"},
		{"one without an id", audit.Anonymous(""), "AnonymousUser"},
		{"the service", audit.Service(), "quicksight.amazonaws.com"},
	} {
		require.Equal(t, tt.want, tt.id.String(), tt.reason)
	}
	require.NotEqual(t, audit.Viewer(namespace.Named("al").User), audit.Viewer(namespace.Identity{Namespace: "acme", Name: "al"}))
}

// TestNoFieldForValues: a record has no place where a value of the data, a tag or
// a secret could go. A new field is a decision, and a change of this list.
func TestNoFieldForValues(t *testing.T) {
	var fields []string
	var walk func(typ reflect.Type, path string)
	walk = func(typ reflect.Type, path string) {
		for typ.Kind() == reflect.Pointer || typ.Kind() == reflect.Slice {
			typ = typ.Elem()
		}
		if typ.Kind() != reflect.Struct || typ == reflect.TypeFor[time.Time]() {
			fields = append(fields, path)
			require.NotEqual(t, reflect.Interface, typ.Kind(), path)
			return
		}
		for i := range typ.NumField() {
			walk(typ.Field(i).Type, strings.TrimPrefix(path+"."+typ.Field(i).Name, "."))
		}
	}
	walk(reflect.TypeFor[audit.Record](), "")
	require.Equal(t, strings.Fields(`
		EventVersion UserIdentity.Type UserIdentity.PrincipalID UserIdentity.ARN UserIdentity.AccountID UserIdentity.UserName
		UserIdentity.InvokedBy UserIdentity.Label EventTime EventSource EventName AWSRegion SourceIPAddress UserAgent ErrorCode
		RequestParameters.Constraints.EncryptionContextSubset RequestParameters.RetiringPrincipal RequestParameters.KeyID
		RequestParameters.KeySpec RequestParameters.EncryptionContext RequestParameters.EncryptionAlgorithm
		RequestParameters.GranteePrincipal RequestParameters.Operations RequestParameters.GrantID
		RequestParameters.PendingWindowInDays RequestParameters.Policy ResponseElements.GrantID ResponseElements.KeyID
		AdditionalEventData.GrantID AdditionalEventData.BytesCut ServiceEventDetails.EventRequestDetails.DataSetARN
		ServiceEventDetails.EventRequestDetails.Version ServiceEventDetails.EventRequestDetails.RulesVersion
		ServiceEventDetails.EventRequestDetails.KeyARN ServiceEventDetails.EventRequestDetails.Change
		ServiceEventDetails.EventRequestDetails.Columns ServiceEventDetails.EventRequestDetails.FilterColumns
		ServiceEventDetails.EventRequestDetails.Cached ServiceEventDetails.EventRequestDetails.Question
		ServiceEventDetails.EventResponseDetails.Rows RequestID EventID ReadOnly Resources.AccountID Resources.Type
		Resources.ARN EventType ManagementEvent RecipientAccountID EventCategory`), fields)
}

func TestMemory(t *testing.T) {
	m := new(audit.Memory)
	require.NoError(t, m.Append(t.Context(), use(audit.Decrypt, keyA).Record()))
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	require.ErrorIs(t, m.Append(ctx, audit.Record{}), context.Canceled)
	got := m.Records()
	require.Len(t, got, 1)
	require.Regexp(t, "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", got[0].EventID)
	require.Zero(t, got[0].EventTime.Nanosecond())
	require.Equal(t, time.UTC, got[0].EventTime.Location())
}
