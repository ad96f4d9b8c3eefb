package main

// targets are the ratios of the best peer to rowsight, on one thread, that the
// project has set itself.
var targets = map[Kind]map[Layout]map[string]float64{
	Mask: {
		Plain: {"F1": 1, "F2": 6, "F3": 4, "F4": 12},
		Dict:  {"F1": 2, "F2": 15, "F3": 12, "F4": 50},
	},
	Rows: {
		Plain: {"F1": 1.3, "F2": 2.5, "F3": 4, "F4": 10},
		Dict:  {"F1": 4, "F2": 2.5, "F3": 3, "F4": 15},
	},
}

// scalingTarget is how much faster two threads are to be than one, where there
// is work to share.
const scalingTarget = 1.8

// scalingCases are the cases for which scalingTarget holds.
var scalingCases = []string{"F2", "F3", "F4"}

// prepareTargets are the milliseconds that For and Bind may take.
var prepareTargets = map[string]float64{"F3": 8, "F4": 1}
