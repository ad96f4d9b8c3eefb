// Package clients runs programs of other languages against a server of Flight SQL: a
// Python program with the ADBC driver, pandas and Polars, and a Java program with the
// JDBC driver. What they need is fetched from PyPI and Maven Central into the cache
// folder of the user. Where that cannot be done, tests skip.
package clients

import (
	"bytes"
	_ "embed"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	adbcVersion = "1.13.0"
	jdbcVersion = "18.3.0"
)

var (
	//go:embed adbc.py
	adbcProgram string
	//go:embed Query.java
	jdbcProgram string
)

// A Request is what a program does.
type Request struct {
	Address        string
	User, Password string // or
	Token          string
	SQL            string   // a statement
	Prepared       string   // a statement with one parameter
	Parameter      string   // of it
	Refused        []string // statements that must fail
}

// A Reply is what a program saw. Rows are those of SQL, cells as JSON.
type Reply struct {
	Rows     [][]any             // ADBC: pandas; JDBC: ResultSet
	Polars   [][]any             // ADBC
	Prepared [][]any             // of the prepared statement
	Tables   map[string][]string // and their columns
	Errors   []string            // of the statements that must fail; "" is none
	Secret   string              // the error of asking for the columns of "secret"
}

// ADBC runs the Python program.
func ADBC(t testing.TB, r Request) Reply {
	t.Helper()
	return run(t, r, pythonCommand(t), "-c", adbcProgram)
}

// JDBC runs the Java program.
func JDBC(t testing.TB, r Request) Reply {
	t.Helper()
	for _, name := range []string{"java", "javac", "mvn"} {
		if _, err := exec.LookPath(name); err != nil {
			t.Skip("the JDBC driver needs ", name)
		}
	}
	source := filepath.Join(t.TempDir(), "Query.java")
	require.NoError(t, os.WriteFile(source, []byte(jdbcProgram), 0o600))
	return run(t, r, "java", "--add-opens=java.base/java.nio=ALL-UNNAMED", "-XX:TieredStopAtLevel=1", "-cp", driver(t), source)
}

func run(t testing.TB, r Request, command string, args ...string) (reply Reply) {
	t.Helper()
	request, err := json.Marshal(r)
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), command, append(args, string(request))...)
	var stdout, stderr bytes.Buffer
	cmd.Stdout, cmd.Stderr = &stdout, &stderr
	require.NoError(t, cmd.Run(), "%s\n%s", stdout.String(), stderr.String())
	require.NoError(t, json.Unmarshal(stdout.Bytes(), &reply), "%s\n%s", stdout.String(), stderr.String())
	return reply
}

func cache(t testing.TB, name string) string {
	t.Helper()
	dir, err := os.UserCacheDir()
	if err != nil {
		t.Skip("no cache folder: ", err)
	}
	return filepath.Join(dir, "rowsight", name)
}

// pythonCommand returns a Python that has the driver.
func pythonCommand(t testing.TB) string {
	t.Helper()
	system, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("the ADBC driver needs python3")
	}
	if exec.Command(system, "-c", "import adbc_driver_flightsql.dbapi, pandas, polars, pyarrow").Run() == nil {
		return system
	}
	dir := cache(t, "adbc-"+adbcVersion)
	command := filepath.Join(dir, "bin", "python")
	done := filepath.Join(dir, "complete") // written last
	if _, err := os.Stat(done); err == nil {
		return command
	}
	require.NoError(t, os.RemoveAll(dir))
	if out, err := exec.CommandContext(t.Context(), system, "-m", "venv", dir).CombinedOutput(); err != nil {
		t.Skip("python has no venv: ", string(out))
	}
	out, err := exec.CommandContext(t.Context(), command, "-m", "pip", "install", "--quiet", "--no-cache-dir",
		"adbc-driver-flightsql=="+adbcVersion, "adbc-driver-manager=="+adbcVersion, "pandas", "polars", "pyarrow").CombinedOutput()
	if err != nil {
		t.Skip("pip did not get the ADBC driver: ", string(out))
	}
	require.NoError(t, os.WriteFile(done, nil, 0o600))
	return command
}

// driver returns the archive of the JDBC driver.
func driver(t testing.TB) string {
	t.Helper()
	dir := cache(t, "flight-sql-jdbc-"+jdbcVersion)
	jar := filepath.Join(dir, "flight-sql-jdbc-driver-"+jdbcVersion+".jar")
	if _, err := os.Stat(jar); err == nil {
		return jar
	}
	made := dir + ".part"
	require.NoError(t, os.MkdirAll(made, 0o755))
	out, err := exec.CommandContext(t.Context(), "mvn", "--batch-mode", "--quiet", "org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy",
		"-Dartifact=org.apache.arrow:flight-sql-jdbc-driver:"+jdbcVersion+":jar", "-DoutputDirectory="+made).CombinedOutput()
	if err != nil {
		t.Skip("maven did not get the JDBC driver: ", string(out))
	}
	require.NoError(t, os.Rename(made, dir))
	return jar
}
