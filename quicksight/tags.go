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

// find returns the tags of a resource, which must be there.
func (in *tagsInput) find(c *call) ([]resourceTag, error) {
	tags := []resourceTag{}
	_, err := c.s.known(c.ctx(), in.ResourceArn)
	if err == nil {
		_, err = c.s.records.get(kindTags, in.ResourceArn, &tags)
	}
	return tags, err
}

func tagResource(c *call, in *tagsInput, tags []resourceTag) (any, error) {
	if err := checkTags(in.Tags); err != nil {
		return nil, err
	}
	tags = slices.DeleteFunc(tags, func(t resourceTag) bool {
		return slices.ContainsFunc(in.Tags, func(o resourceTag) bool { return o.Key == t.Key })
	})
	tags = append(tags, in.Tags...)
	if err := checkTags(tags); err != nil {
		return nil, err
	}
	return struct{}{}, c.s.newTags(c.ctx(), in.ResourceArn, tags)
}

func untagResource(c *call, in *tagsInput, tags []resourceTag) (any, error) {
	kept := slices.DeleteFunc(tags, func(t resourceTag) bool { return slices.Contains(in.TagKeys, t.Key) })
	return struct{}{}, c.s.records.put(c.ctx(), kindTags, in.ResourceArn, kept)
}

func listTagsForResource(_ *call, _ *tagsInput, tags []resourceTag) (any, error) {
	return struct{ Tags []resourceTag }{tags}, nil
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

// forgetTags deletes the tags of a resource that is deleted.
func (s *Service) forgetTags(ctx context.Context, arns ...string) error {
	return s.records.remove(ctx, kindTags, arns...)
}

// known returns the ARN of a resource that the service has.
func (s *Service) known(ctx context.Context, text string) (namespace.ARN, error) {
	arn, err := namespace.ParseARN(text)
	if err != nil {
		return arn, refuse(invalidParameter, "ResourceArn: not the ARN of a resource of QuickSight")
	}
	if arn.Account != s.opts.Account || arn.Partition != s.opts.Partition || arn.Region != s.opts.Region {
		return arn, refuse(notFound, "the resource is not of this account and Region")
	}
	err = namespace.ErrNotFound
	switch arn.Kind {
	case namespace.KindUser:
		_, err = s.admin.DescribeUser(ctx, arn.Namespace, arn.Name)
	case namespace.KindGroup:
		_, err = s.admin.DescribeGroup(ctx, arn.Namespace, arn.Name)
	case namespace.KindNamespace:
		_, err = s.admin.DescribeNamespace(ctx, arn.Name)
	default:
		for _, k := range s.kinds() {
			if k.kind == arn.Kind {
				_, err = k.get(ctx, arn.Name)
			}
		}
	}
	if errors.Is(err, namespace.ErrNotFound) {
		err = refuse(notFound, "the resource is not there")
	}
	return arn, err
}
