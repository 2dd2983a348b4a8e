"""The house keeps its shape, and stands elsewhere too: small modules, one place for broad excepts, no drawers."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from importlib.metadata import packages_distributions
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
ROOMS = ("ontology", "kg", "triples", "server")
MAX_MODULE_LINES = 400
MAX_FUNCTION_LINES = 50
GENERATED = {"ontology/terms.py"}


def modules() -> Iterator[tuple[str, str]]:
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            if name not in GENERATED and "node_modules" not in name:
                yield name, path.read_text(encoding="utf-8")


def test_no_module_is_a_drawer() -> None:
    drawers = {"utils", "helpers", "common", "misc"}
    assert not [name for name, _ in modules() if set(name.removesuffix(".py").split("/")) & drawers]


def test_modules_stay_readable_in_one_sitting() -> None:
    long = {name: text.count("\n") for name, text in modules() if text.count("\n") > MAX_MODULE_LINES}
    assert not long


def test_functions_stay_on_one_screen() -> None:
    long = {}
    for name, text in modules():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = (node.end_lineno or node.lineno) - node.lineno
                if lines > MAX_FUNCTION_LINES:
                    long[f"{name}:{node.name}"] = lines
    assert not long


def test_only_the_error_handler_catches_everything() -> None:
    for name, text in modules():
        for node in ast.walk(ast.parse(text)):
            if isinstance(node, ast.ExceptHandler) and name != "server/http/errors.py":
                caught = ast.unparse(node.type) if node.type else ""
                assert caught not in {"", "Exception", "BaseException"}, f"{name}:{node.lineno}"


def test_no_file_names_a_machine_or_a_registry() -> None:
    for name, text in modules():
        assert "/home/" not in text, name
        assert "/root/" not in text, name


def test_the_tests_are_collected_also_where_the_reference_folder_is_not(tmp_path: Path) -> None:
    """Whoever clones the project has no W3C suites beside it: tests without cases are skipped, and nothing breaks."""
    collecting = [sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "tests/conformance"]
    environment = {**os.environ, "SARCOMA_KG_SHARED": str(tmp_path / "none")}
    done = subprocess.run(collecting, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]


def test_every_library_that_is_imported_is_declared() -> None:
    """What only comes along with another library may stay away with its next version."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    listed = [*project["dependencies"], *(one for extra in project["optional-dependencies"].values() for one in extra)]
    declared = {canonical(re.split(r"[<>=\s]", requirement)[0]) for requirement in listed}
    providers = packages_distributions()
    for name, text in modules():
        for module in imported(ast.parse(text)):
            if module in sys.stdlib_module_names or module in (*ROOMS, "_typeshed"):
                continue
            assert declared & {canonical(each) for each in providers.get(module, [module])}, f"{name} imports {module}"


def canonical(name: str) -> str:
    """A distribution's name as the index compares it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def imported(tree: ast.Module) -> Iterator[str]:
    """The top-level packages that a module imports, wherever in it."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            yield node.module.partition(".")[0]
