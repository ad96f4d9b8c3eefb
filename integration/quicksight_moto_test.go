package integration

import (
	"archive/tar"
	"bufio"
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/rowsight/rowsight/integration/internal/python"
	"github.com/rowsight/rowsight/quicksight"
)

// motoVersion is the moto whose tests are run, from PyPI.
const motoVersion = "5.2.1"

// Why this service does otherwise than moto. docs/quicksight-api.md lists the same.
const (
	motoPrincipal = "PrincipalId is an id of its own for each user and group, and not the account"
	motoMember    = "the ARN of a group member is the ARN of the user, and not one below the group"
	motoActive    = "an IAM user is active: only a user who must set a password first is not"
	motoPage      = "the published model allows MaxResults of 100 at most, and moto 1000; the pages before hold"
	motoSource    = "a data source is CREATION_IN_PROGRESS or UPDATE_IN_PROGRESS, with status 202, until its credentials, role and files are checked"
	motoSettings  = "the account has another name, ENTERPRISE, and termination protection, as AWS documents the default"
	motoBoard     = "a dashboard needs a definition; moto makes one of nothing or of a template that is not there"
	motoSet       = "a data set needs a data source that is there and types of columns of the published model; moto stores anything"
	motoSearch    = "the published model has the operator StartsWith for groups only; moto takes StringEquals"
	motoInvalid   = "the published model has no ValidationException: it is InvalidParameterValueException"
	motoInvited   = "UserInvitationUrl is for users of the identity type QUICKSIGHT only"
)

// motoDiffers are the tests of moto that this service does not pass whole.
var motoDiffers = map[string]motoDifference{
	"test_quicksight.py::test_describe_account_settings":                        {[]int{1, 2, 4}, "", motoSettings},
	"test_quicksight_dashboard.py::test_create_dashboard":                       {nil, "InvalidParameterValueException", motoBoard},
	"test_quicksight_dashboard.py::test_describe_dashboard":                     {nil, "InvalidParameterValueException", motoBoard},
	"test_quicksight_dashboard.py::test_list_dashboards":                        {nil, "InvalidParameterValueException", motoBoard},
	"test_quicksight_data_source.py::test_create_data_source":                   {[]int{3, 4}, "", motoSource},
	"test_quicksight_data_source.py::test_update_data_source":                   {[]int{4, 5}, "", motoSource},
	"test_quicksight_datasets.py::test_create_data_set":                         {nil, "InvalidParameterValueException", motoSet},
	"test_quicksight_datasets.py::test_create_ingestion":                        {nil, "InvalidParameterValueException", motoSet},
	"test_quicksight_groups.py::test_create_group[request_params0]":             {[]int{5}, "", motoPrincipal},
	"test_quicksight_groups.py::test_describe_group[request_params0]":           {[]int{5}, "", motoPrincipal},
	"test_quicksight_groups.py::test_update_group[request_params0]":             {[]int{6}, "", motoPrincipal},
	"test_quicksight_groups.py::test_create_group[request_params1]":             {[]int{5}, "", motoPrincipal},
	"test_quicksight_groups.py::test_describe_group[request_params1]":           {[]int{5}, "", motoPrincipal},
	"test_quicksight_groups.py::test_update_group[request_params1]":             {[]int{6}, "", motoPrincipal},
	"test_quicksight_groups.py::test_list_groups":                               {[]int{3, 4}, "", motoPrincipal},
	"test_quicksight_groups.py::test_list_groups__paginated":                    {nil, "InvalidParameterValueException", motoPage},
	"test_quicksight_groups.py::test_search_groups":                             {nil, "InvalidParameterValueException", motoSearch},
	"test_quicksight_groups.py::test_search_groups__check_exceptions":           {[]int{1}, "", motoInvalid},
	"test_quicksight_groups.py::test_search_groups__paginated":                  {nil, "InvalidParameterValueException", motoPage},
	"test_quicksight_tagging.py::test_tag_dashboard":                            {nil, "InvalidParameterValueException", motoBoard},
	"test_quicksight_tagging.py::test_tag_dataset":                              {nil, "InvalidParameterValueException", motoSet},
	"test_quicksight_tagging.py::test_untag_dashboard":                          {nil, "InvalidParameterValueException", motoBoard},
	"test_quicksight_tagging.py::test_untag_dataset":                            {nil, "InvalidParameterValueException", motoSet},
	"test_quicksight_users.py::test_create_group_membership[request_params0]":   {[]int{1}, "", motoMember},
	"test_quicksight_users.py::test_describe_group_membership[request_params0]": {[]int{1}, "", motoMember},
	"test_quicksight_users.py::test_list_user_groups[request_params0]":          {[]int{1}, "", motoPrincipal},
	"test_quicksight_users.py::test_create_group_membership[request_params1]":   {[]int{1}, "", motoMember},
	"test_quicksight_users.py::test_describe_group_membership[request_params1]": {[]int{1}, "", motoMember},
	"test_quicksight_users.py::test_list_user_groups[request_params1]":          {[]int{1}, "", motoPrincipal},
	"test_quicksight_users.py::test_describe_user__quicksight[request_params1]": {[]int{7}, "", motoActive},
	"test_quicksight_users.py::test_list_group_memberships":                     {[]int{3, 4, 7}, "", motoMember},
	"test_quicksight_users.py::test_list_group_memberships__check_exceptions":   {[]int{2}, "", motoMember},
	"test_quicksight_users.py::test_list_group_memberships__paginated":          {nil, "InvalidParameterValueException", motoPage},
	"test_quicksight_users.py::test_list_user_groups__paginate":                 {nil, "InvalidParameterValueException", motoPage},
	"test_quicksight_users.py::test_list_users":                                 {[]int{4}, "", motoActive},
	"test_quicksight_users.py::test_list_users__diff_account_region":            {[]int{9}, "", motoActive},
	"test_quicksight_users.py::test_list_users__paginated":                      {nil, "InvalidParameterValueException", motoPage},
	"test_quicksight_users.py::test_register_user__quicksight[request_params1]": {[]int{1, 8}, "", motoInvited + "; " + motoActive},
	"test_quicksight_users.py::test_update_user[request_params1]":               {[]int{8}, "", motoActive},
}

