package main

import (
	"bytes"
	"context"
	"encoding/json"
	"net/http"
	"time"

	"datahall"
)

// replicas is the client of replicas: connections are kept, an answer may take
// as long as its caller waits.
var replicas = &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64, IdleConnTimeout: time.Minute, DisableCompression: true}}

// askReplica sends a question to a replica on this machine.
func askReplica(ctx context.Context, to datahall.ReplicaReady, q datahall.Question) (datahall.Answer, error) {
	var answer datahall.Answer
	b, err := json.Marshal(q)
	if err != nil {
		return answer, err
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+to.Address+"/answer", bytes.NewReader(b))
	if err != nil {
		return answer, err
	}
	req.Header.Set("Authorization", "Bearer "+to.Secret)
	resp, err := replicas.Do(req)
	if err != nil {
		return answer, datahall.Errorf(datahall.Unavailable, "endpoint: its replica went away; ask again in a moment").Because(err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		var refusal datahall.Refusal
		if err := json.NewDecoder(resp.Body).Decode(&refusal); err != nil || refusal.Message.IsZero() {
			return answer, datahall.Errorf(datahall.Unavailable, "endpoint: its replica went away; ask again in a moment").Because(err)
		}
		return answer, refusal.Err()
	}
	if err := json.NewDecoder(resp.Body).Decode(&answer); err != nil {
		return answer, datahall.Errorf(datahall.Unavailable, "endpoint: its replica went away; ask again in a moment").Because(err)
	}
	return answer, nil
}
