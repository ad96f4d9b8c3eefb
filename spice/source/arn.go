package source

import (
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/internal/arn"
	"github.com/rowsight/rowsight/internal/plain"
	"github.com/rowsight/rowsight/namespace"
)

// parseRole reads the ARN of an IAM role: arn:partition:iam::account:role/path/name.
func parseRole(s string) (arn.ARN, error) {
	a, ok := arn.Split(s)
	name, isRole := strings.CutPrefix(a.Resource, "role/")
	if !ok || a.Partition == "" || a.Service != "iam" || a.Region != "" || !arn.IsAccount(a.Account) ||
		!isRole || name == "" || strings.HasSuffix(name, "/") || strings.ContainsAny(name, "*? ") {
		return arn.ARN{}, fmt.Errorf("%w: %q, want arn:partition:iam::account:role/name", ErrRoleARN, plain.Abridge(s, maxShown))
	}
	return a, nil
}

// isSecretARN is the pattern of the API.
func isSecretARN(s string) bool {
	a, ok := arn.Split(s)
	name, isSecret := strings.CutPrefix(a.Resource, "secret:")
	return ok && a.Service == "secretsmanager" && arn.IsAccount(a.Account) && isSecret && name != "" && !strings.ContainsAny(s, "*? \n")
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
