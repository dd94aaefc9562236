"""Makes the model of the pinned weights, once: measured and verified with plain numpy, quantised, put in place."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from safetensors.numpy import load_file

from parley_common.embedding.graph import Weights, bert
from parley_common.embedding.int8 import Int8
from parley_common.embedding.place import FILE, ModelNotBuilt
from parley_common.embedding.reference import Reference
from parley_common.embedding.session import Session
from parley_common.embedding.tokens import Tokens
from parley_common.embedding.weights import WEIGHTS, find

# Text of the kinds that documents hold, to see how large the numbers within the model get.
SAMPLES = (
    "Refunds are paid within fourteen days of the return, unless the goods were damaged on their way back.",
    "The contract ends on 31 March 2027 unless either party gives notice in writing three months before that day.",
    "def area(radius): return 3.14159 * radius ** 2  # in m²",
    "| Region | Q1 | Q2 |\n| North | 1,204.50 | 998.13 |",
    "Water boils at a lower temperature on high mountains, which is why cooking takes longer there.",
    "Dear Sir or Madam, please find attached the minutes of the meeting held last Tuesday.",
    "Error: connection refused (ECONNREFUSED 127.0.0.1:5432)",
    "Où est la gare? Wo ist der Bahnhof?",
)
# A right model has 0.9989 at least with each of these, one that is rounded plainly about 0.993.
TESTS = ("When are refunds paid?", "The cat sat on the mat.", "Revenue grew by 12.4 % in the second quarter of 2026.")
LEAST_COSINE = 0.995


def build(folder: Path) -> Path:
    """The built model in `folder`; of several that ask at once, one builds and the others wait for it."""
    target = folder / FILE
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / ".building").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not target.exists():
            _put(_made(load_file(find(WEIGHTS))), target)
    return target


def _made(weights: Weights) -> bytes:
    tokens, reference = Tokens(), Reference(weights)
    for ids in tokens.ids(SAMPLES):
        reference.vector(ids)
    model: bytes = bert(weights, Int8(reference.largest)).SerializeToString()
    session = Session(model)
    # A mistake in the graph, or a library that computes otherwise, is to show here and not in bad answers.
    least = min(float(session.vector(ids) @ reference.vector(ids)) for ids in tokens.ids(TESTS))
    if least < LEAST_COSINE:
        raise ModelNotBuilt(f"The built model is not the one of its weights: their cosine is {least:.4f}.")
    return model


def _put(model: bytes, target: Path) -> None:
    """All of it or nothing, also when the machine stops in the middle."""
    part = target.with_suffix(".part")
    with part.open("wb") as file:
        file.write(model)
        file.flush()
        os.fsync(file.fileno())
    part.replace(target)
