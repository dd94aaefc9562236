"""The results as text for the terminal, and as parts of `bench/RESULTS.md`, each written by a run of its own."""

from __future__ import annotations

import platform
import re
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import psutil

from bench.measuring import Check, Figure

RESULTS = Path(__file__).with_name("RESULTS.md")
_HEADING = re.compile(r"^(?=# )", re.MULTILINE)


@dataclass(frozen=True)
class Part:
    """What one run writes. The heading tells the parts of the file apart; `packages` and `servers` were measured."""

    heading: str
    introduction: str
    packages: tuple[str, ...] = ()
    servers: tuple[str, ...] = ()


def printed(figure: Figure) -> str:
    """One figure for the terminal."""
    lines = [figure.title, *(f"    {line}" for line in (*figure.measured, *figure.notes))]
    return "\n".join([*lines, *(f"    {_verdict(check)}" for check in figure.checks)])


def write(part: Part, figures: Sequence[Figure], file: Path = RESULTS) -> None:
    """Replace this part of the file, or add it; the others stay as their runs left them."""
    known = _parts(file.read_text()) if file.exists() else {}
    known[part.heading] = "\n".join(
        [f"# {part.heading}", "", part.introduction, _machine(part), "", *map(_section, figures)]
    )
    file.write_text("\n".join(text.rstrip("\n") + "\n" for text in known.values()))


def _parts(text: str) -> dict[str, str]:
    """Each part by its heading, in the order of the file."""
    return {each.splitlines()[0].removeprefix("# "): each for each in _HEADING.split(text) if each.strip()}


def _verdict(check: Check) -> str:
    met = "met" if check.met else "NOT MET"
    return f"{check.what}: {check.value:.2f} {check.unit}, must be {check.sense} {check.bound:g} {check.unit}: {met}"


def _machine(part: Part) -> str:
    memory = psutil.virtual_memory().total / 2**30
    load = ", ".join(f"{one:.2f}" for one in psutil.getloadavg())
    packages = ", ".join(f"{name} {version(name)}" for name in part.packages)
    servers = ", ".join(f"{name} {_installed(name)}" for name in part.servers)
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, load at the end {load}",
        f"{psutil.cpu_count()} × {_processor()}, {memory:.0f} GiB, {platform.platform()}",
        f"Python {platform.python_version()}, {packages}",
        servers,
    ]
    return "\n".join(f"- {each}" for each in lines if each)


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(": ")[2]
    return platform.processor()


def _installed(package: str) -> str:
    query = ["dpkg-query", "-W", "-f=${Version}", package]
    asked = subprocess.run(query, capture_output=True, text=True, check=False)  # noqa: S603
    return asked.stdout or "(version unknown)"


def _section(figure: Figure) -> str:
    checks = [
        f"| {c.what} | {c.value:.2f} {c.unit} | {c.sense} {c.bound:g} {c.unit} | {'yes' if c.met else 'no'} |"
        for c in figure.checks
    ]
    return "\n".join(
        (
            f"## {figure.title}",
            "",
            *(f"- {line}" for line in (*figure.measured, *figure.notes)),
            "",
            "| | measured | must be | met |",
            "| --- | --- | --- | --- |",
            *checks,
            "",
        )
    )
