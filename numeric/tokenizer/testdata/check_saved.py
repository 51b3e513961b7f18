"""Loads folders with transformers' AutoTokenizer and compares ids.

    python testdata/check_saved.py FOLDER…

Each folder has the files of a tokenizer and ids.json: {"texts": […], "ids": [[…]]}.
"""

import json
import pathlib
import sys

from transformers import AutoTokenizer

for name in sys.argv[1:]:
    folder = pathlib.Path(name)
    (folder / "config.json").write_text('{"model_type": "bert"}')
    want = json.loads((folder / "ids.json").read_text(encoding="utf-8"))
    t = AutoTokenizer.from_pretrained(folder)
    for text, ids in zip(want["texts"], want["ids"]):
        got = t(text)["input_ids"]
        assert got == ids, f"{name}: {text!r}: {got}, want {ids}"
    print(f"{type(t).__name__}: {sum(map(len, want['ids']))} ids of {len(want['ids'])} texts, max {t.model_max_length}")
