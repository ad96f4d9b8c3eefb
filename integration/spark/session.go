package spark

import (
	"bufio"
	"bytes"
	"context"
	"database/sql"
	_ "embed"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"

	"github.com/rowsight/rowsight/integration/internal/jvm"
)

// Options for [Start]; nil means the defaults.
type Options struct {
	// Workers is how many processes hold and read rows; 0 means 2.
	Workers int

	// Config are more settings, such as spark.sql.ansi.enabled.
	Config map[string]string
}

// A Session is a running Spark. It is safe for concurrent use and runs one
// statement at a time.
type Session struct {
	dir string
	cmd *exec.Cmd
	log bytes.Buffer // what Spark prints; read it after the end
	db  *sql.DB

	mu  sync.Mutex
	in  io.WriteCloser
	out *bufio.Reader
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
	if workers == 0 {
		workers = 2
	}
	java, err := jvm.Find(oldestJava, newestJava)
	if err != nil {
		return nil, fmt.Errorf("spark %s: %w", Version, err)
	}
	python, err := python(ctx)
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
	s := &Session{dir: dir}
	s.cmd = exec.Command(python, "-c", program, string(settings))
	s.cmd.Dir = dir
	s.cmd.Env = append(os.Environ(), "JAVA_HOME="+java.Home, "SPARK_LOCAL_IP=127.0.0.1", "PYSPARK_PYTHON="+python, "SPARK_WORKER_DIR="+filepath.Join(dir, "work"))
	s.cmd.Stderr = &s.log
	if s.in, err = s.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := s.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	s.out = bufio.NewReader(out)
	if err := s.cmd.Start(); err != nil {
		return nil, err
	}
	s.db = sql.OpenDB(connector{s})
	if _, err := s.read(); err != nil {
		return nil, errors.Join(err, s.Close(), fmt.Errorf("spark printed last:\n%s", last(s.log.Bytes())))
	}
	return s, nil
}

// DB returns the database. All its connections are one session.
func (s *Session) DB() *sql.DB { return s.db }

// Close ends Spark and removes what it wrote.
func (s *Session) Close() error {
	s.db.Close()
	s.in.Close()
	s.cmd.Wait() // ended is ended, however
	return os.RemoveAll(s.dir)
}

// A request and a reply are what session.py says they are.
type request struct {
	SQL  string `json:"sql"`
	Args []any  `json:"args,omitempty"`
}

type reply struct {
	Columns []string `json:"columns"`
	Rows    [][]any  `json:"rows"`
	Error   string   `json:"error"`
}

// run executes a statement. Spark cannot be told to stop one, so a context only
// keeps a statement from starting.
func (s *Session) run(ctx context.Context, r request) (*reply, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	line, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	if _, err := s.in.Write(append(line, '\n')); err != nil {
		return nil, fmt.Errorf("spark has ended: %w", err)
	}
	return s.read()
}

func (s *Session) read() (*reply, error) {
	line, err := s.out.ReadBytes('\n')
	if err != nil {
		return nil, fmt.Errorf("spark has ended: %w", err)
	}
	var r reply
	d := json.NewDecoder(bytes.NewReader(line))
	d.UseNumber()
	if err := d.Decode(&r); err != nil {
		return nil, fmt.Errorf("what spark answered: %w", err)
	}
	if r.Error != "" {
		return nil, errors.New("spark: " + r.Error)
	}
	return &r, nil
}

func last(text []byte) []byte { return bytes.TrimSpace(text[max(0, len(text)-2000):]) }
