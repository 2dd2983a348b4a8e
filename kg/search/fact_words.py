"""The file of words of facts: what statements, results, events, arms and studies say in this project's own words.

The names of a generation find things; this finds what is said of them: the word "crossover" in a sentence, "T2N0M0"
in the stage of a diagnosis, a dose. One SQLite file with a full-text table, written while the graph is built. It also
holds what an answer shows of a fact, so a search asks the store nothing. ``kg.search.facts`` reads it.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from kg.model import PassageRef
from kg.search.files import open_file
from kg.search.spelling import loose_words

FORMAT = "2"
OF_KIND = "of the kind"  # the remark that names a kind of which a fact names only a member
OF_HISTORY = "timelineevent"  # stands among the kinds of what happened to a patient
IN_STUDY = "in the study"  # the remark that names the arm or the study of a result
_PLUS = re.compile(r"\+|\bplus\b", re.IGNORECASE)
_PHASE = re.compile(r"\b(phase )(i{1,3}|iv)\b", re.IGNORECASE)
_DENIED = re.compile(r"\b(non)[- ](?=[a-z])", re.IGNORECASE)
_PHASES = {"i": "1", "ii": "2", "iii": "3", "iv": "4"}
_SCHEMA = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT) WITHOUT ROWID;
CREATE TABLE fact (id INTEGER PRIMARY KEY, iri TEXT, type TEXT, sentence TEXT, certainty TEXT,
    documents TEXT, passages TEXT, remarks TEXT);
CREATE VIRTUAL TABLE word USING fts5(sentence, remarks, kinds, study, content='', tokenize='porter ascii');
"""


@dataclass(frozen=True)
class FactText:
    """What one fact says.

    Attributes:
        iri: of the statement, result, event, arm, study or patient.
        type: class name.
        sentence: the fact in a sentence.
        certainty: of a statement; ``stated`` for what has none of its own.
        documents: who states it, as (IRI, label).
        passages: where it is stated.
        remarks: what it says beside its sentence, as (what it is, text): ("stage", "T2N0M0").
    """

    iri: str
    type: str
    sentence: str
    certainty: str
    documents: tuple[tuple[str, str], ...]
    passages: tuple[PassageRef, ...] = ()
    remarks: tuple[tuple[str, str], ...] = ()


def folded(text: str) -> str:
    """A text as its words are compared: small, Greek letters spelled, American spelling, singular, phases in digits.

    What is denied is another word: who asks for uterine tumours does not ask for non-uterine ones.

    >>> folded("Gemcitabine + docetaxel: PDGFR-α tumours, phase III")
    'gemcitabine docetaxel pdgfr alpha tumor phase 3'
    >>> folded("non-uterine leiomyosarcoma")
    'nonuterine leiomyosarcoma'
    """
    text = _PHASE.sub(lambda found: found[1] + _PHASES[found[2].lower()], text)
    return " ".join(loose_words(_PLUS.sub(" ", _DENIED.sub(r"\1", text))))


def write_facts(path: Path, facts: Iterable[FactText]) -> int:
    """Write the file of words of facts anew; returns how many facts it holds. Facts are gone through once.

    Args:
        path: of the file.
        facts: in an order that depends on nothing but them.

    Raises: OSError or sqlite3.Error where it cannot be written.
    """
    path.unlink(missing_ok=True)
    connection = sqlite3.connect(path)
    count = 0
    try:
        connection.executescript("PRAGMA journal_mode=OFF; PRAGMA synchronous=OFF;" + _SCHEMA)
        connection.execute("INSERT INTO meta VALUES ('format', ?)", (FORMAT,))
        for count, fact in enumerate(facts, 1):
            connection.execute("INSERT INTO fact VALUES (?, ?, ?, ?, ?, ?, ?, ?)", (count, *_row(fact)))
            connection.execute(
                "INSERT INTO word (rowid, sentence, remarks, kinds, study) VALUES (?, ?, ?, ?, ?)",
                (count, folded(fact.sentence), *_columns(fact)),
            )
        connection.execute("INSERT INTO word (word) VALUES ('optimize')")
        connection.commit()
    finally:
        connection.close()
    return count


def _columns(fact: FactText) -> tuple[str, str, str]:
    """The words beside the sentence: of the remarks, of the kinds of what is told of, of the arm and the study."""
    told: dict[str, list[str]] = {OF_KIND: [OF_HISTORY] if fact.type == "TimelineEvent" else [], IN_STUDY: []}
    others = [folded(f"{name} {text}") for name, text in fact.remarks if name not in told]
    for name, text in fact.remarks:
        if name in told:
            told[name].append(folded(text))
    return " ".join(others), " ".join(told[OF_KIND]), " ".join(told[IN_STUDY])


def _row(fact: FactText) -> tuple[str, ...]:
    passages = [(each.id, each.document, each.section, each.start, each.end) for each in fact.passages]
    lists = (json.dumps(each, separators=(",", ":")) for each in (fact.documents, passages, fact.remarks))
    return (fact.iri, fact.type, fact.sentence, fact.certainty, *lists)


def stored_facts(path: Path) -> Iterator[FactText]:
    """Every fact of a file written by :func:`write_facts`, in its order: writing them again gives the same file."""
    with closing(open_file(path)) as connection:
        for row in connection.execute(
            "SELECT iri, type, sentence, certainty, documents, passages, remarks FROM fact ORDER BY id"
        ):
            yield fact_of([*row[:4], *map(json.loads, row[4:])])


def fact_of(row: Sequence[Any]) -> FactText:
    """A fact from its fields in order, its lists as JSON has them."""
    iri, kind, sentence, certainty, documents, passages, remarks = row
    return FactText(
        iri, kind, sentence, certainty,
        tuple((document, label) for document, label in documents),
        tuple(PassageRef(*passage) for passage in passages),
        tuple((name, text) for name, text in remarks),
    )  # fmt: skip
