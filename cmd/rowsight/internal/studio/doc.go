// Package studio answers the questions of rowsight studio: a page on which
// people edit rule files and see at once who sees what.
//
//	rule file ──► Table ──► edits, undo ──► text, every untouched field as it was
//	                │
//	                └──► rules ──► findings, rows of a viewer, exposure, changes, cases
//
// An [Engine] holds one rule file in all its versions, with the data, the roster
// and the tag rules it is tried on. [Engine.Call] takes a question and returns
// the answer as JSON. The engine knows neither HTTP nor files: package serve and
// a browser's own script reach it in the same way, and a [Host] reads and writes
// files for it.
//
// Answers hold values of hidden rows. They are for the person who owns the rules.
package studio
