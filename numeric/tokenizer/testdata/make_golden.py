"""Writes golden.json.gz: texts, tokenizer folders, and the ids that Hugging
Face's tokenizers library gives for them.

    python testdata/make_golden.py [SHARED]

SHARED is a folder with data/tokenizers and other texts; with it shared.json is
written too, which holds hashes only. Sentences and vocabularies are ours.
"""

import base64
import glob
import gzip
import hashlib
import json
import pathlib
import random
import sys
import tempfile
import unicodedata
import zlib

import tokenizers
import transformers
from tokenizers import AddedToken, Tokenizer, decoders, models, normalizers, pre_tokenizers, processors, trainers

HERE = pathlib.Path(__file__).parent
ENGLISH = """
Where is my parcel? The page says it was delivered on Tuesday, but nobody rang.
I'd like to return the kettle; it's leaking and the lid doesn't close properly.
Café au lait, crème brûlée and a jalapeño omelette, please, for table twelve.
Can't you just send the invoice again? My e-mail is naïve.user@example.com now!
The resistor (4.7 kΩ, ±5 %) burnt at 230 V and took the whole circuit with it.
She re-read the über-long report, shrugged, and wrote "no objections" underneath.
Three hundred and sixty-five days later the warranty had, of course, expired.
Which colour would you prefer: teal, ochre, or the one nobody has a name for?
He said he'd paid twice; the ledger shows one payment of $1,299.00 on 03/11.
Unbelievable service, unfriendly answers, unending queues. Never again, thanks.
The tokenizer tokenizes tokens that were tokenised before tokenization began.
Please cancel order #88-1207 and refund me within fourteen days, as you promised.
""".strip().split("\n")
CHINESE = """
我的快递到哪里了?页面上写着星期二已经签收,可是没有人敲过门。
这个水壶漏水,盖子也关不紧,我想退货,运费由谁来出?
发票抬头写错了,麻烦重新开一张,税号是91310000MA1K。
客服小姐姐态度很好,问题十分钟就解决了,给五星好评!
订单已经付款两次,账单上却只有一笔1299元,请核实后退款。
這件外套的顏色跟圖片完全不一樣,尺寸也偏小,我要換貨。
明天下午三点以后再送货可以吗?上午家里没有人,谢谢。
充电器用了不到一个月就坏了,保修期内应该免费更换吧。
""".strip().split("\n")
EMOJI = ["😀", "👍🏽", "👩‍👩‍👧‍👦", "🏳️‍🌈", "❤️", "🇨🇳", "🫠", "1️⃣", "☕", "✅", "🪿"]
SCRIPTS = ["한국어 배송 문의", "ありがとうございます", "カタカナﾊﾝｶｸ", "Привет, мир ёжик", "Ελλάδα ΐΰς ΣΊΣΥΦΟΣ", "שָׁלוֹם עולם",
           "مرحبا بالعالم لِلّٰه", "नमस्ते दुनिया क़", "สวัสดีชาวโลก", "Tiếng Việt Đường phố", "İstanbul ıİ", "ǅ ǆ ﬁ ﬂ ẞ ß",
           "ⅨⅣ ½ ² ㎏ ㌔", "Ａｂｃ１２３！", "豈更車", "𠀀𪚥𫝀𬺰", "ᬄᬓ᭄ꦥ꧀", "a\u0301\u0323b\u0323\u0301", "\u1100\u1161\u11a8", "Ꭰꭰ Ⴀⴀ ꙁꙀ", "𐐀𐐨 𞤀𞤢"]
CONTROLS = ["\x00", "\t", "\n", "\r\n", "\x0b", "\x0c", "\x1b[0m", "\x7f", "\x85", "\xa0", "\xad", "\u200b", "\u200d", "\u200e", "\u2028",
            "\u2029", "\u202e", "\u2060", "\u3000", "\ufeff", "\ufffd", "\ue000", "\U000e0001", "\U000f0000", "\u180e", "\u1680", "\u0600"]
SPECIAL = ["[CLS]", "[SEP]", "[MASK]", "[PAD]", "[UNK]", "[sep]", "[ SEP ]", "[SEP", "[[SEP]]", "##ing", "##", "#", "[unused1]", "<s>", "ORDER", "Order",
           "order", "order_", "reorder", "中order", "  <br>  ", "<BR>", "naïve user", "NAIVE  USER", "naïve user "]
