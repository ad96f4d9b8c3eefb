// Package vet finds what is wrong, or may not be meant, in permission datasets
// and tag configurations, before anybody is exposed.
//
//	findings, err := vet.CSV(f, &vet.Options{Rules: &rls.Options{File: "rules.csv"}})
//	vet.WriteText(os.Stdout, findings)
//	// rules.csv:4:13: warning RS022: column "Segment": the list holds " Startup": …
//
// Each [Finding] has an id that never changes its meaning; [Kinds] lists them,
// and docs/findings explains each on a page. A file that [rls.ReadCSV] refuses
// is vetted all the same: its problems are findings, and so is what else can be
// seen.
//
// # What it is vetted with
//
//	alone       what the file itself shows: rules that do nothing or everything,
//	            spaces, look-alikes, limits
//	data        and what the data has: columns, values, rows that nobody sees
//	a roster    and who there is: users without a rule, groups without members,
//	            limits of each user with all groups
//
// For a tag configuration, [Tags], it is the configuration alone, the data, and
// the tags of sessions to try.
//
// # No false alarms
//
// A finding is a fact, and its severity a guess at what was meant. What is odd
// but right is no finding where that can be known: a value with a space that
// the data has, two look-alikes that are both in the data. What is left and
// meant is silenced by a [Config], with a reason.
//
// # Look-alikes
//
// Two texts look alike if they are equal after taking away case, white space
// around and in runs, invisible characters, the difference between one
// character and a base with marks, full width, kinds of quotes and dashes, and
// the common Greek and Cyrillic letters that look Latin. Two diacritics that
// differ are two letters: "Malmo" does not look like "Malmö".
//
// # Secrets
//
// Findings quote rule files and, if the caller vets with data, values of the
// data: they are for operators. No finding has the value of a tag or a
// match-all value (T8).
//
// # Cost
//
// The time is about linear in the size of the file, the data and the roster: a
// million rules take a few seconds. Three searches have a budget, beyond which
// they find less and say nothing wrong: for the nearest value of the data, for
// rules that another covers, and for rules that several cover together.
//
// Everything here is safe for concurrent use, readers of data aside.
package vet
