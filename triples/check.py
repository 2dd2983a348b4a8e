"""`check`: find every fault of the curated files and, with the sources, locate and verify passages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import KW_ONLY, dataclass
from pathlib import Path

from kg.errors import Fault, InvalidParameter
from triples.compile import Compiled, compile_corpus
from triples.coverage import Coverage, coverage
from triples.dataset import dataset, shape_faults
from triples.faults import corpus_faults
from triples.inference import hierarchy_faults
from triples.mappings import KindMappings, mappings
from triples.passages import (
    Source,
    digest_faults,
    locate_quotes,
    open_source,
    passages_table,
    quote_faults,
    with_spans,
    write_atomically,
)
from triples.published import published_faults, write_lists
from triples.read import read_corpus
from triples.records import Corpus, Folder
from triples.retractions import read_retractions, retraction_faults
from triples.support import SupportReport, support
from triples.tree import Place


@dataclass(frozen=True)
class CheckQuestion:
    """What to check.

    Attributes:
        curated_dir: the folder that holds entities/ and documents/.
        document: the id or the folder's name; None for all.
        file: report on this file of the folders only (``statements-targeted.yaml``), and locate in it only.
        sources_dir: where the source texts lie; without it passages are compared with passages.tsv only.
        locate: replace quotes by offsets and write passages.tsv; needs ``sources_dir``.
        shapes: where nothing else is wrong, compile everything, look for what was published and is lost, and check it
            against the SHACL shapes.
        publish: where nothing at all is wrong, add what is made now to the lists of published identifiers; needs
            ``shapes``, and all documents.
        retractions: a list of retracted articles (PubMed identifiers); those listed here must be marked.
    """

    curated_dir: Path
    _: KW_ONLY
    document: str | None = None
    file: str | None = None
    sources_dir: Path | None = None
    locate: bool = False
    shapes: bool = False
    publish: bool = False
    retractions: Path | None = None


@dataclass(frozen=True)
class CheckReport:
    """What a check found.

    Attributes:
        folders: the documents' folders asked for.
        faults: everything wrong with them, in file order, but for what is in ``support``.
        elsewhere: the files with faults that were not asked for.
        located: quotes replaced by offsets, by document folder.
        compiled: whether the graph was compiled and looked at, which needs files without a fault.
        published: identifiers added to the lists; None where nothing was written.
        support: facts compared with their passages; nothing without sources.
    """

    corpus: Corpus
    folders: tuple[Folder, ...]
    sources: Mapping[str, Source]
    faults: tuple[Fault, ...]
    elsewhere: tuple[str, ...]
    located: Mapping[str, int]
    support: SupportReport
    compiled: bool = False
    published: int | None = None

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong in what was asked for."""
        return not self.faults and not self.support.unsupported

    def coverage(self) -> tuple[Coverage, ...]:
        """What each document says that no fact points to; only of documents whose source was given."""
        return tuple(
            coverage(folder, self.sources[folder.name]) for folder in self.folders if folder.name in self.sources
        )

    def mappings(self) -> tuple[KindMappings, ...]:
        """How many entities of each kind have identifiers elsewhere, and why the others have none."""
        return mappings(self.corpus)


def check(question: CheckQuestion) -> CheckReport:
    """Check one document's folder, or all.

    Raises: OSError if a file cannot be read or, with ``locate``, written; InvalidParameter for a list of retractions
        that holds no PubMed identifier, and for a file that is not there; EntityNotFound for a document.
    """
    corpus = read_corpus(question.curated_dir)
    _check_place(corpus, question)
    sources, missing = _open_sources(_chosen(corpus, question), question.sources_dir)
    located: Mapping[str, int] = {}
    if question.locate:
        located = _locate(corpus, sources, question)
        corpus = read_corpus(question.curated_dir)  # its files have changed
    folders = _chosen(corpus, question)
    everything = {*missing, *_faults_of_files(corpus, folders, sources, question)}
    compiled = compile_corpus(corpus) if question.shapes and not everything else None  # what has faults may not compile
    if compiled is not None:
        everything.update(_faults_of_graph(corpus, compiled))
    asked_for = {fault for fault in everything if _is_asked_for(fault.file, folders, question)}
    folders = tuple(
        with_spans(folder, sources[folder.name]) if folder.name in sources else folder for folder in folders
    )
    supported = support(corpus, folders, sources)
    published = None
    if question.publish and compiled is not None and not everything and not supported.unsupported:
        published = write_lists(question.curated_dir, corpus, compiled.quads)
    return CheckReport(
        corpus=corpus,
        folders=folders,
        sources=sources,
        faults=tuple(sorted(asked_for)),
        elsewhere=tuple(fault.file for fault in sorted(everything - asked_for)),
        located=located,
        compiled=compiled is not None,
        support=supported.of_file(question.file) if question.file else supported,
        published=published,
    )


