// Package csvfile reads and writes users, groups and memberships of a
// [namespace.Directory] as CSV, one table each:
//
//	Namespace,UserName,Email,UserRole,IdentityType,IamArn,SessionName,CustomPermissionsName
//	Namespace,GroupName,Description
//	Namespace,GroupName,MemberName
//
// Columns may come in any order, and those that the API does not require may be
// missing. An unknown column is an error and is not skipped: if a misspelled
// Namespace column were skipped, all users would get the default namespace.
// Columns of ExternalLogin are ExternalLoginFederationProviderType,
// CustomFederationProviderUrl and ExternalLoginId, as in the API.
//
// White space is kept. Spreadsheets run a cell that begins with =, +, -, @, a
// tab or a carriage return as a formula. Such a cell is written with an
// apostrophe in front, which is removed when the cell is read.
package csvfile