// A motoDifference says which assertions of a test do not hold here: their numbers in the
// test, and the error that ended it, if one did.
type motoDifference struct {
	failed []int
	err    string
	reason string
}

// motoPython returns a Python with moto, its server, and what its tests need.
func motoPython(t *testing.T) string {
	t.Helper()
	command, err := python.Environment(t.Context(), "moto-server", "moto[iam,kms,s3,secretsmanager]", motoVersion, "boto3=="+boto3Version, "pytest", "flask", "flask-cors")
	if err != nil {
		t.Skip("moto cannot be installed: ", err)
	}
	return command
}

// startMoto starts the server of moto, which stands in for IAM, KMS, S3 and Secrets
// Manager of one account, and returns its address.
func startMoto(t *testing.T, account string) string {
	t.Helper()
	command := motoPython(t)
	for range 5 {
		if url := tryMoto(t, command, account); url != "" {
			return url
		}
	}
	require.Fail(t, "moto does not come up")
	return ""
}

// tryMoto starts moto on a port that was free. It returns "" if moto ended at once, as it
// does if another program was faster to take the port.
func tryMoto(t *testing.T, command, account string) string {
	t.Helper()
	port := freePort(t)
	cmd := exec.Command(filepath.Join(filepath.Dir(command), "moto_server"), "-H", "127.0.0.1", "-p", port)
	cmd.Env = append(os.Environ(), "MOTO_ACCOUNT_ID="+account)
	require.NoError(t, cmd.Start())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		<-ended
	})
	url := "http://127.0.0.1:" + port
	for end := time.Now().Add(2 * time.Minute); time.Now().Before(end); {
		select {
		case <-ended:
			return ""
		case <-time.After(100 * time.Millisecond):
		}
		res, err := http.Get(url + "/moto-api/data.json")
		if err == nil && res.Body.Close() == nil && res.StatusCode == http.StatusOK {
			return url
		}
	}
	return ""
}

func freePort(t *testing.T) string {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, port, err := net.SplitHostPort(l.Addr().String())
	require.NoError(t, err)
	require.NoError(t, l.Close())
	return port
}

