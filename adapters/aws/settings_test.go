package aws_test

import (
	"encoding/json"
	"strings"
	"testing"

	awssdk "github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/quicksight"
	"github.com/aws/aws-sdk-go-v2/service/quicksight/types"
	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/tagrules"
)

// marshal writes a value of the SDK as a program would.
func marshal(t *testing.T, v any) *strings.Reader {
	t.Helper()
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return strings.NewReader(string(text))
}

const rulesARN = "arn:aws:quicksight:us-east-1:111122223333:dataset/rules"

// TestSettingsOfSDK: what json.Marshal makes of the types of the SDK is read, as
// the settings that they are: requests, answers, and the objects alone.
func TestSettingsOfSDK(t *testing.T) {
	text := awssdk.String
	tags := &types.RowLevelPermissionTagConfiguration{TagRules: []types.RowLevelPermissionTagRule{
		{TagKey: text("region"), ColumnName: text("Region"), TagMultiValueDelimiter: text(","), MatchAllValue: text("*")}, {TagKey: text("segment"), ColumnName: text("Segment")},
	}}
	rows := &types.RowLevelPermissionDataSet{Arn: text(rulesARN), PermissionPolicy: types.RowLevelPermissionPolicyGrantAccess}
	wantTags, err := tagrules.Parse(strings.NewReader(`{"TagRules": [{"TagKey": "region", "ColumnName": "Region", "TagMultiValueDelimiter": ",", "MatchAllValue": "*"}, {"TagKey": "segment", "ColumnName": "Segment"}]}`), nil)
	require.NoError(t, err)
	wantRows := &rls.PermissionDataSet{Arn: rulesARN, PermissionPolicy: rls.GrantAccess}
	//lint:ignore SA1019 the older data preparation has the settings here, and accounts still use it
	create := &quicksight.CreateDataSetInput{AwsAccountId: text("111122223333"), DataSetId: text("sales"), Name: text("Sales"), ImportMode: types.DataSetImportModeSpice, RowLevelPermissionDataSet: rows, RowLevelPermissionTagConfiguration: tags}
	prepared := &quicksight.UpdateDataSetInput{SemanticModelConfiguration: &types.SemanticModelConfiguration{TableMap: map[string]types.SemanticTable{
		"t": {Alias: text("t"), DestinationTableId: text("d"), RowLevelPermissionConfiguration: &types.RowLevelPermissionConfiguration{RowLevelPermissionDataSet: rows, TagConfiguration: tags}},
	}}}
	for _, v := range []any{create, prepared} {
		gotTags, err := tagrules.Parse(marshal(t, v), nil)
		require.NoError(t, err)
		require.Equal(t, wantTags, gotTags)
		gotRows, err := rls.ParseSettings(marshal(t, v))
		require.NoError(t, err)
		require.Equal(t, wantRows, gotRows)
	}
	gotTags, err := tagrules.Parse(marshal(t, tags), nil)
	require.NoError(t, err)
	require.Equal(t, wantTags, gotTags)
	gotRows, err := rls.ParseSettings(marshal(t, rows))
	require.NoError(t, err)
	require.Equal(t, wantRows, gotRows)

	// A data set without rules is no data set with empty ones.
	none := &quicksight.CreateDataSetInput{DataSetId: text("sales")}
	_, err = tagrules.Parse(marshal(t, none), nil)
	require.ErrorIs(t, err, tagrules.ErrNoConfig)
	_, err = rls.ParseSettings(marshal(t, none))
	require.ErrorIs(t, err, rls.ErrSettings)
	rows.PermissionPolicy = ""
	_, err = rls.ParseSettings(marshal(t, create))
	require.ErrorContains(t, err, `PermissionPolicy: got "", want GRANT_ACCESS`)
}

