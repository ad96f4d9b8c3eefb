// Package roster lists possible viewers: the users and groups that rules name
// and, from a roster, the groups of each user.
//
// A roster is a CSV file with a column of users, a column of groups and any
// number of attributes. Its cells are lists, written as in a permission
// dataset:
//
//	user,groups,region
//	al,"sales,emea",EMEA
//	bo,sales,"US,APAC"
//
// [ReadCSV] reads one. [Roster.Viewers] returns the users as rules see them, and
// [Generate] makes rules from the attributes. Without a roster, [Named] returns
// everybody whom rules name.
package roster
