"""The built wheel, alone in a clean environment, builds the graph and answers: what users install is what is tested."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import urllib.request
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]

NOT_COPIED = (".git", ".venv", ".*_cache", "__pycache__", "node_modules", "static", "data", "dist")

pytestmark = [pytest.mark.slow, pytest.mark.timeout(900)]  # it waits for npm, for pip and for a build


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A wheel of a copy of the sources: bundling replaces the files that other tests serve meanwhile."""
    out, sources = tmp_path_factory.mktemp("dist"), tmp_path_factory.mktemp("copy") / "sources"
    shutil.copytree(ROOT, sources, ignore=shutil.ignore_patterns(*NOT_COPIED), symlinks=True)
    environment = {name: value for name, value in os.environ.items() if name != "SARCOMA_KG_SKIP_WEB"}
    command = [sys.executable, "-m", "build", "--wheel", "--outdir", str(out), str(sources)]
    subprocess.run(command, check=True, env=environment, capture_output=True, timeout=600)
    return next(out.glob("*.whl"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The command of a virtual environment that holds the wheel and what it requires, and nothing else."""
    folder = tmp_path_factory.mktemp("clean")
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True, timeout=120)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "install", "--quiet", str(wheel)]
    subprocess.run(pip, check=True, timeout=600)
    return folder / "bin" / "sarcoma-kg"


@pytest.fixture(scope="module")
def served(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    data = tmp_path_factory.mktemp("data")
    subprocess.run([str(installed), "build", "--data", str(data)], check=True, timeout=300, cwd=data)
    command = [str(installed), "serve", "--data", str(data), "--port", "0"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, cwd=data) as server:
        assert server.stderr is not None
        address = next(match[0] for line in server.stderr if (match := re.search(r"http://\S+?:\d+", line)))
        yield address
        server.terminate()
        server.wait(timeout=60)


def test_the_wheel_holds_the_four_rooms_the_facts_and_the_bundle(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    tops = {name.split("/")[0] for name in names if "dist-info" not in name}
    assert tops == {"kg", "ontology", "server", "triples"}
    for needed in (
        "ontology/sarcoma.ttl",
        "server/static/.vite/manifest.json",
        "server/templates/home.html",
        "triples/entities/drugs.yaml",
    ):
        assert needed in names
    assert len([name for name in names if name.startswith("triples/documents/")]) >= 20
    assert not [name for name in names if "node_modules" in name or name.endswith(".ts")]


def test_the_installed_package_answers_pages_api_and_sparql(served: str) -> None:
    def get(path: str, accept: str = "*/*") -> str:
        request = urllib.request.Request(served + path, headers={"Accept": accept})
        with urllib.request.urlopen(request, timeout=30) as response:
            return str(response.read().decode("utf-8"))

    home = get("/", "text/html")
    scripts = re.findall(r'src="(/static/[^"]+)"', home)
    assert scripts
    assert all(get(script) for script in scripts)
    mechanism = json.loads(get("/api/v1/mechanism?drug=rapamycin&target=G1%20arrest"))
    assert mechanism["paths"][0]["net_sign"] == 1
    asked = get("/sparql?query=ASK%20%7B%20drug%3Asirolimus%20skg%3Abinds%20target%3AFKBP1A%20%7D", "application/json")
    assert json.loads(asked)["boolean"] is True
