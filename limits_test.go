package rowsight_test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/tagrules"
)

// TestLimitsDocumented: docs/limits.md gives the numbers that the code enforces.
func TestLimitsDocumented(t *testing.T) {
	constants := map[string]int{
		"rls.MaxRules":               rls.MaxRules,
		"rls.MaxValues":              rls.MaxValues,
		"rls.MaxRunes":               rls.MaxRunes,
		"tagrules.MaxRules":          tagrules.MaxRules,
		"tagrules.MaxConfigurations": tagrules.MaxConfigurations,
		"tagrules.MaxTags":           tagrules.MaxTags,
		"tagrules.MaxKey":            tagrules.MaxKey,
		"tagrules.MaxDelimiter":      tagrules.MaxDelimiter,
		"tagrules.MaxMatchAll":       tagrules.MaxMatchAll,
		"tagrules.MaxValue":          tagrules.MaxValue,
	}
	text, err := os.ReadFile("docs/limits.md")
	require.NoError(t, err)
	row := regexp.MustCompile("(?m)^\\| .* \\| ([^|]*?) \\| [A-Z0-9, ]+ \\| `((?:rls|tagrules)\\.[A-Za-z]+)`")
	seen := make(map[string]bool)
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		number, name := m[1], m[2]
		number = strings.ReplaceAll(number[strings.LastIndex(number, " ")+1:], ",", "")
		require.Equal(t, strconv.Itoa(constants[name]), number, name)
		seen[name] = true
	}
	require.Len(t, seen, len(constants), "every constant has a row: %v", seen)
}
