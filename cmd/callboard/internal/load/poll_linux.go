package load

import (
	"errors"
	"fmt"
	"net"
	"runtime"
	"syscall"
	"time"
)

// A poller waits for all connections of a crowd at once. The connections are
// taken out of the reach of Go's own poller, which would be told of every
// message, too.
type poller struct {
	epoll int
	fds   []int // by the number of the client
}

func newPoller(clients int) (*poller, error) {
	epoll, err := syscall.EpollCreate1(syscall.EPOLL_CLOEXEC)
	if err != nil {
		return nil, fmt.Errorf("epoll: %w", err)
	}
	fds := make([]int, clients)
	for i := range fds {
		fds[i] = -1
	}
	return &poller{epoll, fds}, nil
}

// add takes the connection over.
func (p *poller) add(client int, conn net.Conn) error {
	defer conn.Close()
	raw, err := conn.(syscall.Conn).SyscallConn()
	if err != nil {
		return err
	}
	fd, failed := -1, error(nil)
	if err := raw.Control(func(own uintptr) { fd, failed = syscall.Dup(int(own)) }); err != nil {
		return err
	}
	if failed != nil {
		return fmt.Errorf("dup: %w", failed)
	}
	syscall.CloseOnExec(fd)
	p.fds[client] = fd
	return syscall.EpollCtl(p.epoll, syscall.EPOLL_CTL_ADD, fd, &syscall.EpollEvent{Events: syscall.EPOLLIN, Fd: int32(client)})
}

// write sends a control frame, which always fits.
func (p *poller) write(client int, frame []byte) { _, _ = syscall.Write(p.fds[client], frame) }

// run calls received with what comes, and nil when a connection has ended, until
// stopped reports true, which it asks several times a second.
func (p *poller) run(stopped func() bool, received func(client int, data []byte, at time.Time)) {
	runtime.LockOSThread() // it lives in system calls
	defer runtime.UnlockOSThread()
	events := make([]syscall.EpollEvent, 512)
	buffer := make([]byte, 256<<10)
	for !stopped() {
		n, err := syscall.EpollWait(p.epoll, events, 50)
		if err != nil && !errors.Is(err, syscall.EINTR) {
			return
		}
		for i := range max(n, 0) {
			client := int(events[i].Fd)
			size, err := syscall.Read(p.fds[client], buffer)
			switch {
			case errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.EINTR):
			case err != nil || size == 0:
				_ = syscall.EpollCtl(p.epoll, syscall.EPOLL_CTL_DEL, p.fds[client], nil)
				received(client, nil, time.Now())
			default:
				received(client, buffer[:size], time.Now())
			}
		}
	}
}

// close closes all connections; run has returned.
func (p *poller) close() {
	for _, fd := range p.fds {
		if fd >= 0 {
			_ = syscall.Close(fd)
		}
	}
	_ = syscall.Close(p.epoll)
}
