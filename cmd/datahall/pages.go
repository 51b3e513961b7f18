package main

import (
	"context"
	"strings"
	"time"

	"datahall"
	"datahall/trust/access"
	"datahall/web/console"
	"datahall/web/door"
)

// sessionName begins the names of the keys that sessions of the pages are.
const sessionName = "pages "

// pages are the hall's console, over its stores.
func (h *hall) pages() *console.Console {
	s := h.store
	return &console.Console{
		Stores: console.Stores{Jobs: s, Events: s, Files: s, Datasets: s, Models: s, Endpoints: s, Runs: s, Points: s, Ledger: s, Blobs: s.Blobs()},
		Hall:   h.hall, Why: h.control.Why, Cancel: h.control.Cancel, May: mayRead,
		Redeem: h.redeem, Enter: h.enter, Leave: h.leave, Ask: h.ask,
	}
}

// mayRead asks what a reader of the pages may do in its own project.
func mayRead(ctx context.Context, action, endpoint string) error {
	r := access.Resource{Project: door.Project(ctx), Endpoint: endpoint, ID: endpoint}
	if endpoint != "" {
		r.Kind = "endpoint"
	}
	return access.Can(door.Who(ctx), access.Action(action), r).Err()
}

// session makes the key that a browser shows for twelve hours, or until the
// key that it stands for expires.
func (h *hall) session(ctx context.Context, who datahall.Principal, expires time.Time) (string, error) {
	now := time.Now().UTC()
	end := now.Add(12 * time.Hour)
	if !expires.IsZero() && expires.Before(end) {
		end = expires
	}
	_, secret, err := h.store.CreateKey(ctx, datahall.Key{Name: sessionName + now.Format("2006-01-02 15:04:05.000000"), Role: who.Role,
		Project: who.Project, Expires: end})
	return secret, err
}

// enter turns a key into a session, for those who read pages.
func (h *hall) enter(ctx context.Context, key string) (string, error) {
	k, err := h.store.KeyBySecret(ctx, key)
	if datahall.KindOf(err) == datahall.Unauthorized {
		err = datahall.Errorf(datahall.Unauthorized, "login: the key is not one of this hall; datahall key create makes one, datahall login prints a link").Because(err)
	}
	if err != nil {
		return "", err
	}
	who := datahall.Principal{Key: k.ID, Role: k.Role, Project: k.Project}
	if !access.Can(who, access.LoginCreate, access.Resource{}).Allowed {
		return "", datahall.Errorf(datahall.Denied, "login: a key that asks one endpoint opens no pages; take one of a viewer, a developer or an admin")
	}
	return h.session(ctx, who, k.Expires)
}

// leave ends a session. A key that somebody made for other things stays.
func (h *hall) leave(ctx context.Context, secret string) error {
	k, err := h.store.KeyBySecret(ctx, secret)
	if err != nil || !strings.HasPrefix(k.Name, sessionName) {
		return err
	}
	return h.store.DeleteKey(ctx, k.Project, k.ID)
}

// ask asks an endpoint's replica for the pages.
func (h *hall) ask(ctx context.Context, e datahall.Endpoint, texts []string) ([]datahall.Prediction, datahall.Answer, error) {
	info, err := h.router.Info(ctx, e)
	if err != nil {
		return nil, datahall.Answer{}, err
	}
	answer, err := h.router.Answer(ctx, e, datahall.Question{Op: "predict", Texts: texts, Truncate: true})
	if err != nil {
		return nil, answer, err
	}
	return datahall.Predictions(texts, info, answer), answer, nil
}
