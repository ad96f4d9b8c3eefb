package aws_test

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"

	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/aws"
	"github.com/rowsight/rowsight/spice/keys"
	"github.com/rowsight/rowsight/spice/keys/keystest"
)

// static are credentials for servers that do not look at them.
var static = credentials.NewStaticCredentialsProvider("AKIDEXAMPLE", "wJalrXUtnFEMI", "")

// fakeKMS answers as AWS KMS does (awsJson1_1), with the keys of a keyring.
type fakeKMS struct {
	*keys.Local
	mu     sync.Mutex
	grants map[string]keys.Context
	calls  []string // operations, in order
}

func (f *fakeKMS) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	op := strings.TrimPrefix(r.Header.Get("X-Amz-Target"), "TrentService.")
	var in struct {
		KeyId, KeySpec, GrantId, GranteePrincipal, RetiringPrincipal string
		CiphertextBlob                                               []byte
		EncryptionContext                                            keys.Context
		Constraints                                                  struct{ EncryptionContextSubset keys.Context }
		Operations                                                   []string
	}
	if err := json.NewDecoder(r.Body).Decode(&in); err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, op)
	out := map[string]any{"KeyId": in.KeyId}
	var err error
	switch op {
	case "GenerateDataKey":
		var k keys.DataKey
		k, err = f.GenerateDataKey(r.Context(), in.KeyId, in.EncryptionContext)
		out["Plaintext"], out["CiphertextBlob"] = k.Plain, k.Wrapped
		if in.KeySpec != "AES_256" {
			err = errors.New("want AES_256")
		}
	case "Decrypt":
		var plain []byte
		plain, err = f.Decrypt(r.Context(), in.KeyId, in.CiphertextBlob, in.EncryptionContext)
		out["Plaintext"] = plain
	case "CreateGrant":
		var id string
		if id, err = f.CreateGrant(r.Context(), in.KeyId, in.Constraints.EncryptionContextSubset); err == nil {
			f.grants[id] = in.Constraints.EncryptionContextSubset
		}
		out["GrantId"] = id
	case "RetireGrant":
		err = f.RetireGrant(r.Context(), in.KeyId, in.GrantId, f.grants[in.GrantId])
	default:
		err = errors.New("no such operation: " + op)
	}
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
		out = map[string]any{"__type": exception(err), "message": message(err)}
	}
	_ = json.NewEncoder(w).Encode(out)
}

func exception(err error) string {
	for target, name := range map[error]string{
		keys.ErrDisabled: "DisabledException", keys.ErrPendingDeletion: "KMSInvalidStateException", keys.ErrNoKey: "NotFoundException", keys.ErrNoGrant: "NotFoundException",
		keys.ErrDenied: "AccessDeniedException", keys.ErrWrongKey: "IncorrectKeyException", keys.ErrContext: "InvalidCiphertextException",
	} {
		if errors.Is(err, target) {
			return name
		}
	}
	return "ValidationException"
}

func message(err error) string {
	if errors.Is(err, keys.ErrPendingDeletion) {
		return "arn:… is pending deletion." // as KMS says it
	}
	return "refused"
}

func newFakeKMS(t *testing.T) (*fakeKMS, *aws.Keys) {
	t.Helper()
	local, err := keys.OpenLocal(t.TempDir(), &keys.LocalOptions{MasterKey: make([]byte, 32)})
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, local.Close()) })
	f := &fakeKMS{Local: local, grants: make(map[string]keys.Context)}
	server := httptest.NewServer(f)
	t.Cleanup(server.Close)
	return f, aws.NewKeys(kmsClient(server.URL), &aws.KeysOptions{Grantee: "arn:aws:iam::111122223333:role/rowsight"})
}

func kmsClient(url string) *kms.Client {
	return kms.New(kms.Options{Region: "us-east-1", BaseEndpoint: &url, Credentials: static, RetryMaxAttempts: 1})
}

