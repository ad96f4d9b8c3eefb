// Package aws connects rowsight to AWS: keys of KMS, secrets of Secrets
// Manager, objects of S3, and the roles these are read as.
//
//	cfg, err := config.LoadDefaultConfig(ctx)                 // of aws-sdk-go-v2, the caller's choice
//	keys := aws.NewKeys(kms.NewFromConfig(cfg), nil)          // a keys.Keys, and a keys.Granter
//	secrets := aws.NewSecrets(secretsmanager.NewFromConfig(cfg))
//	objects := aws.NewObjects(s3.NewFromConfig(cfg), &aws.ObjectsOptions{STS: sts.NewFromConfig(cfg)})
//
//	catalog, err := source.OpenCatalog(&source.Options{Secrets: secrets, Objects: objects, …})
//
// Clients are made by the caller, with the SDK: Region, endpoint, retries and
// credentials are set there and nowhere else. This package needs no environment
// variable and no file.
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
// What AWS refuses is an error of the package that asked: keys.ErrDisabled,
// keys.ErrContext, source.ErrNoSecret, source.ErrTrust, fs.ErrNotExist, …, with
// the SDK's error wrapped below it. Messages never hold a key, a secret or the
// bytes of an object. Nothing is kept: a rotated secret and a disabled key hold
// for the next call. Only the temporary credentials of a role are kept, as long
// as STS says.
//
// Everything is safe for concurrent use. The zero values refuse everything.
package aws
