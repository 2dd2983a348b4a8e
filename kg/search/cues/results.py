"""What came of treatments: which words ask for results, and for none."""

from __future__ import annotations

from dataclasses import replace

from kg.search.cues.slots import (
    AT_SITE,
    DISEASE,
    DRUG,
    DRUGS,
    HISTOTYPE,
    IN_HISTOTYPE,
    MEASURE,
    NOT_ALONE,
    SITE,
    TARGET,
    TOGETHER,
    TREATMENT,
    TREATMENT_TOO,
    Cue,
    Slot,
    narrowing,
)
from ontology.kinds import TREATMENTS

_RESULTS = (
    "response|respond*|remission|survival|survive|progression|benefit|result|outcome|effective*|efficac*|effect|"
    "activity|"
    "active|evidence|does … work|do … work|did … work|is … good|trial of|study of|studies of|achieve*|what came of|"
    "help*|failed|maintenance|hazard ratio|known about|known of|know about|know of|tell me about"
)
_TREATING = (
    "treat*|therap*|option|regimen|chemotherap*|drug|what work|which drug|what drug|tried|best drug|drug for|drug in|"
    "drug against|manage*|works in|should i give|cure*|curable"
)
# What a study was like, the parameter of evidence that asks for such, its value, the words, and what they gain.
_DESIGNS = (
    ("only of studies that are not randomised", "randomised", "no", "non randomi*|not randomi*|unrandomi*", 4),
    ("only of randomised studies", "randomised", "yes", "randomi*|rct|drawn by lot", 4),
    ("only of case reports", "design", "case report", "case report|case stud*", 4),
    ("only of case series", "design", "case series", "case serie*", 4),
    ("only of retrospective cohorts", "design", "retrospective cohort", "retrospective*", 4),
    ("only of prospective cohorts", "design", "prospective cohort", "prospective cohort|prospective observation*", 4),
    ("as maintenance", "setting", "maintenance", "maintenance therap*|maintenance treat*|maintenance", 2),
    ("as adjuvant treatment", "setting", "adjuvant", "adjuvant*", 2),
    ("as neoadjuvant treatment", "setting", "neoadjuvant", "neoadjuvant*", 2),
    (
        "only where compared with placebo",
        "comparator",
        "placebo",
        "placebo controlled|placebo control|against placebo|versus placebo|vs placebo|than placebo|over placebo",
        4,
    ),
    ("only of double-blind studies", "blinding", "double-blind", "double blind*|doubly blind*", 4),
    ("only of open studies", "blinding", "open", "open label*|unblinded", 4),
    ("only of phase I", "phase", "I", "phase i|phase 1", 1),
    ("only of phase II", "phase", "II", "phase ii|phase 2", 1),
    ("only of phase III", "phase", "III", "phase iii|phase 3", 1),
    ("in the first line", "line", "first", "first line|1st line|front line|frontline|upfront", 1),
    ("in the second line", "line", "second", "second line|2nd line", 1),
    ("in the third line", "line", "third", "third line|3rd line", 1),
    ("in the fourth line", "line", "fourth", "fourth line|4th line", 1),
    ("in the first or second line", "line", "first or second", "first or second line|first and second line", 1),
    (
        "in the second line or later",
        "line",
        "second or later",
        "second line or later|second or later line|second line and later|second line and beyond",
        1,
    ),
    (
        "in the third line or later",
        "line",
        "third or later",
        "third line or later|third or later line|third line and later|third line and beyond",
        1,
    ),
)
_HAD_FAILED = (
    "resistant|resistance|refractory|intolerant|intolerance|failure|fail|failing|pretreated|"
    "no longer work*|stop* work*|no longer help*|stop* help*|has failed|have failed|had failed"
)
_AFTER_FAILURE = (
    "after … fail*|failure of|failed on|progress* on|progression on|after progression|resistant to|refractory to|"
    "intolerant of|intolerant to|intolerance of|previously treated with|already treated with|pretreated with|"
    "no longer respond* to|not respond* to|stop* respond* to|unresponsive to"
)
_AFTER, _HAD = (
    "Evidence: [{treatment} ]after {after}[ in {histotype}][, {measure}]",
    Slot("after", ("Drug", "DrugClass", "Regimen"), by_drug=True),
)
# What people had had before is seldom named with a measure by chance.
_MEASURED = replace(MEASURE, gain=4)
_GRADES = (
    ("3", "grade 3|grade iii|grade 3 4|grade 3 or 4|grade iii iv|severe"),
    ("4", "grade 4|grade iv"),
    ("5", "grade 5|grade v|fatal|lethal"),
)

