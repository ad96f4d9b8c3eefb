// Package vet finds errors and probable mistakes in permission datasets and tag
// configurations. Run it before you deploy them.
//
//	findings, err := vet.CSV(f, &vet.Options{Rules: &rls.Options{File: "rules.csv"}})
//	vet.WriteText(os.Stdout, findings)
//	// rules.csv:4:13: warning RS022: column "Segment": the list holds " Startup": …
//
// Each [Finding] has an id that never changes its meaning; [Kinds] lists them,
// and docs/findings explains each on a page. Vet also checks a file that
// [rls.ReadCSV] rejects: its errors are findings, beside those that can still
// be detected.
//
// # Inputs
//
//	alone       what the file itself shows: rules that do nothing or everything,
//	            spaces, look-alikes, limits
//	data        and what the data has: columns, values, rows that nobody sees
//	a roster    and who there is: users without a rule, groups without members,
//	            limits of each user with all groups
//
// [Tags] checks a tag configuration alone, with data, and with the tags of
// sessions.
//
// # No false alarms
//
// A finding is a fact, and its severity is an estimate of the intention.
// Unusual but correct input is not reported if vet can know that it is correct:
// a value with a space that the data holds, or two look-alikes that are both in
// the data. To accept a finding, silence it in a [Config] and give a reason.
//
// # Look-alikes
//
// Two texts look alike if they differ only in case, white space, invisible
// characters, Unicode composition, full width, kinds of quotes and dashes, or
// common Greek and Cyrillic letters that look Latin. Different diacritics make
// different letters: "Malmo" does not look like "Malmö".
//
// # Secrets
//
// Findings quote rule files and, with data, values of the data. They are for
// operators, not for viewers. No finding contains the value of a tag or a
// match-all value (T8).
//
// # Cost
//
// The time is about linear in the size of the file, the data and the roster: a
// million rules take a few seconds. Three searches have a budget: for the
// nearest value of the data, for rules that another covers, and for rules that
// several cover together. Beyond the budget they find less, but report nothing
// wrong.
//
// Everything here is safe for concurrent use, readers of data aside.
package vet
