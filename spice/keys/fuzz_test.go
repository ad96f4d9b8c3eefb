package keys_test

import (
	"encoding/hex"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/spice/keys"
)

// FuzzDecrypt unwraps what is no data key.
func FuzzDecrypt(f *testing.F) {
	l, err := keys.OpenLocal(f.TempDir(), nil)
	require.NoError(f, err)
	arn, err := l.CreateKey(f.Context(), account, region)
	require.NoError(f, err)
	f.Add([]byte{})
	f.Add(make([]byte, 101))
	f.Add(append([]byte("\x01"+arn[len(arn)-36:]), make([]byte, 64)...))
	f.Add(append([]byte("\x01"+arn[len(arn)-36:]+"\xff\xff\xff\xff"), make([]byte, 60)...))
	f.Fuzz(func(t *testing.T, wrapped []byte) {
		plain, err := l.Decrypt(t.Context(), arn, wrapped, sales)
		require.Error(t, err)
		require.Nil(t, plain)
	})
}

// goodKeyring is an empty keyring under masterKey. A fuzzer is several
// processes, so each making its own would hold those of the others for forged.
const goodKeyring = "726f777369676874206b657972696e6720310a0a" + "0200000000" + "c7727bcfef5f294e50f424db531e7b3b" + "bf22e849e68f3d79f41585bb" +
	"4d53a414099a2b58c99fb98d4280addd" + "77e2d354c4f9fefa3f7c30ea38"

// FuzzOpenLocal opens any bytes as a keyring.
func FuzzOpenLocal(f *testing.F) {
	dir := f.TempDir()
	opts := &keys.LocalOptions{MasterKey: masterKey}
	path := filepath.Join(dir, "keyring")
	good, err := hex.DecodeString(goodKeyring)
	require.NoError(f, err)
	require.NoError(f, os.WriteFile(path, good, 0o600))
	l, err := keys.OpenLocal(dir, opts)
	require.NoError(f, err)
	f.Add([]byte{})
	f.Add(good[:53])
	f.Add(append(append([]byte(nil), good...), 0))
	f.Fuzz(func(t *testing.T, b []byte) {
		require.NoError(t, os.WriteFile(path, b, 0o600))
		_, err := keys.OpenLocal(dir, opts)
		require.Equal(t, string(b) == string(good), err == nil)
		_, err = l.List(t.Context())
		if string(b) != string(good) && len(b) > 0 && (len(b) < 53 || string(b[:53]) != string(good[:53])) {
			require.Error(t, err)
		}
	})
}

// FuzzOpenRegistry reads any registrations: what is accepted keeps the rules.
func FuzzOpenRegistry(f *testing.F) {
	f.Add(`[]`)
	f.Add(`[{"KeyArn":"arn:aws:kms:us-east-1:111122223333:key/a","DefaultKey":true}]`)
	f.Add(`[{"KeyArn":"arn:aws:kms:us-east-1:111122223333:key/a"},{"KeyArn":"arn:aws:kms:us-east-1:111122223333:key/a"}]`)
	f.Add(`[{"KeyArn":"arn::kms:::key/"}]`)
	path := filepath.Join(f.TempDir(), "registrations.json")
	f.Fuzz(func(t *testing.T, text string) {
		require.NoError(t, writeText(path, text))
		r, err := keys.OpenRegistry(path)
		if err != nil {
			require.Nil(t, r)
			return
		}
		all := r.DescribeKeyRegistration(account, region)
		require.NoError(t, r.UpdateKeyRegistration(account, region, all))
		require.Equal(t, all, r.DescribeKeyRegistration(account, region))
		defaults := 0
		for _, k := range all {
			if k.DefaultKey {
				defaults++
			}
		}
		require.LessOrEqual(t, defaults, 1)
	})
}
