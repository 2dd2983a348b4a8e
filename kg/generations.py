"""Generations: immutable builds of the graph side by side, one of them current.

Layout of a data folder::

    current -> generations/0002-1f0c9a7be2d4     swapped atomically
    generations/0001-.../                        what the constants below name
    generations/.building-x7k2/                  a build under way, or what a crashed one left

A build fills a folder of its own and is then published by one rename and one swap of the link, so that a
crash at any point leaves the old generation serving. Whoever reads a generation, or builds one, holds a
lock on the file ``.in-use`` in it; only folders that nobody holds are removed. Needs flock (Linux, macOS).
"""

from __future__ import annotations

import errno
import fcntl
import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any

from kg.errors import StoreUnavailable

# What lies in the folder of a generation.
MANIFEST = "manifest.json"
STORE = "store"  # the folder of the engine
INDEX = "index"  # the folder of the traversal index
NAMES = "names.sqlite"
FACTS = "facts.sqlite"
DATASET = "dataset.nq.gz"  # sorted canonical N-Quads

CURRENT = "current"
GENERATIONS = "generations"
LOCK = ".in-use"

_BUILDING = ".building-"
_REMOVING = ".removing-"
_NUMBERED = re.compile(r"(\d{4,})-[0-9a-f]+")
_OPEN_ATTEMPTS = 20


class Generation:
    """A published build, held against removal until it is closed.

    Attributes:
        path: its folder.
        id: number and beginning of the checksum, such as ``0002-1f0c9a7be2d4``.
        manifest: the content of manifest.json.
        checksum: SHA-256 of the dataset.
        store_path, index_path: the folders of the engine and of the traversal index.
        names_path: the file of labels and synonyms.
        facts_path: the file of words of facts; missing in builds of earlier versions.
        dataset_path: the file of all quads, gzipped, in the order of their lines.
    """

    def __init__(self, path: Path, manifest: Mapping[str, Any], lock: int | None) -> None:
        self._lock = lock
        self.path, self.id = path, path.name
        self.manifest = MappingProxyType(dict(manifest))
        self.checksum = str(self.manifest["checksum"])
        self.store_path, self.index_path = path / STORE, path / INDEX
        self.names_path, self.facts_path, self.dataset_path = path / NAMES, path / FACTS, path / DATASET

    def close(self) -> None:
        """Let go of the generation; closing twice is fine."""
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def __enter__(self) -> Generation:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __del__(self) -> None:
        self.close()


def open_current(data_dir: Path) -> Generation:
    """Open the generation that is current, and hold it.

    Raises: StoreUnavailable if nothing was built there, or its manifest is damaged.
    """
    for _ in range(_OPEN_ATTEMPTS):
        try:
            path = (data_dir / CURRENT).resolve(strict=True)
        except (FileNotFoundError, NotADirectoryError, RuntimeError):
            raise StoreUnavailable(f"nothing was built in {data_dir}") from None
        descriptor = _hold(path, fcntl.LOCK_SH)
        if descriptor is not None:
            return _generation(path, descriptor)
        # Between the look at the link and the lock a new generation was published and this one removed.
    raise StoreUnavailable(f"the generations in {data_dir} keep changing")


