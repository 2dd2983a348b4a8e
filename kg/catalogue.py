"""The catalogue of questions: tested SPARQL queries with typed parameters, kept as RDF in ``kg/queries``.

A question is a SHACL SPARQL executable, as in the SIB SPARQL examples: ``rdfs:label`` is the question,
``rdfs:comment`` says how to read the answer (in a built graph the question goes before it, because editors show
nothing else of an example), ``schema:keywords`` what it is about, ``sh:select`` is a query that runs as it stands.
Each parameter is a ``VALUES ?name { default }`` of that query, described by a ``sh:Parameter`` whose path ends in its
name. A build stores the files in a graph of their own; everything here reads that graph, so a remote store answers
the same questions.
Source: SHACL Advanced Features (W3C NOTE-shacl-af-20170608), sections 4 and 5.1.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from importlib.resources import files
from typing import TYPE_CHECKING, Literal, get_args

import pyoxigraph as ox

from kg import codec
from kg.budget import Budget
from kg.description import Description, describe, described, reference
from kg.errors import EntityNotFound, InvalidParameter
from kg.identifiers import BASE, display, expand
from kg.model import EntityRef, cut_at, several
from kg.sparql.query import Binding, bind
from kg.sparql.results import Term, literal
from kg.sparql.tokens import tokens_of
from kg.store import HasStore, Naming, Store
from kg.tables import records_table
from ontology.english import spelt_out
from ontology.terms import CLASSES, PREFIXES, SKG

if TYPE_CHECKING:
    import pandas as pd

CATALOGUE_GRAPH = f"{BASE}graph/catalogue"
QUESTION_BASE = f"{BASE}question/"
THEMES = (
    "mechanism", "evidence", "comparison", "case", "resistance", "toxicity", "definition", "conflict", "absence",
    "provenance", "identity", "epidemiology", "approval",
)  # fmt: skip
MAX_ITEMS = 500
LiteralType = Literal["text", "integer"]

_SH = PREFIXES["sh"]
_LABEL, _COMMENT = codec.node("rdfs:label"), codec.node("rdfs:comment")
_EXECUTABLES = "SELECT ?question WHERE { ?question a sh:SPARQLSelectExecutable ; sh:select ?query }"
_LITERALS: tuple[LiteralType, ...] = get_args(LiteralType)
_ID = re.compile(r"[a-z0-9-]+")


@dataclass(frozen=True)
class CatalogueParameter:
    """One parameter of a question.

    Attributes:
        name: of the query's variable, and in requests.
        type: ``text``, ``integer``, or the classes of the entity to give (``Drug``; ``Drug DrugClass``; ``Entity``
            takes any kind).
        default: what the question is asked with when nothing is given: a CURIE, a text or a number.
        choices: the texts allowed; empty when any is.
    """

    name: str
    label: str
    help: str
    type: str
    default: str
    default_label: str
    choices: tuple[str, ...]

    @property
    def classes(self) -> tuple[str, ...]:
        """Of the entities that it takes; none where it takes a text or a number."""
        return () if self.type in _LITERALS else tuple(self.type.split())

    @property
    def literal(self) -> LiteralType | None:
        """Which kind of value it takes; None where it takes entities."""
        return next((kind for kind in _LITERALS if kind == self.type), None)


@dataclass(frozen=True)
class CatalogueQuestion:
    """A question that the graph can be asked. ``query`` runs as it stands, with the defaults."""

    id: str
    title: str
    description: str
    theme: str
    keywords: tuple[str, ...]
    parameters: tuple[CatalogueParameter, ...]
    query: str


@dataclass(frozen=True)
class Given:
    """What a parameter was given: several values mean any of them."""

    name: str
    label: str
    values: tuple[str, ...]
    entities: tuple[EntityRef, ...]


@dataclass(frozen=True)
class Column:
    """A column of an answer; ``name`` is the query's variable, ``label`` its words."""

    name: str
    label: str

    @property
    def tabled(self) -> tuple[str, ...]:
        """The columns of a data frame that it becomes."""
        return (self.name,)


@dataclass(frozen=True)
class ThingColumn(Column):
    """A column in which the catalogue says that things stand; a data frame has their CURIEs beside their labels."""

    @property
    def tabled(self) -> tuple[str, ...]:
        """The column of its labels, and that of its CURIEs."""
        return (self.name, f"{self.name}_id")


@dataclass(frozen=True)
class Cell:
    """One value. ``text`` is what to show; an entity has its reference, a literal its value."""

    text: str
    value: str | int | float | bool | None
    entity: EntityRef | None


