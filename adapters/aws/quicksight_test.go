package aws_test

import (
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/quicksight"
	"github.com/aws/aws-sdk-go-v2/service/quicksight/types"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestQuickSightSDK: the SDK for Go works with the service that quicksighttest
// starts: signatures, names that are escaped in paths, paging, tagged unions,
// times and typed errors.
func TestQuickSightSDK(t *testing.T) {
	server, ctx := quicksighttest.NewServer(t), t.Context()
	client := quicksight.New(quicksight.Options{
		BaseEndpoint: &server.URL, Region: server.Region, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(server.AccessKeyID, server.SecretAccessKey, ""),
	})
	account, ns := awssdk.String(server.Account), awssdk.String("default")

	const name = "José García/+~ *'()"
	user, err := client.RegisterUser(ctx, &quicksight.RegisterUserInput{
		AwsAccountId: account, Namespace: ns, UserName: awssdk.String(name), Email: awssdk.String("jose@example.com"),
		IdentityType: types.IdentityTypeQuicksight, UserRole: types.UserRoleReader,
	})
	require.NoError(t, err)
	require.Equal(t, int32(201), user.Status)
	again, err := client.DescribeUser(ctx, &quicksight.DescribeUserInput{AwsAccountId: account, Namespace: ns, UserName: awssdk.String(name)})
	require.NoError(t, err)
	require.Equal(t, user.User, again.User)

	pages, users := quicksight.NewListUsersPaginator(client, &quicksight.ListUsersInput{AwsAccountId: account, Namespace: ns, MaxResults: awssdk.Int32(2)}), 0
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		require.NoError(t, err)
		users += len(page.UserList)
	}
	require.Equal(t, 5, users)

	set, err := client.DescribeDataSet(ctx, &quicksight.DescribeDataSetInput{AwsAccountId: account, DataSetId: awssdk.String("sales")})
	require.NoError(t, err)
	require.Equal(t, types.RowLevelPermissionPolicyGrantAccess, set.DataSet.RowLevelPermissionDataSet.PermissionPolicy)
	require.False(t, set.DataSet.CreatedTime.IsZero())
	files, ok := set.DataSet.PhysicalTableMap["files"].(*types.PhysicalTableMemberS3Source)
	require.True(t, ok)
	// What the SDK decoded can be sent again.
	_, err = client.UpdateDataSet(ctx, &quicksight.UpdateDataSetInput{
		AwsAccountId: account, DataSetId: awssdk.String("sales"), Name: awssdk.String("sales"), ImportMode: types.DataSetImportModeSpice,
		PhysicalTableMap: map[string]types.PhysicalTable{"files": files},
		//lint:ignore SA1019 the service speaks the data preparation that has these
		RowLevelPermissionDataSet: set.DataSet.RowLevelPermissionDataSet, RowLevelPermissionTagConfiguration: set.DataSet.RowLevelPermissionTagConfiguration,
	})
	require.NoError(t, err)
	rows, err := server.Rows(ctx, "sales", "default", "MarthaRivera")
	require.NoError(t, err)
	require.Equal(t, int64(1), rows.RowCount)

	_, err = client.TagResource(ctx, &quicksight.TagResourceInput{ResourceArn: user.User.Arn, Tags: []types.Tag{{Key: awssdk.String("k"), Value: awssdk.String("v")}}})
	require.NoError(t, err)
	tags, err := client.ListTagsForResource(ctx, &quicksight.ListTagsForResourceInput{ResourceArn: user.User.Arn})
	require.NoError(t, err)
	require.Len(t, tags.Tags, 1)

	_, err = client.DescribeDataSet(ctx, &quicksight.DescribeDataSetInput{AwsAccountId: account, DataSetId: awssdk.String("nothing")})
	var missing *types.ResourceNotFoundException
	require.ErrorAs(t, err, &missing)
	require.NotEmpty(t, missing.RequestId)
}
