package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/gorilla/websocket"

	"github.com/callboard/callboard/cmd/callboard/internal/load"
	"github.com/callboard/callboard/director"
	"github.com/callboard/callboard/director/lb"
	"github.com/callboard/callboard/server"
)

// A benchCall is what the bench asks of a server under test.
type benchCall struct {
	Do        string        `json:"do"` // open, change or send
	Directors int           `json:"directors,omitempty"`
	Rate      float64       `json:"rate,omitempty"` // changes a second
	For       time.Duration `json:"for,omitempty"`
	Messages  []load.Sent   `json:"messages,omitempty"`
	Compress  bool          `json:"compress,omitempty"`
}

// A benchPlace is where a server under test is reached.
type benchPlace struct {
	Board string `json:"board"`
	Proxy string `json:"proxy,omitempty"`
}

// everyone is more than any bench brings.
const everyone = 1 << 20

// benchBoard is the server under test: a board with a tree of pools of eight.
func benchBoard() error {
	b := &testBoard{}
	defer b.close()
	return load.Answer(os.Stdin, os.Stdout, func(request []byte) (any, error) {
		var call benchCall
		if err := json.Unmarshal(request, &call); err != nil {
			return nil, err
		}
		switch call.Do {
		case "open":
			return b.open(call.Directors)
		case "change":
			return b.change(call.Rate, call.For)
		}
		return nil, fmt.Errorf("there is no call %q", call.Do)
	})
}

type testBoard struct {
	rt      *director.Runtime
	board   *server.Server
	leafs   []*director.Director
	servers []*http.Server
	flips   int
}

func (b *testBoard) open(directors int) (place benchPlace, err error) {
	b.rt = director.New(director.Options{Name: "bench"})
	if err := b.plant(directors); err != nil {
		return place, err
	}
	b.board, err = server.New(server.Options{Runtime: b.rt, MaxClients: everyone, MaxClientsPerAddress: everyone})
	if err != nil {
		return place, err
	}
	if place.Board, err = b.serve(b.board); err != nil {
		return place, err
	}
	place.Proxy, err = b.serve(server.NewProxy(b.rt, nil))
	return place, err
}

func (b *testBoard) serve(handler http.Handler) (string, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", err
	}
	s := &http.Server{Handler: handler}
	b.servers = append(b.servers, s)
	go func() { _ = s.Serve(l) }() // ends with close
	return url(l), nil
}

// plant makes pools of eight leafs, which answer at once.
func (b *testBoard) plant(directors int) error {
	v, err := b.rt.AddVCL("boot")
	if err != nil {
		return err
	}
	site, err := v.Add("site", lb.NewFallback(false))
	if err != nil {
		return err
	}
	pool := site
	for n := 1; n < directors; n++ {
		var impl director.Implementation = benchLeaf{}
		name, holder := fmt.Sprintf("web%d", n), pool
		if n%9 == 1 {
			impl, name, holder = lb.NewRoundRobin(), fmt.Sprintf("pool_%d", n/9), site
		}
		d, err := v.Add(name, impl)
		if err != nil {
			return err
		}
		group, err := holder.Group()
		if err != nil {
			return err
		}
		if _, err := group.AddMember(d, 0); err != nil {
			return err
		}
		if n%9 == 1 {
			pool = d
		} else {
			b.leafs = append(b.leafs, d)
		}
	}
	if len(b.leafs) == 0 {
		return errors.New("at least 3 directors are needed")
	}
	if err := v.SetDefault(site); err != nil {
		return err
	}
	return v.Activate()
}

// change sets the health of one leaf after the other by hand.
func (b *testBoard) change(rate float64, span time.Duration) ([]load.Change, error) {
	var changes []load.Change
	every := time.Duration(float64(time.Second) / rate)
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for end := time.Now().Add(span); time.Now().Before(end); <-ticker.C {
		state := director.AdminSick
		if b.flips/len(b.leafs)%2 == 1 {
			state = director.AdminAuto
		}
		at := time.Now()
		if err := b.leafs[b.flips%len(b.leafs)].SetHealth(state); err != nil {
			return nil, err
		}
		b.flips++
		changes = append(changes, load.Change{At: at.UnixNano(), Seq: b.rt.Tree().Seq})
	}
	return changes, nil
}

func (b *testBoard) close() {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	if b.board != nil {
		_ = b.board.Close(ctx) // the process ends anyway
	}
	for _, s := range b.servers {
		_ = s.Close()
	}
}

// A benchLeaf answers each request with nothing, at once.
type benchLeaf struct{}

func (benchLeaf) Type() string { return "leaf" }

func (benchLeaf) RoundTrip(_ *director.Task, req *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusNoContent, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1,
		Header: http.Header{}, Body: http.NoBody, Request: req,
	}, nil
}

// benchLoop is what a board is compared to: it writes each message, prepared
// once, to one connection after the other, and nothing else.
func benchLoop() error {
	l := &testLoop{}
	return load.Answer(os.Stdin, os.Stdout, func(request []byte) (any, error) {
		var call benchCall
		if err := json.Unmarshal(request, &call); err != nil {
			return nil, err
		}
		switch call.Do {
		case "open":
			return l.open(call.Compress)
		case "send":
			return l.send(call.Messages, call.Rate)
		}
		return nil, fmt.Errorf("there is no call %q", call.Do)
	})
}

type testLoop struct {
	buffers sync.Pool

	mu    sync.Mutex // guards the field below
	conns []*websocket.Conn
}

func (l *testLoop) open(compress bool) (benchPlace, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return benchPlace{}, err
	}
	upgrader := websocket.Upgrader{ReadBufferSize: 512, WriteBufferPool: &l.buffers, EnableCompression: compress}
	go func() {
		_ = http.Serve(listener, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			conn, err := upgrader.Upgrade(w, r, nil)
			if err != nil {
				return
			}
			if conn.WriteMessage(websocket.TextMessage, []byte(`{"t":"hello","seq":1}`)) != nil {
				return
			}
			l.mu.Lock()
			l.conns = append(l.conns, conn)
			l.mu.Unlock()
			_, _, _ = conn.NextReader() // answers pings until the client leaves
		}))
	}()
	return benchPlace{Board: url(listener)}, nil
}

func (l *testLoop) send(messages []load.Sent, rate float64) ([]load.Change, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var changes []load.Change
	ticker := time.NewTicker(time.Duration(float64(time.Second) / rate))
	defer ticker.Stop()
	for _, m := range messages {
		<-ticker.C
		at := time.Now()
		prepared, err := websocket.NewPreparedMessage(websocket.TextMessage, []byte(m.Text))
		if err != nil {
			return nil, err
		}
		for _, conn := range l.conns {
			if err := conn.WritePreparedMessage(prepared); err != nil {
				return nil, err
			}
		}
		changes = append(changes, load.Change{At: at.UnixNano(), Seq: m.Seq})
	}
	return changes, nil
}
