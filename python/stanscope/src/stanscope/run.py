"""A run: its latents, what they do on texts, and steering."""

import io
from dataclasses import dataclass

import pandas as pd

from .http import StanscopeError, part

# Texts of one request; the server's limit is 1,000.
_texts_a_request = 200


@dataclass(frozen=True)
class Generation:
    """What one arm wrote. `tokens` has a row each, in order: text, logProbability, klToBase, klToAdapter, injectedNorm and more."""

    text: str
    tokens: pd.DataFrame


class Run:
    """A run with its adapter."""

    def __init__(self, http, id, name):
        self.http = http
        self.id = id
        self.name = name

    def __repr__(self):
        return f"Run({self.id!r}, {self.name!r})"

    def collections(self):
        """The run's collections of statistics, newest first."""
        return self.http.get(f"/api/runs/{part(self.id)}/collections")["collections"]

    def latents(self, collection=None, **query):
        """A row for each latent, with its statistics. `query` is that of the table: sort, order, module, state, domain, ranges, search, duplicates."""
        path = f"/api/collections/{part(self._collection(collection))}/export"
        return _table(self.http.get_bytes(path, format="parquet", **query))

    def examples(self, module, index, collection=None):
        """Where a latent fires most, a row each: activation, domain, row and position in the corpus, text, and the token at the peak."""
        path = f"/api/collections/{part(self._collection(collection))}/latents/{part(module)}/{int(index)}"
        rows = [
            {
                **{name: example[name] for name in ("activation", "domain", "row", "position")},
                "token": example["tokens"][example["peak"]]["text"] if example["tokens"] else None,
                "text": "".join(token["text"] for token in example["tokens"]),
                "activations": [token["activation"] for token in example["tokens"]],
            }
            for example in self.http.get(path)["examples"]
        ]
        return pd.DataFrame(rows)

    def activations(self, texts, modules=None, attribution=False, use_chat_template=False):
        """The latents that fire on texts: a row for each latent at each token. `text` is the text's place among those given.

        Each text is read by itself, up to 512 tokens; `isTruncated` marks those that are longer.
        """
        if isinstance(texts, str):
            texts = [texts]
        texts = list(texts)
        frames = []
        for begin in range(0, len(texts), _texts_a_request):
            body = {"texts": texts[begin : begin + _texts_a_request], "attribution": attribution, "useChatTemplate": use_chat_template}
            if modules is not None:
                body["modules"] = list(modules)
            frame = _table(self.http.post_bytes(f"/api/runs/{part(self.id)}/activations", body))
            frame["text"] += begin
            frames.append(frame)
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame()

    def generate(self, prompt, edits=(), arms=None, max_tokens=64, temperature=0, seed=0, watch=(), use_chat_template=False, **more):
        """What each arm writes after a prompt: a dict of `Generation` by arm (`base`, `adapter`, and `edited` where there are edits).

        `watch` is a list of (module, index): their activations at each token come as columns named `module#index`. `more` is what else the API takes.
        """
        edits = list(edits)
        body = {
            "prompt": prompt,
            "useChatTemplate": use_chat_template,
            "arms": list(arms) if arms is not None else ["base", "adapter", *(["edited"] if edits else [])],
            "edits": edits,
            "watch": [{"module": module, "index": int(index)} for module, index in watch],
            "sampling": {"maxTokens": max_tokens, "temperature": temperature, "seed": seed, **more.pop("sampling", {})},
            "stream": False,
            **more,
        }
        answer = self.http.post(f"/api/runs/{part(self.id)}/generate", body)
        names = [f"{latent['module']}#{latent['index']}" for latent in answer["watched"]]
        return {arm["arm"]: Generation(arm["text"], _tokens(arm["tokens"], names)) for arm in answer["arms"]}

    def _collection(self, collection):
        if collection is not None:
            return collection
        for one in self.collections():
            if one["status"] == "finished":
                return one["id"]
        raise StanscopeError(f"{self.name} has no finished collection of statistics. Collect them on the run's page Latents.", "conflict")


def _table(data):
    return pd.read_parquet(io.BytesIO(data), engine="pyarrow")


def _tokens(tokens, watched):
    frame = pd.DataFrame([{name: value for name, value in token.items() if name != "activations"} for token in tokens])
    for place, name in enumerate(watched):
        frame[name] = [token["activations"][place] for token in tokens]
    return frame
