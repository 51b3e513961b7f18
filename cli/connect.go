package cli

import (
	"cmp"
	"context"
	"errors"
	"net/url"
	"path/filepath"
	"time"

	"datahall"
	"datahall/client"
)

const (
	patience  = 10 * time.Second // how long a hall that was named may be away
	startWait = 30 * time.Second // how long a new hall may take until it answers
)

// homeFolder is the folder of the hall on this machine.
func (s *session) homeFolder() string {
	home := cmp.Or(s.home, s.env.Getenv("DATAHALL_HOME"), s.env.Home)
	if whole, err := filepath.Abs(home); err == nil {
		return whole
	}
	return home
}

// address is the hall that was named, if any.
func (s *session) address() string { return cmp.Or(s.url, s.env.Getenv("DATAHALL_URL")) }

// connect finds the hall: the one that was named, the one of the home folder,
// or one that it starts there in the background.
func (s *session) connect(ctx context.Context) (*client.Client, error) {
	if s.hall != nil {
		return s.hall, nil
	}
	c, err := s.find(ctx)
	if err == nil && c == nil {
		if c, err = client.Start(ctx, s.env.Binary, s.homeFolder(), startWait); err == nil {
			s.started, c = true, s.patient(c)
			if !s.telling {
				s.note(datahall.Say("started a hall in the background: %s, home %s; datahall stop ends it", c.URL, s.homeFolder()))
			}
		}
	}
	if err != nil {
		return nil, s.notStarted(err)
	}
	s.hall = c
	return c, nil
}

// notStarted words what the system says of a program that it cannot run.
func (s *session) notStarted(err error) error {
	if datahall.KindOf(err) != datahall.Internal || errors.Is(err, context.Canceled) {
		return err
	}
	return datahall.Errorf(datahall.Unavailable, "hall of %s: could not be started (%s); run datahall up to see more", s.homeFolder(), fact(err)).Because(err)
}

// find gives the hall that was named or runs in the home folder; nil where
// none was named and none runs.
func (s *session) find(ctx context.Context) (*client.Client, error) {
	local, err := client.Local(s.homeFolder())
	if named := s.address(); named != "" {
		if u, err := url.Parse(named); err != nil || u.Host == "" || u.Scheme != "http" && u.Scheme != "https" {
			return nil, datahall.Errorf(datahall.Invalid, "hall %s: not an address; give it as http://HOST:PORT", named)
		}
		c := &client.Client{URL: named, Key: s.env.Getenv("DATAHALL_API_KEY"), Patience: patience, Language: string(s.lang)}
		if c.Key == "" && err == nil && local.URL == named {
			c.Key = local.Key
		}
		return c, nil
	}
	if datahall.KindOf(err) == datahall.Denied {
		return nil, err
	}
	if err != nil || local.Alive(ctx) != nil {
		return nil, nil
	}
	return s.patient(local), nil
}

// patient makes a client of this machine's hall wait for it while it restarts.
func (s *session) patient(c *client.Client) *client.Client {
	c.Patience, c.Language = patience, string(s.lang)
	return c
}
