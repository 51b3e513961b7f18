package api

import (
	"context"

	"datahall"
	"datahall/trust/access"
	"datahall/web/door"
)

// may asks whether the caller may do a to what it has named. Things are looked
// up in the caller's own project, so another project's do not exist for it.
func may(ctx context.Context, a access.Action, endpoint string) error {
	who := door.Who(ctx)
	r := access.Resource{Project: door.Project(ctx), Endpoint: endpoint, ID: endpoint}
	switch {
	case endpoint != "":
		r.Kind = "endpoint"
	case who.Role == datahall.Worker:
		r.Kind, r.ID = "job", who.Job
	}
	return access.Can(who, a, r).Err()
}
