"""What the file of names gives for a search: a name with its entity, the hit that it makes, and how well it matches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from kg.identifiers import display, is_project
from kg.model import EntityRef
from kg.search.spelling import american
from ontology.terms import CLASSES


@dataclass(frozen=True)
class SearchHit(EntityRef):
    """An entity that a text may mean.

    Attributes:
        matched: the name of it that the text is like.
        score: how well it matches: 1 exactly, then less.
        imported: whether only imports know it.
    """

    matched: str
    score: float
    imported: bool = False


@dataclass(frozen=True)
class NameRow:
    """A name as the file of names holds it, and the entity that is called so."""

    iri: str
    type: str
    label: str
    text: str
    source: int
    compact: str
    loose: str

    @property
    def entity(self) -> EntityRef:
        """What is called so."""
        return EntityRef(self.iri, display(self.iri), self.type, self.label)

    def hit(self, score: float) -> SearchHit:
        """The entity as found by this name."""
        entity = self.entity
        imported = not is_project(entity.id)
        return SearchHit(entity.id, entity.curie, entity.type, entity.label, self.text, round(score, 4), imported)


def word_queries(tokens: Sequence[str]) -> list[str]:
    """A full-text query for each word; the last may still be half typed, so it has no plural yet."""
    *whole, last = tokens
    return [*(f'"{american(word)}"' for word in whole), f'("{american(last)}" OR "{last}"*)']


def scaled(base: float, typed: str, row: NameRow, span: float = 0.14) -> float:
    """A score in [base, base + span]: the more of the name was typed, the higher."""
    share = min(len(typed) / max(len(row.loose), 1), 1.0)
    return base + span * share - 0.001 * row.source


def a_kind_of(classes: Sequence[str]) -> str:
    """Class names in words with their article.

    >>> a_kind_of(["Drug"]), a_kind_of(["AdverseEvent", "DrugClass", "Site"])
    ('a drug', 'an adverse event, a drug class or a site')
    """
    labels = [CLASSES[name].label if name in CLASSES else name for name in classes]
    named = [f"{'an' if label[:1].lower() in 'aeiou' else 'a'} {label}" for label in dict.fromkeys(labels)]
    return " or ".join([", ".join(named[:-1]), named[-1]] if len(named) > 1 else named)
