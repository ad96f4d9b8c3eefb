// Package audit records who used which key and who read or changed which
// dataset, in the JSON that CloudTrail writes, and answers questions from such
// records: which key encrypts a dataset, who read it, what changed (K2).
package audit
