package main

import "slices"

// A class is a kind of processor, by the form of the loops that it uses. What can
// be reached differs between them.
type class string

// Classes.
const (
	wide   class = "AVX-512"
	narrow class = "without AVX-512"
)

// classOf returns the class of a form of the loops.
func classOf(form string) class {
	if slices.Contains([]string{"avx512", "mixed"}, form) {
		return wide
	}
	return narrow
}

// targets are the ratios of the best peer to rowsight, on one thread, that the
// project has set itself for a class.
var targets = map[class]map[Kind]map[Layout]map[string]float64{
	wide: {
		Mask: {
			Plain: {"F1": 1, "F2": 6, "F3": 4, "F4": 12},
			Dict:  {"F1": 2, "F2": 15, "F3": 12, "F4": 50},
		},
		Rows: {
			Plain: {"F1": 1.3, "F2": 2.5, "F3": 4, "F4": 10},
			Dict:  {"F1": 4, "F2": 2.5, "F3": 3, "F4": 15},
		},
	},
	narrow: {
		Mask: {
			Plain: {"F1": 1.5, "F2": 9, "F3": 3.5, "F4": 9},
			Dict:  {"F1": 1.2, "F2": 3, "F3": 3, "F4": 30},
		},
		Rows: {
			Plain: {"F1": 1.5, "F2": 3.5, "F3": 2.5, "F4": 8},
			Dict:  {"F1": 1.3, "F2": 1.5, "F3": 1.6, "F4": 12},
		},
	},
}

// e2eTargets are the ratios of the best engine to rowsight on two threads, without
// AVX-512.
var e2eTargets = map[Flow]map[string]float64{
	ParquetToParquet: {"F1": 1.2, "F2": 1.3, "F3": 1.5, "F4": 10},
	CSVToCSV:         {"F1": 1.5, "F2": 1.5, "F3": 2, "F4": 15},
}

// scalingTarget is how much faster two threads are to be than one, where there
// is work to share.
const scalingTarget = 1.8

// scalingCases are the cases for which scalingTarget holds.
var scalingCases = []string{"F2", "F3", "F4"}

// prepareTargets are the milliseconds that For and Bind may take.
var prepareTargets = map[string]float64{"F3": 8, "F4": 1}