def _faults_of_files(
    corpus: Corpus, folders: Iterable[Folder], sources: Mapping[str, Source], question: CheckQuestion
) -> Iterator[Fault]:
    """What is wrong with records, with passages and, if a list is given, with marks of retraction."""
    yield from corpus_faults(corpus)
    if question.retractions is not None:
        yield from retraction_faults(corpus, read_retractions(question.retractions))
    for folder in folders:
        source = sources.get(folder.name)
        yield from (*quote_faults(folder, source), *digest_faults(folder, source))


def _faults_of_graph(corpus: Corpus, compiled: Compiled) -> Iterator[Fault]:
    """What is wrong with the graph that files without a fault make."""
    yield from hierarchy_faults(corpus)
    yield from published_faults(corpus, compiled.quads)
    yield from shape_faults(dataset(corpus, compiled), compiled.places)


def _check_place(corpus: Corpus, question: CheckQuestion) -> None:
    """Nothing is wrong with what is not there: a name that is mistyped would pass for sound."""
    if question.publish and (question.document is not None or question.file is not None):
        raise InvalidParameter("--publish", "", "all documents: neither --document nor --file beside it")
    folders = corpus.folders if question.document is None else (corpus.folder(question.document),)
    if question.file is not None:
        places = [question.curated_dir / "documents" / folder.name for folder in folders]
        if question.document is None:
            places += [question.curated_dir, question.curated_dir / "entities"]
        known_files = sorted({path.name for place in places for path in place.glob("*.yaml")})
        if question.file not in known_files:
            raise InvalidParameter("--file", question.file, f"one of {', '.join(known_files)}")


def _chosen(corpus: Corpus, question: CheckQuestion) -> tuple[Folder, ...]:
    return tuple(folder for folder in corpus.folders if question.document in (None, folder.id, folder.name))


def _is_asked_for(file: str, folders: Iterable[Folder], question: CheckQuestion) -> bool:
    own = tuple(f"documents/{folder.name}/" for folder in folders)
    return (question.document is None or file.startswith(own)) and (
        question.file is None or file.endswith(f"/{question.file}")
    )


def _locate(corpus: Corpus, sources: Mapping[str, Source], question: CheckQuestion) -> dict[str, int]:
    """Replace quotes by offsets, then write the digests of every passage that the files now point to."""
    located = {
        folder.name: locate_quotes(folder, sources[folder.name], question.curated_dir, question.file)
        for folder in _chosen(corpus, question)
        if folder.name in sources
    }
    for folder in _chosen(read_corpus(question.curated_dir), question):
        if folder.name in sources:
            path = question.curated_dir / "documents" / folder.name / "passages.tsv"
            table = passages_table(folder, sources[folder.name])
            if not path.exists() or path.read_text(encoding="utf-8") != table:
                write_atomically(path, table)
    return located


def _open_sources(folders: Iterable[Folder], sources_dir: Path | None) -> tuple[dict[str, Source], list[Fault]]:
    sources: dict[str, Source] = {}
    faults: list[Fault] = []
    if sources_dir is None:
        return sources, faults
    for folder in folders:
        document = folder.document
        name = document.text("file") if document else None
        if name is None:  # document.yaml is still to be written
            name = next((path.name for path in sorted(sources_dir.glob(f"{folder.id}_*.txt"))), folder.id)
        try:
            sources[folder.name] = open_source(sources_dir, name)
        except (OSError, UnicodeDecodeError):
            missing = Place(f"documents/{folder.name}/document.yaml", 1, 1)
            place = document.place_of("file") if document else missing
            faults.append(place.fault(f"the sources folder holds no readable UTF-8 file {name!r}"))
    return sources, faults
