"""Writes the folder golden with Python's safetensors: two shards of every type
of number, their index, and values.json with what Go must read as float32.

    python make_golden.py            writes golden/
    python make_golden.py check FILE compares a file that Go wrote with values
                                     of the formula in weights_golden_test.go
"""
import json
import pathlib
import sys

import numpy as np
import torch
from safetensors.torch import load_file, save_file
from safetensors import safe_open

HERE = pathlib.Path(__file__).parent / "golden"


def write():
    nan_free = [0.0, -0.0, 1.0, -2.5, 65504.0, 6e-8, float("inf"), float("-inf"), 0.1]
    first = {
        "f32": torch.tensor(nan_free, dtype=torch.float32).reshape(3, 3),
        "f16": torch.tensor(nan_free, dtype=torch.float16).reshape(3, 3),
        "bf16": torch.tensor(nan_free, dtype=torch.bfloat16).reshape(3, 3),
        "f64": torch.tensor(nan_free, dtype=torch.float64).reshape(1, 9),
    }
    second = {
        "i64": torch.tensor([-(2**62), -1, 0, 2**24 + 1], dtype=torch.int64),
        "i32": torch.tensor([-(2**31), -1, 2**31 - 1], dtype=torch.int32),
        "i16": torch.tensor([-(2**15), 2**15 - 1], dtype=torch.int16),
        "i8": torch.tensor([-128, 127], dtype=torch.int8),
        "u8": torch.tensor([0, 255], dtype=torch.uint8),
        "u16": torch.tensor([0, 65535], dtype=torch.uint16),
        "u32": torch.tensor([0, 2**32 - 1], dtype=torch.uint32),
        "u64": torch.tensor([0, 2**63 - 1], dtype=torch.uint64),
        "bool": torch.tensor([True, False, True]),
        "scalar": torch.tensor(3.5),
        "空 \" name": torch.zeros(0, 4),
    }
    HERE.mkdir(exist_ok=True)
    names = ["model-00001-of-00002.safetensors", "model-00002-of-00002.safetensors"]
    where, values = {}, {}
    for name, tensors in zip(names, (first, second)):
        save_file(tensors, HERE / name, metadata={"format": "pt", "note": "模型 \"quoted\""})
        for key, t in load_file(HERE / name).items():
            where[key] = name
            flat = t.numpy().astype(np.float32) if t.dtype != torch.bfloat16 else t.float().numpy()
            bits = flat.reshape(-1).view(np.uint32)
            values[key] = {"shape": list(t.shape), "bits": [int(b) for b in bits]}
    index = {"metadata": {"total_size": 0}, "weight_map": where}
    (HERE / "model.safetensors.index.json").write_text(json.dumps(index, indent=1, ensure_ascii=False))
    (HERE / "values.json").write_text(json.dumps(values, indent=1, ensure_ascii=False))


def check(path):
    with safe_open(path, "np") as f:
        assert f.metadata() == {"format": "pt", "note": "模型"}, f.metadata()
        assert sorted(f.keys()) == ["a.weight", "empty", "scalar", "名字"], f.keys()
        a = f.get_tensor("a.weight")
        assert a.shape == (300, 1000) and a.dtype == np.float32
        i = np.arange(300_000)
        assert (a.reshape(-1) == ((i * 7919 % 100_003) / np.float32(1024)).astype(np.float32)).all()
        assert f.get_tensor("empty").shape == (0, 4)
        assert f.get_tensor("scalar").shape == () and f.get_tensor("scalar") == 2.5
        assert f.get_tensor("名字").tolist() == [1.0, -1.0]
    print("the same")


if sys.argv[1:2] == ["check"]:
    check(sys.argv[2])
else:
    write()
