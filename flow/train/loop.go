package train

import (
	"fmt"
	"math"
	"strconv"

	"datahall"
	"datahall/numeric/kernel"
	"datahall/numeric/linear"
	"datahall/numeric/nn"
	"datahall/numeric/tensor"
	"datahall/numeric/transformer"
)

// loop is the training of all weights, between two of its steps.
type loop struct {
	*trainer
	e        *encoder
	schedule nn.Schedule
	micro    int // rows of a micro-batch at most
	answers  answers
	truth    linear.Target // of the validation rows
	state    state
	best     [][]float32 // weights of the best epoch, in the order of the parameters
	batch    tensor.Batch
	recent   recent
	saving   saving
}

// recent is what is measured since the last points were reported.
type recent struct {
	loss    float64
	steps   int
	tokens  int64
	seconds float64
}

// learn trains all weights and leaves those of the best epoch in the encoder;
// it gives their score on the validation rows. Where the encoder is a model
// already (from is true) its start counts as epoch 0.
func (t *trainer) learn(e *encoder, from bool) (float64, error) {
	l, err := t.newLoop(e)
	if err != nil {
		return 0, err
	}
	if from {
		if err := l.measureStart(); err != nil {
			return 0, err
		}
	}
	if err := l.resume(); err != nil {
		return 0, err
	}
	t.Stage(datahall.Say("training, %s epochs at most", t.plan.epochs), float64(t.plan.epochs*len(e.train)), "rows")
	for l.state.Epoch < t.plan.epochs && !l.patienceIsOver() {
		if err := l.epoch(); err != nil {
			return 0, err
		}
	}
	l.restoreBest()
	t.work = work{int64(l.state.Step), l.state.Tokens, l.state.Seconds, l.state.Epoch, l.state.BestEpoch}
	return l.state.BestScore, nil
}

func (t *trainer) newLoop(e *encoder) (*loop, error) {
	l := &loop{trainer: t, e: e, answers: t.answers(e, t.sides.train)}
	var err error
	if l.truth, err = t.target(t.sides.validation); err != nil {
		return nil, err
	}
	if t.plan.rate == 0 {
		t.plan.rate = defaultRate(t.Spec.Base, e.bert.Config.Hidden, t.plan.optimizer.Kind)
	}
	l.micro = t.microBatch(e)
	total := t.plan.epochs * ((len(e.train) + t.plan.batch - 1) / t.plan.batch)
	l.schedule = nn.Schedule{Decay: t.plan.decay, Peak: t.plan.rate, Warmup: int(math.Round(t.plan.warmup * float64(total))), Total: total}
	o := t.plan.optimizer
	t.Log(fmt.Sprintf("training: %s, learning rate %s %s with warm-up over %d of at most %d steps, %d rows a step, weight decay %g, dropout %g, kernels %s, fp32, seed %d",
		o.Kind, short(t.plan.rate), t.plan.decay, l.schedule.Warmup, total, t.plan.batch, o.WeightDecay, t.plan.dropout, kernel.Current(), t.Spec.Seed))
	if err := e.bert.Train(o.Kind, transformer.Training{Seed: t.Spec.Seed, Smoothing: t.plan.smoothing, ClassWeights: l.answers.weights}); err != nil {
		return nil, err
	}
	l.state = state{Task: l.digest(), Seed: t.Spec.Seed, Precision: "fp32", Kernel: string(kernel.Current()), BestEpoch: -1}
	return l, nil
}

// short writes a number as people write learning rates.
func short(v float64) string { return strconv.FormatFloat(v, 'g', 3, 64) }

// epoch makes what is left of an epoch, step by step, and measures it.
func (l *loop) epoch() error {
	order := l.rng(streamOrder + uint64(l.state.Epoch)).Perm(len(l.e.train))
	for l.state.At < len(order) {
		if err := l.ctx.Err(); err != nil {
			return err
		}
		n := min(l.plan.batch, len(order)-l.state.At)
		if err := l.step(order[l.state.At : l.state.At+n]); err != nil {
			return err
		}
		l.Advance(float64(l.state.Epoch*len(order) + l.state.At))
		if err := l.checkpoint(); err != nil {
			return err
		}
	}
	return l.endOfEpoch()
}

// step is one of the optimiser, of one or more micro-batches.
func (l *loop) step(rows []int) error {
	began, loss, tokens := l.seconds(), 0.0, 0
	for at := 0; at < len(rows); at += l.micro {
		part := rows[at:min(len(rows), at+l.micro)]
		share := l.answers.share(part, rows)
		mean, err := l.e.bert.ForwardBackward(l.pack(part), l.answers.of(part), l.state.Batches, share)
		if err != nil {
			return err
		}
		loss += share * mean
		tokens += l.batch.Tokens()
		l.state.Batches++
	}
	rate := l.schedule.Rate(l.state.Step)
	if math.IsNaN(loss) || math.IsInf(loss, 0) {
		return l.runAway(rate, nil)
	}
	if _, err := l.e.bert.Update(l.plan.optimizer, rate); err != nil {
		return l.runAway(rate, err)
	}
	took := l.seconds() - began
	s := &l.state
	s.Step, s.At, s.Tokens, s.Seconds = s.Step+1, s.At+len(rows), s.Tokens+int64(tokens), s.Seconds+took
	s.Loss += loss * float64(len(rows))
	l.report(loss, tokens, took, rate)
	return nil
}

func (l *loop) runAway(rate float64, cause error) error {
	return datahall.Errorf(datahall.Invalid, "training: the loss is not a number at step %s, learning rate %s; give a lower one with --lr than the %s of this run, or a longer --warmup",
		l.state.Step+1, short(rate), short(l.plan.rate)).Because(cause)
}

// report measures the loss of the last steps; some hundred points in a run.
func (l *loop) report(loss float64, tokens int, seconds, rate float64) {
	r := &l.recent
	r.loss, r.steps, r.tokens, r.seconds = r.loss+loss, r.steps+1, r.tokens+int64(tokens), r.seconds+seconds
	if r.steps < max(1, l.schedule.Total/300) {
		return
	}
	step := int64(l.state.Step)
	points := []datahall.Point{{Step: step, Name: "train_loss", Value: r.loss / float64(r.steps)}, {Step: step, Name: "learning_rate", Value: rate}}
	if r.seconds > 0 {
		points = append(points, datahall.Point{Step: step, Name: "tokens_per_second", Value: float64(r.tokens) / r.seconds})
	}
	l.Measure(points...)
	*r = recent{}
}

func (l *loop) pack(rows []int) *tensor.Batch {
	l.batch.Reset()
	for _, i := range rows {
		l.batch.Append(l.e.train[i].IDs, l.e.train[i].Segments)
	}
	return &l.batch
}

// mostMemory is how much a step may keep for its way back, in bytes, before it
// is cut into micro-batches unasked.
const mostMemory = 2 << 30

// microBatch is how many rows go through the model at once: as the
// specification says, or as many as keep the longest step within mostMemory.
func (t *trainer) microBatch(e *encoder) int {
	parts := t.plan.accumulate
	if parts == 0 {
		c := e.bert.Config
		token := c.Layers * (9*c.Hidden + c.Inner) * 4 // what a layer keeps of a token
		parts = max(1, (t.plan.batch*longestOf(e)*token+mostMemory-1)/mostMemory)
	}
	return max(1, (t.plan.batch+parts-1)/parts)
}

func longestOf(e *encoder) (tokens int) {
	for _, t := range e.train {
		tokens = max(tokens, t.Tokens)
	}
	return tokens
}
