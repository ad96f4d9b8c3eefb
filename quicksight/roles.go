package quicksight

import (
	"context"
	"fmt"
	"strings"

	"github.com/rowsight/rowsight/spice/source"
)

// accountRole returns the account-wide role of the service: data sources that
// have no run-as role read with it. It may read every object.
func accountRole(partition, account string) (source.Role, error) {
	role := source.Role{Arn: fmt.Sprintf("arn:%s:iam::%s:role/service-role/aws-quicksight-service-role-v0", partition, account)}
	var err error
	role.Trust, err = source.ParseTrustPolicy(strings.NewReader(`{"Version":"2012-10-17","Statement":{
		"Effect":"Allow","Principal":{"Service":"`+source.Service+`"},"Action":"sts:AssumeRole"}}`), nil)
	if err != nil {
		return source.Role{}, err
	}
	role.Policy, err = source.ParsePolicy(strings.NewReader(`{"Version":"2012-10-17","Statement":{
		"Effect":"Allow","Action":["s3:GetObject","s3:ListBucket"],"Resource":"*"}}`), nil)
	return role, err
}

// roles are the account-wide role and those of the options.
type roles struct {
	account source.Role
	others  source.Roles
}

// Role implements [source.Roles].
func (r roles) Role(ctx context.Context, arn string) (source.Role, error) {
	switch {
	case arn == r.account.Arn:
		return r.account, ctx.Err()
	case r.others == nil:
		return source.Role{}, fmt.Errorf("%w: %s", source.ErrNoRole, arn)
	}
	return r.others.Role(ctx, arn)
}
