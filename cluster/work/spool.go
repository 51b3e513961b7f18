package work

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"os"
	"strconv"
	"strings"
	"sync"
	"time"

	"datahall"
	"datahall/client"
	"datahall/trust/seal"
)

// spool passes events on to the hall in order and keeps, sealed, what it has
// not yet been told.
type spool struct {
	scratch scratch
	client  *client.Client
	attempt int

	mu      sync.Mutex
	queue   []datahall.Event // not yet delivered
	seq     int64
	file    *os.File
	wake    chan struct{}
	orders  datahall.Orders
	cancel  func() // ends the body
	refused error  // the hall does not want this attempt any more
}

func newSpool(s scratch, c *client.Client, attempt int, cancel func()) (*spool, error) {
	f, err := os.OpenFile(spoolPath(s, attempt), os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o600)
	if err != nil {
		return nil, err
	}
	return &spool{scratch: s, client: c, attempt: attempt, file: f, cancel: cancel, wake: make(chan struct{}, 1)}, nil
}

func spoolPath(s scratch, attempt int) string { return s.path("spool-" + strconv.Itoa(attempt)) }

// add takes one event.
func (s *spool) add(e datahall.Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.seq++
	e.Seq = s.seq
	if e.Time.IsZero() {
		e.Time = time.Now().UTC()
	}
	if n := len(s.queue); e.Kind == datahall.ProgressEvent && n > 0 && s.queue[n-1].Kind == datahall.ProgressEvent {
		s.queue[n-1] = e // only the newest of a row of progress events is of use
	} else {
		s.queue = append(s.queue, e)
	}
	if e.Kind != datahall.ProgressEvent {
		s.keep(e)
	}
	select {
	case s.wake <- struct{}{}:
	default:
	}
}

// keep appends a sealed line to the file.
func (s *spool) keep(e datahall.Event) {
	b, err := json.Marshal(e)
	if err != nil {
		return
	}
	sealed := seal.NewBox(s.scratch.key).Seal(b, "spool", strconv.FormatInt(e.Seq, 10))
	line := strconv.FormatInt(e.Seq, 10) + " " + base64.StdEncoding.EncodeToString(sealed) + "\n"
	io.WriteString(s.file, line) //nolint:errcheck // a full disk must not end the work; the queue still has it
	if e.Kind == datahall.ExitEvent {
		s.file.Sync() //nolint:errcheck // as above
	}
}

// deliver runs until the context ends or everything up to an exit event is told.
func (s *spool) deliver(ctx context.Context) error {
	heartbeat := time.NewTicker(2 * time.Second)
	defer heartbeat.Stop()
	for {
		batch := s.take()
		if err := s.send(ctx, batch); err != nil {
			return err
		}
		if n := len(batch); n > 0 && batch[n-1].Kind == datahall.ExitEvent {
			return nil
		}
		if s.waiting() > 0 {
			continue
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-s.wake:
			time.Sleep(20 * time.Millisecond) // gather what comes together
		case <-heartbeat.C:
		}
	}
}

// take copies what is next: up to a file that has to be uploaded first.
func (s *spool) take() []datahall.Event {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := min(len(s.queue), 1000)
	for i, e := range s.queue[:n] {
		if e.Kind == datahall.FileEvent {
			n = max(i, 1)
			break
		}
	}
	return append([]datahall.Event(nil), s.queue[:n]...)
}

func (s *spool) waiting() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.queue)
}

// send delivers one batch, however long the hall is away.
func (s *spool) send(ctx context.Context, batch []datahall.Event) error {
	if len(batch) > 0 && batch[0].Kind == datahall.FileEvent {
		if err := s.upload(ctx, &batch[0]); err != nil {
			return err
		}
	}
	orders, err := s.client.Report(ctx, datahall.Report{Events: batch})
	switch {
	case err == nil:
	case datahall.KindOf(err) == datahall.Internal && client.IsAway(err):
		return nil // tried again with the next beat
	default:
		s.mu.Lock()
		s.refused = err
		s.mu.Unlock()
		s.cancel()
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.orders = orders
	if len(batch) > 0 {
		last := batch[len(batch)-1].Seq
		for len(s.queue) > 0 && s.queue[0].Seq <= last {
			s.queue = s.queue[1:]
		}
	}
	if orders.Cancel {
		s.cancel()
	}
	return nil
}

func (s *spool) upload(ctx context.Context, e *datahall.Event) error {
	blob, err := s.client.Output(ctx, e.File, func() (io.ReadCloser, error) {
		return s.scratch.open(s.scratch.path("out", e.File))
	})
	if err != nil {
		return err
	}
	e.Data, err = json.Marshal(blob)
	return err
}

// Leftover reads what a parent that died had not told: the hall that adopts
// its job can still learn how it ended.
func Leftover(dir string, key seal.Key, attempt int) []datahall.Event {
	s := scratch{dir, key}
	f, err := os.Open(spoolPath(s, attempt))
	if err != nil {
		return nil
	}
	defer f.Close()
	var events []datahall.Event
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, 16<<20)
	box := seal.NewBox(key)
	for lines.Scan() {
		var seq, text string
		if seq, text, _ = strings.Cut(lines.Text(), " "); seq == "" {
			break
		}
		sealed, err := base64.StdEncoding.DecodeString(text)
		if err != nil {
			break // the line that was being written
		}
		plain, err := box.Open(sealed, "spool", seq)
		var e datahall.Event
		if err != nil || json.Unmarshal(plain, &e) != nil {
			break
		}
		events = append(events, e)
	}
	return events
}
