// Package eval measures a model on rows that it has not seen, and trains the
// simpler ways to do the same that stand beside it in every report.
//
//   - [Measure] gives the figures that the usual scripts print, as scikit-learn
//     counts them: accuracy, precision, recall and F1 of each class with their
//     averages, the confusion matrix, the calibration error, bootstrap
//     intervals, and the mistakes, most confident first.
//   - [Baselines] fits the majority class, TF-IDF with a linear SVM, and, where
//     the vectors of a frozen encoder are given, a head on them and both together.
//   - [Winner] tells which row is the best on the validation rows. The test rows
//     have no say in any choice. The simpler wins
//     unless the other is better by more than a standard error.
//   - [Text] prints a report as a log shows it.
//
// # Conventions
//
// A figure whose denominator is zero is 0. Averages go over the labels that
// occur, in the truth or in the answers; where a row may have several labels,
// over all labels. A row whose label the model does not know counts, as a
// mistake, and its label stands behind the model's own. An answer of several
// labels is all of probability 0.5 and more.
//
// # What it refuses
//
// It opens nothing and reads no clock; rows without an answer to compare with
// are an error, and a matrix of another shape than the rows is the programmer's
// mistake and panics.
//
// # How to extend it
//
// A new figure of classes is a field of tally's figures; a new baseline is a
// function beside those in candidates.go and a line in Baselines, placed by how
// simple it is.
package eval
