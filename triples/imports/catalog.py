"""The imports of a data folder: published at one stroke, listed, removed, held while a build reads them.

Layout: ``DATA/imports/<name>/manifest.json`` says which folder beside it holds the files, so that replacing that one
file replaces the import. An import under way fills another such folder, and ``.work`` beside it, both of which it finds
again if it was interrupted. Whoever makes or removes an import holds a lock on the folder of its name.
"""

from __future__ import annotations

import fcntl
import json
import os
import re
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from kg.errors import EntityNotFound, InvalidParameter, StoreUnavailable
from kg.identifiers import BASE
from triples.imports.biolink_terms import Unknown
from triples.imports.checkpoint import forget, make_safe

IMPORTS = "imports"
MANIFEST = "manifest.json"
FORMAT = 1
_NAME = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
WORK = ".work"


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
        unknown_terms: see ``triples.imports.biolink_terms``.
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
    unknown_terms: tuple[Unknown, ...] = ()
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
        described["unknown_terms"] = tuple((kind, iri, uses) for kind, iri, uses in described.get("unknown_terms", ()))
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
def alone(data_dir: Path, name: str, parameter: str = "--name") -> Iterator[Path]:
    """The folder of an import, made if need be, while no other process works there. Raises: InvalidParameter."""
    target = data_dir / IMPORTS / name
    while True:
        target.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(target, os.O_RDONLY | os.O_CLOEXEC)
        try:
            try:
                fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as fault:
                raise InvalidParameter(parameter, name, "the name of an import that no other process makes") from fault
            if target.is_dir() and os.path.samestat(os.fstat(descriptor), target.stat()):
                yield target
                return
        finally:
            os.close(descriptor)  # if the folder had been removed before it was locked, the next one is locked


def publish_import(data_dir: Path, manifest: ImportManifest) -> None:
    """Make a finished import the one of its name; the one before it, and what is no longer needed, is removed."""
    target = data_dir / IMPORTS / manifest.name
    with held(data_dir, exclusive=True):
        draft = target / f".{MANIFEST}"
        text = json.dumps(asdict(manifest), indent=1, sort_keys=True, ensure_ascii=False) + "\n"
        draft.write_text(text, encoding="utf-8")
        make_safe(draft)
        draft.replace(target / MANIFEST)
        make_safe(target)
    clear(data_dir, manifest.name)


def clear(data_dir: Path, name: str) -> None:
    """Remove what is no part of the import of that name as it is published, if it is."""
    target = data_dir / IMPORTS / name
    manifest = find_import(data_dir, name)
    forget(target / WORK)
    with held(data_dir, exclusive=True):
        for path in target.iterdir():
            if path.is_dir() and (manifest is None or path.name != manifest.folder):
                shutil.rmtree(path)
    if manifest is None:
        with suppress(OSError):  # an import of another format version is not ours to remove
            target.rmdir()


def remove_import(data_dir: Path, name: str) -> None:
    """Take an import out of the next build. Raises: EntityNotFound."""
    check_name(name)
    if not (data_dir / IMPORTS / name).is_dir():
        known = tuple((found.name, found.source) for found in list_imports(data_dir))
        raise EntityNotFound(name, "--remove", known)
    with alone(data_dir, name, "--remove") as target, held(data_dir, exclusive=True):
        forget(target / WORK)
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
