package accountpull

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"sync"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sts"

	"github.com/rowsight/rowsight/account"
)

// ErrDenied reports IAM actions that the caller lacks.
var ErrDenied = errors.New("the caller lacks IAM actions")

// Options say how an account is read. A nil *Options is the default.
type Options struct {
	// Account is the id of the account; "" is the account of the caller.
	Account string

	// Endpoint is the address of the service; "" is AWS in the Region. A service
	// that is not AWS may lack operations.
	Endpoint string

	// Progress is called when a kind of resources begins and each time one of them
	// is written: done of total are. It is not called concurrently.
	Progress func(kind account.Kind, done, total int)

	// Note is called for what the service does not have, and the folder lacks.
	Note func(text string)

	// Workers is how many calls are made at a time; 0 is 4.
	Workers int

	// Retryer decides which calls are tried again; nil is the standard one of the SDK.
	Retryer aws.Retryer
}

// Pull reads an account into a folder, or continues a pull that ended early. The
// caller's identity needs [Actions].
func Pull(ctx context.Context, cfg aws.Config, dir string, opts *Options) error {
	var o Options
	if opts != nil {
		o = *opts
	}
	if o.Workers <= 0 {
		o.Workers = 4
	}
	if o.Account == "" {
		who, err := sts.NewFromConfig(cfg).GetCallerIdentity(ctx, nil)
		if err != nil {
			return fmt.Errorf("account of the caller: %w", err)
		}
		o.Account = aws.ToString(who.Account)
	}
	c, err := newClient(cfg, o)
	if err != nil {
		return err
	}
	w, err := account.OpenWriter(dir, o.Account, cfg.Region)
	if err != nil {
		return err
	}
	p := &pulling{client: c, writer: w, opts: o, denied: make(map[string]bool)}
	if err := p.all(ctx); err != nil {
		return errors.Join(err, w.Stop())
	}
	if len(p.denied) > 0 {
		return errors.Join(fmt.Errorf("%w: %s", ErrDenied, strings.Join(slices.Sorted(maps.Keys(p.denied)), ", ")), w.Stop())
	}
	return w.Close()
}

// A pulling is one run.
type pulling struct {
	*client
	opts Options

	mu     sync.Mutex // of what follows
	writer *account.Writer
	denied map[string]bool
	noted  map[string]bool
}

type members map[string]json.RawMessage

// errSkip is the error of a call that the caller may not make. What it is about
// is not written, so that the next run reads it.
var errSkip = errors.New("the caller may not make the call")

// ask calls an operation. ok is false for one that the service does not have, or
// whose resource has gone. The error of one that the caller may not make is
// [errSkip].
func (p *pulling) ask(ctx context.Context, operation string, query url.Values, segments ...string) (answer members, ok bool, err error) {
	answer, err = p.get(ctx, operation, query, segments...)
	var api *apiError
	if err == nil {
		return answer, true, nil
	}
	if !errors.As(err, &api) {
		return nil, false, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case api.denied():
		p.denied["quicksight:"+operation] = true
		return nil, false, errSkip
	case api.absent(p.opts.Endpoint != ""):
		if p.noted == nil {
			p.noted = make(map[string]bool)
		}
		if !p.noted[operation] && p.opts.Note != nil {
			p.opts.Note("the service does not have " + operation)
		}
		p.noted[operation] = true
	case api.missing():
	default:
		return nil, false, err
	}
	return nil, false, nil
}

