"""Writes the reference values that the tests compare with, from PyTorch and transformers.

    python make_golden.py [MINILM_FOLDER]

tiny/          a BertForSequenceClassification with random weights, as transformers saves it
golden.safetensors   inputs, outputs, losses and gradients of it; a name is CASE.WHAT[.TENSOR]
minilm.safetensors   the same in short for all-MiniLM-L6-v2, where its folder is given

A batch is stored packed: ids, segments and cumulative offsets.
"""

import json
import os
import sys

import torch
import torch.nn.functional as F
from safetensors.torch import save_file
from transformers import BertConfig, BertForSequenceClassification, BertModel

HERE = os.path.dirname(os.path.abspath(__file__))
LABELS = 5
out = {}


def put(name, value):
    out[name] = torch.as_tensor(value).detach().contiguous().clone()


def rows(generator, lengths, vocabulary, with_segments):
    made = []
    for i, n in enumerate(lengths):
        ids = torch.randint(1, vocabulary, (n,), generator=generator)  # 0 is padding, which torch keeps from learning
        split = torch.randint(0, n + 1, (1,), generator=generator).item() if with_segments and i % 2 else n
        made.append((ids, (torch.arange(n) >= split).long()))
    return made


def put_batch(name, batch):
    put(name + ".ids", torch.cat([r[0] for r in batch]).int())
    put(name + ".segments", torch.cat([r[1] for r in batch]).int())
    put(name + ".offsets", torch.tensor([0] + [len(r[0]) for r in batch]).cumsum(0).int())


def padded(batch):
    longest = max(len(r[0]) for r in batch)
    ids, segments, mask = (torch.zeros(len(batch), longest, dtype=torch.long) for _ in range(3))
    for i, (x, s) in enumerate(batch):
        ids[i, : len(x)], segments[i, : len(x)], mask[i, : len(x)] = x, s, 1
    return dict(input_ids=ids, token_type_ids=segments, attention_mask=mask)


def tiny():
    config = BertConfig(
        vocab_size=96, hidden_size=36, num_hidden_layers=2, num_attention_heads=3, intermediate_size=52,
        max_position_embeddings=40, type_vocab_size=2, num_labels=LABELS, initializer_range=0.15,
        hidden_dropout_prob=0.1, attention_probs_dropout_prob=0.1, attn_implementation="eager",
    )
    torch.manual_seed(7)
    model = BertForSequenceClassification(config)
    with torch.no_grad():  # norms and biases that are not 1 and 0, so that a forgotten one shows
        for name, p in model.named_parameters():
            if p.dim() == 1:
                p.add_(0.1 * torch.randn(p.shape))
    return model.eval()


def mean_pool(model, inputs):
    hidden = model(**inputs).last_hidden_state
    mask = inputs["attention_mask"].unsqueeze(-1).float()
    return (hidden * mask).sum(1) / mask.sum(1)


def record(case, model, loss, **values):
    model.zero_grad()
    loss.backward()
    put(case + ".loss", loss.detach().reshape(1))
    for name, value in values.items():
        put(case + "." + name, value)
    for name, p in model.named_parameters():
        if p.grad is not None and p.grad.abs().max() > 0:
            put(case + ".grad." + name, p.grad)


