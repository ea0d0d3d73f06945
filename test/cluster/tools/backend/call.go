package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// callOptions say what to ask, how often and how many at a time.
type callOptions struct {
	Protocol    string            `json:"protocol"` // http, grpc, tcp, https
	Address     string            `json:"address"`  // host:port
	Dial        string            `json:"dial"`     // ip:port to connect to, whatever the address says
	Method      string            `json:"method"`
	Path        string            `json:"path"`
	Host        string            `json:"host"`
	Headers     map[string]string `json:"headers"`
	Times       int               `json:"times"`
	Concurrency int               `json:"concurrency"`
	ForMs       int               `json:"forMs"` // go on until then instead of counting
	PauseMs     int               `json:"pauseMs"`
	TimeoutMs   int               `json:"timeoutMs"`
	Fresh       bool              `json:"fresh"` // a connection per request
}

// outcome of one request; Status and Grpc are -1 where there is none.
type outcome struct {
	Status       int               `json:"status"`
	Grpc         int               `json:"grpc"`
	Version      string            `json:"version"`
	Pod          string            `json:"pod"`
	Error        string            `json:"error"`
	Milliseconds float64           `json:"milliseconds"`
	Headers      map[string]string `json:"headers"`
	Body         string            `json:"body"`
}

func (o callOptions) run() ([]outcome, error) {
	once, done, err := o.once()
	if err != nil {
		return nil, err
	}
	defer done()
	until := time.Now().Add(time.Duration(o.ForMs) * time.Millisecond)
	var mu sync.Mutex
	started, all := 0, []outcome{}
	next := func() bool {
		mu.Lock()
		defer mu.Unlock()
		started++
		if o.ForMs > 0 {
			return time.Now().Before(until)
		}
		return started <= max(o.Times, 1)
	}
	var group sync.WaitGroup
	for range max(o.Concurrency, 1) {
		group.Go(func() {
			for next() {
				begin := time.Now()
				out := once()
				out.Milliseconds = float64(time.Since(begin).Microseconds()) / 1000
				mu.Lock()
				all = append(all, out)
				mu.Unlock()
				time.Sleep(time.Duration(o.PauseMs) * time.Millisecond)
			}
		})
	}
	group.Wait()
	return all, nil
}

func (o callOptions) timeout() time.Duration {
	if o.TimeoutMs == 0 {
		return 30 * time.Second
	}
	return time.Duration(o.TimeoutMs) * time.Millisecond
}

// once gives what makes one request, and what closes the connections that it keeps.
func (o callOptions) once() (func() outcome, func(), error) {
	switch o.Protocol {
	case "tcp":
		return o.tcp, func() {}, nil
	case "http", "https", "grpc":
		client := o.client()
		return func() outcome { return o.web(client) }, client.CloseIdleConnections, nil
	}
	return nil, nil, fmt.Errorf("protocol must be http, https, grpc or tcp, got %q", o.Protocol)
}

func (o callOptions) client() *http.Client {
	transport := &http.Transport{
		DisableKeepAlives:   o.Fresh,
		MaxIdleConnsPerHost: max(o.Concurrency, 1),
		Protocols:           new(http.Protocols),
		TLSClientConfig:     &tls.Config{InsecureSkipVerify: true}, // the certificates are the test's own
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			if o.Dial != "" {
				address = o.Dial
			}
			return (&net.Dialer{Timeout: 5 * time.Second}).DialContext(ctx, network, address)
		},
	}
	transport.Protocols.SetHTTP1(o.Protocol != "grpc")
	transport.Protocols.SetUnencryptedHTTP2(o.Protocol == "grpc")
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &http.Client{Transport: transport, Timeout: o.timeout(), CheckRedirect: stay}
}

func (o callOptions) web(client *http.Client) outcome {
	scheme, method, body := "http", o.Method, io.Reader(nil)
	if o.Protocol == "https" {
		scheme = "https"
	}
	if o.Protocol == "grpc" {
		method, body = http.MethodPost, strings.NewReader("\x00\x00\x00\x00\x00") // one empty message
	}
	path, query, _ := strings.Cut(o.Path, "?")
	target := url.URL{Scheme: scheme, Host: o.Address, Opaque: path, RawQuery: query} // the path goes as it is
	request, err := http.NewRequest(method, "http://"+o.Address, body)
	if err != nil {
		return failed(err)
	}
	request.URL = &target
	request.Host = o.Host
	for key, value := range o.Headers {
		request.Header.Set(key, value)
	}
	if o.Protocol == "grpc" {
		request.Header.Set("content-type", "application/grpc")
		request.Header.Set("te", "trailers")
	}
	response, err := client.Do(request)
	if err != nil {
		return failed(err)
	}
	defer response.Body.Close()
	content, err := io.ReadAll(io.LimitReader(response.Body, 1<<20))
	if err != nil {
		return failed(err)
	}
	if o.Protocol == "grpc" && len(content) >= 5 {
		content = content[5:]
	}
	out := outcome{Status: response.StatusCode, Grpc: -1, Headers: map[string]string{}, Body: string(content)}
	for key, values := range response.Header {
		out.Headers[strings.ToLower(key)] = strings.Join(values, ",")
	}
	out.Version, out.Pod = out.Headers["x-version"], out.Headers["x-pod"]
	for _, from := range []http.Header{response.Header, response.Trailer} {
		if code, err := strconv.Atoi(from.Get("grpc-status")); err == nil {
			out.Grpc = code
		}
	}
	return out
}

func (o callOptions) tcp() outcome {
	address := o.Address
	if o.Dial != "" {
		address = o.Dial
	}
	c, err := net.DialTimeout("tcp", address, o.timeout())
	if err != nil {
		return failed(err)
	}
	defer c.Close()
	c.SetDeadline(time.Now().Add(o.timeout()))
	if _, err := c.Write([]byte("hello\n")); err != nil {
		return failed(err)
	}
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		return failed(err)
	}
	version, pod, _ := strings.Cut(strings.TrimSpace(line), " ")
	return outcome{Status: -1, Grpc: -1, Version: version, Pod: pod, Body: line}
}

func failed(err error) outcome {
	var inner *url.Error
	if errors.As(err, &inner) {
		err = inner.Err
	}
	return outcome{Status: -1, Grpc: -1, Error: err.Error()}
}
