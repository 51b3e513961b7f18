"""PyTorch's side of make bench-peers: reads turns, a line of JSON each, and answers each.

Everything that makes PyTorch faster without changing the task is on: fused
AdamW, scaled-dot-product attention, buckets of similar length.
"""
import json
import os
import sys
import time

import torch
from transformers import AutoModelForSequenceClassification
from transformers.utils import logging

RATE, CLIP, LONGEST = 1e-4, 1.0, 128


def load(folder):
    return AutoModelForSequenceClassification.from_pretrained(folder, num_labels=77)


class Peer:
    def __init__(self, epoch, folder):
        self.epoch, self.folder = epoch, folder
        torch.manual_seed(1)
        logging.set_verbosity_error()
        logging.disable_progress_bar()
        self.still = load(folder).eval()
        self.tuned = load(folder).train()
        self.optimizer = torch.optim.AdamW(self.tuned.parameters(), lr=RATE, fused=True)

    def pad(self, rows, length=0):
        length = length or max(map(len, rows))
        ids = torch.zeros(len(rows), length, dtype=torch.long)
        mask = torch.zeros(len(rows), length, dtype=torch.long)
        for i, r in enumerate(rows):
            ids[i, :len(r)] = torch.tensor(r)
            mask[i, :len(r)] = 1
        return ids, mask

    def steps(self, count, batches, length=0, bf16=False):
        rows, labels, tokens, loss = self.epoch["rows"], self.epoch["labels"], 0, 0.0
        for batch in batches[:count]:
            ids, mask = self.pad([rows[r] for r in batch], length)
            with torch.autocast("cpu", dtype=torch.bfloat16, enabled=bf16):
                out = self.tuned(input_ids=ids, attention_mask=mask, labels=torch.tensor([labels[r] for r in batch]))
            out.loss.backward()
            torch.nn.utils.clip_grad_norm_(self.tuned.parameters(), CLIP)
            self.optimizer.step()
            self.optimizer.zero_grad()
            tokens += sum(len(rows[r]) for r in batch)
            loss += out.loss.item() / count
        return tokens, loss

    @torch.inference_mode()
    def forward(self, count, rows):
        ids, mask = self.pad(rows)
        for _ in range(count):
            self.still(input_ids=ids, attention_mask=mask)
        return count * sum(map(len, rows)), 0.0

    def take(self, turn):
        torch.set_num_threads(turn["threads"])
        do, count, e = turn["do"], turn["count"], self.epoch
        began = time.perf_counter()
        tokens, loss = {
            "steps": lambda: self.steps(count, e["bucketed"]),
            "bf16": lambda: self.steps(count, e["bucketed"], bf16=True),
            "padded": lambda: self.steps(count, e["packed"], length=LONGEST),
            "square": lambda: self.forward(count, e["square"]),
            "one": lambda: self.forward(count, e["one"]),
        }[do]()
        return {"seconds": time.perf_counter() - began, "tokens": tokens, "loss": loss,
                "level": torch.backends.cpu.get_cpu_capability(), "version": torch.__version__}


def main():
    with open(os.environ["DATAHALL_PEERS"]) as f:
        peer = Peer(json.load(f), os.environ["DATAHALL_MINILM"])
    for line in sys.stdin:
        print(json.dumps(peer.take(json.loads(line))), flush=True)


if __name__ == "__main__":
    main()
