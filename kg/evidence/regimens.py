"""What a regimen or a treatment is made of, and which of it is meant for the tumour."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from kg.description import Description, record, reference
from kg.model import EntityRef, Range

KINDS_OF = ("inClass", "broader")  # properties that lead from a thing to what it is a kind of
_NOT_AGAINST_TUMOUR = "https://w3id.org/sarcoma-kg/drugclass/not-against-tumour"
_AGAINST_TUMOUR = frozenset({  # of procedures; drugs count unless they are in the class above
    "https://w3id.org/sarcoma-kg/procedure/local-tumour-treatment",
    "https://w3id.org/sarcoma-kg/procedure/systemic-therapy",
})  # fmt: skip


@dataclass(frozen=True)
class ComponentRow:
    """One drug or procedure of a regimen, with its dose as printed.

    Attributes:
        drug: the drug or procedure.
        dose_text: the dose as printed; ``value`` in ``unit`` is the same as a number.
        unit: UCUM, such as mg/m2.
        infusion_time, cycle: how long it runs, and how long a cycle takes (ISO 8601).
        days: of the cycle, on which it is given.
        timing: when, in relation to another part of the regimen.
        range: lowest and highest in ``unit`` where several doses are printed ("5 or 8", "at least 40"); then there is
            no ``value``.
    """

    drug: EntityRef
    dose_text: str | None
    value: float | int | None
    unit: str | None
    route: str | None
    infusion_time: str | None
    days: str | None
    cycle: str | None
    timing: str | None
    range: Range | None = None

    @property
    def label(self) -> str:
        """What was given and how much, as the cell of a table says it."""
        return f"{self.drug.label} {self.dose_text}" if self.dose_text else self.drug.label


@dataclass(frozen=True)
class RegimenRow:
    """What an arm gave.

    Attributes:
        combination: the drugs of it, whatever their doses.
        text: what the source tells beside the doses, in this graph's words.
        components: what is given, in order.
        against_tumour: its drugs and procedures without those that only accompany (mesna, growth factors, placebo).
    """

    id: str
    curie: str
    type: str
    label: str
    combination: EntityRef | None
    text: str | None
    components: tuple[ComponentRow, ...]
    against_tumour: tuple[EntityRef, ...] = ()


def read_components(known: Mapping[str, Description], owner: Description) -> tuple[ComponentRow, ...]:
    """The drugs and procedures of a regimen or a treatment, in the order they are given."""
    parts = (known[node] for node in owner.iris("component") if node in known)
    return tuple(
        record(ComponentRow, part, known, drug=reference(given, known), dose_text=part.text("dose"))
        for part in sorted(parts, key=lambda part: (part.integer("order") or 0, part.iri))
        if (given := part.iri_of("drug") or part.iri_of("procedure")) is not None
    )


def against_tumour(known: Mapping[str, Description], components: Iterable[ComponentRow]) -> tuple[EntityRef, ...]:
    """What is given against the tumour: drugs unless they only accompany, procedures only if they treat it.

    Args:
        known: descriptions of the components and of what they are kinds of.
        components: what is given.
    """
    given = {part.drug for part in components}
    return tuple(sorted(ref for ref in given if _is_against_tumour(known, ref)))


def _is_against_tumour(known: Mapping[str, Description], ref: EntityRef) -> bool:
    groups = groups_of(known, ref.id)
    return _NOT_AGAINST_TUMOUR not in groups if ref.type == "Drug" else not groups.isdisjoint(_AGAINST_TUMOUR)


def groups_of(known: Mapping[str, Description], iri: str) -> frozenset[str]:
    """What a node is a kind of, however far up."""
    groups: set[str] = set()
    todo = [iri]
    while todo:
        node = known.get(todo.pop())
        above = {parent for name in KINDS_OF for parent in node.iris(name)} - groups if node else set()
        groups |= above
        todo += above
    return frozenset(groups)
