package durable

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
)

// WriteFile writes a file that only its owner can read. A reader, and the disk
// after a crash, has the old file or the new one, and no part of either:
//
//	write tmp → sync tmp → rename tmp to path → sync folder
func WriteFile(path string, data []byte) error {
	tmp, err := Temporary(path, data)
	if err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return errors.Join(err, os.Remove(tmp))
	}
	return SyncDir(filepath.Dir(path))
}

// Temporary writes data to a new file beside path, of mode 0600, waits until the
// disk has it, and returns its name. The caller renames, links or removes it.
func Temporary(path string, data []byte) (name string, err error) {
	file, err := os.CreateTemp(filepath.Dir(path), filepath.Base(path)+".*.tmp")
	if err != nil {
		return "", err
	}
	_, err = file.Write(data)
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err != nil {
		return "", errors.Join(err, os.Remove(file.Name()))
	}
	return file.Name(), nil
}

// Exposed returns which rights of mask a file has. Systems without the file modes
// of Unix keep rights elsewhere: the result is 0 there.
func Exposed(info fs.FileInfo, mask fs.FileMode) fs.FileMode {
	switch runtime.GOOS {
	case "windows", "plan9", "js", "wasip1":
		return 0
	}
	return info.Mode().Perm() & mask
}

// SyncDir waits until the names in a folder are on the disk. Windows has no such
// call and does not need it.
func SyncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}
