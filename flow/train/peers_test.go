package train_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"datahall/numeric/kernel"
	"datahall/numeric/nn"
	"datahall/numeric/tensor"
	"datahall/numeric/transformer"
	"datahall/numeric/weights"
)

// peerEpoch is what .ci/peers/epoch.py writes: the rows as ids, and the batches
// of the sample, of the rows' numbers.
type peerEpoch struct {
	Rows   [][]int32 `json:"rows"`
	Labels []int32   `json:"labels"`
	Packed [][]int   `json:"packed"` // a step's rows, in the order of the epoch
	Square [][]int32 `json:"square"` // 64 rows of 32 tokens
	One    [][]int32 `json:"one"`    // a request of 14 tokens
}

// peerTurn is a command: what to do, how often, on how many threads.
type peerTurn struct {
	Do      string `json:"do"`
	Count   int    `json:"count"`
	Threads int    `json:"threads"`
}

// peerTook answers a turn. Tokens are real ones: nobody pads here.
type peerTook struct {
	Seconds float64 `json:"seconds"`
	Tokens  int     `json:"tokens"`
	Loss    float64 `json:"loss"` // mean of the steps
	Level   string  `json:"level"`
	Version string  `json:"version"`
}

// TestMiniLMTakesTurnsWithPyTorch is our side of make bench-peers: a process
// that reads turns, a line of JSON each, and answers each with a line.
func TestMiniLMTakesTurnsWithPyTorch(t *testing.T) {
	path := os.Getenv("DATAHALL_PEERS")
	if path == "" {
		t.Skip("DATAHALL_PEERS is not set: make bench-peers runs this, beside PyTorch")
	}
	var e peerEpoch
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(b, &e); err != nil {
		t.Fatal(err)
	}
	bench := &peerBench{t: t, epoch: e, folder: os.Getenv("DATAHALL_MINILM"), rate: 1e-4}
	in := bufio.NewScanner(os.Stdin)
	for in.Scan() {
		var turn peerTurn
		if err := json.Unmarshal(in.Bytes(), &turn); err != nil {
			t.Fatal(err)
		}
		answer, err := json.Marshal(bench.take(turn))
		if err != nil {
			t.Fatal(err)
		}
		fmt.Println(string(answer))
	}
}

// peerBench holds the model of each number of threads, made when first asked for.
type peerBench struct {
	t      *testing.T
	epoch  peerEpoch
	folder string
	rate   float64
	tuned  *transformer.Bert
	still  map[int]*transformer.Bert // by threads, for the way forward only
	number uint64
	batch  tensor.Batch
}

func (p *peerBench) take(turn peerTurn) peerTook {
	took := peerTook{Level: string(kernel.Current()), Version: runtime.Version()}
	switch turn.Do {
	case "steps":
		p.steps(turn, &took)
	case "square":
		p.forward(turn, p.epoch.Square, &took)
	case "one":
		p.forward(turn, p.epoch.One, &took)
	default:
		p.t.Fatalf("no such turn: %q", turn.Do)
	}
	return took
}

// steps trains all weights, and settles the table of words as the end of an
// epoch does, so that no work of the sample is left undone.
func (p *peerBench) steps(turn peerTurn, took *peerTook) {
	if p.tuned == nil {
		p.tuned = p.load(turn.Threads, 0.1)
		if err := p.tuned.Train(nn.AdamW, transformer.Training{Seed: 1}); err != nil {
			p.t.Fatal(err)
		}
	}
	began := time.Now()
	for i := range turn.Count {
		y := p.pack(p.epoch.Packed[i])
		loss, err := p.tuned.ForwardBackward(&p.batch, y, p.number, 1)
		if err != nil {
			p.t.Fatal(err)
		}
		if _, err := p.tuned.Update(nn.Default(nn.AdamW), p.rate); err != nil {
			p.t.Fatal(err)
		}
		p.number++
		took.Tokens += p.batch.Tokens()
		took.Loss += loss / float64(turn.Count)
	}
	p.tuned.Settle()
	took.Seconds = time.Since(began).Seconds()
}

func (p *peerBench) pack(rows []int) transformer.Targets {
	p.batch.Reset()
	var y transformer.Targets
	for _, i := range rows {
		p.batch.Append(p.epoch.Rows[i], nil)
		y.Classes = append(y.Classes, p.epoch.Labels[i])
	}
	return y
}

func (p *peerBench) forward(turn peerTurn, rows [][]int32, took *peerTook) {
	if p.still[turn.Threads] == nil {
		if p.still == nil {
			p.still = map[int]*transformer.Bert{}
		}
		p.still[turn.Threads] = p.load(turn.Threads, 0)
	}
	p.batch.Reset()
	for _, ids := range rows {
		p.batch.Append(ids, nil)
	}
	began := time.Now()
	for range turn.Count {
		if _, err := p.still[turn.Threads].Forward(&p.batch); err != nil {
			p.t.Fatal(err)
		}
		took.Tokens += p.batch.Tokens()
	}
	took.Seconds = time.Since(began).Seconds()
}

// load reads the encoder below a new head of banking77's 77 labels, through the
// pooler as transformers' BertForSequenceClassification has it.
func (p *peerBench) load(threads int, dropout float64) *transformer.Bert {
	folder := os.DirFS(filepath.FromSlash(p.folder))
	c, err := weights.ReadConfig(folder)
	if err != nil {
		p.t.Fatal(err)
	}
	c.Dropout, c.AttentionDropout = dropout, dropout
	shape, err := transformer.ConfigOf(c)
	if err != nil {
		p.t.Fatal(err)
	}
	set, err := weights.OpenFolder(folder)
	if err != nil {
		p.t.Fatal(err)
	}
	defer set.Close()
	pool := kernel.NewPool(threads)
	p.t.Cleanup(pool.Close)
	head := transformer.Head{Task: transformer.Classify, Pooling: transformer.Pooler, Outputs: 77, Dropout: dropout}
	m, err := transformer.Load(shape, head, set, pool, rand.New(rand.NewPCG(1, 1)))
	if err != nil {
		p.t.Fatal(err)
	}
	return m
}