def gradients(model, batch):
    inputs = padded(batch)
    n = len(batch)
    generator = torch.Generator().manual_seed(11)
    targets = torch.randint(0, LABELS, (n,), generator=generator)
    many = (torch.rand(n, LABELS, generator=generator) < 0.4).float()
    values = torch.randn(n, LABELS, generator=generator)
    weights = torch.rand(LABELS, generator=generator) + 0.5
    put("targets.classes", targets.int())
    put("targets.many", many)
    put("targets.values", values)
    put("targets.weights", weights)

    logits = model(**inputs).logits
    record("classify", model, F.cross_entropy(logits, targets), logits=logits)
    logits = model(**inputs).logits
    put("smooth.loss", F.cross_entropy(logits, targets, label_smoothing=0.1).reshape(1))
    logits = model(**inputs).logits
    record("weighted", model, F.cross_entropy(logits, targets, weight=weights, label_smoothing=0.1))
    put("multilabel.loss", F.binary_cross_entropy_with_logits(logits, many).reshape(1))
    put("regress.loss", F.mse_loss(logits, values).reshape(1))

    head = model.classifier
    pooled = mean_pool(model.bert, inputs)
    logits = head(pooled)
    record("mean", model, F.binary_cross_entropy_with_logits(logits, many), logits=logits, pooled=pooled)
    unit = F.normalize(mean_pool(model.bert, inputs))
    logits = head(unit)
    record("unit", model, F.mse_loss(logits, values), logits=logits, pooled=unit)
    put("cls.pooled", F.normalize(model.bert(**inputs).last_hidden_state[:, 0]))

    unit = F.normalize(mean_pool(model.bert, inputs))
    similarity = torch.rand(n // 2, generator=generator)
    put("targets.similarity", similarity)
    record("cosine", model, F.mse_loss((unit[0::2] * unit[1::2]).sum(1), similarity))


def groups(model, decay):
    """The usual two groups: no decay on biases and LayerNorm."""
    none = ["bias", "LayerNorm.weight"]
    named = list(model.named_parameters())
    return [
        {"params": [p for n, p in named if not any(x in n for x in none)], "weight_decay": decay},
        {"params": [p for n, p in named if any(x in n for x in none)], "weight_decay": 0.0},
    ]


def twenty_steps(name, model, make, batches, targets, peak, clip):
    optimizer = make(model)
    steps, warm = len(batches), 4
    schedule = torch.optim.lr_scheduler.LambdaLR(
        optimizer, lambda i: i / warm if i < warm else (steps - i) / (steps - warm))
    losses = []
    for batch, target in zip(batches, targets):
        loss = F.cross_entropy(model(**padded(batch)).logits, target)
        optimizer.zero_grad()
        loss.backward()
        if clip:
            torch.nn.utils.clip_grad_norm_(model.parameters(), clip)
        optimizer.step()
        schedule.step()
        losses.append(loss.item())
    put(name + ".losses", torch.tensor(losses, dtype=torch.float64))
    print(name, " ".join(f"{x:.4f}" for x in losses))


def training(state):
    generator = torch.Generator().manual_seed(3)
    batches, targets = [], []
    for i in range(20):
        lengths = torch.randint(1, 20, (8,), generator=generator).tolist()
        batches.append(rows(generator, lengths, 96, False))
        # learnable: the class is told by the first token
        targets.append(torch.tensor([int(r[0][0]) % LABELS for r in batches[-1]]))
        put_batch(f"train.{i}", batches[-1])
        put(f"train.{i}.classes", targets[-1].int())
    optimizers = {
        "adamw": (lambda m: torch.optim.AdamW(groups(m, 0.1), lr=3e-3, eps=1e-8), 1.0),
        "adam": (lambda m: torch.optim.Adam(groups(m, 0.01), lr=3e-3, eps=1e-6), 0),
        "sgd": (lambda m: torch.optim.SGD(groups(m, 0.01), lr=3e-2, momentum=0.9), 1.0),
        "adagrad": (lambda m: torch.optim.Adagrad(groups(m, 0.01), lr=1e-2, eps=1e-10), 0),
    }
    for name, (make, clip) in optimizers.items():
        model = tiny()
        model.load_state_dict(state)
        twenty_steps(name, model, make, batches, targets, None, clip)


def minilm(folder):
    """Vectors of 16 texts, and 20 steps of fine-tuning."""
    from tokenizers import Tokenizer

    torch.set_num_threads(2)
    tokenizer = Tokenizer.from_file(os.path.join(folder, "tokenizer.json"))
    tokenizer.no_padding()
    texts = [
        "I am still waiting on my card?", "What can I do if my card still hasn't arrived after 2 weeks?",
        "exchange rate", "Why was I charged a fee for using an ATM abroad, and can I get it back?",
        "Hello", "The quick brown fox jumps over the lazy dog.", "top up failed", "how do i change my pin",
        "My transfer has not arrived yet; it has been three business days.", "passcode forgotten",
        "Is there an age limit for opening an account?", "cancel a transfer please",
        "I lost my phone", "Which currencies do you support?", "card not working", "refund not showing up",
    ]
    encoded = [tokenizer.encode(t) for t in texts]
    batch = [(torch.tensor(e.ids), torch.zeros(len(e.ids), dtype=torch.long)) for e in encoded]
    put_batch("minilm", batch)
    model = BertForSequenceClassification.from_pretrained(folder, num_labels=7, attn_implementation="eager").eval()
    with torch.no_grad():
        put("minilm.embeddings", F.normalize(mean_pool(model.bert, padded(batch))))
        model.bert.pooler.load_state_dict(BertModel.from_pretrained(folder).pooler.state_dict())
        model.classifier.weight.normal_(0, 0.05, generator=torch.Generator().manual_seed(5))
        model.classifier.bias.zero_()
        put("minilm.head", model.classifier.weight)
    targets = torch.arange(len(batch)) % 7
    put("minilm.classes", targets.int())
    make = lambda m: torch.optim.AdamW(groups(m, 0.01), lr=2e-4)
    twenty_steps("minilm", model, make, [batch] * 20, [targets] * 20, None, 1.0)
    inputs = padded(batch)
    logits = model(**inputs).logits
    put("minilm.logits", logits)


if __name__ == "__main__":
    model = tiny()
    model.save_pretrained(os.path.join(HERE, "tiny"))
    batch = rows(torch.Generator().manual_seed(1), [7, 1, 12, 3, 20, 9, 2, 40], 96, True)
    put_batch("batch", batch)
    gradients(model, batch)
    training(model.state_dict())
    save_file(out, os.path.join(HERE, "golden.safetensors"))
    if len(sys.argv) > 1:
        out.clear()
        minilm(sys.argv[1])
        save_file(out, os.path.join(HERE, "minilm.safetensors"))
