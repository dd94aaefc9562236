"""The model in process against the same model in plain numpy, and who waits for whom."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import load_file

from parley_common.embedding.embedder import Embedder
from parley_common.embedding.reference import Array, Reference
from parley_common.embedding.tokens import Tokens
from parley_common.embedding.weights import WEIGHTS, find

SENTENCES = [
    "When are refunds paid?",
    "Refunds are paid within fourteen days of the return.",
    "The notice period is three months.",
    "How long in advance must a contract be cancelled?",
    "The cat sat on the mat.",
    "A kitten was lying on the carpet.",
    "Revenue grew by 12.4 % to 3.1 million in the second quarter.",
    "How did sales develop?",
    "def area(radius): return 3.14159 * radius ** 2",
    "Compute the surface of a circle in Python.",
    "Water boils at a lower temperature on high mountains.",
    "Why does cooking take longer in the Andes?",
]


@pytest.fixture(scope="module")
def reference() -> Reference:
    return Reference(load_file(find(WEIGHTS)))


@pytest.fixture(scope="module")
def exact(reference: Reference) -> Array:
    return np.array([reference.vector(ids) for ids in Tokens().ids(SENTENCES)])


def test_the_reference_gives_what_is_published_of_the_model(reference: Reference) -> None:
    published = [0.0676569, 0.0634958, 0.0487131, 0.0793050, 0.0374480]
    (ids,) = Tokens().ids(["This is an example sentence"])
    assert reference.vector(ids)[:5] == pytest.approx(published, abs=1e-5)


async def test_vectors_are_those_of_the_exact_model_but_for_rounding(local: Embedder, exact: Array) -> None:
    cosines = (np.array(await local.embed(SENTENCES)) * exact).sum(axis=1)
    assert cosines.mean() > 0.998
    assert cosines.min() > 0.997


async def test_the_nearest_sentence_is_the_one_of_the_exact_model(local: Embedder, exact: Array) -> None:
    found = np.array(await local.embed(SENTENCES))
    hide_itself = 2 * np.eye(len(SENTENCES))
    assert ((found @ found.T - hide_itself).argmax(axis=1) == (exact @ exact.T - hide_itself).argmax(axis=1)).all()


async def test_company_changes_no_vector(local: Embedder) -> None:
    alone = await local.embed(SENTENCES[:1])
    assert (await local.embed(["!" * 200, "a much longer text " * 40, *SENTENCES]))[2:3] == alone


@pytest.mark.parametrize("background", [False, True])
async def test_a_question_does_not_wait_for_a_whole_document(local: Embedder, background: bool) -> None:
    document = asyncio.create_task(local.embed(SENTENCES * 40, background=background))
    await local.embed(["How long in advance must a contract be cancelled?"])
    await local.embed(["Is anybody there?"])
    assert not document.done()
    assert len(await document) == 40 * len(SENTENCES)


async def test_a_cancelled_call_leaves_the_model_to_others(local: Embedder) -> None:
    call = asyncio.create_task(local.embed(SENTENCES * 20))
    await local.embed(["Anybody there?"])
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert len(await local.embed(SENTENCES)) == len(SENTENCES)


def test_the_runtime_reports_to_nobody_and_what_only_builds_is_not_loaded(tmp_path: Path) -> None:
    look = (
        "import asyncio, os, sys\n"
        "from parley_common.embedding.embedder import EmbeddingSettings, open_embedder\n"
        "asyncio.run(open_embedder(EmbeddingSettings(_env_file=None)).embed(['text']))\n"
        "print(*{'onnx', 'safetensors', 'openai'} & set(sys.modules))"
    )
    at_home = {name: value for name, value in os.environ.items() if name != "CI"} | {"HOME": str(tmp_path)}
    said = subprocess.run((sys.executable, "-c", look), capture_output=True, text=True, check=True, env=at_home)
    assert said.stdout.split() == []
    # Reporting begins with a number for this machine, kept in the home of its user.
    assert list(tmp_path.rglob("*")) == []
