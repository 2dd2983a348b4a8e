"""Evidence rows for tests: a plain one, and how it is varied."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from kg.evidence.derivation import complete
from kg.evidence.measures import DefinitionRef, MeasureRef
from kg.evidence.regimens import RegimenRow
from kg.evidence.rows import EvidenceRow, PopulationRow
from kg.model import EntityRef

BASE = "https://w3id.org/sarcoma-kg/"


def ref(curie: str, label: str = "", type_: str = "") -> EntityRef:
    kind, _, name = curie.partition(":")
    return EntityRef(f"{BASE}{kind}/{name}", curie, type_ or kind.title(), label or name)


def measure(name: str, groups: tuple[str, ...] = ("benefit",), counts: tuple[str, ...] = ()) -> MeasureRef:
    plain = ref(f"measure:{name}")
    return MeasureRef(plain.id, plain.curie, "Measure", name, groups, counts)


def definition(name: str, *counts: str, lasting: str | None = None, criteria: str | None = None) -> DefinitionRef:
    plain = ref(f"definition:{name}")
    return DefinitionRef(plain.id, plain.curie, "Definition", name, counts, lasting, criteria)


ORR = measure("objective-response-rate", ("benefit", "response-rate"), ("CR", "PR"))
RESPONSE_RATE = measure("response-rate")
SURVIVAL = measure("overall-survival", ("benefit", "time-to-event"))
CR_PR = definition("cr-pr", "CR", "PR")
UNSTATED = definition("unstated")
SD_60_DAYS = definition("sd-or-better-60-days", "CR", "PR", "SD", lasting="P60D")
GEMCITABINE = ref("drug:gemcitabine", type_="Drug")
DOCETAXEL = ref("drug:docetaxel", type_="Drug")
LEIOMYOSARCOMA = ref("histotype:leiomyosarcoma", type_="Histotype")


def people(n: int | None = 40, match: str | None = None, **more: Any) -> PopulationRow:
    plain = PopulationRow(n, None, None, (LEIOMYOSARCOMA,), match, None, None, None, None, None, None)
    return replace(plain, **more)


def regimen(*drugs: EntityRef) -> RegimenRow:
    name = " + ".join(drug.label for drug in drugs)
    named = ref("regimen:" + "-".join(sorted(drug.label for drug in drugs)), name, "Regimen")
    return RegimenRow("r", "regimen:r", "Regimen", name, named, None, (), tuple(sorted(drugs)))


def row(number: int = 1, **given: Any) -> EvidenceRow:
    """A trial's objective response rate in 40 patients on gemcitabine, completed; ``given`` changes fields."""
    plain: dict[str, Any] = {
        "id": f"{BASE}outcome/{number:03}",
        "study": ref(f"study:s{number:03}"),
        "design": "trial",
        "arm": ref(f"arm:a{number:03}"),
        "regimen": regimen(GEMCITABINE),
        "population": people(),
        "measure": ORR,
        "definition": CR_PR,
        "certainty": "stated",
    }
    return complete(EvidenceRow(**(plain | given)))
