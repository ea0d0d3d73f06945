package main

import (
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"time"
)

// relay passes what comes through a Unix socket on to an address of this network namespace, and back.
func relay(socket, address string) error {
	listener, err := net.Listen("unix", socket)
	if err != nil {
		return err
	}
	go func() {
		for {
			near, err := listener.Accept()
			if errors.Is(err, net.ErrClosed) {
				return
			}
			if err != nil { // such as too many open files: it passes
				fmt.Fprintln(os.Stderr, "relay:", err)
				time.Sleep(100 * time.Millisecond)
				continue
			}
			go join(near, address)
		}
	}()
	return nil
}

func join(near net.Conn, address string) {
	defer near.Close()
	far, err := net.Dial("tcp", address)
	if err != nil {
		return
	}
	defer far.Close()
	go func() {
		io.Copy(far, near)
		far.(*net.TCPConn).CloseWrite()
	}()
	io.Copy(near, far)
}
