package test

import (
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/query"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice"
	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/spice/keys"
	"github.com/rowsight/rowsight/spice/source"
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
		"spice.MaxRunes":             spice.MaxRunes,
		"spice.MaxRunesNew":          spice.MaxRunesNew,
		"spice.MaxDepth":             spice.MaxDepth,
		"spice.MaxID":                spice.MaxID,
		"spice.MaxName":              spice.MaxName,
		"spice.MaxKeyCache":          int(spice.MaxKeyCache / time.Minute),
		"keys.MaxDeletionDays":       keys.MaxDeletionDays,
		"source.MaxManifestFiles":    source.MaxManifestFiles,
		"namespace.MaxNamespaces":    namespace.MaxNamespaces,
		"namespace.MaxGroups":        namespace.MaxGroups,
		"namespace.MaxPage":          namespace.MaxPage,
		"query.MaxDimensions":        query.MaxDimensions,
		"query.MaxMeasures":          query.MaxMeasures,
		"query.MaxFilters":           query.MaxFilters,
		"query.MaxTop":               query.MaxTop,
		"query.MaxRows":              query.MaxRows,
		"query.MaxColumns":           query.MaxColumns,
		"query.MaxPrecision":         query.MaxPrecision,
		"query.MaxPage":              query.MaxPage,
		"embed.MaxResources":         embed.MaxResources,
		"embed.MaxDomains":           embed.MaxDomains,
		"embed.MaxLifetime":          embed.MaxLifetime,
		"embed.CodeLifetime":         int(embed.CodeLifetime / time.Minute),
	}
	text, err := os.ReadFile("docs/limits.md")
	require.NoError(t, err)
	row := regexp.MustCompile("(?m)^\\| .* \\| ([^|]*?[0-9]) \\| (?:[A-Z0-9, ]+|ours) \\| `([a-z]+\\.[A-Za-z]+)`")
	seen := make(map[string]bool)
	for _, m := range row.FindAllStringSubmatch(string(text), -1) {
		number, name := m[1], m[2]
		number = strings.ReplaceAll(number[strings.LastIndex(number, " ")+1:], ",", "")
		require.Equal(t, strconv.Itoa(constants[name]), number, name)
		seen[name] = true
	}
	require.Len(t, seen, len(constants), "every constant has a row: %v", seen)
}
