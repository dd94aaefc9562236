"""Scratch folders come and go beside each other."""

from __future__ import annotations

from pathlib import Path

from parley_common.confined.scratch import scratch_in


async def test_a_folder_that_goes_while_others_are_looked_at_disturbs_nobody(tmp_path: Path) -> None:
    """What is listed and is not there: the same as a folder that was removed in between."""
    (tmp_path / ".reading-gone").symlink_to(tmp_path / "nowhere")
    async with scratch_in(tmp_path, ".reading-", stale_after=60) as scratch:
        assert scratch.is_dir()
    assert not scratch.exists()
