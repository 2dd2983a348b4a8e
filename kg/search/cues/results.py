"""What came of treatments: which words ask for results, and for none."""

from __future__ import annotations

from kg.search.cues.slots import (
    AT_SITE,
    DRUGS,
    HISTOTYPE,
    IN_HISTOTYPE,
    MEASURE,
    SITE,
    TARGET,
    TOGETHER,
    TREATMENT,
    Cue,
    Slot,
)

_RESULTS = (
    "response|respond*|remission|survival|survive|progression|benefit|result|outcome|effective*|efficac*|effect|"
    "activity|"
    "active|evidence|does … work|do … work|did … work|is … good|trial of|study of|studies of|achieve*|what came of|"
    "help*|failed|maintenance|hazard ratio|known about|known of|know about|know of|tell me about"
)
_TREATING = (
    "treat*|therap*|option|regimen|chemotherap*|drug|what work|which drug|what drug|tried|best drug|drug for|drug in|"
    "drug against|manage*|works in|should i give|what next|cure*|curable"
)

CUES: tuple[Cue, ...] = (
    Cue("evidence", "Evidence: {treatment}[ in {histotype}][ of the {site}][, {measure}]",
        (TREATMENT, IN_HISTOTYPE, AT_SITE, MEASURE), _RESULTS + "|together|combin*"),
    Cue("evidence", "Evidence: {treatment} in {histotype}[, {measure}]", (TREATMENT, HISTOTYPE, MEASURE), gain=1),
    Cue("evidence", "Evidence: {treatment} together", (Slot("treatment", ("Drug",)),), gain=3),
    Cue("evidence", "Evidence: {drug} together", (DRUGS,), TOGETHER, gain=3),
    Cue("evidence", "Evidence: {treatment}, {measure}", (TREATMENT, Slot("measure", ("Measure",), gain=2))),
    Cue("evidence", "Evidence: {treatment} in tumours of the {site}", (TREATMENT, Slot("site", ("Site",)))),
    Cue("evidence", "Which regimens were tried in {histotype}, and what came of them[: {measure}]",
        (HISTOTYPE, MEASURE),
        _TREATING + "|" + _RESULTS),
    Cue("evidence", "Which regimens were tried in tumours of the {site}, and what came of them", (SITE,),
        _TREATING + "|" + _RESULTS, gain=-3),
    Cue("evidence", "Evidence: {treatment}[ in {histotype}][, {measure}]", (TREATMENT, IN_HISTOTYPE, MEASURE),
        "trial|study|studies|data|literature|paper", gain=-1),
    Cue("evidence", "Evidence: {treatment}[ in {histotype}], time to progression or death",
        (TREATMENT, IN_HISTOTYPE),
        "how long … progress*|until … progress*|before … progress*|time to progress*|how long … control*|"
        "how long … keep*|how long … last*|how long … stable|how long … work*", gain=1,
        given=(("measure", ("measure:time-to-event",)),)),
    Cue("evidence", "Evidence: {treatment}[ in {histotype}], overall survival", (TREATMENT, IN_HISTOTYPE),
        "how long … live*|how long … surviv*|how long … alive|live* longer|longer life|prolong* life|extend* life|"
        "life expectancy", gain=1, given=(("measure", ("measure:overall-survival",)),)),
    Cue("evidence", "Evidence: {regimen} alone[ in {histotype}]",
        (Slot("regimen", ("Drug",), single=True), IN_HISTOTYPE),
        "on its own|by itself|alone|single agent|monotherapy", gain=2),
    Cue("evidence", "Every result on {measure}", (Slot("measure", ("Measure",)),),
        "did anyone|did anybody|any … get|who get|which drug|what drug|which regimen|which treatment|how many",
        gain=-2),
    Cue("evidence", "Evidence: regimens that hold {treatment}", (TREATMENT,),
        "regimen contain*|regimen … contain*|regimen … include*|regimen use|regimen … use|treatment contain*|"
        "combination … contain*"),
    Cue("evidence", "How {regimen} was tolerated", (Slot("regimen", ("Regimen",)),),
        "side effect|adverse|toxic*|toler*|safe*|harm*|risk*|complication",
        given=(("measure", ("measure:treatment-burden",)),)),
    Cue("kinds-of-nothing", "What was looked for and not seen, or brought no benefit", (),
        "no response|no effect|no benefit|no activity|not active|inactive|did not respond|without response|"
        "no objective response|nobody respond*|no one respond*|no responder|without responder", gain=5,
        given=(("kind", ("none-observed", "no-apparent-benefit")),)),
    Cue("kinds-of-nothing", "Where no significant difference was found", (),
        "no significant difference|no difference|not significant*", gain=5,
        given=(("kind", ("no-significant-difference",)),)),
    Cue("kinds-of-nothing", "What was not reported yet, or is not described", (),
        "not reported|not yet reported|not described|not yet described", gain=5,
        given=(("kind", ("not-reported-yet", "not-described")),)),
    Cue("evidence", "Evidence: drugs that act on {target}[ in {histotype}]", (TARGET, IN_HISTOTYPE),
        "evidence|result|trial|response|treat*|target*|inhibit*|block*|antibod*|against"),
)  # fmt: skip
