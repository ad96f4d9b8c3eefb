//go:build !linux && !darwin

package filestore_test

const fullEnv = "ROWSIGHT_FILESTORE_FULL"

func full(string) error { return nil }
