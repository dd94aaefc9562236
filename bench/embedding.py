"""What rounding costs the model in process: `python -m bench.embedding`, each line with the load it was taken at.

Texts are passages of this repository's own documents, about as long as the passages of an ingested one.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from safetensors.numpy import load_file

from parley_common.embedding.building import SAMPLES
from parley_common.embedding.embedder import Embedder
from parley_common.embedding.graph import MICROSOFT, Array, Drawing, Exact, Precision, bert
from parley_common.embedding.int8 import Int8
from parley_common.embedding.reference import Reference
from parley_common.embedding.session import Session
from parley_common.embedding.tokens import Tokens
from parley_common.embedding.weights import WEIGHTS, find

ROOT = Path(__file__).parents[1]
TOKENS, COMPARED, NEAREST = 126, 80, 10
QUESTION = "How long may a customer return what they bought?"
REMEMBERING = """
import asyncio, psutil
def say(): print(round(psutil.Process().memory_info().rss / 1e6))
say()
from parley_common.embedding.embedder import EmbeddingSettings, open_embedder
say()
async def main():
    embedder = open_embedder(EmbeddingSettings(_env_file=None))
    await embedder.embed(["passage " * 200] * 64)
    say()
asyncio.run(main())
"""


class Plain(Exact):
    """Dynamic int8 as libraries do it: one scale for a whole input, and one a channel or a matrix for the weights."""

    def __init__(self, axis: int | None) -> None:
        self._axis = axis

    def linear(self, drawing: Drawing, name: str, matrix: Array, bias: Array, x: str) -> str:
        scales = np.abs(matrix).max(axis=self._axis, keepdims=False) / 127
        values = drawing.constant(name, np.round(matrix / scales).astype(np.int8))
        factors = drawing.constant(f"{name}.scales", np.asarray(scales, np.float32))
        added = drawing.constant(f"{name}.bias", bias)
        return drawing.add("DynamicQuantizeMatMul", x, values, factors, "", added, domain=MICROSOFT)


def passages(tokens: Tokens) -> list[str]:
    """Runs of words of the documents, each with `TOKENS` tokens as nearly as whole words allow."""
    found: list[str] = []
    for document in sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("services/*/README.md")]):
        passage: list[str] = []
        for word in document.read_text().split():
            passage.append(word)
            if tokens.count(" ".join(passage)) + 2 >= TOKENS:
                found.append(" ".join(passage))
                passage = []
    return found


def quality() -> None:
    """Each way of rounding against float32, on the same passages."""
    weights, tokens = load_file(find(WEIGHTS)), Tokens()
    reference = Reference(weights)
    for ids in tokens.ids(SAMPLES):
        reference.vector(ids)
    rounded: dict[str, Precision] = {
        "int8 per tensor": Plain(None),
        "int8 per channel": Plain(0),
        "as built": Int8(reference.largest),
    }
    rows = tokens.ids(passages(tokens)[:COMPARED])
    exact, told = _found(bert(weights, Exact()).SerializeToString(), rows)
    _say(f"float32: {told}; cosine with plain numpy {float(exact[0] @ reference.vector(rows[0])):.6f}")
    for name, precision in rounded.items():
        found, told = _found(bert(weights, precision).SerializeToString(), rows)
        cosines = (found * exact).sum(axis=1)
        near = f"{_shared(found, exact):.1%} of the {NEAREST} nearest shared"
        _say(f"{name}: {told}; cosine {cosines.mean():.4f}, least {cosines.min():.4f}; {near}")


def _found(model: bytes, rows: list[list[int]]) -> tuple[Array, str]:
    """The vectors of all rows, and what they took."""
    session = Session(model)
    began = time.process_time()
    found = np.array([session.vector(ids) for ids in rows])
    pace = len(rows) / (time.process_time() - began)
    return found, f"{len(model) / 1e6:.0f} MB, {pace:.0f} passages a second of one processor"


def _shared(found: Array, exact: Array) -> float:
    """How many of the nearest neighbours of a passage are those of float32."""
    nearest = [np.argsort(-(each @ each.T), axis=1)[:, 1 : NEAREST + 1] for each in (found, exact)]
    pairs = zip(*nearest, strict=True)
    return float(np.mean([len(set(ours) & set(theirs)) / NEAREST for ours, theirs in pairs]))


async def questions(embedder: Embedder, number: int, beside: asyncio.Task[Any] | None = None) -> list[float]:
    """Seconds of each question, one after the other; fewer if what it is asked beside ends before."""
    took: list[float] = []
    while len(took) < number and not (beside and beside.done()):
        began = time.perf_counter()
        await embedder.embed([QUESTION])
        took.append(time.perf_counter() - began)
    return took


def memory() -> list[str]:
    """MB of a process of its own, which loads nothing of what this one needs to measure."""
    command = (sys.executable, "-c", REMEMBERING)
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()  # noqa: S603


def _say(figure: str) -> None:
    sys.stdout.write(f"{figure} (load {os.getloadavg()[0]:.1f})\n")
    sys.stdout.flush()


if __name__ == "__main__":
    quality()
