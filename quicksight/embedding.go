package quicksight

import (
	"bytes"

	"github.com/rowsight/rowsight/spice/embed"
)

// itself is the resource of an operation that asks the policy of the caller
// itself.
func itself(*Service, *struct{}) string { return "" }

// generateEmbedURL makes an embed URL. Package embed asks the policy of the
// caller for the namespace, each resource of the request and its domains.
func generateEmbedURL(c *call, _ *struct{}) (int, any, error) {
	request, err := embed.ParseRequest(bytes.NewReader(c.input), nil)
	if err != nil {
		return 0, nil, err
	}
	res, err := c.s.embed.GenerateEmbedUrlForAnonymousUser(c.ctx(), embed.Caller{ARN: c.who.arn, Policy: c.who.embed}, request)
	if err != nil {
		return 0, nil, err
	}
	return 200, struct{ EmbedUrl, AnonymousUserArn string }{res.EmbedUrl, res.AnonymousUserArn}, nil
}
