package cli

import (
	"context"
	"time"

	"github.com/spf13/cobra"

	"datahall"
)

func (s *session) jobCommand() *cobra.Command {
	return s.parent("job", datahall.Say("look at jobs, follow them, end them"),
		s.jobList(), s.jobShow(), s.jobLogs(), s.jobCancel(), s.jobWhy(), s.jobWait())
}

func (s *session) jobList() *cobra.Command {
	var kind, state string
	c := s.command("ls [--kind KIND] [--state STATE]", datahall.Say("list jobs, newest first"), s.args(0, 0), func(ctx context.Context, _ []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		list, err := c.Jobs(ctx, kind, state, s.limit)
		if err != nil {
			return err
		}
		return s.result(list, func() {
			t := s.table(datahall.Say("job"), datahall.Say("kind"), datahall.Say("name"), datahall.Say("state"), datahall.Say("submitted"), datahall.Say("took"), datahall.Say("reason")).numbers(5)
			for _, j := range list {
				t.row(j.ID, j.Kind, j.Name, s.state(string(j.State)), when(j.Created), s.took(j), cut(s.t(j.Reason), 80))
			}
			s.show(t, datahall.Say("no jobs yet"))
		})
	})
	c.Flags().StringVar(&kind, "kind", "", s.t(datahall.Say("only jobs of this `KIND`: import, split, export, train, evaluate, predict, replica, …")))
	c.Flags().StringVar(&state, "state", "", s.t(datahall.Say("only jobs in this `STATE`: queued, starting, running, done, failed or cancelled")))
	return s.listFlags(c)
}

// took is how long a job has run.
func (s *session) took(j datahall.Job) string {
	switch {
	case j.Started.IsZero():
		return ""
	case j.Ended.IsZero():
		return s.duration(time.Since(j.Started).Seconds())
	}
	return s.duration(j.Ended.Sub(j.Started).Seconds())
}

func (s *session) jobShow() *cobra.Command {
	return s.taking(s.command("show JOB", datahall.Say("show a job: state, progress, what was asked, what it took"), s.args(1, 1), func(ctx context.Context, args []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		j, err := c.Job(ctx, args[0])
		if err != nil {
			return err
		}
		return s.result(j, func() { s.showJob(j) })
	}), jobNames)
}

func (s *session) showJob(j datahall.Job) {
	f := s.facts()
	f.add(datahall.Say("job"), j.ID).
		add(datahall.Say("kind"), j.Kind).
		add(datahall.Say("name"), j.Name).
		add(datahall.Say("state"), s.state(string(j.State))).
		add(datahall.Say("reason"), s.t(j.Reason)).
		add(datahall.Say("attempts"), count(j.Attempts)).
		add(datahall.Say("submitted"), when(j.Created)).
		add(datahall.Say("started"), when(j.Started)).
		add(datahall.Say("ended"), when(j.Ended)).
		add(datahall.Say("took"), s.took(j))
	if !j.State.Ended() && !j.Progress.Stage.IsZero() {
		st := stage{progress: j.Progress}
		f.add(datahall.Say("progress"), s.t(j.Progress.Stage)+" "+s.soFar(st))
	}
	if j.Usage.WallSeconds > 0 {
		f.add(datahall.Say("receipt"), s.receipt(j.Usage))
	}
	result, err := s.encode(j.Result)
	if err != nil || len(j.Result) == 0 {
		result = nil
	}
	f.add(datahall.Say("asked"), string(j.Spec)).
		add(datahall.Say("result"), cut(string(result), 400)).print()
}

// logLine is one line of a job's log as JSON.
type logLine struct {
	Time    time.Time `json:"time"`
	Attempt int       `json:"attempt"`
	Log     string    `json:"log"`
}

func (s *session) jobLogs() *cobra.Command {
	var follow bool
	c := s.command("logs JOB [-f]", datahall.Say("print a job's log"), s.args(1, 1), func(ctx context.Context, args []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		if follow {
			var failed error
			_, err := c.Follow(ctx, args[0], func(e datahall.Event) {
				if err := s.logged(e); failed == nil {
					failed = err
				}
			})
			if err == nil {
				err = failed
			}
			return err
		}
		events, err := c.Events(ctx, args[0], 0)
		for _, e := range events {
			if err == nil {
				err = s.logged(e)
			}
		}
		return err
	})
	c.Flags().BoolVarP(&follow, "follow", "f", false, s.t(datahall.Say("go on until the job has ended")))
	return s.taking(c, jobNames)
}

// logged prints an event that belongs into a log.
func (s *session) logged(e datahall.Event) error {
	text := ""
	switch {
	case e.Kind == datahall.LogEvent:
		text = e.Log
	case e.Kind == datahall.StateEvent && !e.Message.IsZero():
		text = s.t(datahall.Say("[%s: %s]", s.state(string(e.State)), s.t(e.Message)))
	case e.Kind == datahall.StateEvent && e.State != "":
		text = "[" + s.state(string(e.State)) + "]"
	case e.Kind == datahall.FailEvent:
		text = "[" + s.t(e.Message) + "]"
	default:
		return nil
	}
	return s.result(logLine{e.Time, e.Attempt, text}, func() {
		s.line(e.Time.Local().Format("15:04:05") + "  " + oneLine(text))
	})
}

func (s *session) jobCancel() *cobra.Command {
	return s.taking(s.command("cancel JOB…", datahall.Say("end jobs"), s.args(1, -1), func(ctx context.Context, args []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		var all []datahall.Job
		for _, id := range args {
			j, err := c.Cancel(ctx, id)
			if err != nil {
				return err
			}
			all = append(all, j)
			switch {
			case j.State == datahall.Cancelled:
				s.say(datahall.Say("%s: cancelled", id))
			case j.State.Ended():
				s.say(datahall.Say("%s: had ended already (%s)", id, s.state(string(j.State))))
			default:
				s.say(datahall.Say("%s: asked to end", id))
			}
		}
		return s.result(all, func() {})
	}), jobNames)
}

func (s *session) jobWhy() *cobra.Command {
	return s.taking(s.command("why JOB", datahall.Say("say why a job waits, or why it failed"), s.args(1, 1), func(ctx context.Context, args []string) error {
		c, err := s.connect(ctx)
		if err != nil {
			return err
		}
		j, err := c.Job(ctx, args[0])
		if err != nil {
			return err
		}
		return s.result(struct {
			ID     string            `json:"id"`
			State  datahall.JobState `json:"state"`
			Reason datahall.Message  `json:"reason"`
		}{j.ID, j.State, j.Reason}, func() {
			if j.Reason.IsZero() && j.State.Ended() {
				s.say(datahall.Say("%s: %s", j.ID, s.state(string(j.State))))
				return
			}
			if j.Reason.IsZero() {
				s.say(datahall.Say("%s: %s, and nothing holds it back", j.ID, s.state(string(j.State))))
				return
			}
			s.say(datahall.Say("%s: %s: %s", j.ID, s.state(string(j.State)), s.t(j.Reason)))
		})
	}), jobNames)
}

func (s *session) jobWait() *cobra.Command {
	return s.taking(s.command("wait JOB", datahall.Say("follow a job to its end; the exit status is 1 where it failed"), s.args(1, 1), func(ctx context.Context, args []string) error {
		j, err := s.toItsEnd(ctx, args[0], nil)
		if err != nil {
			return err
		}
		return s.result(j, func() {
			s.say(datahall.Say("%s: %s", j.ID, s.state(string(j.State))))
			s.showReceipt(j.Usage)
		})
	}), jobNames)
}