@dataclass(frozen=True)
class QuestionAnswer:
    """The answer of a catalogue question: a table whose cells name their entities.

    Attributes:
        query: the SPARQL that was run, to go on from.
        items: one mapping per row, by column name; what is unbound is None.
    """

    id: str
    title: str
    description: str
    parameters: tuple[Given, ...]
    query: str
    columns: tuple[Column, ...]
    items: tuple[Mapping[str, Cell | None], ...]
    limit: int
    total: int
    truncated: bool
    truncated_by: str | None

    def to_pandas(self) -> pd.DataFrame:
        """A row per solution: values as Python has them, entities as label and, in ``<column>_id``, CURIE.

        Every answer of a question has the same columns, whatever its rows hold.
        """
        rows = ({name: cell and (cell.entity or cell.value) for name, cell in row.items()} for row in self.items)
        return records_table(rows, (name for column in self.columns for name in column.tabled))


def packaged_quads() -> list[codec.Quad]:
    """The catalogue as quads of its own graph, from the files that this package ships.

    Raises: ValueError for a file that is not Turtle or has blank nodes.
    """
    found = sorted((entry for entry in files("kg").joinpath("queries").iterdir() if entry.name.endswith(".ttl")),
                   key=lambda entry: entry.name)  # fmt: skip
    quads = [quad for entry in found for quad in codec.parse_turtle(entry.read_bytes(), CATALOGUE_GRAPH)]
    titles = {quad.subject: quad for quad in quads if quad.predicate == _LABEL}
    return [_titled(quad, titles[quad.subject]) if quad.predicate == _COMMENT else quad for quad in quads]


def _titled(comment: codec.Quad, title: codec.Quad) -> codec.Quad:
    """A comment that begins with the question."""
    texts = [each.object.value for each in (title, comment) if isinstance(each.object, ox.Literal)]
    return codec.Quad(
        comment.subject, comment.predicate, ox.Literal(" ".join(texts), language="en"), comment.graph_name
    )


def catalogue(graph: HasStore) -> tuple[CatalogueQuestion, ...]:
    """Every question that a graph carries, by theme and title; empty for a graph without a catalogue."""
    questions = _read(graph.store, graph.store.select(_EXECUTABLES).nodes())
    return tuple(sorted(questions, key=lambda each: (_theme_order(each.theme), each.title)))


def find(graph: HasStore, name: str) -> CatalogueQuestion:
    """One question by its id.

    Raises: EntityNotFound with the questions whose ids are like it.
    """
    wanted = name.removeprefix(QUESTION_BASE).removeprefix("question:").strip()
    if _ID.fullmatch(wanted) and (found := _read(graph.store, [QUESTION_BASE + wanted])):
        return found[0]
    words = set(wanted.lower().replace("_", "-").split("-"))
    alike = [each for each in catalogue(graph) if words & set(each.id.split("-"))]
    raise EntityNotFound(name, "id", tuple((each.id, each.title) for each in alike[:5]))


def ask(
    graph: Naming, name: str, given: Mapping[str, Sequence[str]], limit: int = MAX_ITEMS, budget: Budget | None = None
) -> QuestionAnswer:
    """Answer a question of the catalogue.

    Args:
        graph: what to ask.
        name: the question's id.
        given: values by parameter, names or identifiers for entities; several values mean any of them.
        limit: rows returned; ``total`` counts them all.
        budget: what the query may cost.

    Raises: EntityNotFound, AmbiguousEntity, InvalidParameter; whatever the store raises.
    """
    question = find(graph, name)
    _refuse_unknown(question, given)
    bound = {
        each.name: _bound(graph, each, several(given.get(each.name, ())) or (each.default,))
        for each in question.parameters
    }
    query = bind(_emptied(question.query, bound.keys()), {name: terms for name, (_, terms) in bound.items()})
    solutions = graph.store.select(query, budget=budget)
    shown_rows = solutions.rows[:limit]
    names = describe(graph.store, {term.value for row in shown_rows for term in row if term and term.kind == "iri"})
    return QuestionAnswer(
        id=question.id,
        title=question.title,
        description=question.description,
        parameters=tuple(shown for shown, _ in bound.values()),
        query=query,
        columns=_columns(graph.store, question, solutions.columns),
        items=tuple(
            dict(zip(solutions.columns, (_cell(term, names) for term in row), strict=True)) for row in shown_rows
        ),
        **cut_at(limit, len(solutions.rows)),
    )


def _columns(store: Store, question: CatalogueQuestion, names: Sequence[str]) -> tuple[Column, ...]:
    """The columns of an answer, those of things as the catalogue declares them."""
    node = QUESTION_BASE + question.id
    things = described(node, describe(store, [node])).texts("thingColumn")
    return tuple((ThingColumn if name in things else Column)(name, _words(name)) for name in names)


def _refuse_unknown(question: CatalogueQuestion, given: Mapping[str, Sequence[str]]) -> None:
    """Refuse what is no parameter of a question. Raises: InvalidParameter."""
    known = {parameter.name for parameter in question.parameters}
    for unknown in sorted(given.keys() - known):
        expected = f"a parameter of this question ({', '.join(sorted(known)) or 'it has none'})"
        raise InvalidParameter(unknown, ", ".join(several(given[unknown])), expected)


