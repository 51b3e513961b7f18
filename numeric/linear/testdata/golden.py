"""Makes golden.json: what scikit-learn gives for the same texts, vectors and strengths.

    python golden.py > golden.json

Made with scikit-learn 1.9.1 and numpy 2.4.6. The analyser below is a second
writing of text.go and features.go, by regular expressions.
"""
import json
import re
import unicodedata

import numpy as np
import scipy.sparse as sp
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.svm import LinearSVC

TEXTS = [
    ("Where is my parcel? It's two weeks late!", "delivery"),
    ("my parcel hasn’t arrived, where is it", "delivery"),
    ("track order 10,452 please", "delivery"),
    ("The courier left the box at the wrong door...", "delivery"),
    ("我的快递到哪里了？", "delivery"),
    ("快递三天没有动了，什么时候能到", "delivery"),
    ("物流一直不更新，帮我看看😤😤😤😤", "delivery"),
    ("ＤＨＬ的单号查不到", "delivery"),
    ("I want my money back", "refund"),
    ("refund not received after 3.5 weeks", "refund"),
    ("how do I return the shoes and get a refund?", "refund"),
    ("Return_label is missing from the box", "refund"),
    ("我要退货退款", "refund"),
    ("退款什么时候到账？？", "refund"),
    ("鞋子太小了，想退掉", "refund"),
    ("不喜欢，申请退款200元", "refund"),
    ("the app crashes when I log in", "account"),
    ("can't log in, password reset mail never comes", "account"),
    ("change the e-mail of my account", "account"),
    ("delete my account NOW", "account"),
    ("登录不了，密码忘记了", "account"),
    ("怎么修改绑定的手机号", "account"),
    ("账号被锁定了怎么办", "account"),
    ("ログインできません。パスワードを忘れました", "account"),
]
ASKED = ["where's the refund for order 10,452?", "快递没到，我要退款", "log in", "zzz", "", "Où est mon colis ?"]
STARS = [2, 1, 3, 1, 3, 1, 1, 2, 1, 1, 3, 2, 2, 3, 2, 1, 1, 1, 3, 2, 1, 3, 1, 2]

UNSPACED = "\u2e80-\u2fd5\u3005\u3007\u3021-\u3029\u3038-\u303b\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3400-\u4dbf\u4e00-\u9fff"
WORD = r"[^\W" + UNSPACED + "]"
LETTER = r"[^\W\d_" + UNSPACED + "]"
TOKEN = re.compile(
    "(?P<unspaced>[" + UNSPACED + "]+)"
    "|(?P<word>" + WORD + "(?:" + WORD + "|(?<=" + LETTER + ")'(?=" + LETTER + r")|(?<=\d)[.,](?=\d))*)"
    r"|(?P<sign>[^\w\s]+)"
)


def tokens(text):
    text = unicodedata.normalize("NFKC", text).lower().replace("’", "'")
    return [(m.lastgroup, m.group(), m.start(), m.end()) for m in TOKEN.finditer(text)]


def pieces(s, shortest, longest):
    return [s[i:i + n] for n in range(shortest, longest + 1) for i in range(len(s) - n + 1)]


def words(text):
    out, before = [], None
    for kind, s, _, _ in tokens(text):
        if kind == "word":
            out.append(s)
            if before:
                out.append(before + " " + s)
        elif kind == "unspaced":
            out += pieces(s, 1, 2)
        before = s if kind == "word" else None
    return out


def grams(text):
    out = []
    for kind, s, _, _ in tokens(text):
        if kind == "word":
            out += pieces(" " + s + " ", 2, 5)
        elif kind == "unspaced":
            out += pieces(s, 1, 3)
        else:
            out.append(s[:3])
    return out


def sparse(rows):
    return [{str(j): float(v) for j, v in zip(r.indices, r.data)} for r in rows]


