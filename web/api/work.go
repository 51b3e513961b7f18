package api

import (
	"context"
	"net/http"
	"strings"

	"datahall"
	"datahall/trust/access"
)

// workRoutes are what the parents of jobs use; an attempt's token is the key.
func (a *API) workRoutes() {
	route(a, http.MethodPost, "/work/claim", "Begin an attempt", access.WorkReport, a.claim)
	route(a, http.MethodPost, "/work/report", "Report what happened and take orders", access.WorkReport, a.report)
}

// token is the secret of the attempt that asks.
type token struct {
	Authorization string `header:"Authorization" hidden:"true"`
}

func (t token) secret() string { return strings.TrimPrefix(t.Authorization, "Bearer ") }

func (a *API) claim(ctx context.Context, in *struct {
	token
	Body datahall.Process
}) (datahall.Claim, error) {
	return a.Control.Claim(ctx, in.secret(), in.Body.PID, in.Body.Boot)
}

func (a *API) report(ctx context.Context, in *struct {
	token
	Body datahall.Report
}) (datahall.Orders, error) {
	return a.Control.Report(ctx, in.secret(), in.Body.Events)
}
