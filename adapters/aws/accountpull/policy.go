package accountpull

import (
	"cmp"
	"encoding/json"
	"slices"

	"github.com/rowsight/rowsight/internal/arn"
)

// Actions returns the IAM actions that [Pull] needs, in order. All only read.
func Actions() []string {
	actions := []string{
		"ListNamespaces", "ListUsers", "ListGroups", "ListGroupMemberships", "ListDataSources", "DescribeDataSourcePermissions",
		"ListDataSets", "DescribeDataSet", "DescribeDataSetPermissions", "ListDashboards", "DescribeDashboard", "DescribeDashboardPermissions",
		"ListAnalyses", "DescribeAnalysis", "DescribeAnalysisPermissions", "ListFolders", "DescribeFolder", "DescribeFolderResolvedPermissions", "ListFolderMembers",
		"DescribeKeyRegistration", "DescribeAccountSettings", "DescribeIpRestriction",
	}
	slices.Sort(actions)
	for i := range actions {
		actions[i] = "quicksight:" + actions[i]
	}
	return actions
}

// Policy returns an IAM policy that allows [Actions] on the resources of an
// account, as JSON. An account of "" stands for every account.
func Policy(account, region string) string {
	account = cmp.Or(account, "*")
	text, err := json.MarshalIndent(map[string]any{
		"Version": "2012-10-17",
		"Statement": []map[string]any{{
			"Sid": "ReadQuickSight", "Effect": "Allow", "Action": Actions(),
			"Resource": "arn:" + arn.PartitionOf(region) + ":quicksight:*:" + account + ":*",
		}},
	}, "", "  ")
	if err != nil {
		return "" // a map of texts is JSON
	}
	return string(text) + "\n"
}
