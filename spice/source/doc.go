// Package source manages data sources: the places that datasets read from,
// their credentials, and their roles (K4 to K6).
//
//	request, err := source.ParseCreate(file, nil)           // JSON of create-data-source
//	d, err := catalog.Create(ctx, caller, request)          // CREATION_IN_PROGRESS
//	d, err = catalog.Wait(ctx, d.DataSourceId)              // CREATION_SUCCESSFUL
//	rows, err := catalog.Files(id, owner, nil).Records(ctx) // what an ingestion reads
//
// # Credentials
//
// A data source holds a pair of user name and password, the ARN of a secret, or
// a copy of another data source's pair. A secret is read at every use, so a
// rotated secret applies from the next use ([Secrets], [OpenSecrets]). Only a
// caller that may read a secret may name it. A pair is used only with the
// parameters that it was created with, so a user who may change a data source
// cannot send its password to another server. No function prints a [Password],
// a [CredentialPair] or a [Login].
//
// # Run-as roles
//
// A data source of Athena, Redshift or S3 may have a run-as role of the same
// account. The trust policy of the role must allow [Service] to assume it. To
// set the role, the caller needs iam:PassRole; later uses do not need it. A
// run-as role replaces the account-wide role and scope-down policies. Lake
// Formation permissions apply to Athena in both cases. See [Access].
//
// # Reading
//
// [CSV], [JSONLines], [Arrow] and, with a [Format] for any other, [Read] turn
// files into Arrow records in bounded memory. An unexpected value is an error
// with file:line:column, never NULL and never a guess. A [Manifest] lists the
// files of an S3 data source, and [Objects] read them: [Folder] from a folder,
// adapters/aws from S3. A [Connection] opens PostgreSQL.
//
// The zero value of everything reads nothing and allows nothing.
package source
