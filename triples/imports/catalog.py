"""The imports of a data folder: published at one stroke, listed, removed, held while a build reads them.

Layout: ``DATA/imports/<name>/manifest.json`` says which folder beside it holds the files, so that replacing that one
file replaces the import. An import under way fills ``DATA/imports/.importing-...``; whoever works there holds a lock
on that folder, so that what a killed import left behind is recognised and cleared by the next one.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kg.errors import EntityNotFound, InvalidParameter, StoreUnavailable
from kg.identifiers import BASE

IMPORTS = "imports"
MANIFEST = "manifest.json"
FORMAT = 1
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
_UNDER_WAY = ".importing-"


@dataclass(frozen=True)
class ImportManifest:
    """What an import is and holds, as its manifest.json says.

    Attributes:
        kind: the format it was read from.
        licence, version, source: as given by whoever imported it.
        files: name and SHA-256 of each input.
        inputs: SHA-256 of the inputs and of everything else that decides what is kept.
        sha256: of the sorted N-Quads.
        counts: see ``triples.imports.archive.Counts``.
        predicates: IRI and direction (+1, -1, 0) by predicate number.
        folder: where the files are, beside the manifest.
    """

    name: str
    kind: str
    licence: str
    version: str
    source: str
    files: tuple[tuple[str, str], ...]
    inputs: str
    sha256: str
    counts: Mapping[str, int]
    predicates: tuple[tuple[str, int], ...]
    folder: str
    format: int = FORMAT

    @property
    def graph(self) -> str:
        """IRI of its named graph."""
        return graph_of(self.name)


def graph_of(name: str) -> str:
    """The named graph of an import."""
    return f"{BASE}graph/import-{name}"


def check_name(name: str) -> str:
    """The name, if it can be part of an IRI. Raises: InvalidParameter."""
    if not _NAME.fullmatch(name) or len(name) > 40:
        raise InvalidParameter("--name", name, "up to 40 small letters, digits and single hyphens, a letter first")
    return name


def find_import(data_dir: Path, name: str) -> ImportManifest | None:
    """The manifest of an import, or None. Raises: StoreUnavailable if it is damaged."""
    path = data_dir / IMPORTS / name / MANIFEST
    try:
        described: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
        described["files"] = tuple((file, digest) for file, digest in described["files"])
        described["predicates"] = tuple((iri, direction) for iri, direction in described["predicates"])
        manifest = ImportManifest(**described)
    except FileNotFoundError:
        return None
    except (OSError, ValueError, KeyError, TypeError) as fault:
        raise StoreUnavailable(f"the manifest of import {name} is damaged ({fault})") from fault
    if manifest.format != FORMAT:
        return None  # written by another version: as good as not imported
    return manifest


def list_imports(data_dir: Path) -> tuple[ImportManifest, ...]:
    """All imports, by name."""
    folder = data_dir / IMPORTS
    names = sorted(path.name for path in folder.iterdir() if _NAME.fullmatch(path.name)) if folder.is_dir() else []
    return tuple(found for name in names if (found := find_import(data_dir, name)) is not None)


def files_of(data_dir: Path, manifest: ImportManifest) -> Path:
    """The folder with an import's files."""
    return data_dir / IMPORTS / manifest.name / manifest.folder


@contextmanager
def importing(data_dir: Path) -> Iterator[Path]:
    """Give a new folder to import into; it is removed unless it was published."""
    root = data_dir / IMPORTS
    root.mkdir(parents=True, exist_ok=True)
    _clear_abandoned(root)
    folder = Path(tempfile.mkdtemp(prefix=_UNDER_WAY, dir=root))
    descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        os.close(descriptor)


def publish_import(data_dir: Path, folder: Path, manifest: ImportManifest) -> None:
    """Make a finished import the one of its name; the one before it is removed."""
    target = data_dir / IMPORTS / manifest.name
    with held(data_dir, exclusive=True):
        target.mkdir(exist_ok=True)
        folder.chmod(0o755)
        if (target / manifest.folder).exists():  # what a publication left that was killed before its last step
            shutil.rmtree(target / manifest.folder)
        folder.rename(target / manifest.folder)
        draft = target / f".{MANIFEST}"
        with draft.open("w", encoding="utf-8") as stream:
            stream.write(json.dumps(asdict(manifest), indent=1, sort_keys=True, ensure_ascii=False) + "\n")
            stream.flush()
            os.fsync(stream.fileno())
        draft.replace(target / MANIFEST)
        for other in target.iterdir():
            if other.is_dir() and other.name != manifest.folder:
                shutil.rmtree(other)


def remove_import(data_dir: Path, name: str) -> None:
    """Take an import out of the next build. Raises: EntityNotFound."""
    check_name(name)
    target = data_dir / IMPORTS / name
    if not target.is_dir():
        known = tuple((found.name, found.source) for found in list_imports(data_dir))
        raise EntityNotFound(name, "--remove", known)
    with held(data_dir, exclusive=True):
        (target / MANIFEST).unlink(missing_ok=True)  # from here on it is gone, whatever happens
        shutil.rmtree(target)


@contextmanager
def held(data_dir: Path, *, exclusive: bool = False) -> Iterator[None]:
    """Keep the imports of a data folder as they are (or keep others from changing or reading them) meanwhile."""
    root = data_dir / IMPORTS
    if not root.is_dir():
        yield
        return
    descriptor = os.open(root, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX if exclusive else fcntl.LOCK_SH)
        yield
    finally:
        os.close(descriptor)


def _clear_abandoned(root: Path) -> None:
    """Remove what killed imports left behind."""
    for folder in root.glob(f"{_UNDER_WAY}*"):
        descriptor = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            shutil.rmtree(folder, ignore_errors=True)
        except BlockingIOError:
            continue
        finally:
            os.close(descriptor)
