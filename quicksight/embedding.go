package quicksight

import (
	"bytes"
	"context"

	"github.com/rowsight/rowsight/spice/embed"
)

// itself is the resource of an operation that asks the policy of the caller
// itself.
func itself(*struct{}, *Service) string { return "" }

// generateEmbedURL makes an embed URL. Package embed asks the policy of the
// caller for the namespace, each resource of the request and its domains.
func generateEmbedURL(c *call, _ *struct{}) (any, error) {
	request, err := embed.ParseRequest(bytes.NewReader(c.input), nil)
	if err != nil {
		return nil, err
	}
	res, err := c.s.embed.GenerateEmbedUrlForAnonymousUser(c.ctx(), embed.Caller{ARN: c.who.arn, Policy: c.who.embed}, request)
	if err != nil {
		return nil, err
	}
	return struct{ EmbedUrl, AnonymousUserArn string }{res.EmbedUrl, res.AnonymousUserArn}, nil
}

// generateRegisteredURL makes an embed URL for a registered user, and
// generateIdentityURL for the user of the caller's credentials. Package embed
// asks the policy of the caller for the user and the domains.
func generateRegisteredURL(c *call, _ *struct{}) (any, error) {
	request, err := embed.ParseRegisteredRequest(bytes.NewReader(c.input), nil)
	return c.registeredURL(c.s.embed.GenerateEmbedUrlForRegisteredUser, request, err)
}

func generateIdentityURL(c *call, _ *struct{}) (any, error) {
	request, err := embed.ParseIdentityRequest(bytes.NewReader(c.input), nil)
	return c.registeredURL(c.s.embed.GenerateEmbedUrlForRegisteredUserWithIdentity, request, err)
}

func (c *call) registeredURL(
	generate func(context.Context, embed.Caller, *embed.RegisteredRequest) (*embed.RegisteredResponse, error), request *embed.RegisteredRequest, err error,
) (any, error) {
	if err != nil {
		return nil, err
	}
	res, err := generate(c.ctx(), embed.Caller{ARN: c.who.arn, Policy: c.who.embed, User: c.who.user}, request)
	if err != nil {
		return nil, err
	}
	return struct{ EmbedUrl string }{res.EmbedUrl}, nil
}
