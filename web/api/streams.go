package api

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path"
	"strconv"
	"strings"
	"time"

	"datahall"
	"datahall/trust/access"
	"datahall/web/door"
)

// maxUpload is the largest file that is taken in one piece.
const maxUpload = 64 << 30

// streams adds the routes whose bodies are not JSON.
func (a *API) streams(mux *http.ServeMux) {
	for pattern, s := range map[string]struct {
		action access.Action
		serve  func(http.ResponseWriter, *http.Request) error
	}{
		"POST /api/v1/blobs":                       {access.BlobWrite, a.putBlob},
		"GET /api/v1/datasets/{ref}/files/{name}":  {access.DatasetRead, a.datasetFile},
		"GET /api/v1/models/{ref}/files/{name...}": {access.ModelRead, a.modelFile},
		"GET /api/v1/jobs/{id}/files/{name...}":    {access.JobRead, a.jobFile},
		"GET /api/v1/jobs/{id}/stream":             {access.JobRead, a.jobStream},
		"GET /api/v1/work/inputs/{name...}":        {access.WorkReport, a.workInput},
		"PUT /api/v1/work/files/{name...}":         {access.WorkReport, a.workOutput},
	} {
		mux.HandleFunc(pattern, func(w http.ResponseWriter, r *http.Request) {
			err := may(r.Context(), s.action, "")
			if err == nil {
				err = s.serve(w, r)
			}
			if err != nil {
				door.Refuse(w, r, err)
			}
		})
	}
	mux.HandleFunc("/api/", func(w http.ResponseWriter, r *http.Request) {
		door.Refuse(w, r, datahall.Errorf(datahall.NotFound, "%s %s: no such route; see /api/v1/openapi.json", r.Method, r.URL.Path))
	})
}

func (a *API) putBlob(w http.ResponseWriter, r *http.Request) error {
	blob, err := a.Control.Blobs.Put(r.Context(), door.Project(r.Context()), http.MaxBytesReader(w, r.Body, maxUpload))
	if err != nil {
		return err
	}
	return writeJSON(w, blob)
}

func writeJSON(w http.ResponseWriter, v any) error {
	w.Header().Set("Content-Type", "application/json")
	return json.NewEncoder(w).Encode(v)
}

func (a *API) datasetFile(w http.ResponseWriter, r *http.Request) error {
	d, err := a.Control.Datasets.Dataset(r.Context(), door.Project(r.Context()), r.PathValue("ref"))
	if err != nil {
		return err
	}
	return a.send(w, r, d.Name, d.Files)
}

func (a *API) modelFile(w http.ResponseWriter, r *http.Request) error {
	m, err := a.Control.Models.Model(r.Context(), door.Project(r.Context()), r.PathValue("ref"))
	if err != nil {
		return err
	}
	return a.send(w, r, m.Ref(), m.Files)
}

func (a *API) jobFile(w http.ResponseWriter, r *http.Request) error {
	job, err := a.Control.Jobs.Job(r.Context(), door.Project(r.Context()), r.PathValue("id"))
	if err != nil {
		return err
	}
	files, err := a.Control.Files.Files(r.Context(), job.ID)
	if err != nil {
		return err
	}
	return a.send(w, r, job.ID, files)
}

// send streams one of a thing's files.
func (a *API) send(w http.ResponseWriter, r *http.Request, of string, files map[string]datahall.Blob) error {
	name := r.PathValue("name")
	blob, ok := files[name]
	if !ok {
		return datahall.Errorf(datahall.NotFound, "%s: has no file %q", of, name)
	}
	f, err := a.Control.Blobs.Open(r.Context(), door.Project(r.Context()), blob.Digest)
	if err != nil {
		return err
	}
	defer f.Close()
	w.Header().Set("Content-Type", contentType(name))
	w.Header().Set("Content-Length", strconv.FormatInt(blob.Bytes, 10))
	w.Header().Set("Content-Disposition", "attachment")
	w.Header().Set("ETag", strconv.Quote(blob.Digest))
	if _, err := io.Copy(w, f); err != nil {
		panic(http.ErrAbortHandler) // the length is promised: a cut answer must not look whole
	}
	return nil
}

func contentType(name string) string {
	switch path.Ext(name) {
	case ".json":
		return "application/json"
	case ".jsonl":
		return "application/x-ndjson"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

// jobStream sends a job's events as server-sent events, from the one after
// ?after= or Last-Event-ID on, until the job has ended.
func (a *API) jobStream(w http.ResponseWriter, r *http.Request) error {
	ctx, id := r.Context(), r.PathValue("id")
	if _, err := a.Control.Jobs.Job(ctx, door.Project(ctx), id); err != nil {
		return err
	}
	after, _ := strconv.ParseInt(r.URL.Query().Get("after"), 10, 64)
	if last, err := strconv.ParseInt(r.Header.Get("Last-Event-ID"), 10, 64); err == nil {
		after = last
	}
	w.Header().Set("Content-Type", "text/event-stream")
	flush := http.NewResponseController(w)
	for {
		news := a.Control.News(id)
		events, err := a.Control.Events.Events(ctx, id, after, nil, 1000)
		if err != nil {
			return err
		}
		for _, e := range events {
			b, err := json.Marshal(e)
			if err != nil {
				return err
			}
			fmt.Fprintf(w, "id: %d\nevent: %s\ndata: %s\n\n", e.Seq, e.Kind, b)
			after = e.Seq
			if e.Kind == datahall.StateEvent && e.State.Ended() {
				flush.Flush() //nolint:errcheck // the stream ends here
				return nil
			}
		}
		if len(events) > 0 {
			flush.Flush() //nolint:errcheck // a reader that is gone ends the context
			continue
		}
		select {
		case <-ctx.Done():
			return nil
		case <-news:
		case <-time.After(15 * time.Second):
			fmt.Fprint(w, ": still here\n\n")
			flush.Flush() //nolint:errcheck // as above
		}
	}
}

func (a *API) workInput(w http.ResponseWriter, r *http.Request) error {
	f, err := a.Control.Input(r.Context(), bearer(r), r.PathValue("name"))
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := io.Copy(w, f); err != nil {
		panic(http.ErrAbortHandler)
	}
	return nil
}

func (a *API) workOutput(w http.ResponseWriter, r *http.Request) error {
	blob, err := a.Control.Output(r.Context(), bearer(r), r.PathValue("name"), r.Body)
	if err != nil {
		return err
	}
	return writeJSON(w, blob)
}

func bearer(r *http.Request) string {
	return strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer ")
}
