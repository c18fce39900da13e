"""Writes rankings.json (scikit-learn's AUROC and average precision) and axbench-layout.parquet (texts of our own in AxBench's layout).

    pip install scikit-learn pandas pyarrow
    python tests/golden/concepts/make.py
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score, roc_auc_score

here = Path(__file__).parent
random = np.random.default_rng(0)


def ranking(positives, negatives):
    scores = np.concatenate([positives, negatives])
    labels = np.concatenate([np.ones(len(positives)), np.zeros(len(negatives))])
    return {
        "positives": positives.tolist(),
        "negatives": negatives.tolist(),
        "auroc": roc_auc_score(labels, scores),
        "averagePrecision": average_precision_score(labels, scores),
    }


def scores(count, kind):
    if kind == "ties":
        return random.integers(0, 4, count).astype(np.float32)
    values = random.normal(size=count).astype(np.float32)
    return np.maximum(values, 0) if kind == "sparse" else values


cases = [
    ranking(scores(positives, kind) + np.float32(shift), scores(negatives, kind))
    for kind in ["plain", "sparse", "ties"]
    for positives, negatives in [(1, 1), (3, 17), (36, 36), (50, 7)]
    for shift in [0, 1]
]
(here / "rankings.json").write_text(json.dumps(cases) + "\n")

concepts = {
    "names of rivers": [
        ("Name a long river.", "The Danube runs through ten countries to the Black Sea."),
        ("Where is Cologne?", "Cologne is a city on the Rhine, in the west of Germany."),
        ("What feeds the delta?", "The Nile carries silt north to the delta every summer."),
        ("Where did they camp?", "They camped where the Missouri meets the Mississippi."),
    ],
    "sums of money": [
        ("What did it cost?", "The repair cost 450 dollars and took two days."),
        ("How much is rent?", "Rent went up to 1,200 euros a month in spring."),
        ("What was the fine?", "He paid a fine of 80 pounds for parking there."),
        ("Who gave the most?", "A neighbour gave 5,000 dollars to the school."),
    ],
}
plain = [
    ("How do plants grow?", "Plants take up water and turn light into sugar."),
    ("What is a chord?", "A chord is three or more notes that sound together."),
    ("Why is bread soft?", "Yeast fills the dough with gas before it is baked."),
    ("Who sat there?", "An old man sat by the window and read his paper."),
]
hard = {
    "names of rivers": ("What flowed?", "A river of people came down the hill to the square."),
    "sums of money": ("What did he learn?", "His silence cost him the trust of his friends."),
}


def row(text, concept, category, concept_id):
    return {
        "input": text[0],
        "output": text[1],
        "output_concept": concept,
        "concept_genre": "text",
        "category": category,
        "dataset_category": "instruction",
        "concept_id": concept_id,
    }


rows = [row(text, "EEEEE", "negative", -1) for text in plain]
for place, (name, texts) in enumerate(concepts.items()):
    rows += [row(text, name, "positive", place) for text in texts]
    rows.append(row(hard[name], "another sense of a word", "hard negative", place))
pd.DataFrame(rows).to_parquet(here / "axbench-layout.parquet", engine="pyarrow")
