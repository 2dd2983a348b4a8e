"""Every failure the core can report: one family, each with a stable code and its data.

The message is built from the fields, so that a page, a problem body and a terminal say the same thing.
``server.http.errors`` maps each class to an HTTP status; ``server.cli`` maps it to an exit code.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from ontology.english import counted

_SHOWN_CHARACTERS = 200  # of a wrong value


def _listed(entities: tuple[tuple[str, str], ...]) -> str:
    return ", ".join(f"{label} ({curie})" for curie, label in entities)


@dataclass(eq=False)
class KgError(Exception):
    """Base of the family. ``code`` is stable and documented in docs/api.md; ``str(error)`` is for people.

    ``sentence`` is what is wrong and what would be right, in one or two sentences with the fields of the error in them.
    """

    code: ClassVar[str] = "kg_error"
    sentence: ClassVar[str] = ""

    def __str__(self) -> str:
        return self.message()

    def message(self) -> str:
        """The sentence, filled in."""
        return self.sentence.format(**vars(self)) or self.code


@dataclass(eq=False)
class IdentifierError(KgError):
    """A text that should be a CURIE or an IRI is neither."""

    code: ClassVar[str] = "malformed_identifier"
    sentence: ClassVar[str] = "{text!r} is not an identifier: {reason}"
    text: str
    reason: str


@dataclass(eq=False)
class EntityNotFound(KgError):
    """No entity of the graph carries that identifier, label or synonym."""

    code: ClassVar[str] = "unknown_entity"
    text: str
    parameter: str = ""
    suggestions: tuple[tuple[str, str], ...] = ()  # (curie, label), best first

    def message(self) -> str:
        where = f" (parameter {self.parameter})" if self.parameter else ""
        names = _listed(self.suggestions)
        hint = f"Did you mean: {names}?" if names else "Nothing is called nearly so; search for one word of the name."
        return f"Nothing in this graph is called {self.text!r}{where}. {hint}"


@dataclass(eq=False)
class Withdrawn(EntityNotFound):
    """An identifier that a correction gave up, and that no one thing has taken over."""

    code: ClassVar[str] = "withdrawn"
    reason: str = ""

    def message(self) -> str:
        successors = f" In its place: {_listed(self.suggestions)}." if self.suggestions else ""
        return f"{self.text!r} was withdrawn: {self.reason}{successors}"


@dataclass(eq=False)
class AmbiguousEntity(KgError):
    """Several entities match a name equally well; the caller must choose."""

    code: ClassVar[str] = "ambiguous_entity"
    text: str
    parameter: str = ""
    candidates: tuple[tuple[str, str], ...] = ()  # (curie, label)

    def message(self) -> str:
        names = _listed(self.candidates)
        return f"{self.text!r} names several things equally well: {names}. Give one of these identifiers."


@dataclass(eq=False)
class InvalidParameter(KgError):
    """A parameter has a value outside its range or enumeration; it is never clamped."""

    code: ClassVar[str] = "invalid_parameter"
    parameter: str
    value: str
    expected: str

    def message(self) -> str:
        value = self.value if len(self.value) <= _SHOWN_CHARACTERS else f"{self.value[:_SHOWN_CHARACTERS]}…"
        wrong = f"{self.parameter}={value!r} is not allowed" if value else f"{self.parameter} is missing"
        return f"{wrong}: expected {self.expected}{'' if self.expected.endswith('?') else '.'}"


@dataclass(eq=False)
class WrongKind(InvalidParameter):
    """A name that is known, but of something that the parameter does not take: a disease where a drug belongs."""

    code: ClassVar[str] = "wrong_kind"
    entity: str  # what the name stands for, as a CURIE
    suggestions: tuple[tuple[str, str], ...] = ()  # (curie, label) of the right kind, best first

    def message(self) -> str:
        return super().message() + (f" Did you mean: {_listed(self.suggestions)}?" if self.suggestions else "")


@dataclass(eq=False)
class QuerySyntaxError(KgError):
    """SPARQL text the parser refuses. ``line`` and ``column`` count from 1 where the parser gives them."""

    code: ClassVar[str] = "query_syntax"
    reason: str
    line: int | None = None
    column: int | None = None

    def message(self) -> str:
        place = f" at line {self.line}, column {self.column}" if self.line is not None else ""
        return f"The query cannot be parsed{place}: {self.reason}"


@dataclass(eq=False)
class QueryRefused(KgError):
    """A query asks for something this read-only service does not do (update, SERVICE, too deep, too long)."""

    code: ClassVar[str] = "query_refused"
    sentence: ClassVar[str] = "The query is refused: {reason}."
    reason: str


@dataclass(eq=False)
class QueryFailed(KgError):
    """The engine gave up on a query that it could parse (evaluation error or a crash of its worker)."""

    code: ClassVar[str] = "query_failed"
    sentence: ClassVar[str] = "The query could not be answered: {reason}."
    reason: str


@dataclass(eq=False)
class QueryCancelled(QueryFailed):
    """Nobody waits for the answer any more, so the work on it has been stopped."""

    code: ClassVar[str] = "cancelled"
    reason: str = "it was cancelled"


@dataclass(eq=False)
class BudgetExceeded(KgError):
    """A request ran into one of its limits; nothing partial is returned as if it were whole."""

    code: ClassVar[str] = "budget_exceeded"
    sentence: ClassVar[str] = "Stopped at the limit {limit} = {value:g} {unit}. Ask for less, or raise the setting."
    limit: str
    value: float
    unit: str


@dataclass(eq=False)
class QueryTimeout(BudgetExceeded):
    """The time that a query may take is over."""

    code: ClassVar[str] = "query_timeout"


@dataclass(eq=False)
class ResultTooLarge(BudgetExceeded):
    """The answer would be longer than it may be."""

    code: ClassVar[str] = "result_too_large"


@dataclass(eq=False)
class MemoryExceeded(BudgetExceeded):
    """A query needs more memory than its process may have."""

    code: ClassVar[str] = "query_memory"


@dataclass(eq=False)
class Overloaded(KgError):
    """All workers are busy and the queue is full; the same request may succeed later."""

    code: ClassVar[str] = "overloaded"
    sentence: ClassVar[str] = "Too many queries are running. Try again in {retry_after_s:g} s."
    retry_after_s: float = 1.0


@dataclass(eq=False)
class StoreUnavailable(KgError):
    """There is no built graph to open, or it is damaged."""

    code: ClassVar[str] = "store_unavailable"
    sentence: ClassVar[str] = "No graph to serve: {reason}. Run `sarcoma-kg build` first."
    reason: str


@dataclass(eq=False)
class CapabilityMissing(KgError):
    """The engine behind the graph cannot do what was asked."""

    code: ClassVar[str] = "capability_missing"
    sentence: ClassVar[str] = "The engine behind this graph cannot do this: {capability}."
    capability: str


@dataclass(eq=False)
class RemoteUnavailable(KgError):
    """The remote engine cannot be reached, or does not speak as it should. ``address`` holds no credentials."""

    code: ClassVar[str] = "remote_unavailable"
    sentence: ClassVar[str] = "The remote engine at {address} is of no use: {reason}."
    address: str
    reason: str


@dataclass(eq=False)
class PartialAnswer(KgError):
    """The remote engine gave a part of the answer as if it were the whole; it is not passed on."""

    code: ClassVar[str] = "partial_answer"
    sentence: ClassVar[str] = (
        "The remote engine gave only a part of the answer: {reason}. Ask for less, or raise its limit."
    )
    reason: str


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in a curated file. ``line`` and ``column`` count from 1."""

    file: str
    line: int
    column: int
    reason: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.reason}"


@dataclass(eq=False)
class CurationError(KgError):
    """Curated files with faults: all of them, in file order. Nothing is built."""

    code: ClassVar[str] = "bad_curation"
    faults: tuple[Fault, ...]

    def message(self) -> str:
        lines = "\n".join(str(fault) for fault in sorted(self.faults))
        return f"{counted(len(self.faults), 'fault')} in the curated files; nothing was built.\n{lines}"
