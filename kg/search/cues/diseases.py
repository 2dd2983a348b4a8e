"""Histotypes, studies and documents: which words ask about them."""

from __future__ import annotations

from kg.search.cues.slots import ENTITY, HISTOTYPE, STUDY, TOLD_OF, Cue, Slot

CUES: tuple[Cue, ...] = (
    Cue("prognosis", "The outlook of {histotype}", (HISTOTYPE,),
        "prognos*|outlook|life expectancy|cure*|curable|chance|odds|"
        "how bad|how serious|how long … live|surviv*|die of|mortality|fatal"),
    Cue("epidemiology", "How frequent {histotype} is", (HISTOTYPE,),
        "how common|how rare|how frequent|incidence|prevalence|frequency|how many people|proportion of|epidemiolog*"),
    Cue("subtypes", "Subtypes of {histotype}", (HISTOTYPE,),
        "subtype|kinds of|kind of|types of|type of|forms of|variant"),
    Cue("sites", "Where {histotype} arises, and where it spreads", (HISTOTYPE,),
        "where|site|metasta*|spread*|arise*|location|located|originate*|percentage … are in|percentage … found in|"
        "percentage … arise*|more common"),
    Cue("activity-claims", "Which treatments are said to be active or inactive in {histotype}", (HISTOTYPE,),
        "what … active|which … active|inactive|sensitive to|resistant to|respond* to what|respond* to which", gain=2),
    Cue("histotypes-without-results", "Which sarcomas are mentioned, but were not studied", (),
        "sarcoma … not studied|sarcoma … never studied|histotype … not studied|subtype … not studied|"
        "histotype without result|sarcoma without result|sarcoma … no result|sarcoma … no data|histotype … no data|"
        "subtype … no data", gain=3),
    Cue("approvals", "What drugs are approved for, and as of when", (),
        "approv*|licen*|labelled for|indication|off the market|from the market|withdr* from the market", gain=1),
    Cue("conflicts-of-entity", "On what the sources disagree about {entity}", (TOLD_OF,),
        "disagree*|contradict*|conflict*|controvers*|inconsisten*|debate*|trial … agree|study … agree|studies … agree",
        gain=6),
    Cue("words-of-doubt", "What is said of {entity} only with reservation, and in which words", (ENTITY,),
        "doubt*|hedg*|reservation|uncertain*|tentativ*|how certain|how sure|how confident|speculat*|hypothes*|"
        "not certain|not sure|only suspected|suspected", gain=6),
    Cue("printed-response-rates", "Which response rates a document reports, and how they are printed", (),
        "response rate … printed|printed response rate|response rate … document|response rate … report*|"
        "report* … response rate|every response rate|all response rate|response rate … paper|response rate … review",
        gain=3),
    Cue("survival-by-regimen", "How long people lived on each regimen: {measure}",
        (Slot("measure", ("Measure",), labels="survival|time to"),),
        "surviv*|progression free|time to progression", gain=-2),
    Cue("survival-by-regimen", "How long people lived on each regimen: {measure}",
        (Slot("measure", ("Measure",), labels="survival|time to"),),
        "which … longest|which … shortest|what … longest|which … best survival", gain=1),
    Cue("names-and-identifiers", "What {entity} is called, and its identifiers", (ENTITY,),
        "synonym|brand name|trade name|generic name|other name|another name|also called|identifier|code name|drugbank"),
    Cue("passages-about", "Where the documents speak of {entity}", (ENTITY,),
        "mention*|passage|which document|which paper|where … described|where … mentioned|cited"),
    Cue("study-results", "Results of {study}", (STUDY,), "result|outcome|find|found|show|response|survival"),
    Cue("comparable-with", "Which results count the same thing as a result of {study}", (STUDY,),
        "comparable|count* the same|same definition|compared with|set beside|same endpoint", gain=3),
    Cue("study-record", "What is known about {study}", (STUDY,), "design|what is|about|arm|patient|randomi*"),
    Cue("definition-in-study", "How response was defined in {study}", (STUDY,), "defin*|counted as|criteria"),
    Cue("studies-of-organization", "Studies that {organization} ran", (Slot("organization", ("Organization",)),),
        "study|studies|trial"),
    Cue("dose-comparisons", "Which studies compared doses or schedules of the same drugs", (),
        "mg … better|mg … than|mg … mg|from … to … mg|g … better|g … than|g … g|"
        "increase … mg|raise … mg|increase … dose|raise … dose|double … dose|dose … double*|"
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
)  # fmt: skip
