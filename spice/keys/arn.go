package keys

import (
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/internal/arn"
)

// keyARN returns the ARN of a key.
func keyARN(region, account, id string) string {
	return fmt.Sprintf("arn:%s:kms:%s:%s:key/%s", arn.PartitionOf(region), region, account, id)
}

// parseARN returns the parts of the ARN of a key.
func parseARN(s string) (arn.ARN, error) {
	a, ok := arn.Split(s)
	id, isKey := strings.CutPrefix(a.Resource, "key/")
	if !ok || a.Service != "kms" || !isKey || !isName(id) || !isName(a.Partition) || checkPlace(a.Account, a.Region) != nil {
		return arn.ARN{}, ErrKeyARN
	}
	return a, nil
}

// checkPlace reports what is wrong with an account and Region.
func checkPlace(account, region string) error {
	if !arn.IsAccount(account) {
		return fmt.Errorf("account %q: want 12 digits", account)
	}
	if !isName(region) {
		return fmt.Errorf("region %q: want one like us-east-1", region)
	}
	return nil
}

// isName reports whether s is made of letters, digits and hyphens.
func isName(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	})
}
