package keys

import (
	"fmt"
	"strings"
)

// An arn is the ARN of a key, in its parts.
type arn struct{ partition, region, account, id string }

func (a arn) String() string {
	return fmt.Sprintf("arn:%s:kms:%s:%s:key/%s", a.partition, a.region, a.account, a.id)
}

func parseARN(s string) (arn, error) {
	f := strings.Split(s, ":")
	if len(f) != 6 || f[0] != "arn" || f[2] != "kms" {
		return arn{}, ErrKeyARN
	}
	id, ok := strings.CutPrefix(f[5], "key/")
	a := arn{f[1], f[3], f[4], id}
	if !ok || !isName(id) || !isName(a.partition) || checkPlace(a.account, a.region) != nil {
		return arn{}, ErrKeyARN
	}
	return a, nil
}

// checkPlace reports what is wrong with an account and Region.
func checkPlace(account, region string) error {
	if len(account) != 12 || strings.Trim(account, "0123456789") != "" {
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

// partitionOf returns the partition that a Region belongs to.
func partitionOf(region string) string {
	switch {
	case strings.HasPrefix(region, "cn-"):
		return "aws-cn"
	case strings.HasPrefix(region, "us-gov-"):
		return "aws-us-gov"
	}
	return "aws"
}
