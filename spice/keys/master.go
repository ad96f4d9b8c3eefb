package keys

import (
	"crypto/pbkdf2"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/rowsight/rowsight/internal/durable"
)

// A protection says where the master key of a keyring comes from.
type protection uint8

const (
	byFile       protection = 1 // a file in the folder
	byKey        protection = 2 // LocalOptions.MasterKey
	byPassphrase protection = 3 // LocalOptions.Passphrase
)

func (p protection) String() string {
	switch p {
	case byFile:
		return "the file " + masterFile
	case byKey:
		return "a master key"
	case byPassphrase:
		return "a passphrase"
	}
	return "nothing that is known"
}

const (
	masterFile = "master.key"
	masterSize = 32
	saltSize   = 16

	// Rounds of PBKDF2-HMAC-SHA256, as OWASP advises: a fifth of a second to open,
	// and as much for each guess. A keyring says its own number, so that this one
	// can grow; less than minRounds, or more than would end, is not believed.
	rounds    = 600_000
	minRounds = 100_000
	maxRounds = 100_000_000
)

// A head is the beginning of a keyring, in plain: what is needed to open the rest.
//
//	20 bytes  "rowsight keyring 1" and two line feeds
//	1 byte    protection
//	4 bytes   rounds of PBKDF2, big-endian; 0 without a passphrase
//	16 bytes  salt
type head struct {
	protection protection
	rounds     uint32
	salt       [saltSize]byte
}

const (
	magic    = "rowsight keyring 1\n\n"
	headSize = len(magic) + 1 + 4 + saltSize
)

func (h head) appendTo(b []byte) []byte {
	b = append(append(b, magic...), byte(h.protection))
	b = binary.BigEndian.AppendUint32(b, h.rounds)
	return append(b, h.salt[:]...)
}

func parseHead(b []byte) (h head, ok bool) {
	if len(b) < headSize || string(b[:len(magic)]) != magic {
		return head{}, false
	}
	b = b[len(magic):]
	h = head{protection: protection(b[0]), rounds: binary.BigEndian.Uint32(b[1:]), salt: [saltSize]byte(b[5:])}
	return h, h.protection != byPassphrase || h.rounds >= minRounds && h.rounds <= maxRounds
}

// newHead returns the head of a new keyring.
func newHead(opts *LocalOptions) head {
	h := head{protection: opts.protection()}
	if h.protection == byPassphrase {
		h.rounds = rounds
	}
	rand.Read(h.salt[:])
	return h
}

func (o *LocalOptions) protection() protection {
	switch {
	case o.Passphrase != nil:
		return byPassphrase
	case o.MasterKey != nil:
		return byKey
	}
	return byFile
}

func (o *LocalOptions) check() error {
	var errs []error
	if o.Passphrase != nil && o.MasterKey != nil {
		errs = append(errs, errors.New("a passphrase and a master key: want one of them"))
	}
	if o.Passphrase != nil && len(o.Passphrase) == 0 {
		errs = append(errs, errors.New("the passphrase is empty"))
	}
	if o.MasterKey != nil && len(o.MasterKey) != masterSize {
		errs = append(errs, fmt.Errorf("master key of %d bytes: want %d", len(o.MasterKey), masterSize))
	}
	return errors.Join(errs...)
}

// master returns the master key of the keyring in dir that begins with h. With
// create it may make one.
func (o *LocalOptions) master(dir string, h head, create bool) ([]byte, error) {
	if h.protection != o.protection() {
		return nil, fmt.Errorf("%w: by %v, got %v", ErrProtection, h.protection, o.protection())
	}
	switch h.protection {
	case byPassphrase:
		return pbkdf2.Key(sha256.New, string(o.Passphrase), h.salt[:], int(h.rounds), masterSize)
	case byKey:
		return append([]byte(nil), o.MasterKey...), nil
	}
	path := filepath.Join(dir, masterFile)
	text, err := readPrivate(path)
	if errors.Is(err, fs.ErrNotExist) && create {
		var k [masterSize]byte
		rand.Read(k[:])
		return k[:], durable.WriteFile(path, []byte(hex.EncodeToString(k[:])+"\n"))
	}
	if err != nil {
		return nil, err
	}
	k, err := hex.DecodeString(strings.TrimSpace(string(text)))
	if err != nil || len(k) != masterSize { // the error would quote the key
		return nil, fmt.Errorf("%s: want %d bytes in hexadecimal digits", path, masterSize)
	}
	return k, nil
}

// readPrivate reads a file that nobody else may read.
func readPrivate(path string) ([]byte, error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return nil, err
	}
	if durable.Exposed(info, 0o077) != 0 {
		return nil, fmt.Errorf("%s: mode %04o: %w", path, info.Mode().Perm(), ErrMode)
	}
	b := make([]byte, info.Size())
	_, err = file.ReadAt(b, 0)
	return b, err
}