CUES: tuple[Cue, ...] = (
    Cue("evidence", "Evidence: {treatment}[ in {histotype}][ of the {site}][, {measure}]",
        (TREATMENT, IN_HISTOTYPE, AT_SITE, MEASURE), _RESULTS + "|together|combin*"),
    # Nobody had failed on it: it failed them.
    Cue("evidence", "Evidence: {treatment}[ in {histotype}]", (TREATMENT, IN_HISTOTYPE),
        "did … fail|does … fail|do … fail", gain=10),
    Cue("evidence", "Evidence: {treatment} in {histotype}[, {measure}]", (TREATMENT, HISTOTYPE, MEASURE), gain=1),
    # Behind the words that ask, or right before them, stands what people had had before.
    *(
        Cue("evidence", label, slots, phrases, gain=gain, narrows="after {after}")
        for label, slots, gain, phrases in (
            (_AFTER, (replace(_HAD, is_before=True), TREATMENT_TOO, IN_HISTOTYPE, _MEASURED), -1, _HAD_FAILED),
            (_AFTER, (replace(_HAD, is_near=True), TREATMENT_TOO, IN_HISTOTYPE, _MEASURED), -4, _AFTER_FAILURE),
            (_AFTER, (replace(_HAD, is_near=True), TREATMENT_TOO, HISTOTYPE, _MEASURED), 2, _AFTER_FAILURE),
            (_AFTER, (replace(_HAD, is_behind=True), TREATMENT_TOO, HISTOTYPE, _MEASURED), 2, "after"),
            (_AFTER, (replace(_HAD, is_behind=True), TREATMENT, _MEASURED), -2, "after"),
            # Several drugs, or a regimen: no question of the catalogue is asked after them.
            *(
                (_AFTER, (replace(had, is_behind=True), IN_HISTOTYPE, _MEASURED), -1, f"{_AFTER_FAILURE}|after")
                for had in (replace(_HAD, several=True), replace(_HAD, kinds=("Regimen",), labels=NOT_ALONE))
            ),
        )
    ),
    Cue("evidence", "Evidence: {treatment} in sarcoma, GIST and desmoid tumour[, {measure}]",
        (TREATMENT, Slot("histotype", DISEASE, labels="^sarcoma$", is_passed=False), MEASURE),
        given=(("histotype", ("histotype:sarcoma-in-scope",)),)),
    Cue("evidence", "Evidence: {treatment} together", (Slot("treatment", ("Drug",)),), gain=3),
    Cue("evidence", "Evidence: {drug} together", (DRUGS,), TOGETHER, gain=3),
    Cue("evidence", "Evidence: {treatment}, {measure}", (TREATMENT, Slot("measure", ("Measure",), gain=2))),
    Cue("evidence", "Evidence: {treatment} in tumours of the {site}", (TREATMENT, Slot("site", ("Site",)))),
    Cue("evidence", "Which regimens were tried in {histotype}, and what came of them[: {measure}]",
        (HISTOTYPE, MEASURE),
        _TREATING + "|" + _RESULTS),
    Cue("evidence", "Which regimens were tried in {histotype}, and what came of them", (HISTOTYPE,),
        "what next|what now|what else|next step|next option|next treatment|next therapy|next line", gain=2),
    Cue("evidence", "Which regimens were tried in tumours of the {site}, and what came of them", (SITE,),
        _TREATING + "|" + _RESULTS, gain=-3),
    Cue("evidence", "Evidence: {treatment}[ in {histotype}][, {measure}]", (TREATMENT, IN_HISTOTYPE, MEASURE),
        "trial|study|studies|data|literature|paper", gain=-1),
    Cue("evidence", "Evidence: {treatment}[ in {histotype}], time to progression or death",
        (TREATMENT, IN_HISTOTYPE),
        "how long … progress*|until … progress*|before … progress*|time to progress*|how long … control*|"
        "how long … keep*|how long … hold*|how long … last*|how long … stable|how long … work*", gain=1,
        given=(("measure", ("measure:time-to-event",)),), narrows="time to progression or death"),
    Cue("evidence", "Evidence: {treatment}[ in {histotype}], overall survival", (TREATMENT, IN_HISTOTYPE),
        "how long … live|how long … lived|how long … surviv*|how long … alive|live longer|lived longer|longer life|"
        "prolong* life|extend* life|prolong* survival|extend* survival|longer survival|"
        "life expectancy", gain=1, given=(("measure", ("measure:overall-survival",)),),
        narrows="overall survival"),
    Cue("evidence", "Evidence: {treatment}[ in {histotype}], response of any kind", (TREATMENT, IN_HISTOTYPE),
        "response rate|orr", gain=-3, given=(("measure", ("measure:response",)),)),
    Cue("evidence", "Evidence: {treatment}[ in {histotype}], response of any kind", (TREATMENT, IN_HISTOTYPE),
        "chance … respon*|odds … respon*|likel* … respon*|probab* … respon*", gain=1,
        given=(("measure", ("measure:response",)),), narrows="response of any kind"),
    Cue("evidence", "Evidence in the first line[: {treatment}][ in {histotype}]",
        (TREATMENT_TOO, IN_HISTOTYPE),
        "previously untreated|untreated patient|naive patient|patient … naive|chemotherapy naive|treatment naive",
        gain=1, given=(("line", ("first",)),), narrows="in the first line"),
    Cue("evidence", "Evidence: {regimen}, with its doses and schedules",
        (Slot("regimen", ("Regimen",), labels=NOT_ALONE),), "dose*|dosing|schedule", gain=-1),
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
    Cue("results-of-drug", "Every result of every arm that holds {drug}", (DRUG,),
        "every result|all result|each result|every outcome|all outcome|list … result|result … list", gain=5),
    Cue("results-of-drug", "Every result of every arm that holds {drug}", (DRUG,), "what came of|what became of"),
    Cue("tried-in-histotype", "What was tried in {histotype}, whatever came of it", (HISTOTYPE,),
        "what was tried|what has been tried|what else was tried|ever tried|ever been tried|everything … tried|"
        "who was treated|which arm|what was studied|what has been studied"),
    Cue("tried-in-histotype", "What was tried in {histotype}, whatever came of it", (HISTOTYPE,), "tried", gain=-1),
    Cue("responses-in-histotype", "Which regimens have a reported response in {histotype}", (HISTOTYPE,),
        "response … reported|reported response|best response|highest response|rank* … response|response* … rank*|"
        "which regimen … respon*|what regimen … respon*|response … regimen", gain=1),
    Cue("regimen-against-regimen", "The results of {regimens} across studies, side by side",
        (Slot("regimens", ("Regimen",)), Slot("regimens", ("Regimen",), gain=3)),
        "across stud*|across trial|side by side|compare*|comparison|versus|vs|against|better|or|than", gain=-3),
    # What a study was like: drawn by lot, against what, and who knew.
    *(
        cue
        for words, parameter, value, phrases, gain in _DESIGNS
        for cue in narrowing(words, ((parameter, (value,)),), phrases, gain)
    ),
    Cue("evidence", "Evidence: {treatment}[ in {histotype}][, {measure}], compared with {comparator}",
        (Slot("comparator", TREATMENTS, is_behind=True), TREATMENT, IN_HISTOTYPE, MEASURE),
        "against|versus|vs|v|compared with|compared to|better than|worse than|superior to|inferior to|beat*",
        narrows="compared with {comparator}", is_beside=True),
    *(
        Cue("evidence",
            f"Evidence: {{adverse_event}} of grade {grade} or above[ with {{treatment}}][ in {{histotype}}]",
            (Slot("adverse_event", ("AdverseEvent",), labels="^(?!toxicity of any)"), *slots), phrases, gain=gain,
            given=(("min_grade", (grade,)),), narrows=f"{{adverse_event}} of grade {grade} or above")
        for grade, phrases in _GRADES
        for gain, slots in ((4, (TREATMENT, IN_HISTOTYPE)), (1, (HISTOTYPE,)), (1, ()))
    ),
    *(
        Cue("evidence", f"Evidence: {{treatment}}, adverse events of grade {grade} or above", (TREATMENT,), phrases,
            given=(("min_grade", (grade,)),), narrows=f"adverse events of grade {grade} or above", is_beside=True)
        for grade, phrases in _GRADES
    ),
    Cue("kinds-of-nothing", "What was looked for and not seen, or brought no benefit", (),
        "no response|no effect|no benefit|no activity|not active|inactive|did not respond|without response|"
        "no objective response|nobody respond*|no one respond*|no responder|without responder|"
        "zero response|zero responder", gain=5,
        given=(("kind", ("none-observed", "no-apparent-benefit")),)),
    Cue("kinds-of-nothing", "Where no significant difference was found", (),
        "no significant difference|no difference|not significant*|no survival benefit|no survival advantage|"
        "not … survival benefit|not … survival advantage|not … improve* … survival|not … prolong* … survival", gain=5,
        given=(("kind", ("no-significant-difference",)),)),
    Cue("kinds-of-nothing", "Which medians were not reached", (),
        "median … not reached|median … not yet reached|not reach* … median", gain=5,
        given=(("kind", ("not-reached",)),)),
    Cue("kinds-of-nothing", "What was not reported yet, or is not described", (),
        "not reported|not yet reported|not described|not yet described|trial … no … data|stud* … no … data|"
        "trial … without … data|stud* … without … data|trial … not report*|stud* … not report*", gain=5,
        given=(("kind", ("not-reported-yet", "not-described")),)),
    Cue("evidence", "Evidence: drugs that act on {target}[ in {histotype}]", (TARGET, IN_HISTOTYPE),
        "evidence|result|trial|response|treat*|target*|inhibit*|block*|antibod*|against"),
)  # fmt: skip