// TestMotoSuite runs the tests that moto has for QuickSight, from its source distribution,
// against this service. Each assertion holds, or is listed with a reason; one that is
// listed and holds fails this test, too.
func TestMotoSuite(t *testing.T) {
	if testing.Short() {
		t.Skip("fetches moto from PyPI")
	}
	command := motoPython(t)
	dir := t.TempDir()
	out, err := exec.CommandContext(t.Context(), command, "-m", "pip", "download", "--quiet", "--disable-pip-version-check", "--no-deps", "--no-binary=:all:", "--dest", dir, "moto=="+motoVersion).CombinedOutput()
	if err != nil {
		t.Skipf("pip cannot fetch the source distribution of moto: %v\n%s", err, out)
	}
	unpackTests(t, filepath.Join(dir, "moto-"+motoVersion+".tar.gz"), dir)

	server := httptest.NewServer(&regions{t: t, services: make(map[string]*quicksight.Service)})
	t.Cleanup(server.Close)
	script, err := filepath.Abs(filepath.Join("testdata", "quicksight", "moto_suite.py"))
	require.NoError(t, err)
	cmd := exec.CommandContext(t.Context(), command, script, filepath.Join(dir, "tests"))
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TEST_SERVER_MODE=true", "TEST_SERVER_MODE_ENDPOINT="+server.URL, "NO_PROXY=127.0.0.1", "PYTHONPATH="+dir,
		"AWS_ACCESS_KEY_ID=x", "AWS_SECRET_ACCESS_KEY=x", "AWS_MAX_ATTEMPTS=1")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	lines, err := cmd.Output()
	require.NoError(t, err, stderr.String())

	got := make(map[string]motoDifference)
	tests, asserted := 0, 0
	for s := bufio.NewScanner(bytes.NewReader(lines)); s.Scan(); {
		var line struct {
			Test     string
			Asserted int
			Failed   []int
			Error    string
		}
		require.NoError(t, json.Unmarshal(s.Bytes(), &line), s.Text())
		tests, asserted = tests+1, asserted+line.Asserted
		if len(line.Failed) > 0 || line.Error != "" {
			got[line.Test] = motoDifference{failed: line.Failed, err: line.Error}
		}
	}
	require.Greater(t, tests, 40, "%s", lines)
	t.Logf("%d tests with %d assertions; %d tests differ", tests, asserted, len(got))
	for _, name := range slices.Sorted(maps.Keys(got)) {
		want, ok := motoDiffers[name]
		if !ok || !slices.Equal(want.failed, got[name].failed) || want.err != got[name].err {
			t.Errorf("%s: assertions %v do not hold, and it ends with %q: want %v and %q", name, got[name].failed, got[name].err, want.failed, want.err)
		}
	}
	for name, want := range motoDiffers {
		require.NotEmpty(t, want.reason, name)
		require.Contains(t, got, name, "it is listed, and holds")
	}
}

// regions is AWS as moto imitates it, several accounts and Regions in one process: a
// service for each account of a path and each Region that a request is signed for. POST
// /moto-api/reset empties all.
type regions struct {
	t        *testing.T
	mu       sync.Mutex
	services map[string]*quicksight.Service
}

var (
	signedRegion = regexp.MustCompile(`Credential=[^/]+/[0-9]+/([a-z0-9-]+)/quicksight/`)
	pathAccount  = regexp.MustCompile(`^/accounts?/([0-9]{12})(/|$)`)
)

func (r *regions) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if req.URL.Path == "/moto-api/reset" {
		for _, service := range r.services {
			service.ResetHandler().ServeHTTP(w, req)
		}
		return
	}
	m := signedRegion.FindStringSubmatch(req.Header.Get("Authorization"))
	if m == nil {
		http.Error(w, "not signed for a Region", http.StatusForbidden)
		return
	}
	account := "123456789012"
	if a := pathAccount.FindStringSubmatch(req.URL.Path); a != nil {
		account = a[1]
	}
	name := account + " " + m[1]
	service, ok := r.services[name]
	if !ok {
		var err error
		service, err = quicksight.Open(r.t.Context(), filepath.Join(r.t.TempDir(), name), &quicksight.Options{Account: account, Region: m[1], Unauthenticated: true})
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		r.services[name] = service
		r.t.Cleanup(func() { require.NoError(r.t, service.Close()) })
	}
	service.ServeHTTP(w, req)
}

// unpackTests unpacks what the tests for QuickSight need.
func unpackTests(t *testing.T, archive, dir string) {
	t.Helper()
	file, err := os.Open(archive)
	require.NoError(t, err)
	defer file.Close()
	plain, err := gzip.NewReader(file)
	require.NoError(t, err)
	for r := tar.NewReader(plain); ; {
		header, err := r.Next()
		if errors.Is(err, io.EOF) {
			return
		}
		require.NoError(t, err)
		_, name, _ := strings.Cut(header.Name, "/")
		if header.Typeflag != tar.TypeReg || !filepath.IsLocal(name) || !strings.HasPrefix(name, "tests/test_quicksight/") && name != "tests/__init__.py" {
			continue
		}
		text, err := io.ReadAll(r)
		require.NoError(t, err)
		path := filepath.Join(dir, filepath.FromSlash(name))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, text, 0o600))
	}
}
