// Command backend stands for the program of any workload: it answers on the ports it is told, and calls others on command.
//
// It is steered through a Unix socket, which a test reaches from outside the network namespace:
//
//	POST /call    make requests from here and say how each ended (call.go)
//	POST /behave  fail or delay from now on (behaviour.go)
//	GET  /calls   what arrived, by the x-case header of the request
//	PUT  /names   what the name server answers (names.go)
package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"
)

type list []string

func (l *list) String() string     { return strings.Join(*l, ",") }
func (l *list) Set(v string) error { *l = append(*l, v); return nil }

func main() {
	var ports, relays list
	control := flag.String("control", "", "Unix socket to be steered through")
	names := flag.String("names", "", "address of the name server, none if empty")
	version := flag.String("version", "", "version to say")
	pod := flag.String("pod", "", "pod to say")
	flag.Var(&ports, "port", "port to answer on; may be repeated")
	flag.Var(&relays, "relay", "SOCKET=ADDRESS: pass connections of a Unix socket on; may be repeated")
	flag.Parse()
	if err := run(*control, *names, newServer(*version, *pod), ports, relays); err != nil {
		fmt.Fprintln(os.Stderr, "backend:", err)
		os.Exit(1)
	}
}

func run(control, names string, server *server, ports, relays list) error {
	for _, r := range relays {
		socket, address, _ := strings.Cut(r, "=")
		if err := relay(socket, address); err != nil {
			return err
		}
	}
	table := &nameTable{}
	if names != "" {
		if err := table.listen(names); err != nil {
			return err
		}
	}
	for _, port := range ports {
		if err := server.listen(":" + port); err != nil {
			return err
		}
	}
	steering, err := net.Listen("unix", control)
	if err != nil {
		return err
	}
	stopped, release := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer release()
	go http.Serve(steering, steer(server, table))

	<-stopped.Done()
	last, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	return server.http.Shutdown(last)
}

func steer(server *server, table *nameTable) http.Handler {
	mux := http.NewServeMux()
	mux.HandleFunc("POST /call", answer(func(o callOptions) (any, error) { return o.run() }))
	mux.HandleFunc("POST /behave", answer(func(b []behaviour) (any, error) { server.behave(b); return "ok", nil }))
	mux.HandleFunc("PUT /names", answer(func(t map[string][]string) (any, error) { table.set(t); return "ok", nil }))
	mux.HandleFunc("GET /calls", func(w http.ResponseWriter, _ *http.Request) { json.NewEncoder(w).Encode(server.calls()) })
	return mux
}

// answer reads JSON, writes JSON, and says errors as text with status 400.
func answer[T any](do func(T) (any, error)) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		var in T
		err := json.NewDecoder(r.Body).Decode(&in)
		var out any
		if err == nil {
			out, err = do(in)
		}
		if err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		json.NewEncoder(w).Encode(out)
	}
}