// pages calls a List operation for all its pages, and returns the items in their
// order with their names, each once. An answer without a list, and one whose token
// is not text, is an error: what follows would look as if it were not there. So is
// a list that does not end.
func (p *pulling) pages(ctx context.Context, operation, member, name string, segments ...string) (items []json.RawMessage, names []string, ok bool, err error) {
	query := url.Values{"max-results": {"100"}}
	tokens := make(map[string]bool)
	seen := make(map[string]json.RawMessage)
	idle := 0
	for {
		answer, ok, err := p.ask(ctx, operation, query, segments...)
		if err != nil || !ok {
			return nil, nil, false, err
		}
		var page []json.RawMessage
		if json.Unmarshal(answer[member], &page) != nil {
			return nil, nil, false, fmt.Errorf("%s: the answer has no list %s", operation, member)
		}
		idle++
		for _, item := range page {
			var object map[string]json.RawMessage
			var id string
			if json.Unmarshal(item, &object) != nil || json.Unmarshal(object[name], &id) != nil || id == "" {
				return nil, nil, false, fmt.Errorf("%s: an item without %s", operation, name)
			}
			if first, twice := seen[id]; twice {
				if !bytes.Equal(first, item) {
					return nil, nil, false, fmt.Errorf("%s: %s %q is listed twice with different content; pull again", operation, name, id)
				}
				continue
			}
			seen[id], idle = item, 0
			items, names = append(items, item), append(names, id)
		}
		var next string
		if raw := answer["NextToken"]; raw != nil && json.Unmarshal(raw, &next) != nil {
			return nil, nil, false, fmt.Errorf("%s: NextToken is not text", operation)
		}
		switch {
		case next == "":
			return items, names, true, nil
		case tokens[next]:
			return nil, nil, false, fmt.Errorf("%s: the service repeats a page", operation)
		case idle >= maxIdle:
			return nil, nil, false, fmt.Errorf("%s: the list does not end: %d pages in a row have nothing new", operation, maxIdle)
		}
		tokens[next] = true
		query.Set("next-token", next)
	}
}

// maxIdle is how many pages of a list in a row may have nothing new. Services that
// filter a page after they cut it answer a few empty ones.
const maxIdle = 100

// describe calls an operation that describes one resource, and returns the member
// that has it. An answer without it is an error.
func (p *pulling) describe(ctx context.Context, operation, member string, segments ...string) (description json.RawMessage, ok bool, err error) {
	answer, ok, err := p.ask(ctx, operation, nil, segments...)
	if err != nil || !ok {
		return nil, false, err
	}
	if raw := answer[member]; raw != nil && string(raw) != "null" {
		return raw, true, nil
	}
	return nil, false, fmt.Errorf("%s: the answer has no %s", operation, member)
}

// each writes the resources of a list. describe returns the members of a file.
func (p *pulling) each(ctx context.Context, kind account.Kind, namespace string, items map[string]json.RawMessage, describe func(ctx context.Context, name string, item json.RawMessage) (members, error)) error {
	names := slices.Sorted(maps.Keys(items))
	p.writer.List(kind, namespace, names)
	done, total := 0, len(names)
	step := func() {
		if p.opts.Progress != nil {
			p.opts.Progress(kind, done, total)
		}
	}
	step()
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	work := make(chan string)
	var group sync.WaitGroup
	for range min(p.opts.Workers, max(1, total)) {
		group.Go(func() {
			for name := range work {
				r := account.Resource{Kind: kind, Namespace: namespace, Name: name}
				p.mu.Lock()
				has := p.writer.Has(r)
				p.mu.Unlock()
				var file members
				var err error
				if !has {
					file, err = describe(ctx, name, items[name])
				}
				p.mu.Lock()
				switch {
				case errors.Is(err, errSkip):
					err = nil
				case err == nil && !has:
					err = p.put(r, file)
				}
				done++
				step()
				p.mu.Unlock()
				if err != nil {
					cancel(err)
				}
			}
		})
	}
	for _, name := range names {
		select {
		case work <- name:
		case <-ctx.Done():
		}
	}
	close(work)
	group.Wait()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return nil
}

func (p *pulling) put(r account.Resource, file members) error {
	texts := make(map[string][]byte)
	for name, text := range file {
		texts[name] = text
	}
	return p.writer.Put(r, texts)
}