BROKEN = [b"\xff", b"\xfe\xff", b"\xc3", b"\xc3(", b"\xe4\xb8", b"\xe4\xb8a", b"\xed\xa0\x80", b"\xed\xa0\xbd\xed\xb8\x80", b"\xf0\x9f\x98", b"\xf0\x9f",
          b"\xf4\x90\x80\x80", b"\xc0\x80", b"\xe0\x80\x80", b"\xf8\x88\x80\x80\x80", b"\x80\x80", b"[C\xffLS]", b"[\xffSEP]", b"\xe2\x80", b"\xf1\x80\x80"]
ASSIGNED = [c for c in range(0x20, 0x110000) if unicodedata.category(chr(c)) not in ("Cs", "Co", "Cn")]
MARKS = [c for c in ASSIGNED if unicodedata.combining(chr(c))]

NORMALIZATIONS = ["uncased", "uncased, accents kept", "cased", "odd tokenizer.json"]


def make_texts(n):
    rng = random.Random(20)
    words = " ".join(ENGLISH).split()
    fixed = ENGLISH + CHINESE + SCRIPTS + CONTROLS + SPECIAL + EMOJI
    texts = [t.encode() for t in fixed] + BROKEN
    texts += [b"", b" ", b"a" * 100, b"a" * 101, b"b" * 250, "é".encode() * 100, "é".encode() * 101, "e\u0301".encode() * 100,
              ("x" + "\u0316\u0301" * 70).encode(), ("\u302f\u302e\u1d165\U0001d165" * 20).encode(), "中".encode() * 150, "한".encode() * 40]
    makers = [
        lambda: rng.choice(words),
        lambda: rng.choice(words).upper(),
        lambda: rng.choice(CHINESE)[rng.randrange(20):][: rng.randrange(1, 9)],
        lambda: rng.choice(EMOJI),
        lambda: rng.choice(SCRIPTS)[rng.randrange(6):],
        lambda: rng.choice(CONTROLS),
        lambda: rng.choice(SPECIAL),
        lambda: "".join(chr(rng.choice(ASSIGNED)) for _ in range(rng.randrange(1, 5))),
        lambda: rng.choice("aeounAEOUNκиख中") + "".join(chr(rng.choice(MARKS)) for _ in range(rng.randrange(1, 5))),
        lambda: chr(rng.choice(ASSIGNED[:1500])),
        lambda: "".join(rng.choice("abcdefgh'-.") for _ in range(rng.randrange(1, 14))),
        lambda: chr(rng.randrange(0x110000)),
    ]
    while len(texts) < n:
        parts = []
        for _ in range(rng.randrange(1, 9)):
            parts.append(rng.choice(makers)().encode("utf-8", "surrogatepass"))  # a surrogate is broken UTF-8
            parts.append(rng.choice([b" ", b" ", b"", b"", b"  "]))
        if rng.random() < 0.15:
            parts.insert(rng.randrange(len(parts)), rng.choice(BROKEN))
        if rng.random() < 0.1:
            b = bytearray(b"".join(parts))
            b[rng.randrange(len(b))] = rng.randrange(256)
            parts = [bytes(b)]
        texts.append(b"".join(parts))
    return texts


