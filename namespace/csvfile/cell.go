package csvfile

import "strings"

// A spreadsheet would run a cell that begins so. Behind apostrophes it would
// not; those count so that a name which begins with them comes back as it was.
//
//	name    cell        name    cell
//	=1+1    '=1+1       'twas   'twas
//	'=1+1   ''=1+1      ' = x   ' = x
func formula(s string) bool {
	s = strings.TrimLeft(s, "'")
	return s != "" && strings.IndexByte("=+-@\t\r", s[0]) >= 0
}

func escape(s string) string {
	if formula(s) {
		return "'" + s
	}
	return s
}

func unescape(s string) string {
	if s != "" && s[0] == '\'' && formula(s) {
		return s[1:]
	}
	return s
}
