package source

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net/url"
	"slices"
	"strings"

	"github.com/rowsight/rowsight/internal/plain"
)

// Objects reads the objects of buckets. Implementations are safe for concurrent
// use. [Folder] reads a local folder; adapters/aws reads S3.
type Objects interface {
	// Open opens an object. Reads return an error when ctx is done.
	Open(ctx context.Context, bucket, key string) (io.ReadCloser, error)
	// List returns the keys with a prefix, in increasing order. The sequence
	// ends after an error.
	List(ctx context.Context, bucket, prefix string) iter.Seq2[string, error]
}

// Folder returns Objects in a file system. Each folder is a bucket: bucket/key.
func Folder(fsys fs.FS) Objects { return folder{fsys} }

type folder struct{ fsys fs.FS }

// Open opens the file bucket/key.
func (f folder) Open(ctx context.Context, bucket, key string) (io.ReadCloser, error) {
	name := bucket + "/" + key
	if f.fsys == nil || !fs.ValidPath(name) || !fs.ValidPath(bucket) || strings.Contains(bucket, "/") {
		return nil, fmt.Errorf("s3://%s: %w", name, fs.ErrNotExist)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return f.fsys.Open(name)
}

// List lists the files of a bucket.
func (f folder) List(ctx context.Context, bucket, prefix string) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		if f.fsys == nil || !fs.ValidPath(bucket) || strings.Contains(bucket, "/") {
			yield("", fmt.Errorf("s3://%s: %w", bucket, fs.ErrNotExist))
			return
		}
		// Keys are in the order of their bytes, files of a folder are not: a/b
		// comes after a.b there. So all are collected first.
		var keys []string
		err := fs.WalkDir(f.fsys, bucket, func(name string, d fs.DirEntry, err error) error {
			key := strings.TrimPrefix(strings.TrimPrefix(name, bucket), "/")
			switch {
			case err != nil:
				return err
			case ctx.Err() != nil:
				return ctx.Err()
			case d.IsDir() && key != "" && !strings.HasPrefix(key+"/", prefix) && !strings.HasPrefix(prefix, key+"/"):
				return fs.SkipDir
			case !d.IsDir() && strings.HasPrefix(key, prefix):
				keys = append(keys, key)
			}
			return nil
		})
		if err != nil {
			yield("", err)
			return
		}
		slices.Sort(keys)
		for _, key := range keys {
			if !yield(key, nil) {
				return
			}
		}
	}
}

// An object is one file of a manifest.
type object struct{ bucket, key string }

func (o object) String() string { return "s3://" + o.bucket + "/" + o.key }

// parseURI reads the forms in which manifests name objects. Keys of https URIs
// are percent-encoded, those of s3 URIs are not.
func parseURI(uri string) (object, error) {
	bad := fmt.Errorf("%w: URI %q, want s3://bucket/key or https://bucket.s3.region.amazonaws.com/key", ErrValue, plain.Abridge(uri, maxShown))
	if rest, ok := strings.CutPrefix(uri, "s3://"); ok {
		bucket, key, _ := strings.Cut(rest, "/")
		return object{bucket, key}, checkBucket(bucket)
	}
	u, err := url.Parse(uri)
	if err != nil || u.Scheme != "https" || u.User != nil || u.RawQuery != "" || u.Fragment != "" || u.Port() != "" {
		return object{}, bad
	}
	host, ok := cutSuffixes(u.Host, ".amazonaws.com", ".amazonaws.com.cn")
	if !ok {
		return object{}, bad
	}
	key := strings.TrimPrefix(u.Path, "/")
	// s3, s3-region, s3.region, s3.dualstack.region: the bucket is in the path.
	endpoint := func(s string) bool { return s == "s3" || strings.HasPrefix(s, "s3-") || strings.HasPrefix(s, "s3.") }
	if endpoint(host) {
		bucket, key, _ := strings.Cut(key, "/")
		return object{bucket, key}, checkBucket(bucket)
	}
	// Otherwise before the endpoint. A bucket's name may hold ".s3-" itself, so
	// the last place counts that leaves an endpoint.
	for at := len(host); ; {
		if at = strings.LastIndex(host[:at], ".s3"); at < 0 {
			return object{}, bad
		}
		if endpoint(host[at+1:]) && isBucket(host[:at]) {
			return object{host[:at], key}, nil
		}
	}
}

