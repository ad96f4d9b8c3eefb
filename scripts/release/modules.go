package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"golang.org/x/mod/modfile"
	"golang.org/x/mod/module"
	"golang.org/x/mod/zip"
)

// newcomer prepares the environment of somebody who has nothing: an empty module
// cache, filled from our proxy, from what this machine has downloaded before, and
// from its usual proxy.
func (r *release) newcomer() error {
	cache, err := r.output(".", "go", "env", "GOMODCACHE")
	if err != nil {
		return err
	}
	usual, err := r.output(".", "go", "env", "GOPROXY")
	if err != nil {
		return err
	}
	proxies := []string{"file://" + r.proxy, "file://" + filepath.Join(cache, "cache", "download")}
	if usual != "" && usual != "off" {
		proxies = append(proxies, usual)
	}
	r.env = append(os.Environ(),
		"GOWORK=off", "GOFLAGS=", "GOMODCACHE="+filepath.Join(r.temp, "modcache"), "GOBIN="+filepath.Join(r.temp, "bin"),
		"GOPROXY="+strings.Join(proxies, ","), "GONOSUMDB="+path+","+path+"/*")
	return os.MkdirAll(filepath.Join(r.temp, "bin"), 0o755)
}

// publish names the versions of the other modules in a go.mod, commits it in the
// clone, and puts the module into the proxy.
func (r *release) publish(dir string) error {
	at := filepath.Join(r.clone, dir)
	file := filepath.Join(at, "go.mod")
	text, err := os.ReadFile(file)
	if err != nil {
		return err
	}
	mod, err := modfile.Parse(file, text, nil)
	if err != nil {
		return err
	}
	for _, require := range mod.Require {
		if require.Mod.Path == path || strings.HasPrefix(require.Mod.Path, path+"/") {
			if err := mod.AddRequire(require.Mod.Path, r.version); err != nil {
				return err
			}
		}
	}
	for _, replace := range mod.Replace { // of a module that is not in go.work
		if err := mod.DropReplace(replace.Old.Path, replace.Old.Version); err != nil {
			return err
		}
	}
	mod.Cleanup()
	if text, err = mod.Format(); err != nil {
		return err
	}
	if err := os.WriteFile(file, text, 0o644); err != nil {
		return err
	}
	if _, err := r.newcomers(at, "go", "mod", "tidy"); err != nil {
		return err
	}
	for _, args := range [][]string{{"add", "--all"}, {"-c", "user.name=release", "-c", "user.email=release@localhost", "commit", "--quiet", "--allow-empty", "-m", "release " + r.tagOf(dir)}} {
		if _, err := r.output(r.clone, "git", args...); err != nil {
			return err
		}
	}
	versions := filepath.Join(r.proxy, filepath.FromSlash(name(dir)), "@v")
	if err := os.MkdirAll(versions, 0o755); err != nil {
		return err
	}
	if text, err = os.ReadFile(file); err != nil { // as tidy left it
		return err
	}
	info, err := json.Marshal(map[string]string{"Version": r.version, "Time": time.Now().UTC().Format(time.RFC3339)})
	if err != nil {
		return err
	}
	archive, err := os.Create(filepath.Join(versions, r.version+".zip"))
	if err != nil {
		return err
	}
	sub := dir
	if dir == "." {
		sub = ""
	}
	err = zip.CreateFromVCS(archive, module.Version{Path: name(dir), Version: r.version}, r.clone, "HEAD", sub)
	return errors.Join(err, archive.Close(),
		os.WriteFile(filepath.Join(versions, r.version+".mod"), text, 0o644),
		os.WriteFile(filepath.Join(versions, r.version+".info"), info, 0o644),
		os.WriteFile(filepath.Join(versions, "list"), []byte(r.version+"\n"), 0o644))
}

// get fetches a module from an empty folder and builds a program that imports it,
// as its users do.
func (r *release) get(dir string) error {
	if dir == "cmd/rowsight" {
		return nil // it has no package to import; see install
	}
	imports := []string{name(dir)}
	if dir == "." {
		imports = []string{path + "/rls", path + "/tagrules", path + "/predicate/batch", path + "/predicate/where", path + "/spice/embed"}
	}
	program := "package main\n\nimport (\n"
	for _, p := range imports {
		program += fmt.Sprintf("\t_ %q\n", p)
	}
	at, err := os.MkdirTemp(r.temp, "get")
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(at, "main.go"), []byte(program+")\n\nfunc main() {}\n"), 0o644); err != nil {
		return err
	}
	for _, args := range [][]string{{"mod", "init", "example.com/newcomer"}, {"get", name(dir) + "@" + r.version}, {"mod", "tidy"}, {"run", "."}} {
		if _, err := r.newcomers(at, "go", args...); err != nil {
			return err
		}
	}
	return nil
}

// install installs the command from an empty folder and runs it.
func (r *release) install() error {
	at, err := os.MkdirTemp(r.temp, "install")
	if err != nil {
		return err
	}
	if _, err := r.newcomers(at, "go", "install", path+"/cmd/rowsight@"+r.version); err != nil {
		return err
	}
	printed, err := r.output(at, filepath.Join(r.temp, "bin", "rowsight"), "--version")
	if err != nil {
		return err
	}
	if !strings.Contains(printed, r.version) {
		return fmt.Errorf("rowsight --version: got %q, want %s in it", printed, r.version)
	}
	rules := filepath.Join(at, "rules.csv")
	if err := os.WriteFile(rules, []byte("UserName,Region\nanna,US\n"), 0o644); err != nil {
		return err
	}
	if _, err := r.output(at, filepath.Join(r.temp, "bin", "rowsight"), "vet", rules); err != nil {
		return err
	}
	fmt.Println(printed)
	return nil
}

// newcomers runs a command in the environment of a new user.
func (r *release) newcomers(dir, command string, args ...string) (string, error) {
	return run(dir, r.env, command, args...)
}

// output runs a command in the environment of this process.
func (r *release) output(dir, command string, args ...string) (string, error) {
	return run(dir, os.Environ(), command, args...)
}

func run(dir string, env []string, command string, args ...string) (string, error) {
	cmd := exec.Command(command, args...)
	cmd.Dir, cmd.Env = dir, env
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("%s %s: %w\n%s%s", command, strings.Join(args, " "), err, out, stderr.String())
	}
	return strings.TrimSpace(string(out)), nil
}

// clean removes everything temporary. The module cache is not writable.
func (r *release) clean() {
	_, _ = r.newcomers(r.temp, "go", "clean", "-modcache")
	_ = os.RemoveAll(r.temp)
}

// tags tags the commit of the clone in the repository.
func (r *release) tags() error {
	commit, err := r.output(r.clone, "git", "rev-parse", "HEAD")
	if err != nil {
		return err
	}
	if _, err := r.output(r.repo, "git", "fetch", "--quiet", r.clone, commit); err != nil {
		return err
	}
	for _, dir := range modules {
		if _, err := os.Stat(filepath.Join(r.clone, dir, "go.mod")); err != nil {
			continue
		}
		if _, err := r.output(r.repo, "git", "tag", "--annotate", "-m", name(dir)+" "+r.version, r.tagOf(dir), commit); err != nil {
			return err
		}
		fmt.Println("tagged", r.tagOf(dir))
	}
	return nil
}
