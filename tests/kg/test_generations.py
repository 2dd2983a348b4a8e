"""Builds side by side: one is current, and none goes away under a reader."""

from __future__ import annotations

import errno
import json
import os
import threading
from pathlib import Path

import pyoxigraph as ox
import pytest

from kg.errors import StoreUnavailable
from kg.generations import building, open_current, publish, remove_unused
from kg.sparql.engine import open_engine, write_store
from kg.store import open_store


def _publish(data_dir: Path, label: str = "sirolimus", checksum: str = "ab12") -> Path:
    with building(data_dir) as folder:
        quad = ox.Quad(ox.NamedNode("d:1"), ox.NamedNode("l:1"), ox.Literal(label), ox.NamedNode("g:1"))
        write_store(folder / "store", [quad])
        (folder / "manifest.json").write_text(json.dumps({"checksum": checksum, "label": label}))
        return publish(data_dir, folder)


def test_a_published_build_is_current(tmp_path: Path) -> None:
    path = _publish(tmp_path)
    assert path.name == "0001-ab12"
    assert (tmp_path / "current").readlink() == Path("generations/0001-ab12")
    with open_current(tmp_path) as generation:
        assert generation.path == path
        assert generation.manifest["label"] == "sirolimus"
        assert generation.checksum == "ab12"
    assert sorted(each.name for each in (tmp_path / "generations").iterdir()) == ["0001-ab12"]


def test_the_same_data_built_twice_stand_side_by_side(tmp_path: Path) -> None:
    assert [_publish(tmp_path).name, _publish(tmp_path).name] == ["0001-ab12", "0002-ab12"]


def test_a_build_on_a_disk_that_is_read_only_is_opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    _publish(tmp_path)
    really_open = os.open

    def of_such_a_disk(path: str | Path, flags: int, *mode: int) -> int:
        if Path(path).is_relative_to(tmp_path) and flags & (os.O_RDWR | os.O_CREAT):
            raise OSError(errno.EROFS, os.strerror(errno.EROFS), path)
        return really_open(path, flags, *mode)

    monkeypatch.setattr(os, "open", of_such_a_disk)
    with open_store(tmp_path) as store:
        assert store.ask("ASK { ?s ?p ?o }")


def test_a_build_that_fails_leaves_the_old_one_and_no_remains(tmp_path: Path) -> None:
    path = _publish(tmp_path)

    def build() -> None:
        with building(tmp_path) as folder:
            write_store(folder / "store", [])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        build()
    with open_current(tmp_path) as generation:
        assert generation.path == path
    assert len(list((tmp_path / "generations").iterdir())) == 1


@pytest.mark.parametrize("missing", ["manifest.json", "checksum", "store"])
def test_an_incomplete_build_is_not_published(tmp_path: Path, missing: str) -> None:
    with building(tmp_path) as folder:
        if missing != "store":
            write_store(folder / "store", [])
        if missing != "manifest.json":
            manifest = {} if missing == "checksum" else {"checksum": "ab"}
            (folder / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(StoreUnavailable):
            publish(tmp_path, folder)
    with pytest.raises(StoreUnavailable, match="nothing was built"):
        open_current(tmp_path)


def test_a_reader_goes_on_while_a_newer_build_is_published_and_the_old_removed(tmp_path: Path) -> None:
    old = _publish(tmp_path, "sirolimus")
    with open_store(tmp_path) as reader:
        assert reader.select("SELECT ?l { ?d ?p ?l }").column("l") == ("sirolimus",)
        _publish(tmp_path, "temsirolimus", "cd34")
        assert remove_unused(tmp_path) == ()
        assert reader.select("SELECT ?l { ?d ?p ?l }").column("l") == ("sirolimus",)
        with open_store(tmp_path) as newer:
            assert newer.select("SELECT ?l { ?d ?p ?l }").column("l") == ("temsirolimus",)
    assert remove_unused(tmp_path) == (old.name,)
    assert not old.exists()


def test_removal_keeps_as_many_old_builds_as_asked(tmp_path: Path) -> None:
    names = [_publish(tmp_path).name for _ in range(4)]
    assert remove_unused(tmp_path, keep=1) == (names[0], names[1])
    assert remove_unused(tmp_path) == (names[2],)
    with open_current(tmp_path) as generation:
        assert generation.id == names[3]


def test_a_build_under_way_is_not_removed_but_the_remains_of_a_crash_are(tmp_path: Path) -> None:
    _publish(tmp_path)
    crashed = tmp_path / "generations" / ".building-crashed"
    (crashed / "store").mkdir(parents=True)
    with building(tmp_path) as folder:
        assert remove_unused(tmp_path) == (crashed.name,)
        assert folder.is_dir()


def test_nothing_built_is_said_in_words(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="sarcoma-kg build"):
        open_current(tmp_path / "nowhere")
    assert remove_unused(tmp_path / "nowhere") == ()


@pytest.mark.parametrize("content", ["", "[]", "{", '{"no": "checksum"}'])
def test_a_damaged_manifest_is_reported(tmp_path: Path, content: str) -> None:
    (_publish(tmp_path) / "manifest.json").write_text(content)
    with pytest.raises(StoreUnavailable, match="damaged"):
        open_current(tmp_path)


def test_a_damaged_store_is_reported(tmp_path: Path) -> None:
    path = _publish(tmp_path)
    for file in (path / "store").iterdir():
        if file.name.startswith("MANIFEST"):
            file.write_bytes(b"damage")
    with pytest.raises(StoreUnavailable, match="cannot be opened"):
        open_engine(path / "store")


def test_a_malformed_quad_leaves_nothing_to_open(tmp_path: Path) -> None:
    nquads = tmp_path / "bad.nq"
    nquads.write_text('<d:1> <l:1> "a" <g:1> .\n<d:1> <l:1> oops .\n')
    with pytest.raises(SyntaxError) as raised, building(tmp_path) as folder:
        write_store(folder / "store", nquads)
    assert raised.value.lineno == 2


def test_publishing_twice_at_once_gives_two_generations(tmp_path: Path) -> None:
    failures: list[Exception] = []

    def build() -> None:
        try:
            _publish(tmp_path)
        except OSError as error:
            failures.append(error)

    threads = [threading.Thread(target=build) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failures
    names = sorted(each.name for each in (tmp_path / "generations").iterdir())
    assert [name[:4] for name in names] == ["0001", "0002", "0003", "0004"]


def test_readers_and_removal_never_meet(tmp_path: Path) -> None:
    """Publish and remove in a loop while others open what is current."""
    _publish(tmp_path)
    stop = threading.Event()
    failures: list[BaseException] = []

    def read() -> None:
        while not stop.is_set():
            try:
                with open_current(tmp_path) as generation:
                    open_engine(generation.store_path)
            except (StoreUnavailable, OSError) as error:
                failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    for _ in range(8):
        _publish(tmp_path)
        remove_unused(tmp_path)
    stop.set()
    for reader in readers:
        reader.join()
    assert not failures
