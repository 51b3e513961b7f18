// Package api is our own HTTP API, under /api/v1/.
//
// JSON routes are declared with their types (api.go's route), from which
// /api/v1/openapi.json is generated; streams (uploads, files, events) are plain
// handlers, listed in streams.go. Every route names the action that
// trust/access is asked about before anything else happens.
//
// To add a route: one line in the table of its noun's file, one handler.
package api
