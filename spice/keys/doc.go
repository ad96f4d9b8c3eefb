// Package keys holds customer-managed keys, and the data keys that are wrapped
// under them (K1, K3).
//
// What the store keeps is encrypted under data keys: one for each version of each
// dataset. A data key is kept only in wrapped form, and a key service ([Keys])
// is asked to unwrap it whenever the dataset is opened. Whoever disables the key
// in the key service has locked every dataset under it, wherever its files are,
// and loses nothing: enabled again, the key unwraps as before.
//
//	service, err := keys.OpenLocal(dir, &keys.LocalOptions{Passphrase: passphrase})
//	arn, err := service.CreateKey(ctx, "111122223333", "us-east-1")
//	k, err := service.GenerateDataKey(ctx, arn, keys.ForResource(datasetARN))
//	…seal with k.Plain, keep k.Wrapped…
//	k.Wipe()
//	plain, err := service.Decrypt(ctx, arn, wrapped, keys.ForResource(datasetARN))
//
// [Local] is the embedded key service; others, such as AWS KMS, pass the same
// conformance kit, [keystest]. Two wrappers go round any of them:
//
//	audited := keys.Audited(service, log)         // every use leaves a record (K2)
//	cache, err := keys.NewCache(audited, ttl)     // unwrapped keys stay for a while (K3)
//
// In this order there is one record for each time that the key service was asked,
// as in CloudTrail; the other way round there is one for each use of the key,
// cached or not.
//
// [Registry] says which keys an account has registered, and which of them
// encrypts new datasets (K1).
//
// [keystest]: https://pkg.go.dev/github.com/rowsight/rowsight/spice/keys/keystest
package keys
