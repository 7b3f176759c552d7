package load

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

// A Process is a server under test that runs this program with other arguments:
// so its processor time and its memory are its own. It is called over its
// standard input and output, one line of JSON each.
type Process struct {
	cmd   *exec.Cmd
	in    io.WriteCloser
	lines *bufio.Reader
}

// StartProcess runs this program with the arguments, under which it calls
// [Answer]. It ends with ctx at the latest.
func StartProcess(ctx context.Context, stderr io.Writer, args ...string) (*Process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, fmt.Errorf("find this program: %w", err)
	}
	p := &Process{cmd: exec.CommandContext(ctx, self, args...)}
	p.cmd.Stderr = stderr
	if p.in, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	out, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	p.lines = bufio.NewReader(out)
	if err := p.cmd.Start(); err != nil {
		return nil, fmt.Errorf("start %v: %w", args, err)
	}
	return p, nil
}

// A reply is what a call is answered with.
type reply struct {
	Error  string          `json:"error,omitempty"`
	Result json.RawMessage `json:"result,omitempty"`
}

// Call sends a request and decodes the answer.
func (p *Process) Call(request, result any) error {
	line, err := json.Marshal(request)
	if err != nil {
		return err
	}
	if _, err := p.in.Write(append(line, '\n')); err != nil {
		return fmt.Errorf("call the server: %w", err)
	}
	line, err = p.lines.ReadBytes('\n')
	if err != nil {
		return fmt.Errorf("the server did not answer: %w", err)
	}
	var r reply
	if err := json.Unmarshal(line, &r); err != nil {
		return fmt.Errorf("the server answered %.60q: %w", line, err)
	}
	if r.Error != "" {
		return errors.New(r.Error)
	}
	return json.Unmarshal(r.Result, result)
}

// Close ends the process: it ends when nobody can call it any more.
func (p *Process) Close() error {
	_ = p.in.Close() // the process may have ended already
	return p.cmd.Wait()
}

// Answer reads calls from in and writes to out what answer says, until in ends.
func Answer(in io.Reader, out io.Writer, answer func(request []byte) (any, error)) error {
	lines := bufio.NewReader(in)
	for {
		line, err := lines.ReadBytes('\n')
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		var r reply
		result, err := answer(line)
		if err == nil {
			r.Result, err = json.Marshal(result)
		}
		if err != nil {
			r = reply{Error: err.Error()}
		}
		if err := json.NewEncoder(out).Encode(r); err != nil {
			return err
		}
	}
}

// A Usage is what a process has used up to now.
type Usage struct {
	CPU time.Duration // user and system
	RSS int64         // bytes of memory
}

// ticks of the clock in a second, as /proc counts them on all of Linux's ports.
const ticks = 100

// Usage reads what the process has used. It works where there is /proc.
func (p *Process) Usage() (Usage, error) {
	folder := "/proc/" + strconv.Itoa(p.cmd.Process.Pid)
	stat, err := os.ReadFile(folder + "/stat")
	if err != nil {
		return Usage{}, fmt.Errorf("processor time of the server: %w", err)
	}
	// The name, in brackets, may have spaces (proc_pid_stat(5)).
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	if len(fields) < 22 {
		return Usage{}, fmt.Errorf("processor time of the server: %q", stat)
	}
	number := func(field int) int64 {
		n, _ := strconv.ParseInt(fields[field-3], 10, 64) // the kernel writes numbers
		return n
	}
	return Usage{
		CPU: time.Duration(number(14)+number(15)) * time.Second / ticks,
		RSS: number(24) * int64(os.Getpagesize()),
	}, nil
}
