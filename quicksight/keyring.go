package quicksight

import (
	"context"

	"github.com/rowsight/rowsight/spice/keys"
)

// firstKey returns the key that data sets get until one is registered: the first
// usable key of the folder, which is made if there is none.
func (s *Service) firstKey(ctx context.Context) (string, error) {
	all, err := s.keys.List(ctx)
	if err != nil {
		return "", err
	}
	for _, k := range all {
		if k.State == keys.Enabled && !k.Revoked {
			return k.ARN, nil
		}
	}
	if len(all) > 0 {
		return all[0].ARN, nil
	}
	return s.keys.CreateKey(ctx, s.opts.Account, s.opts.Region)
}

// trustedKeys returns the keys that data sets of the folder may be under.
func (s *Service) trustedKeys(ctx context.Context) (arns []string) {
	all, err := s.keys.List(ctx)
	if err != nil {
		return nil // then only the first key counts
	}
	for _, k := range all {
		arns = append(arns, k.ARN)
	}
	return arns
}

type keyRegistration struct {
	KeyArn     string
	DefaultKey bool
}

type failedKey struct {
	KeyArn      string
	Message     string
	StatusCode  int
	SenderFault bool
}

type registeredKey struct {
	KeyArn     string
	StatusCode int
}

// updateKeyRegistration registers all keys of the request, or none: if one
// cannot be used, all are reported as failed.
func updateKeyRegistration(c *call, in *struct{ KeyRegistration []keyRegistration }) (any, error) {
	var out struct {
		FailedKeyRegistration     []failedKey
		SuccessfulKeyRegistration []registeredKey
	}
	out.FailedKeyRegistration, out.SuccessfulKeyRegistration = []failedKey{}, []registeredKey{}
	var registered []keys.RegisteredKey
	reasons := make([]string, len(in.KeyRegistration))
	failed := false
	for i, k := range in.KeyRegistration {
		if _, err := c.s.keys.GenerateDataKey(c.ctx(), k.KeyArn, keys.ForResource(c.s.arn("namespace", "default"))); err != nil {
			reasons[i], failed = "the key cannot be used", true
		}
		registered = append(registered, keys.RegisteredKey{KeyArn: k.KeyArn, DefaultKey: k.DefaultKey})
	}
	if !failed {
		if err := c.s.store.UpdateKeyRegistration(c.ctx(), registered...); err != nil {
			return nil, refuse(invalidParameter, "KeyRegistration: %v", err)
		}
	}
	for i, k := range in.KeyRegistration {
		switch {
		case !failed:
			out.SuccessfulKeyRegistration = append(out.SuccessfulKeyRegistration, registeredKey{k.KeyArn, 200})
		case reasons[i] == "":
			reasons[i] = "another key of the request cannot be used, so none was registered"
			fallthrough
		default:
			out.FailedKeyRegistration = append(out.FailedKeyRegistration, failedKey{k.KeyArn, reasons[i], 400, true})
		}
	}
	return out, nil
}

func describeKeyRegistration(c *call, in *struct{ DefaultKeyOnly bool }) (any, error) {
	list := []keyRegistration{}
	for _, k := range c.s.store.DescribeKeyRegistration() {
		if k.DefaultKey || !in.DefaultKeyOnly {
			list = append(list, keyRegistration{k.KeyArn, k.DefaultKey})
		}
	}
	return struct {
		AwsAccountId    string
		KeyRegistration []keyRegistration
		Status          int
	}{c.s.opts.Account, list, 200}, nil
}
