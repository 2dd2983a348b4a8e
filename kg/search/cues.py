"""Which words ask which question: one table, read by ``kg.search.offers``.

A row is a question of the catalogue or one that a view of the graph answers, the names that it takes, and the words by
which people ask it. The words are compared in the singular and in American spelling; ``…`` stands for any words
between, ``*`` ends a word that may go on. A row without words is meant by its names alone, if there are two of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

TREATMENTS = ("Drug", "Regimen", "DrugClass", "Procedure")
DISEASE = ("Histotype",)
AIMS = ("Target", "Process", "Complex", "Pathway", "Metabolite", "CellState", "JointCause")
OfferKind = Literal["view", "catalogue"]
# Questions that are answered in their own way; the others are of the catalogue.
_VIEWS = frozenset(("evidence", "mechanism", "explain", "compare", "timeline", "gaps", "explore"))
_THINGS = (*TREATMENTS, *DISEASE, *AIMS, "Site", "AdverseEvent", "Patient", "Study")


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
        is_passed: whether the question is asked with it; else the name only speaks for the question.
        labels: a pattern that the label of what it takes holds.
        is_part: whether it takes a drug of several that are named together.
    """

    parameter: str
    kinds: tuple[str, ...]
    optional: bool = False
    gain: int = 4
    single: bool = False
    several: bool = False
    is_near: bool = False
    is_passed: bool = True
    labels: str = ""
    is_part: bool = False


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
    """

    question: str
    label: str
    slots: tuple[Slot, ...] = ()
    phrases: str = ""
    gain: int = 0
    is_bare: bool = False
    given: tuple[tuple[str, tuple[str, ...]], ...] = ()

    @property
    def kind(self) -> OfferKind:
        """Where the question belongs."""
        return "view" if self.question in _VIEWS else "catalogue"


_TREATMENT, _DRUG, _HISTOTYPE = Slot("treatment", TREATMENTS), Slot("drug", ("Drug",)), Slot("histotype", DISEASE)
_TARGET, _PATIENT, _CLASS = Slot("target", ("Target",)), Slot("patient", ("Patient",)), Slot("class", ("DrugClass",))
_SUCH_EVENT = Slot("event", ("AdverseEvent",), is_passed=False)
_OF_DRUG = Slot("drug", TREATMENTS, gain=3, is_passed=False)
_STUDY, _EVENT, _SITE = Slot("study", ("Study",)), Slot("event", ("AdverseEvent",)), Slot("site", ("Site",))
_DRUGS = Slot("drug", ("Drug",), several=True)
_OF_DRUGS = Slot("drug", ("Drug",), several=True, is_passed=False)
_EVENTS = Slot("event", ("AdverseEvent",), several=True)
_IN_HISTOTYPE, _AT_SITE = Slot("histotype", DISEASE, optional=True), Slot("site", ("Site",), optional=True, gain=2)
_MEASURE = Slot("measure", ("Measure",), optional=True, gain=1)
_ENTITY = Slot("entity", _THINGS)
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
_TOGETHER = (
    "add … to|added to|on top of|help*|enhanc*|boost*|potentiat*|synerg*|augment*|reinforc*|improve*|"
    "in addition to|make* … better"
)

CUES: tuple[Cue, ...] = (
    Cue("evidence", "Evidence: {treatment}[ in {histotype}][ of the {site}][, {measure}]",
        (_TREATMENT, _IN_HISTOTYPE, _AT_SITE, _MEASURE), _RESULTS + "|together|combin*"),
    Cue("evidence", "Evidence: {treatment} in {histotype}[, {measure}]", (_TREATMENT, _HISTOTYPE, _MEASURE), gain=1),
    Cue("evidence", "Evidence: {treatment} together", (Slot("treatment", ("Drug",)),), gain=3),
    Cue("evidence", "Evidence: {drug} together", (_DRUGS,), _TOGETHER, gain=3),
    Cue("evidence", "Evidence: {treatment}, {measure}", (_TREATMENT, Slot("measure", ("Measure",), gain=2))),
    Cue("evidence", "Evidence: {treatment} in tumours of the {site}", (_TREATMENT, Slot("site", ("Site",)))),
    Cue("evidence", "Which regimens were tried in {histotype}, and what came of them[: {measure}]",
        (_HISTOTYPE, _MEASURE),
        _TREATING + "|" + _RESULTS),
    Cue("evidence", "Which regimens were tried in tumours of the {site}, and what came of them", (_SITE,),
        _TREATING + "|" + _RESULTS, gain=-3),
    Cue("evidence", "Evidence: {treatment}[ in {histotype}][, {measure}]", (_TREATMENT, _IN_HISTOTYPE, _MEASURE),
        "trial|study|studies|data|literature|paper", gain=-1),
    Cue("evidence", "Evidence: {regimen} alone[ in {histotype}]",
        (Slot("regimen", ("Drug",), single=True), _IN_HISTOTYPE),
        "on its own|by itself|alone|single agent|monotherapy", gain=2),
    Cue("evidence", "Every result on {measure}", (Slot("measure", ("Measure",)),),
        "did anyone|did anybody|any … get|who get|which drug|what drug|which regimen|which treatment|how many",
        gain=-2),
    Cue("evidence", "Evidence: regimens that hold {treatment}", (_TREATMENT,),
        "regimen contain*|regimen … contain*|regimen … include*|regimen use|regimen … use|treatment contain*|"
        "combination … contain*"),
    Cue("evidence", "How {regimen} was tolerated", (Slot("regimen", ("Regimen",)),),
        "side effect|adverse|toxic*|toler*|safe*|harm*|risk*|complication",
        given=(("measure", ("measure:treatment-burden",)),)),
    Cue("kinds-of-nothing", "What was looked for and not seen, or brought no benefit", (),
        "no response|no effect|no benefit|no activity|not active|inactive|did not respond|without response|"
        "no objective response|nobody respond*", gain=5,
        given=(("kind", ("none-observed", "no-apparent-benefit")),)),
    Cue("kinds-of-nothing", "Where no significant difference was found", (),
        "no significant difference|no difference|not significant*", gain=5,
        given=(("kind", ("no-significant-difference",)),)),
    Cue("kinds-of-nothing", "What was not reported yet, or is not described", (),
        "not reported|not yet reported|not described|not yet described", gain=5,
        given=(("kind", ("not-reported-yet", "not-described")),)),
    Cue("evidence", "Evidence: drugs that act on {target}[ in {histotype}]", (_TARGET, _IN_HISTOTYPE),
        "evidence|result|trial|response|treat*|inhibit*|block*|antibod*|against"),
    Cue("mechanism", "How {drug} acts on {target}", (_DRUG, Slot("target", (*DISEASE, *AIMS))),
        "how … work|how does … work|how do … work|how … act*|how does … act*|mechanism*|mode of action|pathway|"
        "how … kill*|how … affect*|how … inhibit*|"
        "does … inhibit*|how … block*|how do|how does|how can|do to|"
        "through which|why … work|how … stop*|how … treat*"),
    Cue("mechanism", "How {drug} acts on {target}", (_DRUG, Slot("target", AIMS)), gain=2),
    Cue("mechanism", "How {drug} acts", (_DRUG,),
        "how … work|how does … work|how do … work|how … act*|mechanism*|mode of action|how … kill*|what does … do|"
        "pathway"),
    Cue("mechanism", "How {drug} act together", (_DRUGS,), _TOGETHER),
    Cue("mechanism", "What acts on {target}", (Slot("target", (*AIMS, *DISEASE)),),
        "act on|acts on|affect*|damage*|regulat*|influence*|upstream|what … control*|mechanism*"),
    Cue("explain", "How {drug} should act in {histotype}, beside what came of it",
        (Slot("drug", ("Drug",), single=True), _HISTOTYPE)),
    Cue("compare", "Compare {a} with {b}[ in {histotype}]",
        (Slot("a", TREATMENTS[:2]), Slot("b", TREATMENTS[:2]), _IN_HISTOTYPE),
        "better|best|worse|versus|vs|v|compare*|comparison|against|superior*|inferior*|or|than|difference between|"
        "prefer*|instead of|add … to"),
    Cue("compare", "Compare {a} with {b}[ in {histotype}]",
        (Slot("a", ("Drug",), is_part=True), Slot("b", ("Drug",), is_part=True), _IN_HISTOTYPE),
        "compare*|comparison|differ*|difference between"),
    Cue("compare", "Compare {a} with {b}", (Slot("a", ("Drug",)), Slot("b", ("Drug",))), _TOGETHER),
    Cue("compare", "Compare {a} with {b}", (Slot("a", TREATMENTS[:2]), Slot("b", TREATMENTS[:2])),
        is_bare=True),
    Cue("toxicity-of-drug", "Adverse events reported for {drug}", (_DRUG,),
        "side effect|secondary effect|unwanted effect|adverse|toxic*|toler*|safe*|harm*|risk*|complication", gain=1),
    Cue("toxicity-of-drug", "Adverse events reported for {drug}, and whether {event} is one", (_DRUG, _SUCH_EVENT)),
    Cue("who-causes-event", "With which treatments {event} was seen", (_EVENT, _OF_DRUG)),
    Cue("adverse-events-of-patient", "Adverse events of {patient}, and whether {event} is one", (_PATIENT, _SUCH_EVENT),
        gain=3),
    Cue("who-causes-event", "With which treatments {event} was seen", (_EVENT,),
        "which drug|what drug|which treatment|which regimen|with which|cause*|caus*|due to|after what|who get|"
        "lead* to"),
    Cue("who-causes-event", "With which treatments {event} was seen", (_EVENT,),
        "grade|severe|fatal|rate of|frequency|incidence|how often|trial|study|studies"),
    Cue("treatments-with-events", "Which treatments brought {event}, and which all of these", (_EVENTS,),
        "which drug|what drug|which treatment|what treatment|which regimen|what regimen|both|cause*|give*|gave|brought",
        gain=3),
    Cue("treatments-with-events", "Which treatments brought {event}", (_EVENT,),
        "brought|bring*|treatment with|treatment … with|regimen … with|regimen with|all treatment|every treatment"),
    Cue("treatments-with-events", "Which treatments brought {event}, and which all of these", (_EVENTS,), gain=3),
    Cue("severe-toxicity", "Where severe toxicity was seen[, and whether with {drug}]",
        (Slot("drug", TREATMENTS, optional=True, gain=3, is_passed=False),),
        "severe toxic*|fatal toxic*|fatal|toxic death|treatment related death|life threaten*|"
        "severe side effect|severe adverse|grade 3|grade 4|grade 3 4|grade iii|grade iv|lethal", gain=4),
    Cue("stopped-or-reduced", "How often treatment was stopped or its dose reduced[, and whether of {drug}]",
        (Slot("drug", TREATMENTS, optional=True, gain=3, is_passed=False),),
        "discontinu*|withdr*|patient … stop*|who … stop*|"
        "stop* … toxic*|stop* … side effect|stop* treatment|stop* because|had to stop|"
        "dose reduction|reduc* … dose|dose … reduc*|drop* out|"
        "how often … reduc*|how often … stop*", gain=4),
    Cue("dose-changes", "Where doses were changed, and why[; {patient} among others]",
        (Slot("patient", ("Patient",), optional=True, gain=5, is_passed=False),),
        "why … dose|dose … reduc*|reduc* … dose|dose change*|dose … chang*|dose reduction|lower* … dose|dose … lower*",
        gain=3),
    Cue("patients", "Which patients are described", (),
        "which patient|the patient|patient with|case report|how many patient … described|which case"),
    Cue("status-at-end", "Which patients had died, and which were alive when last seen", (),
        "who die*|patient die*|patient … die*|death of … patient|patient … alive|patient … still alive|who … alive|"
        "who … survive*|patient … survive*|which case … die*|how many … died", gain=1),
    Cue("treatment-lines", "Every line of treatment of {patient}", (_PATIENT,),
        "line|treat*|receive*|given|got|therap*"),
    Cue("timeline", "What happened to {patient}, in order", (_PATIENT,),
        "what happen*|happen*|history|course|follow*|outcome|timeline|die|died|alive|case|how … do|story|"
        "how long|live*|surviv*"),
    Cue("timeline", "What happened to {patient}, in order", (_PATIENT,), "patient", gain=-1),
    Cue("responses-by-lesion", "How each lesion of {patient} responded", (_PATIENT,), "lesion|respon*|metasta*|size"),
    Cue("adverse-events-of-patient", "Adverse events of {patient}", (_PATIENT,), "side effect|adverse|toxic*|toler*"),
    Cue("cumulative-doses", "Cumulative doses that {patient} received", (_PATIENT,), "cumulative|total dose|dose"),
    Cue("drugs-reaching-target", "Which drugs reach {target}, and by which route", (_TARGET,),
        "which drug|what drug|drug|drug that|drug … hit|hit|target*|inhibit*|inhibitor of|block*|bind*|drug against|"
        "drug for|"
        "what inhibit*|what block*|antagonist*"),
    Cue("drug-acts-on", "What {drug} acts on", (_DRUG,),
        "target|hit|bind*|inhibit*|block*|act on|acts on|what does … inhibit*|what does … target|"
        "which … does … inhibit*|which … does … block*|which … does … target|which … does … hit|which … does … bind*",
        gain=2),
    Cue("when-inhibited", "What follows when {target} is inhibited", (_TARGET,),
        "when … inhibit*|when … block*|inhibition|blockade|block* of|loss of|what happen*|if … inhibit*|if … block*|"
        "downstream",
        gain=1),
    Cue("targets-of-class", "Which drugs are {class}s, and what they act on", (_CLASS,),
        "which drug|what drug|which … are|example|member|belong*|list"),
    Cue("targets-of-active-drugs", "Targets of drugs that are active in {histotype}", (_HISTOTYPE,),
        "which target|what target|target in|target of|druggable"),
    Cue("drivers-of-histotype", "What drives {histotype}", (_HISTOTYPE,),
        "drive*|driver|what cause*|caused by|driven|translocation|fusion gene|gene fusion"),
    Cue("steps-after-drug", "Which steps follow from {drug}", (_DRUG,), "step|downstream|cascade"),
    Cue("doses-of-drug", "Doses and schedules in which {drug} was given", (_DRUG,),
        "dose*|dosing|schedule|how much|how often|mg|infusion|how is … given|route", gain=4),
    Cue("results-by-genotype", "How results depend on genotype in {histotype}", (_HISTOTYPE,),
        "exon*|genotype|mutation*|mutant*|mutated|wild type", gain=8),
    Cue("results-by-line", "How results of {drug} differ between lines", (_DRUG,),
        "line|first line|second line|third line|later line|front line|salvage|pretreated"),
    Cue("after-failure-of", "What was achieved after {drug} had failed or had been given",
        (Slot("drug", ("Drug",), single=True, is_near=True),),
        "after … fail*|fails|failing|failure|refractory|progress* on|progression on|relapse*|after progression|"
        "resistant to|what after|next after|after|previously treated with|already treated with|pretreated with|"
        "already received|previously received", gain=1),
    Cue("causes-of-resistance", "What causes resistance, and what overcomes it", (),
        "resistance to|cause* of resistance|resistance|overcome* resistance|why … resist*|"
        "stop* working|no longer work*|why … stop* work*|why … fail*", gain=2),
    Cue("causes-of-resistance", "What causes resistance, and what overcomes it", (),
        "make* … resistant|cause* … resistant|become* resistant|became resistant", gain=6),
    Cue("preclinical-evidence", "What is known of {drug} from the laboratory", (_DRUG,),
        "preclinical*|laborator*|in vitro|in vivo|cell line|mice|mouse|xenograft|cell culture|animal", gain=1),
    Cue("why-given", "Why {drug} was chosen or proposed", (_DRUG,),
        "why … given|why … use*|why … chose*|rationale|why give|reason for"),
    Cue("conclusions", "What sources conclude, recommend or suppose about {drug}", (_DRUG,),
        "conclu*|recommend*|suggest*|opinion|should … be given|should i give"),
    Cue("conclusions-of-documents", "What the documents conclude and recommend, and which limits they name", (),
        "limitation|author … recommend*|author … conclude*|review … recommend*|review … conclude*|paper … conclude*|"
        "paper … recommend*|document … conclude*|document … recommend*|recommendation|conclusion", gain=2),
    Cue("prognosis", "The outlook of {histotype}", (_HISTOTYPE,),
        "prognos*|outlook|life expectancy|cure*|curable|chance|odds|"
        "how bad|how serious|how long … live|surviv*|die of|mortality|fatal"),
    Cue("epidemiology", "How frequent {histotype} is", (_HISTOTYPE,),
        "how common|how rare|how frequent|incidence|prevalence|frequency|how many people|proportion of|epidemiolog*"),
    Cue("subtypes", "Subtypes of {histotype}", (_HISTOTYPE,),
        "subtype|kinds of|kind of|types of|type of|forms of|variant"),
    Cue("sites", "Where {histotype} arises, and where it spreads", (_HISTOTYPE,),
        "where|site|metasta*|spread*|arise*|location|located|originate*"),
    Cue("approvals", "What drugs are approved for, and as of when", (),
        "approv*|licen*|labelled for|indication", gain=1),
    Cue("conflicts-of-entity", "On what the sources disagree about {entity}", (_ENTITY,),
        "disagree*|contradict*|conflict*|controvers*|inconsisten*|debate*", gain=6),
    Cue("words-of-doubt", "What is said of {entity} only with reservation, and in which words", (_ENTITY,),
        "doubt*|hedg*|reservation|uncertain*|tentativ*|how certain|how sure|how confident|speculat*|hypothes*|"
        "not certain|not sure|only suspected|suspected", gain=6),
    Cue("printed-response-rates", "Which response rates a document reports, and how they are printed", (),
        "response rate … printed|printed response rate|response rate … document|response rate … report*|"
        "report* … response rate|every response rate|all response rate|response rate … paper|response rate … review",
        gain=3),
    Cue("survival-by-regimen", "How long people lived on each regimen: {measure}",
        (Slot("measure", ("Measure",), labels="survival|time to"),),
        "surviv*|progression free|time to progression", gain=-2),
    Cue("names-and-identifiers", "What {entity} is called, and its identifiers", (_ENTITY,),
        "synonym|brand name|trade name|generic name|other name|another name|also called|identifier|code name|drugbank"),
    Cue("passages-about", "Where the documents speak of {entity}", (_ENTITY,),
        "mention*|passage|which document|which paper|where … described|where … mentioned|cited"),
    Cue("study-results", "Results of {study}", (_STUDY,), "result|outcome|find|found|show|response|survival"),
    Cue("study-record", "What is known about {study}", (_STUDY,), "design|what is|about|arm|patient|randomi*"),
    Cue("definition-in-study", "How response was defined in {study}", (_STUDY,), "defin*|counted as|criteria"),
    Cue("studies-of-organization", "Studies that {organization} ran", (Slot("organization", ("Organization",)),),
        "study|studies|trial"),
    Cue("dose-comparisons", "Which studies compared doses or schedules of the same drugs", (),
        "mg … better|mg … than|mg … mg|from … to … mg|"
        "higher dose|lower dose|dose … better|which dose|dose comparison|dose escalation|"
        "dose response|bolus … infusion|infusion … bolus|which schedule|schedule … better",
        gain=6),
    Cue("markers-of-patients", "Which markers were tested in the patients, with which result", (),
        "immunohistochem*|stain*|marker|positive|negative|immunoreactiv*"),
    Cue("response-definitions", "What counted as a response", (),
        "response … defin*|defin* of response|count* as response|count* as a response|response criteria|recist|"
        "response … measured|response … assess*|how … measured|how … defin*|what count*|count* … as response|"
        "count* … as a response", gain=4),
    Cue("randomised-trials", "Which trials were randomised or placebo-controlled, and between what", (),
        "randomi* trial|randomi* study|randomi* studies|randomi* controlled|randomi*|placebo controlled|rct|phase iii|"
        "phase 3", gain=1),
    Cue("ongoing", "Which studies had not reported yet", (),
        "ongoing trial|ongoing study|ongoing studies|trial … ongoing|study … ongoing|studies … ongoing|"
        "trial … running|study … running|studies … running|not yet reported|in clinical testing"),
    Cue("largest-studies", "Which studies had the most patients", (),
        "largest trial|largest study|largest studies|biggest trial|biggest study|biggest studies|"
        "smallest|fewer than … patient|more than … patient|most patient", gain=5),
    Cue("combination-effects", "What makes another treatment work better", (),
        "synerg*|work better|sensiti* to|enhance* the"),
    Cue("combination-effects", "What makes another treatment work better", (_OF_DRUGS,), _TOGETHER, gain=-3),
    Cue("conflicts", "Where the documents contradict each other or themselves", (),
        "contradict*|conflict*|disagree*|inconsisten*|controvers*"),
    Cue("conflicts-across-documents", "Where one document contradicts another", (),
        "contradict* … document|document … contradict*|document … disagree*|between document|between source|"
        "source … contradict*|source … disagree*|paper … contradict*|paper … disagree*|across document", gain=1),
    Cue("trials-that-disagree", "Which studies report different results for the same treatment", (),
        "trial … disagree*|study … disagree*|studies … disagree*|trial … contradict*|studies … contradict*|"
        "conflicting result|conflicting trial|different result|discrepan*", gain=2),
    Cue("joint-causes", "Which causes act only together", (), "only together|joint cause|acting together", gain=1),
    Cue("complexes", "Which complexes form, from which parts, and what they do", (),
        "which complex*|what complex*|form* a complex|all complex*|complex* form*", gain=1),
    Cue("active-forms", "Which drugs act through another form of themselves", (),
        "prodrug|active form|active metabolite|drug … metabolite|metabolite of", gain=1),
    Cue("refractory-drugs", "Which drugs patients were refractory to", (), "refractory to what|refractory to which|"
        "which drug … refractory|what drug … refractory"),
    Cue("resistant-to-what", "Which tumours or cells are resistant to what", (),
        "resistant to what|resistant to which|what … resistant|which … resistant|chemoresistant", gain=1),
    Cue("not-seen-toxicity", "Which adverse events were looked for and not seen", (),
        "toxic* … not seen|side effect … not seen|adverse … not seen|not observed|no toxicity|no side effect|"
        "no adverse event|without side effect|without toxicity", gain=2),
    Cue("flagged", "Which printed figures or words look odd, and why", (),
        "misprint*|printing error|typo|errat*|look* odd|odd figure|wrong figure|printed wrong*|"
        "arithmetic*|add up", gain=1),
    Cue("said-by-several", "Which facts several documents state", (),
        "several document|several source|more than one document|more than one source|both document|sources agree|"
        "documents agree|corroborat*|consensus", gain=1),
    Cue("combination-members", "Which drugs make up a regimen, such as {regimen}",
        (Slot("regimen", ("Regimen",), is_passed=False),),
        "what is in|made of|made up of|consist* of|component|contain*|stand for|stands for|which drug|what drug",
        gain=1),
    Cue("cohort-features", "What the features of the described cohorts were", (),
        "median age|age of|how old|baseline|demograph*|characteristic", gain=1),
    Cue("routes", "By which route drugs are given", (),
        "oral*|by mouth|intravenous*|route|injection|injected|swallow*|tablet or"),
    Cue("trial-status", "Which drugs were still in trials", (),
        "investigational|pipeline|still in trial|still in clinical|under investigation|experimental drug|being tested"),
    Cue("studied-without-mechanism", "Which drugs were studied without any stated mechanism", (),
        "unknown mechanism|mechanism … unknown|no mechanism|without … mechanism|mechanism … not known", gain=3),
    Cue("same-study", "Which references and mentions are the same study", (),
        "same study|same trial|duplicate* report|duplicate stud*|reported twice|published twice", gain=1),
    Cue("response-without-survival", "Trials with more responses but no longer survival", (),
        "response … no* … survival|response without survival|no survival … response|without … survival … response|"
        "no difference … survival|survival … despite … response|response … same survival", gain=5),
    Cue("gaps", "What was studied[ in {columns}], what only a mechanism foresees, and what neither",
        (Slot("columns", DISEASE, optional=True),),
        "no drug|not studied|unstudied|untested|not … tested|never tried|never … tried|never … tested|not … tried|"
        "no trial|no evidence|gap|unmet", gain=2),
    Cue("explore", "{a} and {b} in the graph", (Slot("a", _THINGS, gain=2), Slot("b", _THINGS, gain=2)),
        "connect*|relat*|link*|between|path|interact*|have to do with"),
    Cue("explore", "{a} and {b} in the graph", (Slot("a", _THINGS, gain=1), Slot("b", _THINGS, gain=1))),
)  # fmt: skip
