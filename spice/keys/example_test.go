package keys_test

import (
	"context"
	"errors"
	"fmt"
	"log"
	"os"
	"time"

	"github.com/rowsight/rowsight/spice/audit"
	"github.com/rowsight/rowsight/spice/keys"
)

const dataset = "arn:aws:quicksight:us-east-1:111122223333:dataset/visits"

// exampleService returns a key service in a folder that is gone afterwards.
func exampleService() (service *keys.Local, key string, done func()) {
	dir, err := os.MkdirTemp("", "keys")
	if err != nil {
		log.Fatal(err)
	}
	service, err = keys.OpenLocal(dir, nil)
	if err != nil {
		log.Fatal(err)
	}
	key, err = service.CreateKey(context.Background(), "111122223333", "us-east-1")
	if err != nil {
		log.Fatal(err)
	}
	return service, key, func() { service.Close(); os.RemoveAll(dir) }
}

// A key that is disabled opens nothing, and everything again when it is enabled.
func ExampleOpenLocal() {
	service, key, done := exampleService()
	defer done()
	ctx := context.Background()

	k, err := service.GenerateDataKey(ctx, key, keys.ForResource(dataset))
	fmt.Println(len(k.Plain), err)
	k.Wipe() // what stays is k.Wrapped

	service.Disable(ctx, key)
	_, err = service.Decrypt(ctx, key, k.Wrapped, keys.ForResource(dataset))
	fmt.Println(errors.Is(err, keys.ErrDisabled))

	service.Enable(ctx, key)
	plain, err := service.Decrypt(ctx, key, k.Wrapped, keys.ForResource(dataset))
	fmt.Println(len(plain), err)
	// Output:
	// 32 <nil>
	// true
	// 32 <nil>
}

// A data key belongs to one dataset.
func ExampleForResource() {
	service, key, done := exampleService()
	defer done()
	ctx := context.Background()

	k, _ := service.GenerateDataKey(ctx, key, keys.ForResource(dataset))
	_, err := service.Decrypt(ctx, key, k.Wrapped, keys.ForResource(dataset+"2"))
	fmt.Println(errors.Is(err, keys.ErrContext))
	// Output: true
}

func ExampleAudited() {
	service, key, done := exampleService()
	defer done()
	var trail audit.Memory
	audited := keys.Audited(service, &trail)

	audited.GenerateDataKey(context.Background(), key, keys.ForResource(dataset))
	for _, r := range trail.Records() {
		fmt.Println(r.EventName, r.RequestParameters.EncryptionContext["aws:quicksight:arn"])
	}
	// Output: GenerateDataKey arn:aws:quicksight:us-east-1:111122223333:dataset/visits
}

func ExampleNewCache() {
	service, key, done := exampleService()
	defer done()
	cache, err := keys.NewCache(service, 5*time.Minute)
	if err != nil {
		log.Fatal(err)
	}
	defer cache.Close()
	ctx := context.Background()

	k, _ := cache.GenerateDataKey(ctx, key, keys.ForResource(dataset))
	cache.Decrypt(ctx, key, k.Wrapped, keys.ForResource(dataset))
	service.Disable(ctx, key)
	_, err = cache.Decrypt(ctx, key, k.Wrapped, keys.ForResource(dataset))
	fmt.Println("within five minutes:", err)
	cache.Flush()
	_, err = cache.Decrypt(ctx, key, k.Wrapped, keys.ForResource(dataset))
	fmt.Println("after them:", errors.Is(err, keys.ErrDisabled))
	// Output:
	// within five minutes: <nil>
	// after them: true
}

func ExampleOpenRegistry() {
	registry, err := keys.OpenRegistry("") // in memory
	if err != nil {
		log.Fatal(err)
	}
	err = registry.RegisterKey("111122223333", "us-east-1",
		keys.RegisteredKey{KeyArn: "arn:aws:kms:us-east-1:111122223333:key/a", DefaultKey: true})
	fmt.Println(err)
	fmt.Println(registry.DefaultKey("111122223333", "us-east-1"))
	fmt.Println(registry.RegisterKey("111122223333", "eu-west-1",
		keys.RegisteredKey{KeyArn: "arn:aws:kms:us-east-1:111122223333:key/a"}))
	// Output:
	// <nil>
	// arn:aws:kms:us-east-1:111122223333:key/a true
	// UpdateKeyRegistration: key arn:aws:kms:us-east-1:111122223333:key/a: the key is of another account or Region: want account 111122223333 and Region eu-west-1
}

func ExampleKeyForRefresh() {
	fmt.Println(keys.KeyForRefresh("old", "new", true))  // full
	fmt.Println(keys.KeyForRefresh("old", "new", false)) // incremental
	// Output:
	// new
	// old
}

func writeText(path, text string) error { return os.WriteFile(path, []byte(text), 0o600) }
