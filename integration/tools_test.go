package integration

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
	"github.com/rowsight/rowsight/rls"
	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/tagrules"
)

// cdkPackages are the constructs of CDK, from npm.
var cdkPackages = []string{"aws-cdk-lib@2.276.0", "constructs@10.8.1"}

// readBoth reads the settings of a data set from what a tool printed.
func readBoth(text, dataSet string) (*tagrules.Config, *rls.PermissionDataSet, error, error) {
	config, err := tagrules.Parse(strings.NewReader(text), &tagrules.Options{DataSet: dataSet})
	settings, err2 := rls.ParseSettingsOf(strings.NewReader(text), dataSet)
	return config, settings, err, err2
}

func seededARN(s *quicksighttest.Server) string {
	return "arn:aws:quicksight:" + s.Region + ":" + s.Account + ":dataset/sales-rules"
}

// TestToolsBoto3: answers of boto3, written as JSON by a program.
func TestToolsBoto3(t *testing.T) {
	command := pythonWith(t, "boto3", boto3Version)
	server := quicksighttest.NewServer(t)
	var stderr bytes.Buffer
	run := exec.CommandContext(t.Context(), command, filepath.Join("testdata", "tools", "describe.py"), server.URL, server.AccessKeyID, server.SecretAccessKey, server.Account)
	run.Stderr = &stderr
	out, err := run.Output()
	require.NoError(t, err, stderr.String())
	var printed struct{ One, Object, Every string }
	require.NoError(t, json.Unmarshal(out, &printed))
	for _, text := range []string{printed.One, printed.Every} {
		config, settings, err, err2 := readBoth(text, "sales")
		require.NoError(t, err)
		require.NoError(t, err2)
		require.Equal(t, "*", config.TagRules[0].MatchAllValue)
		require.Equal(t, seededARN(server), settings.Arn)
	}
	config, err := tagrules.Parse(strings.NewReader(printed.Object), nil)
	require.NoError(t, err)
	require.Equal(t, "Region", config.TagRules[0].ColumnName)
}

// awsCLI runs the AWS command line against a server, and returns what it prints.
func awsCLI(t *testing.T, server *quicksighttest.Server, args ...string) string {
	t.Helper()
	aws := filepath.Join(filepath.Dir(pythonWith(t, "awscli", awscliVersion)), "aws")
	cmd := exec.CommandContext(t.Context(), aws, append([]string{"quicksight"}, args...)...)
	cmd.Env = append(os.Environ(), "AWS_PAGER=", "AWS_MAX_ATTEMPTS=1", "HOME="+t.TempDir(), "AWS_DEFAULT_REGION="+server.Region, "AWS_ENDPOINT_URL="+server.URL,
		"AWS_ACCESS_KEY_ID="+server.AccessKeyID, "AWS_SECRET_ACCESS_KEY="+server.SecretAccessKey, "AWS_EC2_METADATA_DISABLED=true")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	require.NoError(t, err, "%v: %s", args, stderr.String())
	return string(out)
}

