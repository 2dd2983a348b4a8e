"""What a term of the vocabulary is, as Python values. The terms themselves are in ``ontology.terms``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal, TypeVar

from ontology.english import article, is_plural, plural_noun, plural_verb, spoken

NAMESPACE = "https://w3id.org/sarcoma-kg/vocab/"
_QUANTITIES = frozenset({"complex", "event", "metabolite", "process"})  # of which there may be less

Sign = Literal["+1", "-1", "carry", "none"]
Direction = Literal["forward", "backward", "symmetric", "none"]


@dataclass(frozen=True)
class MappedTerm:
    """A term of another vocabulary that ours corresponds to.

    Attributes:
        relation: "exact", "close", "broad", "narrow" or "related", as in SKOS.
        curie: the other term, for example ``BIOLINK:causes``.
    """

    relation: str
    curie: str


@dataclass(frozen=True, kw_only=True)
class Term:
    """A word of the vocabulary. ``name`` is its local name, as curators write it."""

    name: str
    label: str
    definition: str
    mappings: tuple[MappedTerm, ...] = ()

    @property
    def iri(self) -> str:
        """Its address."""
        return NAMESPACE + self.name


AnyTerm = TypeVar("AnyTerm", bound=Term)


def by_name(*terms: AnyTerm) -> dict[str, AnyTerm]:
    """A table of terms."""
    return {term.name: term for term in terms}


@dataclass(frozen=True, kw_only=True)
class ClassTerm(Term):
    """A class.

    Attributes:
        kind: the IRI segment of its instances, or None where they have none of their own.
        family: a word that it shares with classes of which its instances may be a kind, or None.
    """

    parent: str | None = None
    kind: str | None = None
    family: str | None = None

    @property
    def called(self) -> str:
        """Its name in a list of kinds: the prefix that curators write, or else the label; that of all is no kind."""
        return "anything" if self.parent is None else self.kind or self.label


@dataclass(frozen=True, kw_only=True)
class Predicate(Term):
    """A relation that a statement may assert.

    Attributes:
        sign: what it does to a change in its subject; "carry" hands on the sign of the step before, "none"
            leaves the sign of a whole path unknown.
        causal: whether the source says that one end acts on the other.
        takes_text: whether the object is a sentence instead of an entity.
        edge: whether affirmed statements with it are edges of the traversal index.
        direction: which end acts on which, where one does.
        subject_kinds: names of the classes of which a curated statement's subject may be.
        object_kinds: those of its object; none where it takes text.
        like_kinds: whether the object has to be of the subject's class or of its family as well.
        phrase: how it reads between subject and object ("inhibits").
        sentence: template of an affirmed statement, with ``{subject}`` and ``{object}``.
        negated_sentence: template of a negated statement.
    """

    inverse_label: str
    sign: Sign
    causal: bool
    takes_text: bool = False
    edge: bool
    sentence: str
    negated_sentence: str
    direction: Direction
    phrase: str
    subject_kinds: tuple[str, ...]
    object_kinds: tuple[str, ...] = ()
    like_kinds: bool = False

    def spell(self, subject: str, obj: str, *, negated: bool = False, kinds: tuple[str, str] = ("", "")) -> str:
        """Put two names into the sentence; its verb and its articles agree with them.

        Braces in the names mean nothing. ``kinds`` are the prefixes of the CURIEs of what the two names name: a class
        of drugs is spoken of in the plural, a complex with its article, and a process is not inhibited but reduced.
        """
        template = self.negated_sentence if negated else self.sentence
        before, _, rest = template.partition("{subject}")
        between, _, after = rest.partition("{object}")
        if before == "inhibition of " and kinds[0] in _QUANTITIES:
            before = "a reduction in "
        subject = spoken(subject, kinds[0])
        several = not before and between.startswith(" ") and is_plural(subject)
        if several:
            verb, _, more = between[1:].partition(" ")
            between = f" {plural_verb(verb)} {more}"
        if not between.endswith(" a "):
            obj = spoken(obj, kinds[1])
        elif several:
            between, obj = between[:-2], plural_noun(obj)
        else:
            between = f"{between[:-2]}{article(obj)} "
        return f"{before}{subject}{between}{obj}{after}"


@dataclass(frozen=True, kw_only=True)
class Property(Term):
    """A property of a record (study, outcome, passage ...) that no statement asserts as its predicate.

    Attributes:
        range: "iri" for links whose target may be of several classes, the name of a class, "string",
            "integer", "decimal", "boolean", or None where both links and texts occur.
        subject_kinds: names of the classes whose records may have it; none where it is not for records.
        object_kinds: names of the classes of which its value may be; none where that is a text or a number.
        single: whether a record has one value at most.
    """

    range: str | None = None
    subject_kinds: tuple[str, ...] = ()
    object_kinds: tuple[str, ...] = ()
    single: bool = False


class UnknownTermError(KeyError, AttributeError):
    """A name that the vocabulary does not have. ``suggestions`` are the nearest names that it has."""

    def __init__(self, name: str, suggestions: tuple[str, ...]) -> None:
        self.term = name
        self.suggestions = suggestions
        hint = f"; did you mean {' or '.join(suggestions)}?" if suggestions else ""
        super().__init__(f"the vocabulary has no term {name!r}{hint}")

    def __str__(self) -> str:
        return str(self.args[0])


class Vocabulary(Mapping[str, str]):
    """A closed namespace: local name to IRI. A name that it does not have raises :class:`UnknownTermError`.

    ``SKG.inhibits`` and ``SKG["inhibits"]`` are the same string.
    """

    __slots__ = ("_iris", "namespace")

    def __init__(self, *tables: Mapping[str, Term]) -> None:
        self.namespace = NAMESPACE
        self._iris = {name: NAMESPACE + name for name in sorted({name for table in tables for name in table})}

    def __getitem__(self, name: str) -> str:
        try:
            return self._iris[name]
        except KeyError:
            raise UnknownTermError(name, tuple(get_close_matches(name, self._iris, n=2))) from None

    def __getattr__(self, name: str) -> str:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._iris)

    def __len__(self) -> int:
        return len(self._iris)

    def __contains__(self, name: object) -> bool:
        return name in self._iris
