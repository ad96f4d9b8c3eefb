// Package check finds errors and probable mistakes in a whole QuickSight account:
// what is shared without rules, rules that do not do what they seem to, and
// what nobody, or everybody, sees.
//
//	a, err := account.Read(os.DirFS("account"), nil)
//	findings := check.Account(a, nil)
//	vet.WriteText(os.Stdout, findings)
//
// The kinds of findings are [vet.AccountKinds]; docs/findings explains each on a
// page. A finding is a fact about the account: what the folder does not have is
// unknown, and gives no finding. Without the list of users no rule names an
// unknown user, and without the rows of a permission dataset nothing is said about
// its rules.
//
// Findings quote names of the account and of rules. They contain no value of a
// tag and no value of a rule.
package check