func cutSuffixes(s string, suffixes ...string) (string, bool) {
	for _, suffix := range suffixes {
		if rest, ok := strings.CutSuffix(s, suffix); ok {
			return rest, true
		}
	}
	return s, false
}

func checkBucket(s string) error {
	if !isBucket(s) {
		return fmt.Errorf("%w: bucket %q, want 3 to 255 letters, digits, hyphens, underscores and single periods", ErrValue, plain.Abridge(s, maxShown))
	}
	return nil
}

// isBucket is lenient about old names, with capitals and underscores, and
// strict about what would leave the bucket.
func isBucket(s string) bool {
	return len(s) >= 3 && len(s) <= 255 && s != ".." &&
		strings.Trim(s, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789._-") == "" && !strings.Contains(s, "..")
}

// objects expands the manifest: each object once, in the order of the manifest,
// those of a prefix by key. Keys that end with a slash are folders that a
// console made, and hold no data.
func (m *Manifest) objects(ctx context.Context, store Objects, may func(object) error, list func(object) error) ([]object, error) {
	var all []object
	var errs []error
	seen := make(map[object]bool)
	add := func(o object) error {
		if seen[o] {
			return nil
		}
		seen[o] = true
		if all = append(all, o); len(all) > MaxManifestFiles {
			return fmt.Errorf("%w: more than %d files", ErrLimit, MaxManifestFiles)
		}
		if err := may(o); err != nil {
			return fmt.Errorf("%w: %s: %w", ErrData, o, err)
		}
		return nil
	}
	for i, l := range m.FileLocations {
		for j, uri := range l.URIs {
			o, err := parseURI(uri)
			if err == nil && (o.key == "" || strings.HasSuffix(o.key, "/")) {
				err = fmt.Errorf("%w: URI %q names no object", ErrValue, plain.Abridge(uri, maxShown))
			}
			if err == nil {
				err = add(o)
			}
			if err != nil {
				errs = append(errs, &Error{Field: fmt.Sprintf("fileLocations[%d].URIs[%d]", i, j), Err: err})
			}
		}
		for j, uri := range l.URIPrefixes {
			if err := m.expand(ctx, store, uri, list, add); err != nil {
				errs = append(errs, &Error{Field: fmt.Sprintf("fileLocations[%d].URIPrefixes[%d]", i, j), Err: err})
			}
		}
		if len(all) > MaxManifestFiles {
			break
		}
	}
	if len(errs) > 0 {
		return nil, errors.Join(errs...)
	}
	return all, nil
}

func (m *Manifest) expand(ctx context.Context, store Objects, uri string, list func(object) error, add func(object) error) error {
	prefix, err := parseURI(uri)
	if err != nil {
		return err
	}
	if err := list(prefix); err != nil {
		return fmt.Errorf("%w: %s: %w", ErrData, prefix, err)
	}
	found := false
	for key, err := range store.List(ctx, prefix.bucket, prefix.key) {
		if err != nil {
			return fmt.Errorf("%w: %s: %w", ErrData, prefix, err)
		}
		if strings.HasSuffix(key, "/") {
			continue
		}
		found = true
		if err := add(object{prefix.bucket, key}); err != nil {
			return err
		}
	}
	if !found {
		return fmt.Errorf("%w: no object begins with %s", ErrNoData, prefix)
	}
	return nil
}

// input is an object as an Input.
func (o object) input(store Objects) Input {
	return Open(o.String(), func(ctx context.Context) (io.ReadCloser, error) { return store.Open(ctx, o.bucket, o.key) })
}

// arn is the object as policies name it.
func (o object) arn(partition string) string {
	return "arn:" + partition + ":s3:::" + o.bucket + "/" + o.key
}

// Reader returns a Reader of the files of the manifest. Each read looks them up
// again.
func (m *Manifest) Reader(store Objects, opts *ManifestOptions) Reader {
	return reading(func(ctx context.Context) (Reader, error) {
		all := func(object) error { return nil }
		return m.open(ctx, store, all, all, opts)
	})
}

func (m *Manifest) open(ctx context.Context, store Objects, may, list func(object) error, opts *ManifestOptions) (Reader, error) {
	objects, err := m.objects(ctx, store, may, list)
	if err != nil {
		return nil, err
	}
	files := make([]Input, len(objects))
	for i, o := range objects {
		files[i] = o.input(store)
	}
	return m.reader(files, opts)
}