def _read(store: Store, nodes: Iterable[str]) -> list[CatalogueQuestion]:
    found = describe(store, nodes)
    parameters = describe(store, {p for each in found.values() for p in each.iris(f"{_SH}parameter")})
    named = describe(store, {value for each in parameters.values() for value in each.iris(f"{_SH}defaultValue")})
    return [_question(each, parameters, named) for each in found.values() if each.text(f"{_SH}select")]


def _question(
    node: Description, parameters: Mapping[str, Description], named: Mapping[str, Description]
) -> CatalogueQuestion:
    own = [parameters[iri] for iri in node.iris(f"{_SH}parameter") if iri in parameters]
    ordered = sorted(own, key=lambda each: (each.integer(f"{_SH}order") or 0, each.iri))
    title = node.text("rdfs_label") or display(node.iri)
    return CatalogueQuestion(
        id=node.iri.removeprefix(QUESTION_BASE),
        title=title,
        description=(node.text("rdfs_comment") or "").removeprefix(title).strip(),
        theme=node.text("dcterms_subject") or "",
        keywords=node.texts(expand("schema:keywords")),
        parameters=tuple(_parameter(each, named) for each in ordered),
        query=(node.text(f"{_SH}select") or "").strip(),
    )


def _parameter(node: Description, named: Mapping[str, Description]) -> CatalogueParameter:
    classes = sorted((each.removeprefix(SKG.namespace) for each in node.iris(f"{_SH}class")), key=len)
    value: LiteralType = "integer" if node.iri_of(f"{_SH}datatype") == expand("xsd:integer") else "text"
    default = node.all(f"{_SH}defaultValue")[0]
    is_entity = default.kind == "iri"
    pattern = node.text(f"{_SH}pattern")
    return CatalogueParameter(
        name=(node.iri_of(f"{_SH}path") or "").rpartition("/")[2],
        label=node.text(f"{_SH}name") or "",
        help=node.text(f"{_SH}description") or "",
        type=" ".join(classes) or value,
        default=display(default.value) if is_entity else default.value,
        default_label=reference(default.value, named).label if is_entity else default.value,
        choices=tuple(pattern.strip("^$()").split("|")) if pattern else (),
    )


def _theme_order(theme: str) -> int:
    return THEMES.index(theme) if theme in THEMES else len(THEMES)


def _bound(graph: Naming, parameter: CatalogueParameter, texts: tuple[str, ...]) -> tuple[Given, tuple[Binding, ...]]:
    """What a parameter was given, as names for people and as terms for the query."""
    if parameter.literal == "integer":
        numbers = [_whole(parameter.name, text) for text in texts]
        return Given(parameter.name, parameter.label, texts, ()), tuple(numbers)
    if parameter.literal == "text":
        for text in texts:
            if parameter.choices and text not in parameter.choices:
                raise InvalidParameter(parameter.name, text, "one of " + ", ".join(parameter.choices))
        return Given(parameter.name, parameter.label, texts, ()), tuple(literal(text) for text in texts)
    entities = tuple(_entity(graph, parameter, text) for text in texts)
    shown = Given(parameter.name, parameter.label, tuple(each.curie for each in entities), entities)
    return shown, tuple(each.id for each in entities)


def _entity(graph: Naming, parameter: CatalogueParameter, text: str) -> EntityRef:
    """The entity of one of the parameter's classes that a text names."""
    classes = (CLASSES[name] for name in parameter.classes if name in CLASSES)
    return graph.resolve(text, tuple(cls.kind for cls in classes if cls.kind), parameter.name)


def _whole(name: str, text: str) -> int:
    digits = text.strip()
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise InvalidParameter(name, text, "a whole number")
    return int(digits)


def _emptied(query: str, names: Collection[str]) -> str:
    """The query with its defaults taken out of ``VALUES ?name { ... }``, ready to be bound."""
    tokens = list(tokens_of(query))
    cuts = []
    for place, (word, variable, opening) in enumerate(zip(tokens, tokens[1:], tokens[2:], strict=False)):
        if word.keyword == "VALUES" and opening.text == "{" and variable.text[1:] in names:
            closing = next(token for token in tokens[place + 3 :] if token.text == "}")
            cuts.append((opening.start + 1, closing.start))
    for start, end in reversed(cuts):
        query = query[:start] + query[end:]
    return query


def _cell(term: Term | None, names: Mapping[str, Description]) -> Cell | None:
    if term is None:
        return None
    if term.kind == "iri":
        entity = reference(term.value, names)
        return Cell(entity.label, term.value, entity)
    value = term.python()
    # A computed decimal is a number among numbers: a column of Decimal objects is none to pandas.
    return Cell(term.value, float(value) if isinstance(value, Decimal) else value, None)


def _words(column: str) -> str:
    """A variable's name in words: ``responseRate`` is "response rate"; a predicate is a relation to most readers."""
    column = "relation" if column == "predicate" else column
    return spelt_out(column).replace("_", " ")
