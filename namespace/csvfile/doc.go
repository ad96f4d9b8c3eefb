// Package csvfile reads and writes users, groups and memberships of a
// [namespace.Directory] as CSV, one table each:
//
//	Namespace,UserName,Email,UserRole,IdentityType,IamArn,SessionName,CustomPermissionsName
//	Namespace,GroupName,Description
//	Namespace,GroupName,MemberName
//
// Columns may come in any order, and those that the API does not require may be
// missing. A name that is misspelt is refused, not skipped: a table whose
// Namespace column nobody recognised would put everybody into the default one.
// Columns of ExternalLogin are ExternalLoginFederationProviderType,
// CustomFederationProviderUrl and ExternalLoginId, as in the API.
//
// Nothing is trimmed, with one exception. Spreadsheets take a cell that begins
// with =, +, -, @, a tab or a carriage return for a formula, and run it. Such a
// cell is written with an apostrophe before it, and read without: names come
// back as they were.
package csvfile
