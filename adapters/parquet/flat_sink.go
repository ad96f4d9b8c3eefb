package parquet

// A pageSink keeps the pages of a column in parts that are used again.
type pageSink struct {
	parts [][]byte
	size  int64
}

const sinkPart = 64 << 10

// Write implements io.Writer.
func (s *pageSink) Write(b []byte) (int, error) {
	n := len(b)
	for len(b) > 0 {
		i := int(s.size / sinkPart)
		if i == len(s.parts) {
			s.parts = append(s.parts, make([]byte, sinkPart))
		}
		k := copy(s.parts[i][s.size%sinkPart:], b)
		b, s.size = b[k:], s.size+int64(k)
	}
	return n, nil
}

// Tell returns how many bytes were written.
func (s *pageSink) Tell() int64 { return s.size }

// writeTo writes all bytes and forgets them.
func (s *pageSink) writeTo(to *tellingWriter) error {
	for _, part := range s.parts {
		if s.size == 0 {
			break
		}
		n := min(s.size, sinkPart)
		if _, err := to.Write(part[:n]); err != nil {
			return err
		}
		s.size -= n
	}
	return nil
}
