"""Building: curated files -> a new, checksummed generation of the graph, published at one stroke.

A build that is killed at any moment leaves the generation before it serving: everything is written into a
folder of its own, and only the last step, a rename and a swap of one link, makes it current.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from kg import codec
from kg.codec import Quad, nquads_lines
from kg.errors import CurationError, StoreUnavailable
from kg.generations import (
    DATASET,
    FACTS,
    INDEX,
    MANIFEST,
    NAMES,
    STORE,
    building,
    open_current,
    publish,
    remove_unused,
)
from kg.paths.index_writer import write_index
from kg.search.fact_words import write_facts
from kg.search.names_writer import write_names
from kg.sparql.engine import write_store
from triples.compile import Compiled, compile_corpus
from triples.dataset import dataset, shape_faults, write_dataset
from triples.fact_texts import fact_texts
from triples.faults import corpus_faults
from triples.imports.alignment import JoinedImports, imports_digest, joined_imports
from triples.inference import hierarchy_faults
from triples.metadata import class_counts
from triples.passages import digest_faults, quote_faults
from triples.read import CURATED, read_corpus
from triples.records import Corpus

KEPT_GENERATIONS = 1  # before the current one, to go back to
_LIBRARIES = ("sarcoma-kg", "pyoxigraph", "pyelk-reasoner", "owlready2", "pyshacl", "rdflib", "numpy", "PyYAML")
_ROOMS = ("ontology", "kg", "triples")

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Manifest:
    """What a generation holds, as its manifest.json says.

    Attributes:
        checksum: SHA-256 of the sorted canonical N-Quads without the provenance graph.
        inputs: SHA-256 of everything that the build read: curated files, ontology, code, library versions.
        graphs: quads by graph IRI.
        classes: things by class name.
        index: nodes, links and edges of the traversal index; names and facts of the search.
        libraries: version by name.
    """

    checksum: str
    inputs: str
    quads: int
    graphs: Mapping[str, int]
    classes: Mapping[str, int]
    index: Mapping[str, int]
    libraries: Mapping[str, str]


@dataclass(frozen=True)
class Built:
    """The outcome of a build: the generation's folder, what it holds, and whether anything had to be done."""

    path: Path
    manifest: Manifest
    skipped: bool


def build(
    data_dir: Path,
    curated_dir: Path = CURATED,
    progress: Progress = lambda _: None,
    *,
    force: bool = False,
    shapes: bool = True,
) -> Built:
    """Build a generation and make it current; do nothing if the current one was built from the same inputs.

    Args:
        data_dir: the data folder; made if need be.
        curated_dir: the folder that holds entities/ and documents/.
        progress: called with a short sentence at each step.
        force: build even if nothing has changed.
        shapes: check the graph against the SHACL shapes, which is most of the time of a build.

    Raises: CurationError with every fault, before anything is written; OSError where nothing can be written.
    """
    data_dir.mkdir(parents=True, exist_ok=True)  # a place that cannot be had is told before the work
    inputs = input_hash(curated_dir, imports_digest(data_dir))
    current = None if force else _current(data_dir, inputs)
    if current is not None:
        progress("nothing has changed since the last build")
        return current
    progress("reading the curated files")
    corpus = read_sound_corpus(curated_dir)
    progress("compiling and inferring")
    compiled = compile_corpus(corpus)
    quads = dataset(corpus, compiled)
    if shapes:
        progress(f"checking {len(quads)} quads against the shapes")
        faults = shape_faults(quads, compiled.places)
        if faults:
            raise CurationError(faults)
    with building(data_dir) as folder, joined_imports(data_dir, corpus) as imports:
        names = [graph.manifest.name for graph in imports.graphs]
        progress(f"writing the store and the indexes{', with ' + ', '.join(names) if names else ''}")
        manifest = _write(folder, compiled, quads | {*imports.metadata_quads()}, inputs, imports)
        path = publish(data_dir, folder)
    remove_unused(data_dir, keep=KEPT_GENERATIONS)
    progress(f"published {path.name}")
    return Built(path, manifest, skipped=False)


def read_sound_corpus(curated_dir: Path) -> Corpus:
    """Read the curated files.

    Raises: CurationError with every fault: of form, between records, of passages quoted or without digest.
    """
    corpus = read_corpus(curated_dir)
    faults = {*corpus_faults(corpus)}
    for folder in corpus.folders:
        faults |= {*quote_faults(folder, None), *digest_faults(folder, None)}
    if not faults:
        faults |= {*hierarchy_faults(corpus)}
    if faults:
        raise CurationError(tuple(sorted(faults)))
    return corpus


def _write(folder: Path, compiled: Compiled, quads: frozenset[Quad], inputs: str, imports: JoinedImports) -> Manifest:
    merged = folder / "merged.nq"
    checksum, count = write_dataset(imports.lines(nquads_lines(quads)), merged, folder / DATASET)
    write_store(folder / STORE, merged, has_union=True)
    merged.unlink()
    nodes = imports.nodes(compiled.nodes)
    index = dict(write_index(folder / INDEX, nodes, compiled.edges, imports.edges()))
    index["names"] = write_names(folder / NAMES, nodes)
    index["facts"] = write_facts(folder / FACTS, fact_texts(compiled.quads))
    rows = list(codec.plain_quads(quads))
    manifest = Manifest(
        checksum=checksum,
        inputs=inputs,
        quads=count,
        graphs=dict(sorted({**Counter(row[2] for row in rows), **imports.quads_by_graph}.items())),
        classes=class_counts(rows),
        index=index,
        libraries=library_versions(),
    )
    (folder / MANIFEST).write_text(json.dumps(asdict(manifest), indent=2, sort_keys=True) + "\n", encoding="utf-8")
    return manifest


def library_versions() -> dict[str, str]:
    """The versions of the libraries that shape a build; those that are not installed are left out."""
    found = {}
    for name in _LIBRARIES:
        try:
            found[name] = version(name)
        except PackageNotFoundError:
            continue
    return found


def input_hash(curated_dir: Path, imports: Sequence[tuple[str, str]] = ()) -> str:
    """SHA-256 of everything a build depends on: curated files, imports, ontology, code, library versions."""
    folders = ("entities/*.yaml", "documents/*/*.yaml", "documents/*/passages.tsv", "published/*.txt")
    curated = (path for pattern in (*folders, "withdrawn.yaml") for path in curated_dir.glob(pattern))
    seed = [_code_digest(), library_versions(), *imports]
    return _digest(curated_dir, curated, json.dumps(seed, sort_keys=True))


@cache
def _code_digest() -> str:
    """Taken once: what this process has loaded is what it builds with, whatever changes on the disk meanwhile."""
    root = CURATED.parent
    files = (path for room in _ROOMS for path in (root / room).rglob("*") if path.suffix in (".py", ".ttl"))
    return _digest(root, files)


def _digest(root: Path, paths: Iterable[Path], seed: str = "") -> str:
    digest = hashlib.sha256(seed.encode("utf-8"))
    for path in sorted(paths, key=lambda path: path.relative_to(root).as_posix()):
        data = path.read_bytes()
        digest.update(f"{path.relative_to(root).as_posix()} {len(data)}\n".encode() + data)
    return digest.hexdigest()


def _current(data_dir: Path, inputs: str) -> Built | None:
    """The current generation if it was built from these inputs."""
    try:
        with open_current(data_dir) as generation:
            if generation.manifest.get("inputs") == inputs:
                return Built(generation.path, Manifest(**generation.manifest), skipped=True)
    except (StoreUnavailable, TypeError):
        return None
    return None