// TestAnswersOfSDK: the answers of the service, decoded and marshalled by the SDK.
func TestAnswersOfSDK(t *testing.T) {
	server, ctx := quicksighttest.NewServer(t), t.Context()
	client := quicksight.New(quicksight.Options{
		BaseEndpoint: &server.URL, Region: server.Region, RetryMaxAttempts: 1,
		Credentials: credentials.NewStaticCredentialsProvider(server.AccessKeyID, server.SecretAccessKey, ""),
	})
	account := awssdk.String(server.Account)
	var all []*quicksight.DescribeDataSetOutput
	for _, id := range []string{"sales", "sales-rules"} {
		set, err := client.DescribeDataSet(ctx, &quicksight.DescribeDataSetInput{AwsAccountId: account, DataSetId: awssdk.String(id)})
		require.NoError(t, err)
		all = append(all, set)
	}
	for _, v := range []any{all[0], all} {
		config, err := tagrules.Parse(marshal(t, v), &tagrules.Options{DataSet: "sales"})
		require.NoError(t, err)
		require.Equal(t, "Region", config.TagRules[0].ColumnName)
		settings, err := rls.ParseSettingsOf(marshal(t, v), "sales")
		require.NoError(t, err)
		require.Equal(t, "arn:aws:quicksight:"+server.Region+":"+server.Account+":dataset/sales-rules", settings.Arn)
	}
}

// TestRequestsOfSDK: requests for embed URLs and snapshots.
func TestRequestsOfSDK(t *testing.T) {
	text := awssdk.String
	in := &quicksight.GenerateEmbedUrlForAnonymousUserInput{
		AwsAccountId: text("111122223333"), Namespace: text("default"), AuthorizedResourceArns: []string{"arn:aws:quicksight:us-east-1:111122223333:dashboard/sales"},
		ExperienceConfiguration: &types.AnonymousUserEmbeddingExperienceConfiguration{Dashboard: &types.AnonymousUserDashboardEmbeddingConfiguration{InitialDashboardId: text("sales")}},
		SessionTags:             []types.SessionTag{{Key: text("region"), Value: text("EMEA")}},
	}
	request, err := embed.ParseRequest(marshal(t, in), nil)
	require.NoError(t, err)
	want := tagrules.Tags{{Key: "region", Value: "EMEA"}}
	require.Equal(t, want, request.SessionTags)
	require.Zero(t, request.SessionLifetimeInMinutes)
	tags, err := tagrules.ParseTags(marshal(t, in), nil)
	require.NoError(t, err)
	require.Equal(t, want, tags)
	in.SessionLifetimeInMinutes, in.AllowedDomains = awssdk.Int64(20), []string{"https://example.com"}
	request, err = embed.ParseRequest(marshal(t, in), nil)
	require.NoError(t, err)
	require.Equal(t, 20, request.SessionLifetimeInMinutes)
	in.ExperienceConfiguration.QSearchBar = &types.AnonymousUserQSearchBarEmbeddingConfiguration{InitialTopicId: text("t")}
	_, err = embed.ParseRequest(marshal(t, in), nil)
	require.ErrorContains(t, err, "got 2 experiences, want exactly one")

	job := &quicksight.StartDashboardSnapshotJobInput{UserConfiguration: &types.SnapshotUserConfiguration{AnonymousUsers: []types.SnapshotAnonymousUser{{RowLevelPermissionTags: in.SessionTags}}}}
	tags, err = tagrules.ParseTags(marshal(t, job), nil)
	require.NoError(t, err)
	require.Equal(t, want, tags)
	job.UserConfiguration.AnonymousUsers = append(job.UserConfiguration.AnonymousUsers, types.SnapshotAnonymousUser{RowLevelPermissionTags: []types.SessionTag{{Key: text("region"), Value: text("SECRET")}}})
	_, err = tagrules.ParseTags(marshal(t, job), nil)
	require.ErrorContains(t, err, "the document has 2 lists of tags, want one: each user has a session of its own; keep one entry of AnonymousUsers")
	require.NotContains(t, err.Error(), "SECRET")
	job.UserConfiguration.AnonymousUsers = nil
	_, err = tagrules.ParseTags(marshal(t, job), nil)
	require.ErrorIs(t, err, tagrules.ErrNoTags)
}
