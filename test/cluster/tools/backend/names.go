package main

import (
	"encoding/binary"
	"net"
	"strings"
	"sync"
)

// nameTable answers questions for IPv4 addresses; a name that it does not have does not exist.
type nameTable struct {
	sync.RWMutex
	addresses map[string][]string
}

func (t *nameTable) set(addresses map[string][]string) {
	t.Lock()
	defer t.Unlock()
	t.addresses = addresses
}

func (t *nameTable) listen(address string) error {
	c, err := net.ListenPacket("udp", address)
	if err != nil {
		return err
	}
	go func() {
		for {
			question := make([]byte, 2048)
			n, from, err := c.ReadFrom(question)
			if err != nil {
				return
			}
			if reply := t.reply(question[:n]); reply != nil {
				c.WriteTo(reply, from)
			}
		}
	}()
	return nil
}

const (
	headerLength  = 12
	typeA         = 1
	answerFlags   = 0x8180 // a response, recursion desired and available
	noSuchName    = 3
	pointerToName = 0xc000 | headerLength
)

func (t *nameTable) reply(question []byte) []byte {
	name, end := readName(question)
	if end == 0 {
		return nil
	}
	t.RLock()
	addresses, known := t.addresses[strings.ToLower(name)]
	t.RUnlock()
	if binary.BigEndian.Uint16(question[end-4:]) != typeA {
		addresses = nil
	}
	flags := uint16(answerFlags)
	if !known {
		flags |= noSuchName
	}
	reply := append([]byte{}, question[:2]...)
	for _, field := range []uint16{flags, 1, uint16(len(addresses)), 0, 0} {
		reply = binary.BigEndian.AppendUint16(reply, field)
	}
	reply = append(reply, question[headerLength:end]...)
	for _, address := range addresses {
		reply = binary.BigEndian.AppendUint16(reply, pointerToName)
		reply = append(reply, 0, typeA, 0, 1, 0, 0, 0, 1, 0, 4)
		reply = append(reply, net.ParseIP(address).To4()...)
	}
	return reply
}

// readName gives the name that is asked for and where the question ends, 0 where it is no question.
func readName(m []byte) (string, int) {
	var labels []string
	at := headerLength
	for at < len(m) && m[at] != 0 {
		next := at + 1 + int(m[at])
		if next > len(m) {
			return "", 0
		}
		labels = append(labels, string(m[at+1:next]))
		at = next
	}
	if at+5 > len(m) {
		return "", 0
	}
	return strings.Join(labels, "."), at + 5
}
