package quicksight

import (
	"slices"

	"github.com/rowsight/rowsight/namespace"
)

// checkLinks checks the analyses that a dashboard is linked with. A link leads to
// an analysis and gives no permission on it.
func (c *call) checkLinks(arns []string) error {
	for i, text := range arns {
		arn, err := namespace.ParseARN(text)
		if err != nil || text != c.s.arn(namespace.KindAnalysis, arn.Name) || slices.Contains(arns[:i], text) {
			return refuse(invalidParameter, "LinkEntities[%d]: want the ARN of an analysis of this account, once", i)
		}
		a, err := c.s.analysis(arn.Name)
		if err == nil && a.Status == statusDeleted {
			err = refuse(notFound, "LinkEntities[%d]: the analysis is deleted", i)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func updateDashboardLinks(c *call, in *dashboardInput, d dashboard) (any, error) {
	if err := c.checkLinks(in.LinkEntities); err != nil {
		return nil, err
	}
	d.LinkEntities = in.LinkEntities
	links := append([]string{}, d.LinkEntities...)
	return map[string]any{"DashboardArn": in.resource(c.s), "LinkEntities": links}, c.putDashboard(in.DashboardId, d, nil)
}