// TestToolsCLI: what the AWS command line prints, and its skeletons after somebody
// has filled them in. Version 1, which PyPI has, prints no YAML.
func TestToolsCLI(t *testing.T) {
	server := quicksighttest.NewServer(t)
	text := awsCLI(t, server, "describe-data-set", "--aws-account-id", server.Account, "--data-set-id", "sales")
	config, settings, err, err2 := readBoth(text, "")
	require.NoError(t, err)
	require.NoError(t, err2)
	require.Equal(t, ",", config.TagRules[0].TagMultiValueDelimiter)
	require.Equal(t, rls.Version1, settings.FormatVersion)
	text = awsCLI(t, server, "list-data-sets", "--aws-account-id", server.Account)
	settings, err = rls.ParseSettingsOf(strings.NewReader(text), "sales")
	require.NoError(t, err)
	require.Equal(t, seededARN(server), settings.Arn)

	// A skeleton has every field, empty. What nobody filled in is refused, and a
	// field that the API takes only with a value must go.
	skeleton := awsCLI(t, server, "create-data-set", "--generate-cli-skeleton")
	_, _, err, err2 = readBoth(skeleton, "")
	require.Error(t, err)
	require.Error(t, err2)
	filled := fill(t, skeleton, func(in map[string]any) {
		delete(in, "SemanticModelConfiguration")
		rules := in["RowLevelPermissionDataSet"].(map[string]any)
		rules["Arn"], rules["PermissionPolicy"], rules["FormatVersion"], rules["Status"] = seededARN(server), "GRANT_ACCESS", "", ""
		tags := in["RowLevelPermissionTagConfiguration"].(map[string]any)
		tags["TagRuleConfigurations"] = []any{}
		rule := tags["TagRules"].([]any)[0].(map[string]any)
		rule["TagKey"], rule["ColumnName"] = "region", "Region"
		delete(rule, "MatchAllValue")
	})
	config, settings, err, err2 = readBoth(filled, "")
	require.NoError(t, err)
	require.NoError(t, err2)
	require.Equal(t, "Region", config.TagRules[0].ColumnName)
	require.Nil(t, settings.Namespace)
	_, err = tagrules.Parse(strings.NewReader(fill(t, filled, func(in map[string]any) {
		in["RowLevelPermissionTagConfiguration"].(map[string]any)["TagRules"].([]any)[0].(map[string]any)["MatchAllValue"] = ""
	})), nil)
	require.ErrorContains(t, err, "MatchAllValue: outside the limits: got no character, want at least 1, or no field")

	skeleton = awsCLI(t, server, "generate-embed-url-for-anonymous-user", "--generate-cli-skeleton")
	_, err = embed.ParseRequest(strings.NewReader(skeleton), nil)
	require.Error(t, err)
	request, err := embed.ParseRequest(strings.NewReader(fill(t, skeleton, func(in map[string]any) {
		in["AwsAccountId"], in["Namespace"], in["SessionLifetimeInMinutes"] = server.Account, "default", nil
		in["AuthorizedResourceArns"] = []string{"arn:aws:quicksight:" + server.Region + ":" + server.Account + ":dashboard/sales"}
		board := in["ExperienceConfiguration"].(map[string]any)["Dashboard"].(map[string]any)
		board["InitialDashboardId"], board["EnabledFeatures"], board["FeatureConfigurations"], board["DisabledFeatures"] = "sales", nil, nil, []any{}
		in["ExperienceConfiguration"] = map[string]any{"Dashboard": board}
		in["SessionTags"], in["AllowedDomains"] = []any{map[string]any{"Key": "region", "Value": "EMEA"}}, nil
	})), nil)
	require.NoError(t, err)
	require.Equal(t, tagrules.Tags{{Key: "region", Value: "EMEA"}}, request.SessionTags)

	skeleton = awsCLI(t, server, "start-dashboard-snapshot-job", "--generate-cli-skeleton")
	tags, err := tagrules.ParseTags(strings.NewReader(fill(t, skeleton, func(in map[string]any) {
		user := in["UserConfiguration"].(map[string]any)["AnonymousUsers"].([]any)[0].(map[string]any)
		user["RowLevelPermissionTags"].([]any)[0] = map[string]any{"Key": "region", "Value": "EMEA"}
	})), nil)
	require.NoError(t, err)
	require.Equal(t, tagrules.Tags{{Key: "region", Value: "EMEA"}}, tags)
}

// fill changes a document.
func fill(t *testing.T, text string, change func(in map[string]any)) string {
	t.Helper()
	in := make(map[string]any)
	require.NoError(t, json.Unmarshal([]byte(text), &in))
	change(in)
	out, err := json.MarshalIndent(in, "", "    ")
	require.NoError(t, err)
	return string(out)
}

// TestToolsCDK: the template that CDK synthesizes, with two data sets, rules in
// both data preparations, and an ARN that only CloudFormation can compute.
func TestToolsCDK(t *testing.T) {
	packages := npmInstall(t, cdkPackages[0], cdkPackages[1])
	out := t.TempDir()
	text, err := exec.CommandContext(t.Context(), "node", filepath.Join("testdata", "tools", "stack.mjs"), packages, out).CombinedOutput()
	require.NoError(t, err, string(text))
	text, err = os.ReadFile(filepath.Join(out, "Sales.template.json"))
	require.NoError(t, err)
	template := string(text)

	_, _, err, err2 := readBoth(template, "")
	require.ErrorIs(t, err, tagrules.ErrAmbiguous)
	require.ErrorContains(t, err, `choose a dataset (Options.DataSet, or --data-set): "Orders" or "orders", "Costs" or "costs"`)
	require.ErrorContains(t, err2, "holds 2 RowLevelPermissionDataSet objects, want one: choose a dataset")
	for _, name := range []string{"orders", "Orders"} {
		config, settings, err, err2 := readBoth(template, name)
		require.NoError(t, err)
		require.NoError(t, err2)
		require.Equal(t, "*", config.TagRules[0].MatchAllValue)
		require.Equal(t, rls.Status(""), settings.Status)
	}
	config, _, err, err2 := readBoth(template, "costs")
	require.NoError(t, err)
	require.Equal(t, "Team", config.TagRules[0].ColumnName)
	require.ErrorContains(t, err2, "Arn: wrong type: found an object, want a string", "the ARN is computed by CloudFormation")
}

