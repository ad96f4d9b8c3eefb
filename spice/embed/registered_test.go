package embed

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/tagrules"
)

const allowRegistered = `{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "quicksight:GenerateEmbedUrlForRegisteredUser*", "Resource": "*"}}`

func registeredRequest() *RegisteredRequest {
	return &RegisteredRequest{AwsAccountId: account, UserArn: prefix + "user/default/al", ExperienceConfiguration: Experience{Dashboard: &Dashboard{"d1"}}}
}

// newRegistered returns a site with the user al, who may query d1 and d2.
func newRegistered(t *testing.T, mode string) *world {
	t.Helper()
	d, err := namespace.New(account, "us-east-1", nil)
	require.NoError(t, err)
	admin := d.Administrator()
	_, err = admin.RegisterUser(t.Context(), namespace.RegisterUserInput{Namespace: "default", UserName: "al", Email: "a@example.com", UserRole: "READER", IdentityType: namespace.IdentityQuickSight})
	require.NoError(t, err)
	for _, id := range []string{"d1", "d2"} {
		_, err := admin.CreateDashboard(t.Context(), namespace.CreateAssetInput{Id: id, Name: id, Permissions: []namespace.ResourcePermission{{
			Principal: d.ARN(namespace.KindUser, "", "al"), Actions: []string{"quicksight:DescribeDashboard", "quicksight:ListDashboardVersions", ViewAction},
		}}})
		require.NoError(t, err)
	}
	return newWorld(t, func(s *Site, _ *Options) {
		if mode != "no users" {
			s.Users = d
		}
	})
}

// TestRegistered: a session of a registered user opens one dashboard, and tags
// play no part in it.
func TestRegistered(t *testing.T) {
	ctx := t.Context()
	w := newRegistered(t, "")
	caller := Caller{ARN: "arn:aws:iam::" + account + ":role/backend", Policy: policy(t, allowRegistered), Label: "tenant-1"}
	res, err := w.GenerateEmbedUrlForRegisteredUser(ctx, caller, registeredRequest())
	require.NoError(t, err)
	require.NotContains(t, fmt.Sprintf("%v %+v %s", res, *res, res), "code=")
	_, code, _ := strings.Cut(res.EmbedUrl, "?code=")
	token, session, err := w.Redeem(ctx, "", code)
	require.NoError(t, err)
	require.Equal(t, prefix+"user/default/al", session.User().String())
	require.NoError(t, session.Dashboard(ctx, "d1"))
	require.ErrorIs(t, session.Dashboard(ctx, "d2"), ErrForbidden, "which the user may query, and the session may not")
	viewer, err := session.viewer(ctx)
	require.NoError(t, err)
	require.Equal(t, "al", viewer.Principal.User.Name)
	require.Zero(t, viewer.Anonymous)
	require.Empty(t, viewer.Tags)
	require.Equal(t, "tenant-1", viewer.Label)
	_, err = w.Explain(session, new(tagrules.Config))
	require.ErrorIs(t, err, ErrForbidden)
	_, err = w.Session(ctx, "other", token)
	require.ErrorIs(t, err, ErrForeign)
	require.Contains(t, w.events(), eventRegistered)
	records := w.audit.Records()
	require.Equal(t, "QuickSightUser", records[len(records)-2].UserIdentity.Type, "of the redemption")

	_, err = w.GenerateEmbedUrlForRegisteredUser(ctx, Caller{}, registeredRequest())
	require.Equal(t, AccessDeniedException, Code(err))
	_, err = w.GenerateEmbedUrlForRegisteredUser(ctx, trusted(t), registeredRequest())
	require.Equal(t, AccessDeniedException, Code(err), "another action")
	_, err = w.GenerateEmbedUrlForRegisteredUser(ctx, caller, nil)
	require.Equal(t, InvalidParameterValueException, Code(err))

	_, err = newRegistered(t, "no users").GenerateEmbedUrlForRegisteredUser(ctx, caller, registeredRequest())
	require.Equal(t, QuickSightUserNotFoundException, Code(err))

	// A site that lost its users, with the keys and codes of before.
	w.Server.site.Users = nil
	require.ErrorIs(t, session.Check(ctx), ErrRevoked)
}

// FuzzParseRegisteredRequest: what is read is valid, and what it writes reads as
// the same.
func FuzzParseRegisteredRequest(f *testing.F) {
	b, err := json.Marshal(registeredRequest())
	require.NoError(f, err)
	f.Add(string(b), false)
	f.Add(strings.Replace(string(b), `"UserArn":`, `"AllowedDomains":["https://a.example"],"UserArn":`, 1), true)
	f.Add(`{"AwsAccountId":"111122223333","ExperienceConfiguration":{"DashboardVisual":{"InitialDashboardVisualId":{"DashboardId":"d","SheetId":"s","VisualId":"v"}}},"SessionLifetimeInMinutes":15}`, true)
	f.Fuzz(func(t *testing.T, text string, withIdentity bool) {
		req, err := parseRegistered(strings.NewReader(text), nil, withIdentity)
		if err != nil {
			require.Nil(t, req)
			require.Contains(t, []string{InvalidParameterValueException, SessionLifetimeInMinutesInvalidException}, Code(err))
			return
		}
		require.NoError(t, req.validate(withIdentity))
		require.NotEmpty(t, req.dashboard())
		b, err := json.Marshal(req)
		require.NoError(t, err)
		again, err := parseRegistered(strings.NewReader(string(b)), nil, withIdentity)
		require.NoError(t, err)
		if len(req.AllowedDomains) == 0 {
			req.AllowedDomains, again.AllowedDomains = nil, nil // [] and nothing are the same
		}
		require.Equal(t, req, again)
	})
}
