"""Regimens: the exact one of an arm, its components, and the combination it is an instance of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triples import schema
from triples.records import Corpus, Fact, Record, Span
from triples.sentences import Names, component_words
from triples.sink import Sink

_TREATMENTS = ("procedure:local-tumour-treatment", "procedure:systemic-therapy")


@dataclass(frozen=True)
class Combination:
    """Drugs given together, whatever their doses; minted wherever an arm or a treatment gives them.

    Attributes:
        drugs: in the order of the first arm (by identifier) that gives them.
    """

    curie: str
    drugs: tuple[str, ...]

    def label(self, names: Names) -> str:
        """``docetaxel + gemcitabine``, or ``imatinib monotherapy``."""
        if len(self.drugs) == 1:
            return f"{names.of(self.drugs[0])} monotherapy"
        return " + ".join(names.of(drug) for drug in self.drugs)


def drugs_of(components: Iterable[Record]) -> tuple[str, ...]:
    """The drugs of some components, each once, in order."""
    return tuple(dict.fromkeys(drug for component in components for drug in component.texts("drug")))


def combination_curie(drugs: Iterable[str]) -> str | None:
    """``regimen:docetaxel-gemcitabine`` for drugs in any order; None without a drug."""
    locals_ = sorted({drug.partition(":")[2] for drug in drugs})
    return f"regimen:{'-'.join(locals_)}" if locals_ else None


def combination_of(components: Iterable[Record], treatments: frozenset[str]) -> str | None:
    """The combination that components make; None for a drug beside another treatment, which is no monotherapy.

    Args:
        components: of a regimen or a treatment.
        treatments: the procedures that treat a tumour.
    """
    parts = tuple(components)
    drugs = drugs_of(parts)
    beside = treatments.intersection(name for part in parts for name in part.texts("procedure"))
    return None if len(drugs) == 1 and beside else combination_curie(drugs)


def treatments_of(corpus: Corpus) -> frozenset[str]:
    """The procedures that treat a tumour: local or systemic treatment and all kinds of them."""
    found: set[str] = set()
    added = set(_TREATMENTS)
    while added:
        found |= added
        added = {entity.id for entity in corpus.entities if added & set(entity.texts("parents"))} - found
    return frozenset(found)


def corpus_combinations(corpus: Corpus) -> Mapping[str, Combination]:
    """Every combination given in the corpus, by identifier."""
    given: list[tuple[str, str, tuple[str, ...]]] = []
    treatments = treatments_of(corpus)
    for folder in corpus.folders:
        for record in (*folder.studies, *folder.patients):
            for inner in record.walk():
                drugs = drugs_of(inner.records("components"))
                if combination_of(inner.records("components"), treatments) is not None:
                    given.append((folder.id, record.id, drugs))
    found: dict[str, Combination] = {}
    for _, _, drugs in sorted(given):
        curie = combination_curie(drugs)
        if curie is not None:
            found.setdefault(curie, Combination(curie, drugs))
    return found


def arm_regimen(arm: str) -> str:
    """The identifier of an arm's exact regimen."""
    return f"regimen:{arm.partition(':')[2]}"


def arm_population(arm: str) -> str:
    """The identifier of an arm's population."""
    return f"population:{arm.partition(':')[2]}"


def compile_combinations(
    sink: Sink, combinations: Mapping[str, Combination], curated: frozenset[str], names: Names
) -> None:
    """Describe the combinations in the ontology graph; a curated one keeps its own words."""
    for curie, combination in sorted(combinations.items()):
        sink.link(curie, "skg:includesDrug", *combination.drugs)
        if curie in curated:
            continue
        sink.link(curie, "rdf:type", "skg:Regimen", "skg:Entity")
        sink.text(curie, "skos:prefLabel", combination.label(names))


def compile_components(
    sink: Sink, owner: str, holder: Record, spans: tuple[Span, ...], names: Names, *, includes: bool = True
) -> None:
    """Describe the components of a regimen or of a treatment; they are named after their ``owner``.

    ``spans`` stand in for components without a passage of their own; with ``includes`` each is also a
    statement that the regimen includes it.
    """
    for number, component in enumerate(holder.records("components"), 1):
        curie = f"{owner}-c{number}"
        own, context = component.spans("at") or spans, component.spans("context")
        sink.link(owner, "skg:component", curie)
        sink.link(curie, "rdf:type", "skg:Component")
        sink.record(curie, component, schema.COMPONENT)
        sink.text(curie, "skg:order", number)
        sink.text(curie, "rdfs:label", component_words(component, names))
        sink.passages(curie, own, context)
        sink.source(curie, component.place)
        for key, predicate in (("drug", "includesDrug"), ("procedure", "includesProcedure")):
            given = component.text(key)
            if given is not None and includes:
                label = f'The regimen "{names.of(owner)}" includes {names.of(given)}'
                sink.statement(Fact(owner, predicate, given), label, component, spans=own)
