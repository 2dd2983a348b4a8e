"""Curated files -> records. The only module that knows YAML.

Every scalar is text: nothing is guessed from its looks. All faults of all files are in ``Corpus.faults``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import yaml

from kg.errors import CurationError, InvalidParameter
from triples import keys, schema
from triples.records import Corpus, Folder, Record, Span
from triples.shape import Shaper
from triples.tree import Listing, Node, Place, Scalar, Table

CURATED = Path(__file__).resolve().parent  # the packaged facts: entities/ and documents/
_Loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)  # libyaml where it is compiled in: ten times faster
_ROW = re.compile(r"([0-9]{1,9})\t([0-9]{1,9})\t([^\t]*)\t([0-9a-f]{64})")
PUBLISHED = "published"  # the folder of the lists of published identifiers
PASSAGES_HEADER = "start\tend\tsection\tsha256"


def parse_yaml(text: str, file: str) -> Node | None:
    """Compose a YAML text into positioned nodes; None for an empty file.

    Raises: yaml.MarkedYAMLError where the text is not YAML; CurationError where it uses what no curated file needs:
        an alias, or a key that is not a word.
    """
    node = yaml.compose(text, Loader=_Loader)
    return None if node is None else _positioned(node, file, set())


def _positioned(node: yaml.Node, file: str, met: set[int]) -> Node:
    """``met`` are the nodes gone through, by their identity: an alias is the very node that it stands for."""
    place = Place(file, node.start_mark.line + 1, node.start_mark.column + 1)
    if id(node) in met:
        raise CurationError((place.fault("an alias (*name) stands for these values; write them out"),))
    met.add(id(node))
    if isinstance(node, yaml.ScalarNode):
        return Scalar(node.value, place, node.start_mark.index, node.end_mark.index)
    if isinstance(node, yaml.SequenceNode):
        return Listing(tuple(_positioned(item, file, met) for item in node.value), place)
    pairs: list[tuple[Scalar, Node]] = []
    for key, value in node.value:
        name = _positioned(key, file, met)
        if not isinstance(name, Scalar):
            raise CurationError((name.place.fault(f"a key is a word, not {name.sort}"),))
        pairs.append((name, _positioned(value, file, met)))
    return Table(tuple(pairs), place)


def read_corpus(curated_dir: Path) -> Corpus:
    """Read everything curated under a folder that holds ``entities/`` and ``documents/``.

    Returns: entities by identifier, folders by name; ``faults`` are those of form only (see triples.faults).
    Raises: InvalidParameter if it holds neither.
    """
    if not any((curated_dir / name).is_dir() for name in ("entities", "documents")):
        raise InvalidParameter("curated", str(curated_dir), "a folder that holds entities/ and documents/")
    shaper = Shaper()
    entities: list[Record] = []
    for path in sorted((curated_dir / "entities").glob("*.yaml")):
        entities += shaper.records(_read_file(path, curated_dir, shaper), schema.ENTITY)
    documents = curated_dir / "documents"
    names = sorted(path.name for path in documents.iterdir() if path.is_dir()) if documents.is_dir() else []
    folders = tuple(_read_folder(documents / name, curated_dir, shaper) for name in names if not name.startswith("."))
    entities.sort(key=lambda record: (record.id, record.place))
    given_up = curated_dir / "withdrawn.yaml"
    withdrawn = shaper.records(_read_file(given_up, curated_dir, shaper), schema.WITHDRAWN) if given_up.exists() else ()
    lists = sorted((curated_dir / PUBLISHED).glob("*.txt"))
    published = tuple(record for path in lists for record in _read_published(path, curated_dir, shaper))
    return Corpus(
        tuple(entities), folders, tuple(sorted(shaper.faults)), tuple(withdrawn), published, frozenset(shaper.unread)
    )


def _read_folder(folder: Path, curated_dir: Path, shaper: Shaper) -> Folder:
    found: dict[str, list[Record]] = {kind: [] for kind in schema.DOCUMENT_FILES.values()}
    document: Record | None = None
    files: list[str] = []
    for path in sorted(folder.glob("*.yaml")):
        files.append(_name(path, curated_dir))
        if path.name == "document.yaml":
            node = _read_file(path, curated_dir, shaper)
            document = shaper.record(node, schema.DOCUMENT) if node else None
            continue
        kind = next((kind for stem, kind in schema.DOCUMENT_FILES.items() if path.stem.startswith(stem)), None)
        if kind is None:
            expected = ", ".join(f"{stem}*.yaml" for stem in schema.DOCUMENT_FILES)
            shaper.fault(Place(files[-1], 1, 1), f"unknown file; a document's folder holds document.yaml, {expected}")
        else:
            found[kind] += shaper.records(_read_file(path, curated_dir, shaper), schema.RECORDS[kind])
    if document is None and _name(folder / "document.yaml", curated_dir) not in shaper.unread:
        shaper.fault(
            Place(_name(folder / "document.yaml", curated_dir), 1, 1),
            "a document's folder needs document.yaml",
        )
    return Folder(
        folder.name,
        document,
        tuple(found["statement"]),
        tuple(found["study"]),
        tuple(found["patient"]),
        tuple(found["conflict"]),
        tuple(found["exclusion"]),
        _read_digests(folder / "passages.tsv", curated_dir, shaper),
        tuple(files),
        is_whole=shaper.unread.isdisjoint(files),
    )


def _read_file(path: Path, curated_dir: Path, shaper: Shaper) -> Node | None:
    name = _name(path, curated_dir)
    text = ""
    try:
        text = path.read_bytes().decode("utf-8")
        return parse_yaml(text, name)
    except UnicodeDecodeError as error:
        shaper.fault(Place(name, 1, 1), f"not UTF-8 at byte {error.start}")
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        place = Place(name, mark.line + 1, mark.column + 1) if mark else Place(name, 1, 1)
        words = " ".join(part for part in (error.context, error.problem) if part)
        shaper.fault(place, f"not YAML: {words}; {_yaml_cure(words, text[mark.index :][:1] if mark else '')}")
    except CurationError as error:
        shaper.faults += error.faults
    except yaml.YAMLError as error:
        shaper.fault(Place(name, 1, 1), f"not YAML: {' '.join(str(error).split())}")
    shaper.unread.add(name)
    return None


def _yaml_cure(problem: str, character: str) -> str:
    """What most often mends a text that is not YAML, by what the parser says and where it stopped."""
    if character == "\t" or "tab character" in problem:
        return "indent by spaces, not by tabs"
    if "did not find expected" in problem:
        return "indent as the lines above do, and write ' twice inside '...'"
    return "put a text that holds ': ', ' #' or begins with a special character in quotation marks"


def _read_digests(path: Path, curated_dir: Path, shaper: Shaper) -> dict[Span, tuple[str, str]]:
    if not path.exists():
        return {}
    name = _name(path, curated_dir)
    lines = path.read_text(encoding="utf-8").splitlines()
    if not lines or lines[0] != PASSAGES_HEADER:
        shaper.fault(Place(name, 1, 1), "the first line must be: start, end, section, sha256 (tabs between)")
        return {}
    rows: dict[Span, tuple[str, str]] = {}
    for number, line in enumerate(lines[1:], 2):
        match = _ROW.fullmatch(line)
        if match is None:
            shaper.fault(Place(name, number, 1), "expected start, end, section and SHA-256, separated by tabs")
        else:
            rows[Span(int(match[1]), int(match[2]))] = (match[3], match[4])
    return rows


def _read_published(path: Path, curated_dir: Path, shaper: Shaper) -> Iterator[Record]:
    """The identifiers of a list (``id``, ``label``)."""
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        place = Place(_name(path, curated_dir), number, 1)
        curie, _, label = line.partition("\t")
        if curie.partition(":")[0] in keys.GIVEN_KINDS:
            yield Record.of_texts(schema.WITHDRAWN.name, place, {"id": (curie,), "label": (label,)})
        else:
            shaper.fault(place, "expected an identifier, a tab and a label, as `check --publish` writes them")


def _name(path: Path, curated_dir: Path) -> str:
    return path.relative_to(curated_dir).as_posix()