def _generation(path: Path, descriptor: int) -> Generation:
    try:
        manifest = json.loads((path / MANIFEST).read_text(encoding="utf-8"))
        str(manifest["checksum"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        os.close(descriptor)
        raise StoreUnavailable(f"the manifest of generation {path.name} is missing or damaged") from error
    return Generation(path, manifest, descriptor)


def _hold(path: Path, mode: int) -> int | None:
    """Lock a folder's lock file; None if another holds it against us or the folder went away meanwhile."""
    try:
        descriptor = os.open(path / LOCK, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    except FileNotFoundError:
        return None
    except OSError as error:
        if error.errno not in {errno.EACCES, errno.EPERM, errno.EROFS}:
            raise
        # A generation that we may only read, or that lies on a read-only disk: a shared lock needs no more.
        descriptor = os.open(path / LOCK, os.O_RDONLY | os.O_CLOEXEC)
    try:
        fcntl.flock(descriptor, mode | fcntl.LOCK_NB)
        if (path / LOCK).stat().st_ino == os.fstat(descriptor).st_ino:
            return descriptor
    except (BlockingIOError, FileNotFoundError):
        pass
    os.close(descriptor)
    return None


@contextmanager
def building(data_dir: Path) -> Iterator[Path]:
    """Give a new folder to build in, held until the block ends; it is removed unless it was published.

    >>> with building(data_dir) as folder:          # doctest: +SKIP
    ...     write_store(folder / "store", nquads)
    ...     (folder / "manifest.json").write_text(...)
    ...     publish(data_dir, folder)
    """
    generations = data_dir / GENERATIONS
    generations.mkdir(parents=True, exist_ok=True)
    descriptor = None
    while descriptor is None:  # a removal may take the folder before it is held
        folder = Path(tempfile.mkdtemp(prefix=_BUILDING, dir=generations))
        descriptor = _hold(folder, fcntl.LOCK_SH)
    folder.chmod(0o755)  # mkdtemp is for secrets; a graph is read by whoever serves it
    try:
        yield folder
    finally:
        os.close(descriptor)
        shutil.rmtree(folder, ignore_errors=True)


def publish(data_dir: Path, generation_dir: Path) -> Path:
    """Make a finished build the current generation.

    Args:
        data_dir: the data folder.
        generation_dir: the build, on the same file system, with :data:`MANIFEST` (which has ``checksum``) and
            :data:`STORE`.

    Returns: the folder of the generation, named by its number and checksum.
    Raises: StoreUnavailable if the build is not complete; then nothing has changed.
    """
    try:
        manifest = json.loads((generation_dir / MANIFEST).read_text(encoding="utf-8"))
        checksum = str(manifest["checksum"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise StoreUnavailable("the build has no manifest with a checksum") from error
    if not (generation_dir / STORE).is_dir():
        raise StoreUnavailable("the build has no store")
    (generation_dir / LOCK).touch()
    _flush_to_disk(generation_dir)
    generations = data_dir / GENERATIONS
    generations.mkdir(parents=True, exist_ok=True)
    digest = re.sub("[^0-9a-f]", "", checksum.removeprefix("sha256:").lower())[:12] or "0"
    with _alone(data_dir):
        target = generations / f"{_next_number(generations):04d}-{digest}"
        generation_dir.rename(target)
        _sync_folder(generations)
        _point_current_at(data_dir, target)
    return target


@contextmanager
def _alone(data_dir: Path) -> Iterator[None]:
    """Wait until nobody else publishes in this data folder."""
    descriptor = os.open(data_dir / ".publishing", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _next_number(generations: Path) -> int:
    numbers = [int(found[1]) for path in generations.iterdir() if (found := _NUMBERED.fullmatch(path.name))]
    return max(numbers, default=0) + 1


def _point_current_at(data_dir: Path, target: Path) -> None:
    link = data_dir / f".{CURRENT}"
    link.unlink(missing_ok=True)
    # Relative, so that a data folder can be moved.
    link.symlink_to(Path(GENERATIONS) / target.name, target_is_directory=True)
    link.replace(data_dir / CURRENT)
    _sync_folder(data_dir)


def _flush_to_disk(folder: Path) -> None:
    """Bring a build to the disk before the link points at it: a power cut must not publish half a store."""
    for root, _, names in os.walk(folder):
        for name in names:
            descriptor = os.open(Path(root) / name, os.O_RDONLY)
            try:
                os.fsync(descriptor)
            finally:
                os.close(descriptor)
        _sync_folder(Path(root))


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def remove_unused(data_dir: Path, keep: int = 0) -> tuple[str, ...]:
    """Remove old generations and the remains of crashed builds, as far as nobody holds them.

    Args:
        data_dir: the data folder.
        keep: how many generations before the current one stay.

    Returns: the names of the folders removed, sorted.
    """
    generations = data_dir / GENERATIONS
    if not generations.is_dir():
        return ()
    try:
        current = (data_dir / CURRENT).resolve(strict=True).name
    except (FileNotFoundError, RuntimeError):
        current = ""
    others = sorted(path for path in generations.iterdir() if path.is_dir() and path.name != current)
    numbered = [path for path in others if _NUMBERED.fullmatch(path.name)]
    kept = set(numbered[len(numbered) - keep :]) if keep else set()
    return tuple(path.name for path in others if path not in kept and _remove(path))


def _remove(path: Path) -> bool:
    descriptor = _hold(path, fcntl.LOCK_EX)
    if descriptor is None:
        return False
    try:
        # Renamed first: a removal that is cut short leaves nothing that looks like a generation.
        doomed = path if path.name.startswith(_REMOVING) else path.with_name(_REMOVING + path.name)
        path.rename(doomed)
        shutil.rmtree(doomed)
    finally:
        os.close(descriptor)
    return True
