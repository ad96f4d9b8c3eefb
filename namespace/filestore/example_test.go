package filestore_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/rowsight/rowsight/namespace"
	"github.com/rowsight/rowsight/namespace/filestore"
)

func ExampleOpen() {
	ctx := context.Background()
	dir, _ := os.MkdirTemp("", "")
	defer os.RemoveAll(dir)
	open := func() (*filestore.Log, *namespace.Directory) {
		log, err := filestore.Open(filepath.Join(dir, "directory.log"))
		if err != nil {
			fmt.Println(err)
		}
		d, err := namespace.Open(ctx, log, "111122223333", "us-east-1", nil)
		if err != nil {
			fmt.Println(err)
		}
		return log, d
	}
	log, d := open()
	d.Administrator().CreateNamespace(ctx, "tenant")
	log.Close()

	log, d = open()
	defer log.Close()
	fmt.Println(d.HasNamespace(ctx, "tenant"))
	// Output: true <nil>
}
