package aws

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/kms/types"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/spice/keys"
)

// Keys implements [keys.Keys] and [keys.Granter] with AWS KMS. Every call calls
// KMS, which checks whether the key may be used and writes to CloudTrail.
type Keys struct {
	client *kms.Client
	opts   KeysOptions
}

// KeysOptions configure grants. A nil *KeysOptions allows no grants.
type KeysOptions struct {
	// Grantee is the principal of grants: the ARN of the role of this program.
	// CreateGrant requires it.
	Grantee string
	// Retiring is the principal that may retire grants; "" means Grantee.
	Retiring string
}

var (
	_ keys.Keys    = (*Keys)(nil)
	_ keys.Granter = (*Keys)(nil)
)

// NewKeys returns the keys of a client of KMS.
func NewKeys(client *kms.Client, opts *KeysOptions) *Keys {
	k := &Keys{client: client}
	if opts != nil {
		k.opts = *opts
	}
	k.opts.Retiring = cmp.Or(k.opts.Retiring, k.opts.Grantee)
	return k
}

// GenerateDataKey returns a new data key of 256 bits, wrapped under keyARN.
func (k *Keys) GenerateDataKey(ctx context.Context, keyARN string, c keys.Context) (keys.DataKey, error) {
	fail := failing("GenerateDataKey", keyARN)
	if err := k.check(ctx, keyARN); err != nil {
		return keys.DataKey{}, fail(err)
	}
	out, err := k.client.GenerateDataKey(ctx, &kms.GenerateDataKeyInput{
		KeyId: &keyARN, KeySpec: types.DataKeySpecAes256, EncryptionContext: c,
	})
	if err != nil {
		return keys.DataKey{}, fail(why(ctx, err))
	}
	if awssdk.ToString(out.KeyId) != keyARN || len(out.Plaintext) != keys.DataKeySize || len(out.CiphertextBlob) == 0 {
		clear(out.Plaintext)
		return keys.DataKey{}, fail(errAnswer)
	}
	return keys.DataKey{Plain: out.Plaintext, Wrapped: out.CiphertextBlob}, nil
}

// Decrypt unwraps a data key.
func (k *Keys) Decrypt(ctx context.Context, keyARN string, wrapped []byte, c keys.Context) ([]byte, error) {
	fail := failing("Decrypt", keyARN)
	if err := k.check(ctx, keyARN); err != nil {
		return nil, fail(err)
	}
	if len(wrapped) == 0 {
		return nil, fail(keys.ErrContext)
	}
	// With KeyId KMS refuses what was wrapped under another key.
	out, err := k.client.Decrypt(ctx, &kms.DecryptInput{
		KeyId: &keyARN, CiphertextBlob: wrapped, EncryptionContext: c, EncryptionAlgorithm: types.EncryptionAlgorithmSpecSymmetricDefault,
	})
	if err != nil {
		return nil, fail(why(ctx, err))
	}
	switch {
	case awssdk.ToString(out.KeyId) != keyARN: // servers that imitate KMS may not look at KeyId
		clear(out.Plaintext)
		return nil, fail(keys.ErrWrongKey)
	case len(out.Plaintext) != keys.DataKeySize:
		clear(out.Plaintext)
		return nil, fail(errAnswer)
	}
	return out.Plaintext, nil
}

// CreateGrant lets the grantee use a key for the resource in the encryption
// context. So CloudTrail records the key of the resource (K2).
func (k *Keys) CreateGrant(ctx context.Context, keyARN string, c keys.Context) (string, error) {
	fail := failing("CreateGrant", keyARN)
	if err := k.check(ctx, keyARN); err != nil {
		return "", fail(err)
	}
	if k.opts.Grantee == "" {
		return "", fail(errors.New("no grantee in the options"))
	}
	out, err := k.client.CreateGrant(ctx, &kms.CreateGrantInput{
		KeyId: &keyARN, GranteePrincipal: &k.opts.Grantee, RetiringPrincipal: &k.opts.Retiring,
		Constraints: &types.GrantConstraints{EncryptionContextSubset: c},
		Operations:  []types.GrantOperation{types.GrantOperationEncrypt, types.GrantOperationDecrypt, types.GrantOperationDescribeKey, types.GrantOperationGenerateDataKey},
	})
	if err != nil {
		return "", fail(why(ctx, err))
	}
	if awssdk.ToString(out.GrantId) == "" {
		return "", fail(errAnswer)
	}
	return *out.GrantId, nil
}

// RetireGrant ends a grant. KMS identifies it by its id, without an encryption
// context.
func (k *Keys) RetireGrant(ctx context.Context, keyARN, id string, _ keys.Context) error {
	fail := failing("RetireGrant", keyARN)
	if err := k.check(ctx, keyARN); err != nil {
		return fail(err)
	}
	if id == "" {
		return fail(keys.ErrNoGrant)
	}
	_, err := k.client.RetireGrant(ctx, &kms.RetireGrantInput{KeyId: &keyARN, GrantId: &id})
	if err = why(ctx, err); errors.Is(err, keys.ErrNoKey) {
		err = &because{keys.ErrNoGrant, err}
	}
	if err != nil {
		return fail(err)
	}
	return nil
}

// errAnswer is for what KMS cannot answer. It is not taken for an answer.
var errAnswer = errors.New("the answer contains another key, or no data key of 256 bits")

// check refuses what no call is needed for: aliases and ids, which may mean
// another key tomorrow, and keys of other Regions.
func (k *Keys) check(ctx context.Context, keyARN string) error {
	if k == nil || k.client == nil {
		return errZero
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	a, ok := arn.Split(keyARN)
	id, isKey := strings.CutPrefix(a.Resource, "key/")
	if !ok || a.Service != "kms" || !isKey || id == "" || strings.Contains(id, ":") {
		return keys.ErrKeyARN
	}
	if region := k.client.Options().Region; a.Region != region {
		return fmt.Errorf("%w: want Region %s", keys.ErrPlace, region)
	}
	return nil
}

func failing(op, keyARN string) func(error) error {
	return func(err error) error { return &keys.Error{Op: op, Key: keyARN, Err: err} }
}

// why puts the error of package keys above that of the SDK. What ended because
// ctx did says so.
func why(ctx context.Context, err error) error {
	if err == nil {
		return nil
	}
	if ctx.Err() != nil {
		return &because{ctx.Err(), err}
	}
	// KMSInvalidStateException stands for several states. Only its text tells.
	if state, ok := errors.AsType[*types.KMSInvalidStateException](err); ok {
		if strings.Contains(strings.ToLower(state.ErrorMessage()), "pending deletion") {
			return &because{keys.ErrPendingDeletion, err}
		}
		return err
	}
	return translate(err, map[string]error{
		"DisabledException":          keys.ErrDisabled,
		"NotFoundException":          keys.ErrNoKey,
		"AccessDeniedException":      keys.ErrDenied,
		"AccessDenied":               keys.ErrDenied,
		"IncorrectKeyException":      keys.ErrWrongKey,
		"InvalidCiphertextException": keys.ErrContext,
		"InvalidGrantIdException":    keys.ErrNoGrant,
	})
}
