package trino

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"maps"
	"net"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	_ "github.com/trinodb/trino-go-client/trino" // driver "trino"

	"github.com/rowsight/rowsight/integration/internal/jvm"
)

// Options for [Start]; nil means the defaults.
type Options struct {
	// Workers is how many servers hold and read rows; 0 means 2. The
	// coordinator never does.
	Workers int

	// Config are more lines of the coordinator's config.properties.
	Config map[string]string
}

// A Cluster is a coordinator and its workers, with the catalogs memory and
// tpch. It is safe for concurrent use.
type Cluster struct {
	// Address is the coordinator's host and port.
	Address string

	dir   string // everything the servers write
	rules string // file of the access control
	nodes []*jvm.Child
}

const (
	// Trino 476 wants 24; what comes after 25 is not known to work.
	oldestJava, newestJava = 24, 25

	// startTime is much more than a start takes on a slow machine.
	startTime = 8 * time.Minute

	// refresh is how often the access control reads its rules.
	refresh = time.Second
)

// Everything is the access control of a new cluster: everybody may do all.
const Everything = `{"catalogs": [{"allow": "all"}]}`

// Start starts a cluster and waits until every server of it takes work, half a
// minute on a laptop. [Cluster.Close] ends it, and so does the end of this
// process.
func Start(ctx context.Context, opts *Options) (*Cluster, error) {
	if opts == nil {
		opts = new(Options)
	}
	workers := opts.Workers
	workers = cmp.Or(workers, 2)
	java, err := jvm.Find(oldestJava, newestJava)
	if err != nil {
		return nil, fmt.Errorf("trino %s: %w", Version, err)
	}
	home, err := home(ctx)
	if err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(ctx, startTime)
	defer cancel()
	dir, err := os.MkdirTemp("", "trino")
	if err != nil {
		return nil, err
	}
	c := &Cluster{dir: dir, rules: filepath.Join(dir, "rules.json")}
	if err := c.start(ctx, java, home, workers, opts.Config); err != nil {
		return nil, errors.Join(err, c.Close())
	}
	return c, nil
}

// start starts the servers and waits for them. Its caller closes c on error.
func (c *Cluster) start(ctx context.Context, java jvm.Java, home string, workers int, config map[string]string) error {
	port, err := freePort()
	if err != nil {
		return err
	}
	c.Address = net.JoinHostPort("127.0.0.1", strconv.Itoa(port))
	if err := os.WriteFile(c.rules, []byte(Everything), 0o600); err != nil {
		return err
	}
	coordinator := map[string]string{"coordinator": "true", "http-server.http.port": strconv.Itoa(port), "node-scheduler.include-coordinator": "false"}
	maps.Copy(coordinator, config)
	if err := c.node("coordinator", java, home, workers+1, coordinator); err != nil {
		return err
	}
	for i := range workers {
		// Port 0: the worker takes a free one and tells the coordinator.
		worker := map[string]string{"coordinator": "false", "http-server.http.port": "0"}
		if err := c.node("worker-"+strconv.Itoa(i+1), java, home, workers+1, worker); err != nil {
			return err
		}
	}
	return c.wait(ctx, workers)
}

