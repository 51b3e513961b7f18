package cli

import (
	"context"
	"os"
	"os/signal"
	"time"
)

// interruptible gives the context of a client command. Ctrl-C ends it, unless
// somebody listens: whoever follows a job asks first. The context given, which
// may hear of the same Ctrl-C, ends it too where it ends for another reason.
func (s *session) interruptible(outer context.Context) (context.Context, context.CancelFunc) {
	ctx, cancel := context.WithCancel(context.WithoutCancel(outer))
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, os.Interrupt)
	go func() {
		defer signal.Stop(signals)
		done := outer.Done()
		for {
			select {
			case <-ctx.Done():
				return
			case <-signals:
				s.interrupt(cancel)
			case <-done:
				done = nil
				select {
				case <-signals:
					s.interrupt(cancel)
				case <-time.After(100 * time.Millisecond):
					if !s.interruptedBefore() {
						cancel()
					}
				}
			}
		}
	}()
	return ctx, cancel
}

// interrupt hands a Ctrl-C to whoever listens, or ends the command.
func (s *session) interrupt(cancel context.CancelFunc) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.interruptions++
	if s.listener == nil {
		cancel()
		return
	}
	select {
	case s.listener <- struct{}{}:
	default: // the one before is still being dealt with
	}
}

func (s *session) interruptedBefore() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.interruptions > 0
}

// listen has Ctrl-C told to the caller until stop is called.
func (s *session) listen() (heard <-chan struct{}, stop func()) {
	c := make(chan struct{}, 1)
	s.mu.Lock()
	before := s.listener
	s.listener = c
	s.mu.Unlock()
	return c, func() {
		s.mu.Lock()
		s.listener = before
		s.mu.Unlock()
	}
}
