// Package aws connects rowsight to AWS: keys of KMS, secrets of Secrets
// Manager, and objects of S3, which can be read as a role.
//
//	cfg, err := config.LoadDefaultConfig(ctx)                 // of aws-sdk-go-v2, the caller's choice
//	keys := aws.NewKeys(kms.NewFromConfig(cfg), nil)          // a keys.Keys, and a keys.Granter
//	secrets := aws.NewSecrets(secretsmanager.NewFromConfig(cfg))
//	objects := aws.NewObjects(s3.NewFromConfig(cfg), &aws.ObjectsOptions{STS: sts.NewFromConfig(cfg)})
//
//	catalog, err := source.OpenCatalog(&source.Options{Secrets: secrets, Objects: objects, …})
//
// The caller creates the clients with the SDK and sets Region, endpoint,
// retries and credentials there. This package reads no environment variable and
// no file.
//
// # What the callers' identities must be allowed
//
//   - [Keys]: kms:GenerateDataKey and kms:Decrypt on the keys; for grants
//     kms:CreateGrant and kms:RetireGrant.
//   - [Secrets]: secretsmanager:GetSecretValue, and kms:Decrypt if the secret is
//     encrypted under a key of the customer.
//   - [Objects]: s3:GetObject and s3:ListBucket, or sts:AssumeRole on the roles
//     that may.
//
// # Errors
//
// Errors of AWS become errors of the rowsight packages, such as
// keys.ErrDisabled, keys.ErrContext, source.ErrNoSecret, source.ErrTrust or
// fs.ErrNotExist, which wrap the error of the SDK. Messages never contain a
// key, a secret or the bytes of an object. Nothing is cached, so a rotated
// secret and a disabled key apply to the next call. The exception is the
// temporary credentials of a role, which are cached until they expire.
//
// Everything is safe for concurrent use. The zero values refuse everything.
package aws
