"""A hand-written graph of rapamycin and gemcitabine that a person can follow, and how tests ask of such graphs."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from kg.identifiers import BASE, expand
from kg.mechanism.background import CycleMark, Denial, Schedule, Sighting
from kg.mechanism.search import MechanismAnswer, MechanismPath, MechanismQuestion, mechanism
from kg.paths.index import Index, IndexNode
from kg.paths.steps import StatementRecord
from ontology.terms import CLASS_BY_KIND
from tests.kg.made_index import made_index

JOINT = "process:chain-termination-causes"
FACTS = """
drug:sirolimus          binds               target:FKBP1A
drug:sirolimus          partOfComplex       complex:rapamycin-FKBP12
target:FKBP1A           partOfComplex       complex:rapamycin-FKBP12
complex:rapamycin-FKBP12 inhibits           target:MTOR
drug:sirolimus          inhibits            target:MTOR
target:MTOR             inhibitionPrevents  process:cdk-activation
target:MTOR             inhibitionIncreases process:cyclin-d1-turnover
process:cyclin-d1-turnover causes           process:cdk4-cyclin-d1-deficiency
process:cdk4-cyclin-d1-deficiency causes    process:g1-arrest
target:MTOR             inhibitionCauses    process:g1-arrest
drug:sirolimus          activeIn            histotype:leiomyosarcoma
target:MTOR             activates           target:RPS6KB1      hedged
drug:gemcitabine        convertedTo         metabolite:dfdcdp
drug:gemcitabine        convertedTo         metabolite:dfdctp
metabolite:dfdcdp       inhibits            target:RNR
target:RNR              inhibitionCauses    process:deoxynucleotide-depletion
metabolite:dfdctp       causes              process:competition-with-dctp
process:deoxynucleotide-depletion inputOf   process:chain-termination-causes
process:competition-with-dctp     inputOf   process:chain-termination-causes
process:chain-termination-causes  causes    process:chain-termination
drug:gemcitabine        inhibits            process:dna-synthesis
drug:imatinib           inhibits            target:KIT
drug:imatinib           activates           target:ABL1
target:ABL1             activates           target:KIT
drug:docetaxel          controls            process:mitosis
process:mitosis         causes              process:proliferation
drug:temsirolimus       sensitizes          cellstate:cancer-stem-cell  hypothesised
"""


def index_of(facts: str, folder: Path | None = None) -> Index:
    rows = [line.split() for line in facts.split("\n") if line.strip()]
    curies = sorted({curie for row in rows for curie in (row[0], row[2])})
    nodes = [IndexNode(expand(curie), _type(curie), curie.partition(":")[2]) for curie in curies]
    return made_index(nodes, ((expand(row[0]), row[1], expand(row[2]), *row[3:]) for row in rows), folder)


def _type(curie: str) -> str:
    return "JointCause" if curie == JOINT else CLASS_BY_KIND[curie.partition(":")[0]]


def ask(drugs: str = "", target: str | None = None, *, facts: str = FACTS, **more: object) -> MechanismAnswer:
    iris = tuple(expand(curie) for curie in drugs.split())
    return mechanism(index_of(facts), MechanismQuestion(iris, expand(target) if target else None, **more))  # type: ignore[arg-type]


def line_of(path: MechanismPath) -> str:
    return " ".join([path.start.label, *(step.end.label for step in path.steps)])


@dataclass(frozen=True)
class Told:
    """What a store would say beside the steps: the cell cycle, denials, schedules, harm, and in whom statements hold.

    Attributes:
        seen: adverse events that were told of people who were given drugs.
        contexts: by number of the statement (its line among the facts, from 0): the text and the disease it names.
    """

    marks: Mapping[str, CycleMark] = field(default_factory=dict)
    denials: tuple[Denial, ...] = ()
    timed: tuple[Schedule, ...] = ()
    seen: tuple[Sighting, ...] = ()
    contexts: Mapping[int, tuple[str, str]] = field(default_factory=dict)

    @property
    def cycle_marks(self) -> Mapping[str, CycleMark]:
        return {expand(curie): mark for curie, mark in self.marks.items()}

    def schedules(self, drugs: Collection[str]) -> tuple[Schedule, ...]:
        return tuple(one for one in self.timed if one.drug.id in drugs)

    def sightings(
        self, events: Collection[str], drugs: Collection[str], graphs: Collection[str]
    ) -> tuple[Sighting, ...]:
        under = [one for one in self.seen if not drugs or any(drug.id in drugs for drug in one.drugs)]
        return tuple(one for one in under if one.event.id in events)

    def statements(self, iris: Collection[str]) -> Mapping[str, StatementRecord]:
        found = {}
        for number, (text, disease) in self.contexts.items():
            iri = f"{BASE}statement/{number:04}"
            if iri in iris:
                found[iri] = StatementRecord((), "stated", "", "", (text,), (expand(disease),))
        return found


def ask_told(facts: str, told: Told, drugs: str, target: str | None = None, **more: object) -> MechanismAnswer:
    """Ask of a graph with something told beside it."""
    iris = tuple(expand(curie) for curie in drugs.split())
    question = MechanismQuestion(iris, expand(target) if target else None, **more)  # type: ignore[arg-type]
    return mechanism(index_of(facts), question, told, background=told)
