package sched

import (
	"cmp"
	"slices"
	"time"

	"datahall"
)

// View is what a decision rests on.
type View struct {
	CPUs    int   // processors of the machine
	Light   int   // how many jobs that ask for no processor may run at once; replicas do not count
	Jobs    []Job // queued and active ones
	Stopped bool  // the hall is on its way out: nothing starts
}

// Job is what a decision knows of a job.
type Job struct {
	ID        string
	Kind      string
	CPUs      int
	State     datahall.JobState
	Created   time.Time
	NotBefore time.Time // of a job that waits before it is tried again
}

// Plan names the jobs to start, in order.
type Plan struct{ Start []string }

// Decide gives the jobs that may start now.
func Decide(v View, now time.Time) Plan {
	var plan Plan
	walk(v, now, func(j Job, why datahall.Message) {
		if why.IsZero() {
			plan.Start = append(plan.Start, j.ID)
		}
	})
	return plan
}

// Why gives the reason that a queued job does not start now; none where it may.
func Why(v View, id string, now time.Time) datahall.Message {
	var reason datahall.Message
	walk(v, now, func(j Job, why datahall.Message) {
		if j.ID == id {
			reason = why
		}
	})
	return reason
}

// walk passes every queued job in order with the reason that it waits, if any.
func walk(v View, now time.Time, visit func(Job, datahall.Message)) {
	free, light := v.CPUs, v.Light
	queue := make([]Job, 0, len(v.Jobs))
	for _, j := range v.Jobs {
		switch j.State {
		case datahall.Queued:
			queue = append(queue, j)
		case datahall.Starting, datahall.Running:
			free -= j.CPUs
			if isLight(j) {
				light--
			}
		}
	}
	slices.SortStableFunc(queue, func(a, b Job) int {
		return cmp.Or(a.Created.Compare(b.Created), cmp.Compare(a.ID, b.ID))
	})
	head := "" // the job that holds back those behind it
	for _, j := range queue {
		why := reason(v, j, now, free, light, head)
		visit(j, why)
		switch {
		case why.IsZero():
			free -= j.CPUs
			if isLight(j) {
				light--
			}
		case head == "" && j.CPUs > 0 && !j.NotBefore.After(now):
			head = j.ID
		}
	}
}

// reason gives why one job waits, the first that holds.
func reason(v View, j Job, now time.Time, free, light int, head string) datahall.Message {
	switch {
	case v.Stopped:
		return datahall.Say("the hall is stopping")
	case j.NotBefore.After(now):
		return datahall.Say("tried again in %s s", int(j.NotBefore.Sub(now).Seconds())+1)
	case j.CPUs > 0 && head != "":
		return datahall.Say("waits behind job %s", head)
	case j.CPUs > free:
		return datahall.Say("asks for %s CPUs, %s are free", j.CPUs, max(free, 0))
	case isLight(j) && light <= 0:
		return datahall.Say("%s small jobs already run", v.Light)
	}
	return datahall.Message{}
}

func isLight(j Job) bool { return j.CPUs == 0 && j.Kind != "replica" }
