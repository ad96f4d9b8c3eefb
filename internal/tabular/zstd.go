package tabular

import "github.com/klauspost/compress/zstd"

// zstdWindow reads from the header of a Zstandard frame how much memory
// decompressing it takes, before anything does so.
//
// Frames that are to be skipped over, which no writer of Arrow puts there, are
// no frames.
func zstdWindow(b []byte) (window uint64, ok bool) {
	var h zstd.Header
	if err := h.Decode(b); err != nil || h.Skippable {
		return 0, false
	}
	if h.SingleSegment { // the whole content is the window
		return h.FrameContentSize, true
	}
	return h.WindowSize, true
}
