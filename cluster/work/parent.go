package work

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"time"

	"datahall"
	"datahall/client"
	"datahall/site/energy"
	"datahall/trust/seal"
)

// patience is how long a parent waits for a hall that is away.
const patience = 24 * time.Hour

// grace is how long a body may take to end by itself once it is asked to.
const grace = 10 * time.Second

// Parent is the parent of one attempt at a job.
type Parent struct {
	Binary string   // program that runs the body
	Args   []string // what makes it the body: work --body
	Boot   string   // start time of this process, as its system tells it
	Power  energy.PowerModel
}

// Run reads a ticket and sees its attempt through. An attempt that the hall
// does not want (any more) ends without a word.
func (p Parent) Run(ctx context.Context, in io.Reader) error {
	var t datahall.Ticket
	if err := json.NewDecoder(in).Decode(&t); err != nil {
		return datahall.Errorf(datahall.Invalid, "work: no ticket on standard input; a hall starts this command by itself").Because(err)
	}
	hall := &client.Client{URL: t.URL, Find: t.Find, Key: t.Token, Patience: patience}
	claim, err := hall.Claim(ctx, datahall.Process{PID: os.Getpid(), Boot: p.Boot})
	if err != nil {
		return err
	}
	if err := os.MkdirAll(t.Scratch, 0o700); err != nil {
		return err
	}
	a := &attempt{parent: p, ticket: t, claim: claim, hall: hall, scratch: scratch{t.Scratch, keyOf(t.Key)}}
	return a.run(ctx)
}

func keyOf(b []byte) (k seal.Key) {
	copy(k[:], b)
	return k
}

// attempt is a claimed try at a job.
type attempt struct {
	parent  Parent
	ticket  datahall.Ticket
	claim   datahall.Claim
	hall    *client.Client
	scratch scratch
	spool   *spool
	meter   *meter
}

// run works and reports, and clears the scratch folder once the job has ended.
func (a *attempt) run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	work, stop := context.WithCancel(ctx)
	defer stop()
	var err error
	if a.spool, err = newSpool(a.scratch, a.hall, a.ticket.Attempt, stop); err != nil {
		return err
	}
	a.meter = newMeter(a.claim.Meter, a.parent.Power, a.claim.Job.CPUs)
	told := make(chan error, 1)
	go func() { told <- a.spool.deliver(ctx) }()

	exit := a.work(work)
	usage := a.meter.usage()
	a.spool.add(datahall.Event{Kind: datahall.ExitEvent, Exit: &exit, Usage: &usage})
	if err := <-told; err != nil {
		return err
	}
	if a.spool.orders.Ended {
		return os.RemoveAll(a.scratch.dir)
	}
	return nil
}

// work brings the inputs and runs the body.
func (a *attempt) work(ctx context.Context) datahall.Exit {
	if err := a.bring(ctx); err != nil {
		a.fail(err)
		return datahall.Exit{Code: 1}
	}
	exit, err := a.body(ctx)
	if err != nil {
		a.fail(err)
	}
	return exit
}

func (a *attempt) fail(err error) {
	a.spool.add(datahall.Event{Kind: datahall.FailEvent, Message: datahall.MessageOf(err), Failure: datahall.KindOf(err)})
}

// bring stores the job's inputs, sealed; what an earlier attempt brought stays.
func (a *attempt) bring(ctx context.Context) error {
	for _, in := range a.claim.Inputs {
		path := a.scratch.path("in", filepath.FromSlash(in.Name))
		if f, err := a.scratch.open(path); err == nil {
			same := f.Size() == in.Blob.Bytes
			f.Close()
			if same {
				continue
			}
		}
		if err := a.fetch(ctx, in, path); err != nil {
			return err
		}
	}
	return nil
}

func (a *attempt) fetch(ctx context.Context, in datahall.Input, path string) error {
	r, err := a.hall.Input(ctx, in.Name)
	if err != nil {
		return err
	}
	defer r.Close()
	w, err := a.scratch.create(path)
	if err != nil {
		return err
	}
	n, err := io.Copy(w, r)
	if err == nil && n != in.Blob.Bytes {
		err = fmt.Errorf("input %s: %d bytes came of %d", in.Name, n, in.Blob.Bytes)
	}
	if err != nil {
		w.abandon()
		return err
	}
	return w.Close()
}

