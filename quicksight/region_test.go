package quicksight_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/quicksight/quicksighttest"
)

// TestDeniedInEveryRegion: a user is the same in every Region (N1), so a Deny for one
// ARN holds for the others.
func TestDeniedInEveryRegion(t *testing.T) {
	const key, secret = "AKIARAREVIEWREGION01", "secret-secret-secret-secret"
	admin := `{"AccessKeyId": "AKIAIOSFODNN7EXAMPLE", "SecretAccessKey": "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY", "Arn": "arn:aws:iam::111122223333:user/test", "Policy": {"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "*", "Resource": "*"}}}`
	c := `{"Credentials":[` + admin + `,{"AccessKeyId":"` + key + `","SecretAccessKey":"` + secret + `","Arn":"arn:aws:iam::111122223333:user/x","Policy":{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"},{"Effect":"Deny","Action":"*","Resource":"arn:aws:quicksight:us-east-1:111122223333:user/default/PowerUser"}]}}]}`
	s := quicksighttest.NewEmptyServer(t, c)
	require.NoError(t, s.Seed(t.Context()))
	for _, user := range []string{arn("user/default/PowerUser"), strings.Replace(arn("user/default/PowerUser"), "us-east-1", "eu-west-1", 1), arn("user/PowerUser")} {
		var out struct{ EmbedUrl string }
		err := s.Send(t.Context(), key, secret, "POST", "/accounts/111122223333/embed-url/registered-user", object{
			"UserArn": user, "ExperienceConfiguration": object{"Dashboard": object{"InitialDashboardId": "sales"}},
		}, &out)
		require.ErrorContains(t, err, "AccessDenied", user)
	}
}
