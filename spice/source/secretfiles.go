package source

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/rowsight/rowsight/internal/durable"
	"github.com/rowsight/rowsight/internal/plain"
)

// maxSecret is the size of a secret in bytes, as AWS Secrets Manager has it.
const maxSecret = 64 << 10

// FileSecrets stores secrets in files of a folder, readable by their owner
// only, for machines without a secret manager. Anyone who can read the files of
// this user can read the secrets. It is safe for concurrent use, also by
// several processes; a secret is replaced atomically.
type FileSecrets struct{ dir string }

// OpenSecrets opens the folder dir, and creates it if it does not exist. It
// refuses a folder that other users can read.
func OpenSecrets(dir string) (*FileSecrets, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	info, err := os.Stat(dir)
	if err != nil {
		return nil, err
	}
	if err := private(info); err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return &FileSecrets{dir}, nil
}

// Put stores a secret under an ARN and replaces an existing one.
func (s *FileSecrets) Put(ctx context.Context, arn string, secret Password) error {
	switch text := secret.Reveal(); {
	case !isSecretARN(arn):
		return fmt.Errorf("%w: %q, want the ARN of a secret", ErrValue, plain.Abridge(arn, maxShown))
	case text == "" || len(text) > maxSecret:
		return fmt.Errorf("%w: %s: got %d bytes, want 1 to %d", ErrLimit, arn, len(text), maxSecret)
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	return durable.WriteFile(s.path(arn), []byte(secret.Reveal()))
}

// Secret returns the current secret.
func (s *FileSecrets) Secret(ctx context.Context, arn string) (Password, error) {
	if err := ctx.Err(); err != nil {
		return Password{}, err
	}
	if s == nil || s.dir == "" {
		return Password{}, fmt.Errorf("%w: %s", ErrNoSecret, arn)
	}
	file, err := os.Open(s.path(arn))
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return Password{}, fmt.Errorf("%w: %s", ErrNoSecret, arn)
	case errors.Is(err, fs.ErrPermission):
		return Password{}, fmt.Errorf("%w: %s", ErrDenied, arn)
	case err != nil:
		return Password{}, fmt.Errorf("secret %s: %w", arn, err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err == nil {
		err = private(info)
	}
	if err != nil {
		return Password{}, fmt.Errorf("%w: %s", err, arn)
	}
	text, err := io.ReadAll(io.LimitReader(file, maxSecret+1))
	if err != nil || len(text) > maxSecret {
		return Password{}, fmt.Errorf("secret %s cannot be read whole: %w", arn, errors.Join(err, ErrLimit))
	}
	return NewPassword(string(text)), nil
}

// Delete removes a secret.
func (s *FileSecrets) Delete(ctx context.Context, arn string) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	err := os.Remove(s.path(arn))
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%w: %s", ErrNoSecret, arn)
	}
	return err
}

// path is a name that no ARN can make point out of the folder.
func (s *FileSecrets) path(arn string) string {
	sum := sha256.Sum256([]byte(arn))
	return filepath.Join(s.dir, hex.EncodeToString(sum[:])+".secret")
}

// private refuses what others can read or change.
func private(info fs.FileInfo) error {
	if durable.Exposed(info, 0o077) != 0 {
		return fmt.Errorf("%w: mode %#o, want no rights for group and others", ErrExposed, info.Mode().Perm())
	}
	return nil
}
