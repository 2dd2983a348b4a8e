"""What the questions about an entity's surroundings have in common: which links and neighbours count."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Literal, TypeVar

from kg.errors import InvalidParameter
from kg.identifiers import BASE, display, parse_identifier
from kg.model import DEFAULT_CERTAINTIES, Certainty, hold_several
from kg.paths.adjacency import Selection, check_certainties, check_range

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Name = TypeVar("_Name", bound=str)
_Asked = TypeVar("_Asked", bound="DataclassInstance")
Direction = Literal["in", "out", "both"]
DIRECTIONS: tuple[Direction, ...] = ("in", "out", "both")

MAX_ITEMS = 1000
DEFAULT_ITEMS = 100
_GRAPH_BASE = f"{BASE}graph/"


@dataclass(frozen=True, kw_only=True)
class LinkFilters:
    """Which links and neighbours a question about surroundings counts.

    Attributes:
        direction: "out" from subject to object, "in" against that, or "both".
        predicates: local names, CURIEs or IRIs; none given: all.
        types: local class names of the neighbours; none given: any.
        limit: most items, 1 to 1000.
        graphs: of named graphs, by IRI or ``graph:NAME`` where a graph is asked; only their statements count.
    """

    direction: Direction = "both"
    predicates: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    certainties: frozenset[Certainty] = DEFAULT_CERTAINTIES
    include_imports: bool = False
    limit: int = DEFAULT_ITEMS
    graphs: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        hold_several(self)
        object.__setattr__(self, "predicates", local_names(self.predicates))
        if self.direction not in DIRECTIONS:
            raise InvalidParameter("direction", self.direction, f"one of {', '.join(DIRECTIONS)}")
        check_certainties(self.certainties)
        check_range("limit", self.limit, 1, MAX_ITEMS)

    def selection(self) -> Selection:
        """The links that count."""
        return Selection(
            predicates=frozenset(self.predicates),
            certainties=frozenset(self.certainties),
            include_imports=self.include_imports,
            directed=self.direction != "both",
            graphs=frozenset(self.graphs),
        )


def local_names(names: Iterable[str]) -> tuple[str, ...]:
    """Names of predicates without the prefix or the namespace of the vocabulary, where they have it."""
    return tuple(display(name).removeprefix("skg:") for name in names)


def graphs_named(names: Iterable[str], known: Collection[str]) -> tuple[str, ...]:
    """The IRIs of graphs named ``document-000``, ``graph:import-x`` or by IRI, if they are known.

    Raises: InvalidParameter.
    """
    found = []
    for name in names:
        iri = parse_identifier(name) or f"{_GRAPH_BASE}{name}"
        if iri not in known:
            expected = ", ".join(sorted(map(display, known)))
            raise InvalidParameter("graph", name, f"a graph that states something of two entities ({expected})")
        found.append(iri)
    return tuple(found)


def shut_out_by(
    question: _Asked, lifted: Mapping[_Name, Mapping[str, Any]], finds: Callable[[_Asked], bool]
) -> tuple[_Name, ...]:
    """The filters of a question, a dataclass that finds nothing, which :func:`standing_in_the_way` names.

    Args:
        question: finds nothing.
        lifted: by the name of a filter the fields that lift it; where these change nothing it is none.
        finds: whether a question with some filters lifted finds anything.
    """

    def lets_through(names: Collection[_Name]) -> bool:
        return finds(replace(question, **{field: value for name in names for field, value in lifted[name].items()}))

    filters = [name for name, change in lifted.items() if replace(question, **change) != question]
    return standing_in_the_way(filters, lets_through)


def standing_in_the_way(
    filters: Iterable[_Name], lets_through: Callable[[Collection[_Name]], bool]
) -> tuple[_Name, ...]:
    """Which filters shut everything out: each that alone would let something through if it were lifted.

    Where no single one does, some that do together, none of which can be spared.

    Args:
        filters: by name.
        lets_through: whether anything is left once some of them are lifted.
    """
    names = list(filters)
    if not names or not lets_through(names):
        return ()
    if single := tuple(name for name in names if lets_through([name])):
        return single
    needed = names
    for name in names:
        fewer = [other for other in needed if other != name]
        if lets_through(fewer):
            needed = fewer
    return tuple(needed)
