// Package keys manages customer-managed keys and the data keys that they wrap
// (K1, K3).
//
// A store encrypts each version of each dataset under a data key. It stores the
// data key only in wrapped form, and a key service ([Keys]) unwraps it whenever
// the dataset is opened. Disabling the key in the key service makes every
// dataset under it unreadable, wherever its files are. No data is lost: after
// the key is enabled again, it unwraps as before.
//
//	service, err := keys.OpenLocal(dir, &keys.LocalOptions{Passphrase: passphrase})
//	arn, err := service.CreateKey(ctx, "111122223333", "us-east-1")
//	k, err := service.GenerateDataKey(ctx, arn, keys.ForResource(datasetARN))
//	…seal with k.Plain, keep k.Wrapped…
//	k.Wipe()
//	plain, err := service.Decrypt(ctx, arn, wrapped, keys.ForResource(datasetARN))
//
// [Local] is the embedded key service. Others, such as AWS KMS, pass the same
// conformance kit, [keystest]. Two wrappers work with any of them:
//
//	audited := keys.Audited(service, log)         // every use leaves a record (K2)
//	cache, err := keys.NewCache(audited, ttl)     // unwrapped keys stay for a while (K3)
//
// In this order, each request to the key service writes one record, as in
// CloudTrail. In the other order, each use of the key writes one record, cached
// or not.
//
// [Registry] holds the keys that an account has registered, and the default key
// for new datasets (K1).
//
// [keystest]: https://pkg.go.dev/github.com/rowsight/rowsight/spice/keys/keystest
package keys