// node writes the configuration of a server and starts it.
func (c *Cluster) node(name string, java jvm.Java, home string, nodes int, config map[string]string) error {
	dir := filepath.Join(c.dir, name)
	files := map[string]map[string]string{
		"etc/catalog/memory.properties": {"connector.name": "memory", "memory.max-data-per-node": "256MB"},
		"etc/catalog/tpch.properties":   {"connector.name": "tpch"},
		"etc/log.properties":            {"io.trino": "WARN", "io.airlift": "WARN"},
		"etc/access-control.properties": {"access-control.name": "file", "security.config-file": c.rules, "security.refresh-period": refresh.String()},
		"etc/config.properties": {
			"node.environment":            "test",
			"node.id":                     name,
			"node.bind-ip":                "127.0.0.1",
			"node.internal-address":       "127.0.0.1",
			"discovery.uri":               "http://" + c.Address,
			"plugin.dir":                  filepath.Join(home, "plugin"),
			"catalog.config-dir":          "etc/catalog",
			"query.max-memory":            "1GB",
			"query.max-memory-per-node":   "500MB",
			"access-control.config-files": "etc/access-control.properties",
		},
	}
	maps.Copy(files["etc/config.properties"], config)
	for file, lines := range files {
		var text strings.Builder
		for _, key := range slices.Sorted(maps.Keys(lines)) {
			fmt.Fprintf(&text, "%s=%s\n", key, lines[key])
		}
		path := filepath.Join(dir, file)
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
		if err := os.WriteFile(path, []byte(text.String()), 0o600); err != nil {
			return err
		}
	}
	// The queries of a test are many and small: the quick compiler and the
	// collector without threads answer them sooner than the defaults.
	node, err := jvm.Run("trino "+name, dir, os.Environ(), java.Command(),
		"-Xmx1G", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-XX:+ExitOnOutOfMemoryError",
		"-XX:ActiveProcessorCount="+strconv.Itoa(max(2, jvm.Processors(nodes))),
		"--add-modules", "jdk.incubator.vector", "--sun-misc-unsafe-memory-access=allow",
		"-Dconfig=etc/config.properties", "-Dlog.levels-file=etc/log.properties", "-Dfile.encoding=UTF-8",
		"-cp", filepath.Join(home, "lib", "*"), "io.trino.server.TrinoServer")
	if err != nil {
		return err
	}
	c.nodes = append(c.nodes, node)
	return nil
}

// wait returns when the coordinator knows all workers, or a server has ended.
func (c *Cluster) wait(ctx context.Context, workers int) error {
	db, err := c.Open("start")
	if err != nil {
		return err
	}
	defer db.Close()
	tick := time.NewTicker(250 * time.Millisecond)
	defer tick.Stop()
	for {
		for _, node := range c.nodes {
			select {
			case <-node.Done():
				return node.Failure("ended while it started")
			default:
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w: %w", context.Cause(ctx), c.nodes[0].Failure("did not start in time"))
		case <-tick.C:
		}
		// Asked too early, the coordinator answers with a page that is no answer.
		if reply, err := http.Get("http://" + c.Address + "/v1/info"); err != nil || reply.Body.Close() != nil {
			continue
		}
		var n int
		err := db.QueryRowContext(ctx, "SELECT count(*) FROM system.runtime.nodes WHERE NOT coordinator AND state = 'active'").Scan(&n)
		if err == nil && n == workers {
			return nil
		}
	}
}

// DSN returns the address of the database as a user sees it, for the driver
// "trino", in the schema default of the catalog memory.
//
// A statement with arguments is sent as one text: the other way that the driver
// has puts the statement into a header, which holds some kilobytes.
func (c *Cluster) DSN(user string) string {
	dsn := url.URL{Scheme: "http", Host: c.Address, User: url.User(user), RawQuery: "catalog=memory&schema=default&explicitPrepare=false"}
	return dsn.String()
}

// Open opens the database of [Cluster.DSN].
func (c *Cluster) Open(user string) (*sql.DB, error) { return sql.Open("trino", c.DSN(user)) }

// SetRules replaces the rules of the file-based access control, and returns
// when they are in force for every query that starts from now on.
func (c *Cluster) SetRules(document []byte) error {
	tmp := c.rules + ".new"
	if err := os.WriteFile(tmp, document, 0o600); err != nil {
		return err
	}
	if err := os.Rename(tmp, c.rules); err != nil {
		return err
	}
	// A query reads the file if the last reading is older than this.
	time.Sleep(refresh + 200*time.Millisecond)
	return nil
}

// Close ends the servers and removes what they wrote.
func (c *Cluster) Close() error {
	for _, node := range c.nodes {
		node.Stop()
	}
	return os.RemoveAll(c.dir)
}

// freePort returns a port that was free a moment ago.
func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}
