"""Makes golden.json: scikit-learn's figures for given answers.

    python golden.py > golden.json

Made with scikit-learn 1.9.1 and numpy 2.4.6. The calibration error is written
here after Guo et al. 2017, with their code's bins, open below and closed above.
"""
import json
import re
import warnings

import numpy as np
from sklearn.metrics import accuracy_score, classification_report, confusion_matrix, f1_score

warnings.filterwarnings("ignore")
random = np.random.RandomState(11)


def error(confidence, right):
    edges, n, off = np.linspace(0, 1, 16), len(confidence), 0.0
    for low, high in zip(edges[:-1], edges[1:]):
        inside = (confidence > low) & (confidence <= high)
        if inside.any():
            off += inside.sum() / n * abs(right[inside].mean() - confidence[inside].mean())
    return off


def classes(name, labels, truth, scores):
    scores = np.round(np.array(scores), 6)
    said = [labels[k] for k in scores.argmax(1)]
    every = labels + sorted(set(truth) - set(labels))
    named = [label for label in every if label in set(truth) | set(said)]
    return {
        "name": name, "labels": labels, "truth": truth, "scores": scores.tolist(),
        "report": classification_report(truth, said, labels=named, output_dict=True, zero_division=0),
        # where nothing is right, scikit-learn prints supports as 4.0
        "text": re.sub(r"(\d)\.0$", r"  \1", classification_report(truth, said, labels=named, zero_division=0), flags=re.M),
        "default": classification_report(truth, said, output_dict=True),
        "confusion": confusion_matrix(truth, said, labels=every).tolist(),
        "accuracy": accuracy_score(truth, said),
        "ece": error(scores.max(1), np.array([a == b for a, b in zip(truth, said)], float)),
    }


def draw(n, k, skill):
    truth = random.randint(k, size=n)
    z = random.normal(size=(n, k)) + skill * np.eye(k)[truth]
    p = np.exp(z) / np.exp(z).sum(1, keepdims=True)
    return truth, p


def several(name, labels, truth, scores):
    scores = np.round(np.array(scores), 6)
    truth, said = np.array(truth), (scores >= 0.5).astype(int)
    return {
        "name": name, "labels": labels, "truth": truth.tolist(), "scores": scores.tolist(),
        "report": classification_report(truth, said, target_names=labels, output_dict=True, zero_division=0),
        "accuracy": accuracy_score(truth, said),
        "micro": f1_score(truth, said, average="micro", zero_division=0),
        "ece": error(scores.ravel(), truth.ravel().astype(float)),
    }


names = ["book", "cancel", "change", "refund", "track"]
truth, p = draw(200, 5, 1.5)
one = [classes("five", names, [names[k] for k in truth], p)]
truth, p = draw(60, 5, 0.5)
p[:, 3] = 0
one.append(classes("a label that is never said", names, [names[k] for k in truth], p))
truth, p = draw(60, 3, 1)
p = np.hstack([p * 0.98, np.full((60, 2), 0.01)])
one.append(classes("labels that do not occur", names, [names[k] for k in truth], p))
truth, p = draw(40, 3, 1)
one.append(classes("a label that the model does not know", names[:3], [(names + ["zzz"])[5 if k == 2 and i % 3 == 0 else k] for i, k in enumerate(truth)], p))
one.append(classes("always wrong", names[:2], ["book"] * 4, [[0.2, 0.8]] * 4))
one.append(classes("on the edges of bins", names[:2], ["book", "cancel", "book"] * 3, [[1, 0], [0.6, 0.4], [0.2 * 3, 1 - 0.2 * 3]] * 3))

truth = random.randint(2, size=(80, 4)) * random.randint(2, size=(80, 1))
noise = np.clip(truth * 0.5 + random.uniform(size=(80, 4)) * 0.6, 0, 1)
many = [several("four", names[:4], truth, noise)]
truth = np.zeros((6, 3), int)
truth[:3, 0] = 1
many.append(several("two labels that do not occur", names[:3], truth, np.array([[0.9, 0.1, 0.2]] * 4 + [[0.1, 0.7, 0.2]] * 2)))

value = np.round(random.normal(size=50), 4)
guess = np.round(0.7 * value + random.normal(size=50) * 0.3, 4)
number = {"truth": value.tolist(), "scores": guess.tolist(), "mse": float(((value - guess) ** 2).mean()), "pearson": float(np.corrcoef(value, guess)[0, 1])}

print(json.dumps({"one": one, "many": many, "number": number}, separators=(",", ":")))