// body starts the process that does the work and sees it end.
func (a *attempt) body(ctx context.Context) (datahall.Exit, error) {
	cmd := exec.Command(a.parent.Binary, a.parent.Args...)
	cmd.SysProcAttr = withParent()
	cmd.WaitDelay = grace
	in, err := cmd.StdinPipe()
	if err != nil {
		return datahall.Exit{Code: 1}, err
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		return datahall.Exit{Code: 1}, err
	}
	logs, err := cmd.StderrPipe()
	if err != nil {
		return datahall.Exit{Code: 1}, err
	}
	runtime.LockOSThread() // the body dies with the thread that made it, so this one must stay
	defer runtime.UnlockOSThread()
	if err := cmd.Start(); err != nil {
		return datahall.Exit{Code: 1}, err
	}
	if err := json.NewEncoder(in).Encode(a.header()); err != nil {
		cmd.Process.Kill() //nolint:errcheck // it is gone already
	}
	stopped := a.stopWhen(ctx, cmd, in)
	var readers sync.WaitGroup
	readers.Go(func() { a.readEvents(out) })
	readers.Go(func() { a.readLog(logs) })
	readers.Wait()
	cmd.Wait() //nolint:errcheck // how it ended is in its state
	close(stopped)
	a.meter.stop(cmd.ProcessState)
	return a.ended(cmd.ProcessState), nil
}

func (a *attempt) header() datahall.BodyHeader {
	threads := a.claim.Job.CPUs
	if threads <= 0 {
		threads = runtime.NumCPU()
	}
	return datahall.BodyHeader{Kind: a.claim.Job.Kind, Job: a.ticket.Job, Attempt: a.ticket.Attempt, Spec: a.claim.Job.Spec,
		Key: a.ticket.Key, Scratch: a.ticket.Scratch, Threads: threads, Meter: a.claim.Meter}
}

// stopWhen asks the body to end when the context does, and ends it when it
// does not.
func (a *attempt) stopWhen(ctx context.Context, cmd *exec.Cmd, in io.Closer) chan struct{} {
	done := make(chan struct{})
	go func() {
		select {
		case <-done:
			return
		case <-ctx.Done():
			in.Close()
		}
		select {
		case <-done:
		case <-time.After(grace):
			cmd.Process.Kill() //nolint:errcheck // it may just have ended
		}
	}()
	return done
}

// readEvents passes on what the body reports; a line that is no event is a log line.
func (a *attempt) readEvents(out io.Reader) {
	lines := bufio.NewReaderSize(out, 64<<10)
	for {
		line, err := lines.ReadString('\n')
		if line = strings.TrimSpace(line); line != "" {
			var e datahall.Event
			if json.Unmarshal([]byte(line), &e) != nil || e.Kind == "" || e.Kind == datahall.ExitEvent || e.Kind == datahall.StateEvent {
				e = datahall.Event{Kind: datahall.LogEvent, Log: cutLine(line)}
			}
			a.spool.add(e)
		}
		if err != nil {
			return
		}
	}
}

func (a *attempt) readLog(logs io.Reader) {
	lines := bufio.NewReaderSize(logs, 64<<10)
	for {
		line, err := lines.ReadString('\n')
		if line != "" {
			a.spool.add(datahall.Event{Kind: datahall.LogEvent, Log: cutLine(strings.TrimRight(line, "\r\n"))})
		}
		if err != nil {
			return
		}
	}
}

// cutLine keeps a log line below 16 KiB.
func cutLine(s string) string {
	if len(s) > 16<<10 {
		return strings.ToValidUTF8(s[:16<<10], "") + "…"
	}
	return strings.ToValidUTF8(s, "\uFFFD")
}

func (a *attempt) ended(state *os.ProcessState) datahall.Exit {
	if state == nil {
		return datahall.Exit{Code: 1}
	}
	return datahall.Exit{Code: state.ExitCode(), Signal: signalOf(state)}
}
