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

// Token is the secret of the attempt that asks.
type Token struct {
	Authorization string `header:"Authorization" hidden:"true"`
}

func (t Token) secret() string { return strings.TrimPrefix(t.Authorization, "Bearer ") }

func (a *API) claim(ctx context.Context, in *struct {
	Token
	Body datahall.Process
}) (datahall.Claim, error) {
	return a.Control.Claim(ctx, in.secret(), in.Body.PID, in.Body.Boot)
}

func (a *API) report(ctx context.Context, in *struct {
	Token
	Body datahall.Report
}) (datahall.Orders, error) {
	return a.Control.Report(ctx, in.secret(), in.Body.Events)
}
