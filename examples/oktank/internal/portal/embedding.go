package portal

import (
	"context"

	"github.com/rowsight/rowsight/spice/embed"
	"github.com/rowsight/rowsight/tagrules"
)

// embedURL asks the service for an embed URL, as OkTank's server: it says what
// the viewer's tags are, and the browser never can.
func (p *Portal) embedURL(ctx context.Context, viewer Person) (string, error) {
	answer, err := p.service.GenerateEmbedUrlForAnonymousUser(ctx, p.caller, &embed.Request{
		AwsAccountId:            account,
		Namespace:               Namespace,
		AuthorizedResourceArns:  []string{p.resource},
		ExperienceConfiguration: embed.Experience{Dashboard: &embed.Dashboard{InitialDashboardId: Dashboard}},
		SessionTags:             viewer.Tags,
	})
	if err != nil {
		return "", err
	}
	return answer.EmbedUrl, nil
}

// why is what the operator view shows: the same rules, run once more beside
// the service. It holds tag values, which are secrets (T8).
type why struct {
	Tags      tagrules.Tags
	Predicate string
	Why       string
}

func (p *Portal) why(viewer Person) why {
	predicate, err := p.rules.For(viewer.Tags...)
	if err != nil {
		return why{Predicate: predicate.String(), Why: err.Error()}
	}
	explanation, err := p.rules.Explain(viewer.Tags...)
	if err != nil {
		return why{Predicate: predicate.String(), Why: err.Error()}
	}
	return why{viewer.Tags, predicate.String(), explanation.String()}
}
