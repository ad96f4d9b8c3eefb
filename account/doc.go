// Package account reads and writes the state of a QuickSight account as a folder
// of JSON files in the shapes of the API, one file for each resource.
//
//	account, err := account.Read(os.DirFS("account"), nil)
//	for _, set := range account.DataSets { … }
//
// # The folder
//
//	account.json                   AwsAccountId, Region, and which lists are complete
//	namespaces/NAME.json           {"Namespace": …}
//	users/NAMESPACE/NAME.json      {"User": …}
//	groups/NAMESPACE/NAME.json     {"Group": …, "GroupMemberList": […]}
//	data-sources/ID.json           {"DataSource": …, "Permissions": […]}
//	data-sets/ID.json              {"DataSet": …, "Permissions": […]}
//	data-sets/ID.rules.csv         the rows of a permission dataset, if you have them
//	dashboards/ID.json             {"Dashboard": …, "LinkSharingConfiguration": …, "Permissions": […]}
//	analyses/ID.json               {"Analysis": …, "Permissions": […]}
//	folders/ID.json                {"Folder": …, "FolderMemberList": […], "Permissions": […]}
//	key-registration.json          {"KeyRegistration": […]}
//	account-settings.json          {"AccountSettings": …}
//	ip-restriction.json            {"Enabled": …, "IpRestrictionRuleMap": …}
//
// The members are those of the Describe and List operations. Members that this
// package does not know are kept. Fields are sorted, and lists without an order
// of their own too, so that two pulls of one account give the same bytes. Names
// are percent-escaped. A member that is absent is unknown: without "Permissions"
// nobody has looked at the permissions, and "Permissions": [] means that there
// are none. A list that may lack items is named by a member "Incomplete".
//
// A [Writer] writes a folder. It leaves out credentials, and writes "(hidden)"
// for match-all values of tag rules, which are secrets (T8). [Import] makes a
// folder of what the AWS CLI, CloudFormation and Terraform print.
//
// # Who sees what
//
// [Account.Opens] says how a user can open a data set, and [Account.Rows] which
// rows the user then sees. The zero Account is empty, and nobody sees anything
// in it.
package account
