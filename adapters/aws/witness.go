package aws

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"github.com/rowsight/rowsight/spice/witness"
)

// Witness implements [witness.Witness] with objects of S3. Use a bucket that
// the writers of the data cannot write to, and enable versioning. It needs
// s3:GetObject, s3:PutObject and s3:ListBucket; without the last one, S3 does
// not distinguish a missing object from a denied one. It is safe for concurrent
// use, also by several processes. The zero Witness refuses everything.
type Witness struct {
	client         *s3.Client
	bucket, prefix string
}

var _ witness.Witness = (*Witness)(nil)

// NewWitness returns the witness in a bucket, with objects whose keys begin with
// prefix.
func NewWitness(client *s3.Client, bucket, prefix string) *Witness {
	return &Witness{client, bucket, prefix}
}

// maxWitness is how long a value may be.
const maxWitness = 1 << 16

// Read implements [witness.Witness].
func (w *Witness) Read(ctx context.Context, name string) ([]byte, error) {
	value, _, err := w.read(ctx, name)
	return value, err
}

func (w *Witness) read(ctx context.Context, name string) (value []byte, etag *string, err error) {
	if w == nil || w.client == nil {
		return nil, nil, errZero
	}
	key := w.key(name)
	out, err := w.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &w.bucket, Key: &key})
	if errorCode(err) == "NoSuchKey" {
		return nil, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("s3://%s/%s: %w", w.bucket, key, objectError(ctx, err))
	}
	defer out.Body.Close()
	value, err = io.ReadAll(io.LimitReader(out.Body, maxWitness))
	if err != nil {
		return nil, nil, err
	}
	return value, out.ETag, nil
}

// Replace implements [witness.Witness], by a conditional PutObject.
func (w *Witness) Replace(ctx context.Context, name string, old, value []byte) error {
	now, etag, err := w.read(ctx, name)
	if err != nil {
		return err
	}
	if (etag == nil) != (old == nil) || !bytes.Equal(now, old) {
		return witness.ErrChanged
	}
	key := w.key(name)
	in := &s3.PutObjectInput{Bucket: &w.bucket, Key: &key, Body: bytes.NewReader(value), IfMatch: etag}
	if etag == nil {
		any := "*"
		in.IfNoneMatch = &any
	}
	_, err = w.client.PutObject(ctx, in)
	switch errorCode(err) {
	case "PreconditionFailed", "ConditionalRequestConflict":
		return &because{witness.ErrChanged, err}
	}
	if err != nil {
		return fmt.Errorf("s3://%s/%s: %w", w.bucket, key, objectError(ctx, err))
	}
	return nil
}

func (w *Witness) key(name string) string {
	sum := sha256.Sum256([]byte(name))
	return w.prefix + hex.EncodeToString(sum[:16])
}
