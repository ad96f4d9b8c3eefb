//go:build (!amd64 && !arm64) || purego

package batch

func detectForm() form { return formGo }

func vectorCodesOf(f form, dst, indices *uint32, n int, memo *uint32, size int) (wrong uint32) {
	return 1
}

func vectorAcceptOf(f form, mask *uint64, states, classes *uint32, n int, final *uint32, size int) (wrong uint32) {
	return 1
}

func vectorPairsOf(s *pairScan) (wrong uint32) { return 1 }

func vectorShownOf(mask *uint64, indices *uint32, n int, shown *byte, size int) (wrong uint32) {
	return 1
}

func vectorTextsOf(f form, s *textScan) {}

func vectorMarksOf(f form, mask *uint64, marks *byte, words int) {}

func vectorRisingOf(offsets *int32, n int) (signs uint32) { return 1 }

func vectorOneOf(f form, mask *uint64, offsets *int32, n int, data *byte, last uint64, size int, first, keep, tail uint32) {
}
