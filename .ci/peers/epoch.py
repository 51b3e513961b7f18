"""Writes one epoch of banking77 as ids and batches: epoch.py MODEL CSV OUT STEPS (0: all).

The batches are cut as each side cuts them, of one shuffled epoch; the sample
takes every (626/STEPS)-th when they are sorted by what they cost, so that its
mean is the epoch's.
"""
import csv
import gzip
import json
import random
import sys

from transformers import AutoTokenizer

BATCH, LONGEST, BUCKET = 16, 128, 50  # rows, tokens, batches sorted together


def batches(order):
    return [order[i:i + BATCH] for i in range(0, len(order), BATCH)]


def buckets(order, rows, rng):
    """Rows of similar length share a batch: sorted within BUCKET batches, then shuffled."""
    out = []
    for i in range(0, len(order), BATCH * BUCKET):
        out += batches(sorted(order[i:i + BATCH * BUCKET], key=lambda r: len(rows[r])))
    rng.shuffle(out)
    return out


def sample(all_batches, cost, steps):
    """Numbers of the batches taken, in the order of the epoch."""
    if not steps or steps >= len(all_batches):
        return list(range(len(all_batches)))
    ranked = sorted(range(len(all_batches)), key=lambda b: cost(all_batches[b]))
    return sorted(ranked[int((i + 0.5) * len(ranked) / steps)] for i in range(steps))


def main(model, table, out, steps):
    words = AutoTokenizer.from_pretrained(model)
    with gzip.open(table, "rt", encoding="utf-8", newline="") as f:
        examples = list(csv.DictReader(f))
    names = sorted({e["category"] for e in examples})
    rows = words([e["text"] for e in examples], truncation=True, max_length=LONGEST)["input_ids"]
    rng = random.Random(1)
    order = list(range(len(rows)))
    rng.shuffle(order)
    packed, bucketed = batches(order), buckets(order, rows, rng)
    real = lambda b: sum(len(rows[r]) for r in b)
    padded = lambda b: len(b) * max(len(rows[r]) for r in b)
    json.dump({
        "rows": rows,
        "labels": [names.index(e["category"]) for e in examples],
        "packed": [packed[b] for b in sample(packed, real, steps)],
        "bucketed": [bucketed[b] for b in sample(bucketed, padded, steps)],
        "square": [[101] + [rng.randrange(1000, 30000) for _ in range(30)] + [102] for _ in range(64)],
        "one": [[101] + [rng.randrange(1000, 30000) for _ in range(12)] + [102]],
        "steps": len(packed),
        "tokens": sum(map(len, rows)),
    }, open(out, "w"))


if __name__ == "__main__":
    main(*sys.argv[1:4], int(sys.argv[4]))
