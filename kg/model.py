"""The values that questions and answers are made of.

Answers name entities by :class:`EntityRef` (identifier, CURIE, type, label) and sources by :class:`PassageRef`; both
are what the JSON API prints.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import MISSING, dataclass, fields
from typing import TYPE_CHECKING, Any, Literal, TypeVar, get_args, get_type_hints

from ontology.english import spoken

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

Kind = TypeVar("Kind")

# The words that records, questions and answers have for what they tell, each vocabulary once: what curators may write
# and the shapes allow is read from the store by them (``Description.word``), so that no other word gets into an answer.
Certainty = Literal["stated", "hedged", "hypothesised", "inferred"]
Polarity = Literal["affirmed", "negated"]
Design = Literal[
    "trial", "retrospective cohort", "prospective cohort", "case series", "case report", "preclinical", "review",
    "pooled analysis",
]  # fmt: skip
Allocation = Literal["yes", "no", "unstated"]  # whether chance allotted people to the arms of a study
Blinding = Literal["open", "placebo-controlled", "single-blind", "double-blind", "unstated"]
Response = Literal["CR", "PR", "MR", "SD", "PD", "mixed", "none"]
StatedAbsence = Literal[
    "none-observed", "no-apparent-benefit", "no-significant-difference", "not-reached", "not-reported-yet",
    "not-described",
]  # fmt: skip
Difference = Literal["higher", "lower", "better", "worse", "no difference"]  # from what a result is compared with
Significance = Literal["significant", "not significant", "not reported"]
Flag = Literal[
    "implausible-value", "inconsistent-arithmetic", "lost-in-extraction", "contradicted", "misspelt", "unit-missing",
    "mis-citation",
]  # fmt: skip
Direction = Literal["supports", "does_not_support", "mixed", "harmful"]  # what a result says for the treatment
EventKind = Literal[
    "diagnosis", "treatment", "dose change", "measurement", "response", "adverse event", "procedure", "imaging",
    "laboratory", "symptom", "pathology", "status", "follow-up",
]  # fmt: skip
HistotypeMatch = Literal["exact", "subtype", "subgroup", "mixed", "broader"]
LineMatch = Literal["exact", "mixed"]
RestsOn = Literal["direct", "indirect", "single patients"]

# How sure a claim is, for brackets behind it; what is stated needs no word.
RESERVATIONS: dict[str, str] = {
    "hedged": "stated with reservation",
    "hypothesised": "hypothesis",
    "inferred": "inferred",
}
CERTAINTIES: tuple[Certainty, ...] = ("stated", "inferred", "hedged", "hypothesised")  # strongest first
DEFAULT_CERTAINTIES: frozenset[Certainty] = frozenset({"stated", "inferred"})
POLARITIES: tuple[Polarity, ...] = get_args(Polarity)
DESIGNS: tuple[Design, ...] = get_args(Design)
ALLOCATIONS: tuple[Allocation, ...] = get_args(Allocation)
BLINDINGS: tuple[Blinding, ...] = get_args(Blinding)
RESPONSES: tuple[Response, ...] = get_args(Response)
STATED_ABSENCES: tuple[StatedAbsence, ...] = get_args(StatedAbsence)
DIFFERENCES: tuple[Difference, ...] = get_args(Difference)
SIGNIFICANCES: tuple[Significance, ...] = get_args(Significance)
FLAGS: tuple[Flag, ...] = get_args(Flag)
EVENT_KINDS: tuple[EventKind, ...] = get_args(EventKind)
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)


def certainty_named(text: str) -> Certainty:
    """A certainty by its word. Raises: ValueError for any other word."""
    for known in CERTAINTIES:
        if text == known:
            return known
    raise ValueError(f"unknown certainty {text!r}")


def several(texts: str | Iterable[str]) -> tuple[str, ...]:
    """Texts as a tuple; one text is itself, not its letters."""
    return (texts,) if isinstance(texts, str) else tuple(texts)


def cut_at(limit: int, found: int) -> dict[str, Any]:
    """The fields of an answer that say how long it is: its limit, how much there is, and whether that is all of it."""
    is_cut = found > limit
    return {"limit": limit, "total": found, "truncated": is_cut, "truncated_by": "limit" if is_cut else None}


def like(kind: Callable[..., Kind], other: Any, /, **given: Any) -> Kind:
    """A dataclass with the fields of another by the same name, and others that are given."""
    known = {each.name for each in fields(other)} - given.keys()
    return kind(**{name: getattr(other, name) for name in get_type_hints(kind) if name in known}, **given)


def check_question(question: object, kind: type[DataclassInstance]) -> None:
    """Refuse what is not the dataclass that a method asks with. Raises: TypeError that shows how to write one."""
    if not isinstance(question, kind):
        required = [each.name for each in fields(kind) if each.default is each.default_factory is MISSING]
        shape = ", ".join(f"{name}=..." for name in required) or "..."
        raise TypeError(f"expected kg.{kind.__name__}({shape}), not {question!r}")


def hold_several(question: Any) -> None:
    """Let a frozen question be asked with one text, or with a list, where it holds a tuple or a set of texts."""
    for each in fields(question):
        value = getattr(question, each.name)
        if str(each.type).startswith("tuple[") and not isinstance(value, tuple):
            object.__setattr__(question, each.name, several(value))
        elif str(each.type).startswith("frozenset[") and not isinstance(value, frozenset):
            object.__setattr__(question, each.name, frozenset(several(value)))


@dataclass(frozen=True, order=True)
class EntityRef:
    """An entity as every answer names it. ``type`` is the local name of its class (``Drug``), ``id`` its IRI."""

    id: str
    curie: str
    type: str
    label: str

    @property
    def kind(self) -> str:
        """The prefix of its CURIE."""
        return self.curie.partition(":")[0]

    @property
    def spoken(self) -> str:
        """Its name as it stands inside a sentence."""
        return spoken(self.label, self.kind)


@dataclass(frozen=True, order=True)
class PassageRef:
    """Where a document says something: half-open offsets in Unicode code points of the decoded file."""

    id: str
    document: str  # IRI
    section: str
    start: int
    end: int


@dataclass(frozen=True)
class Qualifier:
    """One further thing a fact says of itself, for example the model it was seen in.

    Attributes:
        name: of the property, locally; ``label`` is the same in words.
        entity: what the value names, if it is a thing.
    """

    name: str
    label: str
    value: str
    entity: EntityRef | None = None


Range = tuple[float | int | None, float | int | None]  # the two ends as printed; either may be unknown


@dataclass(frozen=True)
class Interval:
    """A closed interval in the unit of the value it belongs to; either end may be unknown.

    Attributes:
        level: 0.95 for 95 %.
        method: how it was derived; None of one that is printed.
    """

    low: float | None
    high: float | None
    level: float | None = None
    method: str | None = None
