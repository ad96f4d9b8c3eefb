// Package roster lists possible viewers: the users and groups that rules name
// and, from a roster, the groups of each user.
//
// A roster is a CSV file with a column of users, a column of groups and any
// number of attributes. Groups are lists, written as in a permission dataset. A
// cell of an attribute is one value, as written:
//
//	user,groups,company
//	al,"sales,emea","Acme, Inc"
//	bo,sales,Globex
//
// [ReadCSV] reads one. [Roster.Viewers] returns the users as rules see them, and
// [Generate] makes rules from the attributes; a [Mapping] says which of them are
// lists. Without a roster, [FromRules] returns
// everybody whom rules name.
package roster