// TestKeysConform runs the kit of package keys over HTTP.
func TestKeysConform(t *testing.T) {
	keystest.Run(t, func(t *testing.T) keystest.Kit {
		f, k := newFakeKMS(t)
		ctx := context.Background()
		return keystest.Kit{
			Keys: k,
			CreateKey: func(t *testing.T) string {
				arn, err := f.CreateKey(ctx, "111122223333", "us-east-1")
				require.NoError(t, err)
				return arn
			},
			Disable: func(t *testing.T, arn string) { require.NoError(t, f.Disable(ctx, arn)) },
			Enable:  func(t *testing.T, arn string) { require.NoError(t, f.Enable(ctx, arn)) },
			ScheduleDeletion: func(t *testing.T, arn string) {
				_, err := f.ScheduleDeletion(ctx, arn, 7)
				require.NoError(t, err)
			},
			CancelDeletion: func(t *testing.T, arn string) { require.NoError(t, f.CancelDeletion(ctx, arn)) },
			Rotate:         func(t *testing.T, arn string) { require.NoError(t, f.Rotate(ctx, arn)) },
			Revoke:         func(t *testing.T, arn string) { require.NoError(t, f.Revoke(ctx, arn)) },
			Restore:        func(t *testing.T, arn string) { require.NoError(t, f.Restore(ctx, arn)) },
			Absent:         "arn:aws:kms:us-east-1:111122223333:key/00000000-0000-0000-0000-000000000000",
		}
	})
}

// TestKeysRefuse: what is no full ARN, and of another Region, never reaches KMS.
func TestKeysRefuse(t *testing.T) {
	f, k := newFakeKMS(t)
	for _, arn := range []string{"", "alias/x", "1234", "arn:aws:kms:us-east-1:111122223333:alias/x", "arn:aws:kms:us-east-1:111122223333:key/", "arn:aws:s3:::x"} {
		_, err := k.GenerateDataKey(t.Context(), arn, nil)
		require.ErrorIs(t, err, keys.ErrKeyARN, arn)
		_, err = k.Decrypt(t.Context(), arn, []byte("x"), nil)
		require.ErrorIs(t, err, keys.ErrKeyARN, arn)
	}
	_, err := k.GenerateDataKey(t.Context(), "arn:aws:kms:eu-west-1:111122223333:key/1", nil)
	require.ErrorIs(t, err, keys.ErrPlace)
	_, err = aws.NewKeys(nil, nil).GenerateDataKey(t.Context(), "arn:aws:kms:us-east-1:111122223333:key/1", nil)
	require.ErrorContains(t, err, "no client")
	require.Empty(t, f.calls)

	arn, err := f.CreateKey(t.Context(), "111122223333", "us-east-1")
	require.NoError(t, err)
	server := httptest.NewServer(f)
	defer server.Close()
	_, err = aws.NewKeys(kmsClient(server.URL), nil).CreateGrant(t.Context(), arn, nil)
	require.ErrorContains(t, err, "no grantee")
}

// TestKeysDoubtAnswers: an answer about another key, or of another length, is
// no answer.
func TestKeysDoubtAnswers(t *testing.T) {
	const arn = "arn:aws:kms:us-east-1:111122223333:key/1"
	for reason, answer := range map[string]map[string]any{
		"nothing":             {},
		"another key":         {"KeyId": arn + "2", "Plaintext": make([]byte, 32), "CiphertextBlob": []byte("x")},
		"a short key":         {"KeyId": arn, "Plaintext": make([]byte, 16), "CiphertextBlob": []byte("x")},
		"no plaintext at all": {"KeyId": arn, "CiphertextBlob": []byte("x")},
	} {
		server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _ = json.NewEncoder(w).Encode(answer) }))
		k := aws.NewKeys(kmsClient(server.URL), nil)
		d, err := k.GenerateDataKey(t.Context(), arn, nil)
		require.Error(t, err, reason)
		require.Empty(t, d.Plain, reason)
		plain, err := k.Decrypt(t.Context(), arn, []byte("x"), nil)
		require.Error(t, err, reason)
		require.Empty(t, plain, reason)
		server.Close()
	}
}
