package work

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"net"
	"net/http"
	"time"

	"datahall"
)

// maxQuestion bounds the body of a question: the hall's doors are narrower.
const maxQuestion = 32 << 20

// Answerer answers questions about its model; it is asked by many at once.
type Answerer interface {
	Info() datahall.ModelInfo
	Answer(ctx context.Context, q datahall.Question) (datahall.Answer, error)
}

// Serve answers on a port of its own, on loopback, for whoever shows its
// secret, until the context ends; then it finishes what it has begun.
func (b *Bench) Serve(ctx context.Context, a Answerer) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	secret := rand.Text()
	mux := http.NewServeMux()
	mux.HandleFunc("POST /answer", func(w http.ResponseWriter, r *http.Request) { answer(w, r, a) })
	server := &http.Server{Handler: withSecret(secret, mux), ReadHeaderTimeout: 10 * time.Second}
	ready, err := json.Marshal(datahall.ReplicaReady{Address: l.Addr().String(), Secret: secret, Info: a.Info()})
	if err != nil {
		return err
	}
	b.Report(datahall.Event{Kind: datahall.ReadyEvent, Data: ready})
	served := make(chan error, 1)
	go func() { served <- server.Serve(l) }()
	select {
	case err := <-served:
		return err
	case <-ctx.Done():
	}
	end, cancel := context.WithTimeout(context.WithoutCancel(ctx), grace/2)
	defer cancel()
	if err := server.Shutdown(end); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return nil
}

func withSecret(secret string, next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if subtle.ConstantTimeCompare([]byte(r.Header.Get("Authorization")), []byte("Bearer "+secret)) != 1 {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// answer speaks JSON; a refusal is the datahall.Error's kind and message.
func answer(w http.ResponseWriter, r *http.Request, a Answerer) {
	var q datahall.Question
	w.Header().Set("Content-Type", "application/json")
	if err := json.NewDecoder(http.MaxBytesReader(w, r.Body, maxQuestion)).Decode(&q); err != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	reply, err := a.Answer(r.Context(), q)
	if err != nil {
		w.WriteHeader(http.StatusUnprocessableEntity)
		json.NewEncoder(w).Encode(datahall.Refusal{Kind: datahall.KindOf(err), Message: datahall.MessageOf(err)}) //nolint:errcheck // the caller is gone
		return
	}
	json.NewEncoder(w).Encode(reply) //nolint:errcheck // the caller is gone
}
