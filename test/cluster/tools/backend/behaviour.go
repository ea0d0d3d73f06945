package main

import (
	"strings"
	"sync"
	"time"
)

// behaviour changes the answers to some requests; the first that fits is taken.
type behaviour struct {
	Path         string `json:"path"`   // beginning of the path, all but health checks if empty
	Case         string `json:"case"`   // x-case header, all if empty
	Status       int    `json:"status"` // HTTP status instead of 200
	Grpc         int    `json:"grpc"`   // gRPC status instead of 0
	Milliseconds int    `json:"milliseconds"`
	Close        bool   `json:"close"` // end the connection without an answer
	Times        int    `json:"times"` // requests that it lasts for, for ever if 0
}

type behaviours struct {
	sync.Mutex
	list []behaviour
}

func (b *behaviours) set(list []behaviour) {
	b.Lock()
	defer b.Unlock()
	b.list = list
}

func (b *behaviours) of(path, name string) behaviour {
	b.Lock()
	defer b.Unlock()
	for i, one := range b.list {
		if !strings.HasPrefix(path, one.Path) || (one.Case != "" && one.Case != name) {
			continue
		}
		if one.Path == "" && strings.HasPrefix(path, "/grpc.health.v1.Health/") {
			continue
		}
		if one.Times == 1 {
			b.list = append(append([]behaviour{}, b.list[:i]...), b.list[i+1:]...)
		} else if one.Times > 1 {
			b.list[i].Times--
		}
		return one
	}
	return behaviour{}
}

func (b behaviour) wait() { time.Sleep(time.Duration(b.Milliseconds) * time.Millisecond) }