def train_vocab(texts, lower, strip, size):
    """A vocabulary in which many rare characters are known, so that a mistake about one shows in the ids."""
    t = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    t.normalizer = normalizers.BertNormalizer(lowercase=lower, strip_accents=strip)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    trainer = trainers.WordPieceTrainer(
        vocab_size=size, min_frequency=1, limit_alphabet=size // 2, show_progress=False,
        special_tokens=["[PAD]", "[unused1]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    t.train_from_iterator((x.decode("utf-8", "replace") for x in texts), trainer)
    vocab = t.get_vocab()
    return sorted(vocab, key=vocab.get)


def folder(files):
    path = pathlib.Path(tempfile.mkdtemp())
    for name, text in files.items():
        (path / name).write_text(text, encoding="utf-8", newline="")
    (path / "config.json").write_text('{"model_type": "bert"}')
    return path


def auto(files):
    return transformers.AutoTokenizer.from_pretrained(folder(files))._tokenizer


def vocab_files(tokens, **config):
    return {"vocab.txt": "".join(t + "\n" for t in tokens), "tokenizer_config.json": json.dumps({"tokenizer_class": "BertTokenizer", **config})}


def odd_json(tokens):
    """A tokenizer.json with all that may differ from BERT's own."""
    swap = {"[UNK]": "<unk>", "[CLS]": "<s>", "[SEP]": "</s>"}
    tokens = ["@@" + t[2:] if t.startswith("##") and len(t) > 2 else swap.get(t, t) for t in tokens]
    t = Tokenizer(models.WordPiece({x: i for i, x in enumerate(tokens)}, unk_token="<unk>", max_input_chars_per_word=12, continuing_subword_prefix="@@"))
    t.normalizer = normalizers.BertNormalizer(clean_text=False, handle_chinese_chars=True, strip_accents=True, lowercase=False)
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    t.decoder = decoders.WordPiece(prefix="@@")
    t.add_special_tokens(["<s>", "</s>", "[MASK]", AddedToken("<br>", lstrip=True, rstrip=True, normalized=False)])
    t.add_tokens([AddedToken("Order", single_word=True), AddedToken("order_", normalized=False), AddedToken("naïve user", rstrip=True), "退货", "<BR>"])
    t.post_processor = processors.BertProcessing(("</s>", t.token_to_id("</s>")), ("<s>", t.token_to_id("<s>")))
    return t


def bare_json(tokens):
    t = Tokenizer(models.WordPiece({x: i for i, x in enumerate(tokens)}, unk_token="[UNK]"))
    t.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    return t


def lower_json(tokens):
    t = bare_json(tokens)
    t.normalizer = normalizers.BertNormalizer(lowercase=True)
    t.add_special_tokens(["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"])
    t.add_tokens([AddedToken("Order", single_word=True), AddedToken("naïve user", lstrip=True), "REFUND me"])
    t.post_processor = processors.TemplateProcessing(
        single="[CLS] $A [SEP]", pair="[CLS] $A [SEP] $B:1 [SEP]:1",
        special_tokens=[("[CLS]", t.token_to_id("[CLS]")), ("[SEP]", t.token_to_id("[SEP]"))])
    return t


def variants(texts):
    uncased, cased = train_vocab(texts, True, None, 1800), train_vocab(texts, False, False, 1800)
    chinese = train_vocab([t.encode() for t in CHINESE * 3] + texts[:200], True, None, 600)
    twice = chinese[:300] + chinese[290:300] + chinese[300:]
    out = {}
    for name, files in {
        "uncased": vocab_files(uncased),
        "uncased, accents kept": vocab_files(uncased, do_lower_case=True, strip_accents=False),
        "cased": vocab_files(cased, do_lower_case=False),
        "cased, accents stripped": vocab_files(cased, do_lower_case=False, strip_accents=True),
        "Chinese characters not set apart": vocab_files(uncased, tokenize_chinese_chars=False, strip_accents=None),
        "Chinese": vocab_files(chinese, do_lower_case=True),
        "Windows line ends": {k: v.replace("\n", "\r\n") for k, v in vocab_files(chinese).items()},
        "lines that stand twice": vocab_files(twice),
        "added tokens in the configuration": vocab_files(chinese, added_tokens_decoder={
            str(len(chinese)): dict(content="<br>", lstrip=True, rstrip=False, normalized=False, single_word=False, special=True),
            str(len(chinese) + 1): dict(content="退货", lstrip=False, rstrip=False, normalized=True, single_word=False, special=False)}),
    }.items():
        out[name] = (files, auto(files))
    for name, t in {"odd tokenizer.json": odd_json(cased), "bare tokenizer.json": bare_json(cased), "tokenizer.json": lower_json(uncased)}.items():
        out[name] = ({"tokenizer.json": t.to_str()}, t)
    files = {"tokenizer.json": lower_json(uncased).to_str(), "tokenizer_config.json": json.dumps(
        {"tokenizer_class": "BertTokenizer", "do_lower_case": False, "strip_accents": None, "tokenize_chinese_chars": False})}
    out["a configuration that contradicts tokenizer.json"] = (files, auto(files))
    return out


def crc(ids):
    return zlib.crc32(b"".join(i.to_bytes(4, "little") for i in ids))


def plain(b):
    try:
        return b.decode()
    except UnicodeDecodeError:
        return {"base64": base64.b64encode(b).decode()}


def cut(t, texts):
    """Ids of texts and pairs cut to lengths: [text, length, ids] and [first, second, length, ids, segments]."""
    singles, pairs = [], []
    for i in range(0, 60, 3):
        n = 3 + i % 11
        t.enable_truncation(n)
        e, p = t.encode(texts[i]), t.encode(texts[i], texts[(i * 7 + 1) % 60])
        singles.append([i, n, e.ids])
        pairs.append([i, (i * 7 + 1) % 60, n, p.ids, p.type_ids])
    t.no_truncation()
    return singles, pairs


def code_points(t, block=1 << 12):
    """For each block of code points the hash of what becomes of them, between letters and marks."""
    out = []
    for start in range(0, 0x110000, block):
        h = hashlib.sha256()
        for c in range(start, start + block):
            if 0xD800 <= c <= 0xDFFF:
                continue
            n = t.normalizer.normalize_str("A" + chr(c) + "b\u0327" + chr(c) + "\u302e")
            h.update("\0".join([n] + [w for w, _ in t.pre_tokenizer.pre_tokenize_str(n)]).encode() + b"\n")
        out.append(h.hexdigest()[:8])
    return out


def first_lines(raw, enough=300_000):
    """The lines that begin in the first 300,000 bytes."""
    end = raw.find(b"\n", enough)
    return [x.decode("utf-8", "replace") for x in raw[: end if end >= 0 else None].split(b"\n")]


def shared(root, texts):
    out = {"files": {}, "texts": []}
    names = ["banking77/*.csv*", "waimai_10k/*.csv*", "wiki_en/*", "wiki_zh/*", "tinyshakespeare/*", "tatoeba_en_zh/*", "thucnews_titles/*"]
    for pattern in names:
        for path in sorted(glob.glob(f"{root}/data/{pattern}")):
            name = path[len(str(root)) + 1 :]
            if name.endswith("README.md"):
                continue
            raw = open(path, "rb").read()
            if name.endswith(".gz"):
                raw = gzip.decompress(raw)
            out["files"][name] = first_lines(raw)
    result = {"vocab": {}, "files": {}}
    for vocab, lower in (("bert_base_uncased_vocab.txt", True), ("bert_base_chinese_vocab.txt", True), ("bert_base_uncased_vocab.txt", False)):
        key = f"{vocab} {'uncased' if lower else 'cased'}"
        files = {"vocab.txt": (root / "data/tokenizers" / vocab).read_text(encoding="utf-8"), "tokenizer_config.json": json.dumps({"do_lower_case": lower, "tokenizer_class": "BertTokenizer"})}
        t = auto(files)
        result["vocab"][key] = crc(i for x in texts for i in t.encode(x.decode("utf-8", "replace")).ids)
        result["files"][key] = {n: crc(i for e in t.encode_batch(ls) for i in e.ids) for n, ls in out["files"].items()}
    (HERE / "shared.json").write_text(json.dumps(result, indent=1) + "\n")


def main():
    texts = make_texts(1200)
    decoded = [t.decode("utf-8", "replace") for t in texts]
    golden = {"made_with": f"tokenizers {tokenizers.__version__}, transformers {transformers.__version__}", "texts": [plain(t) for t in texts], "variants": []}
    for name, (files, t) in variants(texts).items():
        t.no_padding(), t.no_truncation()
        ids = [t.encode(x).ids for x in decoded]
        singles, pairs = cut(t, decoded)
        v = {"name": name, "files": files, "size": max(t.get_vocab().values()) + 1, "ids": ids[:60], "crc": [crc(i) for i in ids], "cut": singles, "pairs": pairs}
        v["decoded"] = [t.decode(i) for i in ids[:120]] if t.decoder else None
        if name in NORMALIZATIONS:
            v["code_points"] = code_points(t)
        golden["variants"].append(v)
        print(f"{name}: {sum(map(len, ids))} ids, {sum(i.count(t.token_to_id(getattr(t.model, 'unk_token'))) for i in ids)} unknown")
    with gzip.GzipFile(HERE / "golden.json.gz", "wb", compresslevel=9, mtime=0) as f:
        f.write(json.dumps(golden, ensure_ascii=False, separators=(",", ":")).encode())
    if len(sys.argv) > 1:
        shared(pathlib.Path(sys.argv[1]), texts)


main()
