package main

import (
	"bufio"
	"encoding/binary"
	"encoding/json"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"
)

// arrival counts requests that look the same.
type arrival struct {
	Case   string `json:"case"`
	Method string `json:"method"`
	Path   string `json:"path"`
	From   string `json:"from"` // identity that the proxy vouches for
	Count  int    `json:"count"`
	Most   int    `json:"most"` // at one time
	now    int
}

type server struct {
	version, pod string
	behaviours   behaviours
	http         *http.Server
	mu           sync.Mutex
	arrivals     map[string]*arrival
}

func newServer(version, pod string) *server {
	s := &server{version: version, pod: pod, arrivals: map[string]*arrival{}}
	s.http = &http.Server{Handler: s, Protocols: new(http.Protocols)}
	s.http.Protocols.SetHTTP1(true)
	s.http.Protocols.SetUnencryptedHTTP2(true)
	s.http.HTTP2 = &http.HTTP2Config{MaxConcurrentStreams: 1 << 16} // a proxy's first requests come before it knows of a limit, and would be refused
	return s
}

func (s *server) behave(list []behaviour) { s.behaviours.set(list) }

func (s *server) calls() []arrival {
	s.mu.Lock()
	defer s.mu.Unlock()
	all := []arrival{}
	for _, a := range s.arrivals {
		all = append(all, *a)
	}
	return all
}

func (s *server) arrived(name, method, path, from string) (gone func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	key := strings.Join([]string{name, method, path, from}, "\x00")
	a := s.arrivals[key]
	if a == nil {
		a = &arrival{Case: name, Method: method, Path: path, From: from}
		s.arrivals[key] = a
	}
	a.Count++
	a.now++
	a.Most = max(a.Most, a.now)
	return func() { s.mu.Lock(); a.now--; s.mu.Unlock() }
}

// listen answers HTTP/1, HTTP/2 and, where the first bytes are neither, plain TCP.
func (s *server) listen(address string) error {
	listener, err := net.Listen("tcp", address)
	if err != nil {
		return err
	}
	sorted := &sorter{Listener: listener, web: make(chan net.Conn), tcp: s.serveTCP}
	go sorted.run()
	go s.http.Serve(sorted)
	return nil
}

func (s *server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	name := r.Header.Get("x-case")
	gone := s.arrived(name, r.Method, r.URL.Path, caller(r.Header))
	defer gone()
	does := s.behaviours.of(r.URL.Path, name)
	does.wait()
	if does.Close {
		panic(http.ErrAbortHandler)
	}
	w.Header().Set("x-version", s.version)
	w.Header().Set("x-pod", s.pod)
	headers := map[string]string{}
	for key, values := range r.Header {
		headers[strings.ToLower(key)] = strings.Join(values, ",")
	}
	echo, _ := json.Marshal(map[string]any{"version": s.version, "pod": s.pod, "host": r.Host, "method": r.Method, "path": r.URL.Path, "headers": headers})
	if strings.HasPrefix(r.Header.Get("content-type"), "application/grpc") {
		s.serveGrpc(w, r.URL.Path, does, echo)
		return
	}
	w.Header().Set("content-type", "application/json")
	if does.Status != 0 {
		w.WriteHeader(does.Status)
	}
	w.Write(echo)
}

func (s *server) serveGrpc(w http.ResponseWriter, path string, does behaviour, message []byte) {
	w.Header().Set("content-type", "application/grpc")
	if does.Status != 0 {
		w.WriteHeader(does.Status)
		return
	}
	if does.Grpc != 0 {
		w.Header().Set("grpc-status", strconv.Itoa(does.Grpc))
		return
	}
	if path == "/grpc.health.v1.Health/Check" {
		message = []byte{8, 1} // status: SERVING
	}
	w.Header().Set("Trailer", "grpc-status")
	frame := binary.BigEndian.AppendUint32([]byte{0}, uint32(len(message)))
	w.Write(append(frame, message...))
	w.Header().Set("grpc-status", "0")
}

// serveTCP answers every line with the version and the pod.
func (s *server) serveTCP(c net.Conn) {
	defer c.Close()
	defer s.arrived("", "TCP", "", "")()
	lines := bufio.NewScanner(c)
	for lines.Scan() {
		does := s.behaviours.of("", "")
		does.wait()
		if does.Close {
			return
		}
		c.Write([]byte(s.version + " " + s.pod + "\n"))
	}
}

// caller takes the last identity of the header in which a proxy names its client.
func caller(h http.Header) string {
	certs := strings.Split(h.Get("x-forwarded-client-cert"), ",")
	for _, field := range strings.Split(certs[len(certs)-1], ";") {
		if uri, ok := strings.CutPrefix(field, "URI="); ok {
			return uri
		}
	}
	return ""
}

// sorter hands connections that begin like HTTP to the web server and all others to tcp.
type sorter struct {
	net.Listener
	web chan net.Conn
	tcp func(net.Conn)
}

func (l *sorter) run() {
	for {
		c, err := l.Listener.Accept()
		if err != nil {
			close(l.web)
			return
		}
		go l.sort(c)
	}
}

func (l *sorter) sort(c net.Conn) {
	read := bufio.NewReader(c)
	c.SetReadDeadline(time.Now().Add(time.Minute))
	start, err := read.Peek(4)
	if err != nil {
		c.Close()
		return
	}
	c.SetReadDeadline(time.Time{})
	known := &begun{Conn: c, read: read}
	switch string(start) {
	case "GET ", "HEAD", "POST", "PUT ", "DELE", "PATC", "OPTI", "PRI ":
		defer func() { _ = recover() }() // the listener was closed meanwhile
		l.web <- known
	default:
		l.tcp(known)
	}
}

func (l *sorter) Accept() (net.Conn, error) {
	c, ok := <-l.web
	if !ok {
		return nil, net.ErrClosed
	}
	return c, nil
}

// begun is a connection of which the first bytes were read ahead.
type begun struct {
	net.Conn
	read *bufio.Reader
}

func (c *begun) Read(p []byte) (int, error) { return c.read.Read(p) }
