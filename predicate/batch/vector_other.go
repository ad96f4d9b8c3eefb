//go:build !amd64 || purego

package batch

const hasVector = false

func vectorCodesOf(dst, indices *uint32, n int, memo *uint32, size int) (wrong uint32) {
	return 1
}

func vectorAdvanceOf(states, classes *uint32, n int, next *uint32, size int) {}

func vectorAcceptOf(mask *uint64, states, classes *uint32, n int, final *uint32, size int) (wrong uint32) {
	return 1
}

func vectorFewOf(s *textScan) {}

func vectorGroupsOf(s *textScan) {}
