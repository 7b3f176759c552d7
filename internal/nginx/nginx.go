// Package nginx runs a real nginx for tests, in front of a server of theirs.
package nginx

import (
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// patience bounds the start of nginx, and its end.
const patience = 10 * time.Minute

// path returns where nginx is. Without it the test is skipped, in CI it fails.
func path(t testing.TB) string {
	t.Helper()
	// Debian's is not on the path of everybody.
	names := []string{"nginx", "/usr/sbin/nginx", "/usr/local/sbin/nginx"}
	if root, ok := root(); ok {
		names = append(names, filepath.Join(root, "internal", "nginx", "unpacked", "usr", "sbin", "nginx"))
	}
	for _, name := range names {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	const none = "nginx: it is not installed (make test gets it)"
	if os.Getenv("CI") == "" {
		t.Skip(none)
	}
	t.Fatal(none)
	return ""
}

// root returns the root of the repository. Tests run in the folder of their
// package, which is somewhere below.
func root() (folder string, ok bool) {
	folder, err := os.Getwd()
	for below := ""; err == nil && folder != below; below, folder = folder, filepath.Dir(folder) {
		if _, err := os.Stat(filepath.Join(folder, "go.mod")); err == nil {
			return folder, true
		}
	}
	return "", false
}

// Start runs nginx until the test ends, and returns the address that it listens
// on. write returns what stands in the http block of its configuration, servers
// for the most part, in which listen names that address; folder is for files that
// they need. The port is open from the first moment on: nginx inherits it.
func Start(t testing.TB, write func(listen, folder string) (servers string)) (address string) {
	t.Helper()
	program := path(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	socket, err := listener.(*net.TCPListener).File()
	if err != nil {
		t.Fatal(err)
	}
	defer socket.Close()

	folder := t.TempDir()
	address = listener.Addr().String()
	config := filepath.Join(folder, "nginx.conf")
	if err := os.WriteFile(config, []byte(configuration(folder, write(address, folder))), 0o600); err != nil {
		t.Fatal(err)
	}
	log := filepath.Join(folder, "error.log")
	cmd := exec.Command(program, "-p", folder, "-c", config, "-e", log)
	cmd.ExtraFiles = []*os.File{socket}
	cmd.Env = append(os.Environ(), "NGINX=3;") // the descriptor of ExtraFiles[0]
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait() // the log says more
	}()
	t.Cleanup(func() {
		stop(cmd.Process, ended)
		if t.Failed() {
			text, _ := os.ReadFile(log) // without a log there is nothing to add
			t.Logf("nginx: %s", text)
		}
	})
	if err := answers(address, ended); err != nil {
		t.Fatal(err)
	}
	return address
}

// stop ends nginx with its worker, at once.
func stop(master *os.Process, ended <-chan struct{}) {
	_ = master.Signal(syscall.SIGTERM) // it may have ended by itself
	select {
	case <-ended:
	case <-time.After(patience):
		_ = master.Kill()
		<-ended
	}
}

// configuration puts servers into what nginx needs besides, so that it writes
// into the folder only.
func configuration(folder, servers string) string {
	var paths strings.Builder
	user := ""
	if os.Getuid() == 0 {
		user = "user root;" // the folder is that user's
	}
	for _, kind := range []string{"client_body", "proxy", "fastcgi", "uwsgi", "scgi"} {
		fmt.Fprintf(&paths, "\t%s_temp_path %s;\n", kind, filepath.Join(folder, kind))
	}
	return fmt.Sprintf(`%s
daemon off;
worker_processes 1;
pid %s;
error_log %s warn;
events { worker_connections 256; }
http {
	access_log off;
%s
%s
}
`, user, filepath.Join(folder, "pid"), filepath.Join(folder, "error.log"), paths.String(), servers)
}

// answers waits until nginx has answered something.
func answers(address string, ended <-chan struct{}) error {
	client := &http.Client{Transport: &http.Transport{DisableKeepAlives: true}, Timeout: patience}
	answered := make(chan error, 1)
	go func() {
		// Any answer will do; a port for TLS answers plain HTTP with 400.
		resp, err := client.Get("http://" + address + "/")
		if err == nil {
			resp.Body.Close()
		}
		answered <- err
	}()
	select {
	case err := <-answered:
		if err != nil {
			return fmt.Errorf("nginx: %w", err)
		}
		return nil
	case <-ended:
		return errors.New("nginx ended at once")
	}
}
