"""What a row of the table of cues is: a question, the names that it takes and the words by which people ask it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

from ontology.kinds import OF_THE_CELL, TREATMENTS

DISEASE = ("Histotype",)
NOT_ALONE = "^(?!.*monotherapy)"  # a pattern of the labels of regimens
AIMS = OF_THE_CELL
OfferKind = Literal["view", "catalogue"]
# Questions that are answered in their own way; the others are of the catalogue.
_VIEWS = frozenset(("evidence", "mechanism", "explain", "compare", "timeline", "gaps", "explore"))
THINGS = (*TREATMENTS, *DISEASE, *AIMS, "Site", "AdverseEvent", "Patient", "Study")


@dataclass(frozen=True)
class Slot:
    """A parameter of a question that names of the text fill.

    Attributes:
        parameter: of the question. ``treatment`` stands for ``drug``, ``regimen`` or ``drug_class``, as the name needs;
            ``a`` and ``b`` are the sides of a comparison.
        kinds: classes of what may be named.
        optional: whether the question can be asked without it.
        gain: how much a name that it takes speaks for the question.
        single: whether it takes one thing only, not drugs given together.
        several: whether it takes nothing less than two things named together.
        is_near: whether it takes the name nearest to the words that ask, instead of the first.
        is_before: whether it takes the name right before the words that ask, as in "imatinib-resistant".
        is_behind: whether it takes the name next behind the words that ask, as in "after surgery", or nothing.
        is_passed: whether the question is asked with it; else the name only speaks for the question.
        labels: a pattern that the label of what it takes holds.
        is_part: whether it takes a drug of several that are named together.
        is_joint: whether a question of the catalogue asks about several together, not about any of them.
        by_drug: whether of a drug at some dose it takes the drug, rather than the arm that is called so.
    """

    parameter: str
    kinds: tuple[str, ...]
    optional: bool = False
    gain: int = 4
    single: bool = False
    several: bool = False
    is_near: bool = False
    is_before: bool = False
    is_behind: bool = False
    is_passed: bool = True
    labels: str = ""
    is_part: bool = False
    is_joint: bool = False
    by_drug: bool = False


@dataclass(frozen=True)
class Cue:
    """A question, and what asks it.

    Attributes:
        question: the name of the view that answers it, or its id in the catalogue.
        label: the question in words; names stand in braces, and what is in square brackets is left out without them.
        slots: the names it takes.
        phrases: words that ask it, split at ``|``.
        gain: how much the words speak for it beyond their number.
        is_bare: whether names alone ask it, with no other words than those that join them.
        given: what it is asked with whatever is named: parameters and their values.
        narrows: in words, to what it narrows the evidence; several that a text asks for are asked together.
        is_beside: whether it is only asked together with others that narrow the evidence.
    """

    question: str
    label: str
    slots: tuple[Slot, ...] = ()
    phrases: str = ""
    gain: int = 0
    is_bare: bool = False
    given: tuple[tuple[str, tuple[str, ...]], ...] = ()
    narrows: str = ""
    is_beside: bool = False

    @property
    def own_slots(self) -> tuple[Slot, ...]:
        """Of what narrows the evidence the slots that are not what it is about."""
        return tuple(slot for slot in self.slots if slot.parameter not in _SUBJECTS)

    @property
    def parameter(self) -> str:
        """By which parameter it narrows the evidence."""
        return self.given[0][0] if self.given else self.slots[0].parameter

    @property
    def kind(self) -> OfferKind:
        """Where the question belongs."""
        return "view" if self.question in _VIEWS else "catalogue"


TREATMENT, DRUG, HISTOTYPE = Slot("treatment", TREATMENTS), Slot("drug", ("Drug",)), Slot("histotype", DISEASE)
TARGET, PATIENT, CLASS = Slot("target", ("Target",)), Slot("patient", ("Patient",)), Slot("class", ("DrugClass",))
SUCH_EVENT = Slot("event", ("AdverseEvent",), is_passed=False)
OF_DRUG = Slot("drug", TREATMENTS, gain=3, is_passed=False)
STUDY, EVENT, SITE = Slot("study", ("Study",)), Slot("event", ("AdverseEvent",)), Slot("site", ("Site",))
DRUGS = Slot("drug", ("Drug",), several=True)
OF_DRUGS = Slot("drug", ("Drug",), several=True, is_passed=False)
EVENTS = Slot("event", ("AdverseEvent",), several=True)
TREATMENT_TOO = Slot("treatment", TREATMENTS, optional=True)
IN_HISTOTYPE, AT_SITE = Slot("histotype", DISEASE, optional=True), Slot("site", ("Site",), optional=True, gain=2)
MEASURE = Slot("measure", ("Measure",), optional=True, gain=1)
ENTITY, TOLD_OF = Slot("entity", THINGS), Slot("entity", THINGS, by_drug=True)
DOCUMENT = Slot("document", ("Document",))
_SUBJECT = (TREATMENT_TOO, IN_HISTOTYPE, MEASURE)
_SUBJECTS = frozenset(slot.parameter for slot in _SUBJECT)
TOGETHER = (
    "add … to|added to|on top of|help*|enhanc*|boost*|potentiat*|synerg*|augment*|reinforc*|improve*|"
    "in addition to|make* … better"
)


def narrowing(
    words: str, given: tuple[tuple[str, tuple[str, ...]], ...], phrases: str = "", gain: int = 0
) -> tuple[Cue, ...]:
    """The rows by which words or figures narrow the evidence on a treatment, or on all that a histotype was given.

    Args:
        words: to what they narrow it.
        given: what is asked.
        phrases: what asks it; none where figures do.
        gain: how much they speak for it.
    """
    whose = (("{treatment}[ in {histotype}]", (TREATMENT, IN_HISTOTYPE)), ("all regimens in {histotype}", (HISTOTYPE,)))
    return tuple(
        Cue("evidence", f"Evidence: {label}[, {{measure}}], {words}", (*slots, MEASURE), phrases, gain=gain,
            given=given, narrows=words)
        for label, slots in whose
    )  # fmt: skip


def narrowed(cues: Iterable[Cue]) -> Cue:
    """Evidence narrowed in every way that some rows ask for, as one question; in the order of the table.

    What has a grade or is an adverse event is of that measure.
    """
    parts = list(cues)
    given = tuple(pair for cue in parts for pair in cue.given)
    own = tuple(dict.fromkeys(slot for cue in parts for slot in cue.own_slots))
    asked = {*dict(given), *(slot.parameter for slot in own)}
    closed = asked | ({"measure"} if asked & {"adverse_event", "min_grade"} else set())
    return Cue(
        "evidence",
        "Evidence[: {treatment}][ in {histotype}][, {measure}], " + ", ".join(cue.narrows for cue in parts),
        (*own, *(slot for slot in _SUBJECT if slot.parameter not in closed)),
        "|".join(filter(None, (cue.phrases for cue in parts))),
        gain=max(cue.gain for cue in parts),
        given=given,
    )
