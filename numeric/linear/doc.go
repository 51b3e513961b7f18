// Package linear learns linear models: of texts, through TF-IDF, and of dense
// vectors, as a head on a frozen encoder.
//
//   - [Train] counts words and character n-grams ([Vectorizer]), fits a linear
//     SVM for each label by dual coordinate descent (Hsieh et al. 2008, "A Dual
//     Coordinate Descent Method for Large-scale Linear SVM"), chooses C on rows
//     held out, and calibrates its scores on them. For numbers instead of
//     labels it fits a ridge regression the same way.
//   - [FitHead] fits a multinomial logistic regression, a logistic regression
//     for each label, or a ridge regression on dense vectors, L2 strength chosen
//     the same way.
//   - [FitStack] joins both with two weights learned on rows held out.
//
// A [Model] is saved as a folder of three files: linear.json, features.txt and
// linear.safetensors.
//
// # What callers may rely on
//
// Everything random comes from a seed. Bits depend on the seed, the rows and
// their order, the level of the kernels and the architecture, never on the
// number of threads: each label is solved by one goroutine, and sums over rows
// are taken over fixed blocks.
//
// # What it refuses
//
// It opens no file, reads no clock and knows no job. A row of no known label, a
// single label and a file that does not fit its neighbours are errors for the
// user; a matrix of another shape than the rows is the programmer's mistake and
// panics.
//
// # How to extend it
//
// A new kind of feature is a function beside words and grams in features.go
// with a letter of its own; a new loss for heads is an implementation of loss
// in logistic.go. A change of what is saved is a new version in save.go, a
// reader for the old one, and a fixture of it in testdata.
package linear