// npmInstall installs packages of npm beside those of other tests, and returns
// their folder.
func npmInstall(t *testing.T, names ...string) string {
	t.Helper()
	for _, program := range []string{"node", "npm"} {
		if _, err := exec.LookPath(program); err != nil {
			t.Skip(program, " is not installed")
		}
	}
	cache, err := os.UserCacheDir()
	require.NoError(t, err)
	packages := filepath.Join(cache, "rowsight-npm", strings.NewReplacer("/", "-", "@", "-").Replace(names[0]))
	done := filepath.Join(packages, "complete")
	if _, err := os.Stat(done); err == nil {
		return packages
	}
	require.NoError(t, os.MkdirAll(packages, 0o755))
	ctx, cancel := context.WithTimeout(t.Context(), 3*time.Minute)
	defer cancel()
	install := exec.CommandContext(ctx, "npm", append([]string{"install", "--prefix", packages, "--no-audit", "--no-fund", "--ignore-scripts"}, names...)...)
	if out, err := install.CombinedOutput(); err != nil {
		t.Skipf("the npm registry cannot be reached: %v: %s", err, out)
	}
	require.NoError(t, os.WriteFile(done, nil, 0o644))
	return packages
}

// TestToolsTerraform: a plan of the real Terraform, before and after apply. The AWS
// provider is not needed: resources of Terraform itself have the same attributes.
func TestToolsTerraform(t *testing.T) {
	terraform, err := exec.LookPath("terraform")
	if err != nil {
		t.Skip("terraform is not installed")
	}
	dir := t.TempDir()
	text, err := os.ReadFile(filepath.Join("testdata", "tools", "main.tf"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "main.tf"), text, 0o600))
	run := func(args ...string) string {
		cmd := exec.CommandContext(t.Context(), terraform, args...)
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "CHECKPOINT_DISABLE=1", "TF_IN_AUTOMATION=1")
		var stderr bytes.Buffer
		cmd.Stderr = &stderr
		out, err := cmd.Output()
		require.NoError(t, err, "%v: %s", args, stderr.String())
		return string(out)
	}
	run("init", "-no-color")
	run("plan", "-no-color", "-out", "plan")
	plan := run("show", "-json", "plan")
	config, settings, err, err2 := readBoth(plan, "known")
	require.NoError(t, err)
	require.NoError(t, err2)
	require.Len(t, config.TagRules, 2)
	require.Empty(t, config.TagRules[1].MatchAllValue)
	require.Equal(t, rls.GrantAccess, settings.PermissionPolicy)

	_, _, err, err2 = readBoth(plan, "unknown")
	require.ErrorContains(t, err, "TagRuleConfigurations[0][0]: wrong type: found a value that Terraform knows only after apply, want a string")
	require.ErrorContains(t, err2, "Status: wrong type: found a value that Terraform knows only after apply, want a string")

	run("apply", "-no-color", "-auto-approve")
	state, err := os.ReadFile(filepath.Join(dir, "terraform.tfstate"))
	require.NoError(t, err)
	for _, text := range []string{run("show", "-json"), string(state)} {
		_, _, err, _ = readBoth(text, "")
		require.ErrorIs(t, err, tagrules.ErrAmbiguous)
	}
	_, _, err, err2 = readBoth(run("show", "-json"), "unknown")
	require.ErrorContains(t, err, `"rules"`, "no rule has this key")
	require.ErrorContains(t, err2, "holds 2 RowLevelPermissionDataSet objects", "terraform_data has what it is given as input and as output")
}
