package aws_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/secretsmanager"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/adapters/aws"
	"github.com/rowsight/rowsight/adapters/aws/internal/mototest"
	"github.com/rowsight/rowsight/spice/keys"
	"github.com/rowsight/rowsight/spice/keys/keystest"
	"github.com/rowsight/rowsight/spice/source"
)

// TestMoto talks to a server that was written by others: what it takes for a
// right request, and what its answers look like, is not our idea of AWS.
func TestMoto(t *testing.T) {
	url := mototest.Start(t)
	t.Run("KMS", func(t *testing.T) { motoKMS(t, url) })
	t.Run("Secrets Manager", func(t *testing.T) { motoSecrets(t, url) })
	t.Run("S3 and STS", func(t *testing.T) { motoRoles(t, url) })
}

func motoKMS(t *testing.T, url string) {
	client := kms.New(kms.Options{Region: "us-east-1", BaseEndpoint: &url, Credentials: static})
	service := aws.NewKeys(client, &aws.KeysOptions{Grantee: "arn:aws:iam::123456789012:role/rowsight"})
	createKey := func(t *testing.T) string {
		out, err := client.CreateKey(context.Background(), &kms.CreateKeyInput{})
		require.NoError(t, err)
		return *out.KeyMetadata.Arn
	}
	// moto lets disabled keys be used, forgets no grant twice and decrypts with
	// whatever key fits: what it does not imitate is tried on the fake of this
	// package.
	keystest.Run(t, func(t *testing.T) keystest.Kit {
		return keystest.Kit{Keys: struct{ keys.Keys }{service}, CreateKey: createKey}
	})
	_, err := service.GenerateDataKey(t.Context(), "arn:aws:kms:us-east-1:123456789012:key/00000000-0000-0000-0000-000000000000", nil)
	require.ErrorIs(t, err, keys.ErrNoKey)

	arn, dataset := createKey(t), keys.ForResource("arn:aws:quicksight:us-east-1:123456789012:dataset/sales")
	id, err := service.CreateGrant(t.Context(), arn, dataset)
	require.NoError(t, err)
	grants, err := client.ListGrants(t.Context(), &kms.ListGrantsInput{KeyId: &arn})
	require.NoError(t, err)
	require.Len(t, grants.Grants, 1)
	require.Equal(t, id, *grants.Grants[0].GrantId)
	require.Equal(t, map[string]string(dataset), grants.Grants[0].Constraints.EncryptionContextSubset)
	require.Len(t, grants.Grants[0].Operations, 4)
	require.NoError(t, service.RetireGrant(t.Context(), arn, id, dataset))
	grants, err = client.ListGrants(t.Context(), &kms.ListGrantsInput{KeyId: &arn})
	require.NoError(t, err)
	require.Empty(t, grants.Grants)
}

func motoSecrets(t *testing.T, url string) {
	client := secretsmanager.New(secretsmanager.Options{Region: "us-east-1", BaseEndpoint: &url, Credentials: static})
	secrets := aws.NewSecrets(client)
	name, text := "hospital", `{"username":"reader","password":"one"}`
	made, err := client.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: &name, SecretString: &text})
	require.NoError(t, err)
	for _, password := range []string{"one", "two"} {
		text := fmt.Sprintf(`{"username":"reader","password":%q}`, password)
		_, err := client.PutSecretValue(t.Context(), &secretsmanager.PutSecretValueInput{SecretId: made.ARN, SecretString: &text})
		require.NoError(t, err)
		login, err := source.ReadLogin(t.Context(), secrets, *made.ARN)
		require.NoError(t, err)
		require.Equal(t, password, login.Password().Reveal(), "rotation is picked up at the next use")
	}
	_, err = secrets.Secret(t.Context(), *made.ARN+"x")
	require.ErrorIs(t, err, source.ErrNoSecret)
	_, err = client.DeleteSecret(t.Context(), &secretsmanager.DeleteSecretInput{SecretId: made.ARN})
	require.NoError(t, err)
	_, err = secrets.Secret(t.Context(), *made.ARN)
	require.ErrorIs(t, err, source.ErrNoSecret)
	binary := "binary"
	made, err = client.CreateSecret(t.Context(), &secretsmanager.CreateSecretInput{Name: &binary, SecretBinary: []byte{1}})
	require.NoError(t, err)
	_, err = secrets.Secret(t.Context(), *made.ARN)
	require.ErrorIs(t, err, source.ErrSecretForm)
}

func motoRoles(t *testing.T, url string) {
	client := s3.New(s3.Options{Region: "us-east-1", BaseEndpoint: &url, UsePathStyle: true, Credentials: static})
	bucket, key := "sales", "a.csv"
	_, err := client.CreateBucket(t.Context(), &s3.CreateBucketInput{Bucket: &bucket})
	require.NoError(t, err)
	_, err = client.PutObject(t.Context(), &s3.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("region\nEMEA\n")})
	require.NoError(t, err)
	objects := aws.NewObjects(client, &aws.ObjectsOptions{STS: sts.New(sts.Options{Region: "us-east-1", BaseEndpoint: &url, Credentials: static})})
	as := objects.As("arn:aws:iam::123456789012:role/RunAs")
	for range 2 { // assumed once
		r, err := as.Open(t.Context(), bucket, key)
		require.NoError(t, err)
		require.NoError(t, r.Close())
	}
	n := 0
	for key, err := range as.List(t.Context(), bucket, "a") {
		require.NoError(t, err)
		require.Equal(t, "a.csv", key)
		n++
	}
	require.Equal(t, 1, n)
}