def texts():
    vectorizers = [TfidfVectorizer(analyzer=a, sublinear_tf=True) for a in (words, grams)]
    x = sp.hstack([v.fit_transform([t for t, _ in TEXTS]) for v in vectorizers]).tocsr()
    asked = sp.hstack([v.transform(ASKED) for v in vectorizers]).tocsr()
    labels = [label for _, label in TEXTS]
    out = {
        "texts": [t for t, _ in TEXTS], "labels": labels, "stars": STARS, "asked": ASKED,
        "features": [[s, f] for s, v in zip("wc", vectorizers) for f in v.get_feature_names_out()],
        "idf": [float(v) for z in vectorizers for v in z.idf_],
        "rows": sparse(x[[0, 6, 9, 23]]), "picked": [0, 6, 9, 23], "asked_rows": sparse(asked),
        "svm": [], "ridge": [],
    }
    # scikit-learn sorts by code point, which is the order of UTF-8's bytes
    for c in (0.25, 4):
        m = LinearSVC(C=c, tol=1e-10, max_iter=100000).fit(x, labels)
        out["svm"].append({"c": c, "classes": list(m.classes_), "decisions": m.decision_function(asked).tolist()})
        two = [label == "refund" for label in labels]
        m = LinearSVC(C=c, tol=1e-10, max_iter=100000).fit(x, two)
        out["svm"][-1]["refund"] = m.decision_function(asked).tolist()
        y = np.array(STARS, float)
        scaled = (y - y.mean()) / y.std()
        one = sp.hstack([x, np.ones((x.shape[0], 1))]).tocsr()
        asked_one = sp.hstack([asked, np.ones((asked.shape[0], 1))]).tocsr()
        m = Ridge(alpha=1 / (2 * c), fit_intercept=False, solver="sparse_cg", tol=1e-12).fit(one, scaled)
        out["ridge"].append({"c": c, "numbers": (m.predict(asked_one) * y.std() + y.mean()).tolist()})
    return out


def vectors():
    random = np.random.RandomState(7)
    n, d, k = 90, 6, 4
    centre = random.normal(size=(k, d))
    y = random.randint(k, size=n)
    x = (centre[y] + random.normal(size=(n, d)) + 3).astype(np.float32).astype(float)
    weight = np.where(y == 0, 3.0, 1.0)
    sets = (x @ random.normal(size=(d, 3)) + random.normal(size=(n, 3)) > 1).astype(int)
    value = x @ random.normal(size=d) + random.normal(size=n) + 10
    out = {"x": x.tolist(), "class": y.tolist(), "sets": sets.tolist(), "value": value.tolist(), "heads": []}
    # a head's C counts for rows whose mean square distance from their mean is 1
    square = ((x - x.mean(0)) ** 2).sum(1).mean()
    for c in (0.3, 10, 300):
        m = LogisticRegression(C=c / square, tol=1e-12, max_iter=100000).fit(x, y)
        head = {"c": c, "weight": m.coef_.tolist(), "bias": m.intercept_.tolist()}
        ms = [LogisticRegression(C=c / square, tol=1e-12, max_iter=100000).fit(x, sets[:, j]) for j in range(3)]
        head["sets_weight"] = [m.coef_[0].tolist() for m in ms]
        head["sets_bias"] = [float(m.intercept_[0]) for m in ms]
        m = Ridge(alpha=square / c).fit(x, value)
        head["value_weight"], head["value_bias"] = m.coef_.tolist(), float(m.intercept_)
        out["heads"].append(head)
    mean = np.average(x, axis=0, weights=weight)
    square = np.average(((x - mean) ** 2).sum(1), weights=weight)
    m = LogisticRegression(C=10 / square, tol=1e-12, max_iter=100000).fit(x, y, sample_weight=weight)
    out["weighted"] = {"c": 10, "row_weight": weight.tolist(), "weight": m.coef_.tolist(), "bias": m.intercept_.tolist()}
    return out


print(json.dumps({"texts": texts(), "vectors": vectors()}, ensure_ascii=False, separators=(",", ":")))
