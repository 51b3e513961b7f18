// Package transformer holds the model families; so far there is BERT.
//
// # Use
//
//	b, err := Load(config, Head{Task: Classify, Pooling: MeanToken, Outputs: 77}, source, pool, rng)
//	b, err := New(config, head, pool, rng)          // from scratch; Sized("tiny", vocabulary) gives a config
//	config, err := ConfigOf(file); head, err := HeadOf(file)   // file: weights.Config of a folder
//	source: *weights.File or *weights.Set; sink: *weights.Writer
//
//	logits, err := b.Forward(&batch)                // (rows, Outputs), valid until the next call
//	vectors, err := b.Vectors(&batch)               // (rows, Hidden): what the classifier sees
//	other := b.Share(pool)                          // the same weights for another goroutine's Forward
//
//	err = b.Train(nn.AdamW, Training{Seed: seed})   // once; allocates gradients and moments
//	loss, err := b.ForwardBackward(&batch, Targets{Classes: y}, number, share)   // once a (micro-)batch
//	norm, err := b.Update(optimizer, schedule.Rate(step))                        // once a step
//
//	b.Settle()                                      // before weights or moments are read from outside
//	for _, s := range b.Params.State() { s.Name; s.Shape; s.Data }   // a checkpoint, with b.Params.Step
//	b.Params.Restore(step); b.Changed()             // after a checkpoint's data were copied in (Train first)
//	err = b.Save(sink)                              // Hugging Face's names
//	file := b.Config.File(b.Head, labels)           // config.json beside it
//
// # What holds
//
// Batches are packed: no padding is ever computed. The bits of a run depend on
// the seed, the numbers of the batches and the kernel level, not on threads or
// on where the run was interrupted: Forward settles the model itself, which
// changes no bit, and dropout counts positions.
//
// What it refuses: decoders, cross attention, relative positions, activations
// other than gelu and relu. Shapes and tensors of a source that do not fit are
// plain errors that name the tensor.
//
// To add a family: one file with its layers made of nn's operations, forward
// and backward in order, and its twin in float64 beside twin_test.go.
package transformer
