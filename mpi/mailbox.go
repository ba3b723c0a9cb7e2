package mpi

import "sync"

// message is one that has come, or, when it is long, one that is announced.
type message struct {
	from, tag int
	p         []byte
	fetch     func() ([]byte, error) // brings an announced message; nil when p is there
}

// mailbox keeps the messages for one rank until they are asked for.
type mailbox struct {
	mu      sync.Mutex
	change  sync.Cond
	queue   []message
	waiting int          // receivers that found nothing
	gone    map[int]bool // ranks that have ended
	broken  bool         // one of them by itself, with an error
	err     error        // why nothing comes any more
	onWait  func()       // called when a receiver begins to wait; may be nil
}

func newMailbox(onWait func()) *mailbox {
	b := &mailbox{gone: map[int]bool{}, onWait: onWait}
	b.change.L = &b.mu
	return b
}

func (b *mailbox) put(m message) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.queue = append(b.queue, m)
	b.change.Broadcast()
}

// take removes the oldest message that fits, and waits for one if there is none.
func (b *mailbox) take(src, tag int) (p []byte, from int, err error) {
	m, err := b.wait(src, tag)
	if err != nil {
		return nil, src, err
	}
	if m.fetch != nil {
		m.p, err = m.fetch()
	}
	return m.p, m.from, err
}

func (b *mailbox) wait(src, tag int) (message, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	for {
		for i, m := range b.queue {
			if m.tag == tag && (src == AnySource || src == m.from) {
				b.queue = append(b.queue[:i], b.queue[i+1:]...)
				return m, nil
			}
		}
		if err := b.hopeless(src); err != nil {
			return message{}, err
		}
		b.waiting++
		if b.onWait != nil {
			b.onWait()
		}
		b.change.Wait()
		b.waiting--
	}
}

// hopeless tells why no message from src can come.
func (b *mailbox) hopeless(src int) error {
	switch {
	case b.err != nil:
		return b.err
	case b.gone[src]:
		return leftError(src)
	case src == AnySource && b.broken:
		return leftError(AnySource)
	}
	return nil
}

// leave notes that rank src has ended, perhaps by itself and with an error.
func (b *mailbox) leave(src int, broken bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.gone[src] = true
	b.broken = b.broken || broken
	b.change.Broadcast()
}

// fail ends every wait, now and later, with err.
func (b *mailbox) fail(err error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.err == nil {
		b.err = err
	}
	b.change.Broadcast()
}

// waited reports whether a receiver waits.
func (b *mailbox) waited() bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.waiting > 0
}
