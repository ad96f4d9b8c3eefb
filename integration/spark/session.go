package spark

import (
	"cmp"
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"

	"github.com/rowsight/rowsight/integration/internal/jvm"
	"github.com/rowsight/rowsight/integration/internal/python"
)

// Options for [Start]; nil means the defaults.
type Options struct {
	// Workers is how many processes hold and read rows; 0 means 2.
	Workers int

	// Config are more settings, such as spark.sql.ansi.enabled.
	Config map[string]string
}

// A Session is a running Spark. It is safe for concurrent use and runs up to 8
// statements at a time.
type Session struct {
	dir     string
	process *python.Process
}

//go:embed session.py
var program string

// Spark 4.0 runs on Java 17 and 21.
const oldestJava, newestJava = 17, 21

// Start starts Spark with its workers, 10 to 20 seconds on a laptop.
// [Session.Close] ends it, and so does the end of this process.
func Start(ctx context.Context, opts *Options) (*Session, error) {
	if opts == nil {
		opts = new(Options)
	}
	workers := opts.Workers
	workers = cmp.Or(workers, 2)
	java, err := jvm.Find(oldestJava, newestJava)
	if err != nil {
		return nil, fmt.Errorf("spark %s: %w", Version, err)
	}
	interpreter, err := python.Environment(ctx, "spark", "pyspark", Version)
	if err != nil {
		return nil, err
	}
	dir, err := os.MkdirTemp("", "spark")
	if err != nil {
		return nil, err
	}
	const megabytes = "1024" // of each worker
	config := map[string]string{
		"spark.master":                 "local-cluster[" + strconv.Itoa(workers) + ",1," + megabytes + "]",
		"spark.executor.memory":        megabytes + "m",
		"spark.driver.memory":          "1g",
		"spark.driver.bindAddress":     "127.0.0.1",
		"spark.driver.host":            "127.0.0.1",
		"spark.ui.enabled":             "false",
		"spark.sql.shuffle.partitions": strconv.Itoa(workers),
		"spark.sql.warehouse.dir":      filepath.Join(dir, "warehouse"),
		"spark.local.dir":              dir,
	}
	maps.Copy(config, opts.Config)
	settings, err := json.Marshal(config)
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(interpreter, "-c", program, string(settings))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "JAVA_HOME="+java.Home, "SPARK_LOCAL_IP=127.0.0.1", "PYSPARK_PYTHON="+interpreter, "SPARK_WORKER_DIR="+filepath.Join(dir, "work"))
	process, err := python.Start("spark", cmd, nil)
	if err != nil {
		return nil, errors.Join(err, os.RemoveAll(dir))
	}
	return &Session{dir, process}, nil
}

// DB returns the database. All its connections are one session.
func (s *Session) DB() *sql.DB { return s.process.DB() }

// Close ends Spark and removes what it wrote.
func (s *Session) Close() error {
	s.process.Close()
	return os.RemoveAll(s.dir)
}
