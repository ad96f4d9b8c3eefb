// Package source holds data sources: where the rows of datasets come from, with
// what credentials, and as which role (K4 to K6).
//
//	request, err := source.ParseCreate(file, nil)           // JSON of create-data-source
//	d, err := catalog.Create(ctx, caller, request)          // CREATION_IN_PROGRESS
//	d, err = catalog.Wait(ctx, d.DataSourceId)              // CREATION_SUCCESSFUL
//	rows, err := catalog.Files(id, owner, nil).Records(ctx) // what an ingestion reads
//
// # Credentials
//
// A data source holds a pair of user name and password, the ARN of a secret, or
// a copy of another data source's pair. A secret is looked up at every use, so
// that a rotated one is picked up at the next ([Secrets], [OpenSecrets]). To name
// a secret the caller must be allowed to read it. A pair is used with the
// parameters it came with and no others: whoever may change a data source cannot
// send its password to a server of their own. Nothing prints a [Password], a
// [CredentialPair] or a [Login].
//
// # Run-as roles
//
// A data source of Athena, Redshift or S3 may have one role, of the same
// account, whose trust policy lets [Service] assume it. Setting it takes
// iam:PassRole, later uses do not. With it the account-wide role and scope-down
// policies do not count, without it both do; Lake Formation counts for Athena
// either way. See [Access].
//
// # Reading
//
// [CSV], [JSONLines], [Arrow] and, with a [Format] for any other, [Read] turn
// files into Arrow records in bounded memory. A value that is not what was
// expected is an error with file:line:column, never NULL and never a guess.
// [Manifest] names the files of an S3 data source, [Objects] has their bytes:
// [Folder] from a folder, adapters/aws from S3. A [Connection] opens PostgreSQL.
//
// The zero value of everything reads nothing and allows nothing.
package source
