package source

import (
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
)

// A roleARN is the ARN of an IAM role: arn:partition:iam::account:role/path/name.
type roleARN struct{ partition, account, name string }

func parseRole(s string) (roleARN, error) {
	parts := strings.SplitN(s, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[1] == "" || parts[2] != "iam" || parts[3] != "" || !isAccount(parts[4]) {
		return roleARN{}, fmt.Errorf("%w: %q, want arn:partition:iam::account:role/name", ErrRoleARN, plain.Abridge(s, maxShown))
	}
	name, ok := strings.CutPrefix(parts[5], "role/")
	if !ok || name == "" || strings.HasSuffix(name, "/") || strings.ContainsAny(name, "*? ") {
		return roleARN{}, fmt.Errorf("%w: %q, want arn:partition:iam::account:role/name", ErrRoleARN, plain.Abridge(s, maxShown))
	}
	return roleARN{parts[1], parts[4], name}, nil
}

// isSecretARN is the pattern of the API.
func isSecretARN(s string) bool {
	parts := strings.SplitN(s, ":", 7)
	return len(parts) == 7 && parts[0] == "arn" && parts[2] == "secretsmanager" && isAccount(parts[4]) && parts[5] == "secret" && parts[6] != "" && !strings.ContainsAny(s, "*? \n")
}

func parseDataSourceARN(s string) (namespace.ARN, error) {
	a, err := namespace.ParseARN(s)
	if err == nil && a.Kind != namespace.KindDataSource {
		err = fmt.Errorf("%w: %q, want the ARN of a data source", ErrValue, plain.Abridge(s, maxShown))
	}
	return a, err
}

func checkVPC(s string) error {
	a, err := namespace.ParseARN(s)
	if err == nil && a.Kind != namespace.KindVPCConnection {
		err = fmt.Errorf("%w: %q, want the ARN of a VPC connection", ErrValue, plain.Abridge(s, maxShown))
	}
	return err
}

func isAccount(s string) bool {
	return len(s) == 12 && strings.Trim(s, "0123456789") == ""
}
