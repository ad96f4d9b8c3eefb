package quicksight

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/namespace"
)

// kindTags are the tags of resources, by ARN without its Region.
const kindTags = "tags"

// maxTags is how many tags a resource has at most.
const maxTags = 50

// A resourceTag is a tag of a resource. It has nothing to do with session tags.
type resourceTag struct{ Key, Value string }

type tagsInput struct {
	ResourceArn string
	Tags        []resourceTag
	TagKeys     []string
}

func (in *tagsInput) resource(*Service) string { return in.ResourceArn }

func tagResource(c *call, in *tagsInput) (int, any, error) {
	if err := c.s.known(c.ctx(), in.ResourceArn); err != nil {
		return 0, nil, err
	}
	return 200, struct{}{}, c.s.addTags(c.ctx(), in.ResourceArn, in.Tags)
}

func untagResource(c *call, in *tagsInput) (int, any, error) {
	if err := c.s.known(c.ctx(), in.ResourceArn); err != nil {
		return 0, nil, err
	}
	c.s.changing.Lock()
	defer c.s.changing.Unlock()
	tags, err := c.s.tagsOf(in.ResourceArn)
	if err != nil {
		return 0, nil, err
	}
	kept := slices.DeleteFunc(tags, func(t resourceTag) bool { return slices.Contains(in.TagKeys, t.Key) })
	return 200, struct{}{}, c.s.records.put(c.ctx(), kindTags, in.ResourceArn, kept)
}

func listTagsForResource(c *call, in *tagsInput) (int, any, error) {
	if err := c.s.known(c.ctx(), in.ResourceArn); err != nil {
		return 0, nil, err
	}
	tags, err := c.s.tagsOf(in.ResourceArn)
	return 200, struct{ Tags []resourceTag }{tags}, err
}

func (s *Service) tagsOf(arn string) ([]resourceTag, error) {
	tags := []resourceTag{}
	_, err := s.records.get(kindTags, arn, &tags)
	return tags, err
}

// checkTags checks the tags of a resource that is to be created.
func checkTags(tags []resourceTag) error {
	for i, t := range tags {
		if slices.ContainsFunc(tags[:i], func(o resourceTag) bool { return o.Key == t.Key }) {
			return refuse(invalidParameter, "Tags: a key is there twice")
		}
	}
	if len(tags) > maxTags {
		return refuse(limitExceeded, "Tags: the resource would have %d tags, want at most %d", len(tags), maxTags)
	}
	return nil
}

// newTags gives a new resource its tags, and none of one that had its name
// before.
func (s *Service) newTags(ctx context.Context, arn string, tags []resourceTag) error {
	if len(tags) == 0 {
		return s.forgetTags(ctx, arn)
	}
	slices.SortFunc(tags, func(a, b resourceTag) int { return strings.Compare(a.Key, b.Key) })
	return s.records.put(ctx, kindTags, arn, tags)
}

// addTags adds tags to those that a resource has.
func (s *Service) addTags(ctx context.Context, arn string, add []resourceTag) error {
	if err := checkTags(add); err != nil {
		return err
	}
	s.changing.Lock()
	defer s.changing.Unlock()
	tags, err := s.tagsOf(arn)
	if err != nil {
		return err
	}
	tags = slices.DeleteFunc(tags, func(t resourceTag) bool {
		return slices.ContainsFunc(add, func(o resourceTag) bool { return o.Key == t.Key })
	})
	tags = append(tags, add...)
	if err := checkTags(tags); err != nil {
		return err
	}
	return s.newTags(ctx, arn, tags)
}

// forgetTags deletes the tags of a resource that is deleted.
func (s *Service) forgetTags(ctx context.Context, arns ...string) error {
	return s.records.remove(ctx, kindTags, arns...)
}

// known reports whether the service has a resource.
func (s *Service) known(ctx context.Context, text string) error {
	arn, err := namespace.ParseARN(text)
	if err != nil {
		return refuse(invalidParameter, "ResourceArn: not the ARN of a resource of QuickSight")
	}
	if arn.Account != s.opts.Account || arn.Partition != s.opts.Partition || arn.Region != s.opts.Region {
		return refuse(notFound, "the resource is not of this account and Region")
	}
	switch arn.Kind {
	case namespace.KindUser:
		_, err = s.admin.DescribeUser(ctx, arn.Namespace, arn.Name)
	case namespace.KindGroup:
		_, err = s.admin.DescribeGroup(ctx, arn.Namespace, arn.Name)
	case namespace.KindNamespace:
		_, err = s.admin.DescribeNamespace(ctx, arn.Name)
	case namespace.KindDataSource:
		_, err = s.admin.DescribeDataSource(ctx, arn.Name)
	case namespace.KindDataset:
		_, err = s.admin.DescribeDataSet(ctx, arn.Name)
	case namespace.KindDashboard:
		_, err = s.admin.DescribeDashboard(ctx, arn.Name)
	case namespace.KindAnalysis:
		_, err = s.admin.DescribeAnalysis(ctx, arn.Name)
	case namespace.KindFolder:
		_, err = s.admin.DescribeFolder(ctx, arn.Name)
	default:
		err = namespace.ErrNotFound
	}
	if errors.Is(err, namespace.ErrNotFound) {
		return refuse(notFound, "the resource is not there")
	}
	return err
}
