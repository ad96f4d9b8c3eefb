package spice

import (
	"context"

	"github.com/apache/arrow/go/v15/arrow"

	"github.com/rowsight/rowsight/predicate/batch"
	"github.com/rowsight/rowsight/spice/keys"
	"github.com/rowsight/rowsight/spice/observe"
)

// observedBind returns the filter of bind, whose call is an operation of the read.
func (r *read) observedBind(schema *arrow.Schema, bind func(*arrow.Schema) (*batch.Filter, bool, error)) (*batch.Filter, error) {
	_, ended := observe.Start(r.within, r.d.store.opts.Observer, observe.Operation{Kind: observe.Bind, Name: "Bind", Dataset: r.use.DataSet})
	f, cached, err := bind(schema)
	result := observe.Ended(err, "")
	result.Cached = cached
	ended(result)
	return f, err
}

// observedKeys are the keys of a store, the cache included, whose uses are
// operations.
type observedKeys struct {
	keys.Keys
	observer observe.Observer
}

func (k observedKeys) GenerateDataKey(ctx context.Context, arn string, c keys.Context) (keys.DataKey, error) {
	ctx, ended := observe.Start(ctx, k.observer, observe.Operation{Kind: observe.KeyUse, Name: "GenerateDataKey", Key: arn})
	key, err := k.Keys.GenerateDataKey(ctx, arn, c)
	ended(observe.Ended(err, ""))
	return key, err
}

func (k observedKeys) Decrypt(ctx context.Context, arn string, wrapped []byte, c keys.Context) ([]byte, error) {
	if k.observer == nil {
		return k.Keys.Decrypt(ctx, arn, wrapped, c)
	}
	ctx, ended := observe.Start(ctx, k.observer, observe.Operation{Kind: observe.KeyUse, Name: "Decrypt", Key: arn})
	reached := false
	plain, err := k.Keys.Decrypt(context.WithValue(ctx, reachedKey{}, &reached), arn, wrapped, c)
	result := observe.Ended(err, "")
	result.Cached = err == nil && !reached
	ended(result)
	return plain, err
}

// servedKeys stand behind the cache. They note that a request reached the key
// service.
type servedKeys struct{ keys.Keys }

type reachedKey struct{}

func (a servedKeys) Decrypt(ctx context.Context, arn string, wrapped []byte, c keys.Context) ([]byte, error) {
	if reached, ok := ctx.Value(reachedKey{}).(*bool); ok {
		*reached = true
	}
	return a.Keys.Decrypt(ctx, arn, wrapped, c)
}
