"""Questions to all documents at once, and two names in the graph: which words ask them."""

from __future__ import annotations

from kg.search.cues.slots import DISEASE, DOCUMENT, NOT_ALONE, OF_DRUGS, THINGS, TOGETHER, Cue, Slot

CUES: tuple[Cue, ...] = (
    Cue("combination-effects", "What makes another treatment work better", (),
        "synerg*|work better|sensiti* to|enhance* the"),
    Cue("combination-effects", "What makes another treatment work better", (OF_DRUGS,), TOGETHER, gain=-3),
    Cue("conflicts", "Where the documents contradict each other or themselves", (),
        "contradict*|conflict*|disagree*|inconsisten*|controvers*"),
    Cue("conflicts-across-documents", "Where one document contradicts another", (),
        "contradict* … document|document … contradict*|document … disagree*|between document|between source|"
        "source … contradict*|source … disagree*|paper … contradict*|paper … disagree*|across document", gain=1),
    Cue("trials-that-disagree", "Which studies report different results for the same treatment", (),
        "trial … disagree*|study … disagree*|studies … disagree*|trial … contradict*|studies … contradict*|"
        "trial … agree|study … agree|studies … agree|conflicting result|conflicting trial|different result|discrepan*",
        gain=2),
    Cue("joint-causes", "Which causes act only together", (), "only together|joint cause|acting together", gain=1),
    Cue("complexes", "Which complexes form, from which parts, and what they do", (),
        "which complex*|what complex*|form* a complex|all complex*|complex* form*", gain=1),
    Cue("active-forms", "Which drugs act through another form of themselves", (),
        "prodrug|active form|active metabolite|drug … metabolite|metabolite of", gain=1),
    Cue("refractory-drugs", "Which drugs patients were refractory to", (), "refractory to what|refractory to which|"
        "which drug … refractory|what drug … refractory"),
    Cue("resistant-to-what", "Which tumours or cells are resistant to what", (),
        "resistant to what|resistant to which|what … resistant|which … resistant|chemoresistant|what resist*|"
        "which … resist*", gain=1),
    Cue("not-seen-toxicity", "Which adverse events were looked for and not seen", (),
        "toxic* … not seen|side effect … not seen|adverse … not seen|not observed|no toxicity|no side effect|"
        "no adverse event|without side effect|without toxicity|side effect … absent|toxic* … absent|adverse … absent",
        gain=2),
    Cue("flagged", "Which printed figures or words look odd, and why", (),
        "misprint*|printing error|typo|errat*|look* odd|odd figure|wrong figure|printed wrong*|"
        "arithmetic*|add up|impossib*|implausib*|not match|not fit", gain=1),
    Cue("said-by-several", "Which facts several documents state", (),
        "several document|several source|more than one document|more than one source|both document|sources agree|"
        "documents agree|corroborat*|consensus", gain=1),
    Cue("combination-members", "Which drugs make up a regimen, such as {regimen}",
        (Slot("regimen", ("Regimen",), labels=NOT_ALONE, is_passed=False),),
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
    Cue("gaps", "What was studied[ in {columns}], what only a mechanism foresees, and what neither",
        (Slot("columns", DISEASE, optional=True),), "no data|without data|missing data|data missing", gain=-2),
    Cue("planned-and-not-done", "What was planned, and what was expressly not done or not found", (),
        "planned|not performed|not carried out|not done|was not given|were not given", gain=1),
    Cue("denied", "Which claims are denied", (), "denied|denies|negated|refuted|ruled out", gain=1),
    Cue("terms-defined", "Which terms the documents define", (),
        "abbreviation|acronym|glossary|term … defin*|define* … term|terminology", gain=2),
    Cue("told-by-several", "Which studies are told of by more than one document", (),
        "study … several document|studies … several document|studies … more than one document|"
        "trial … more than one document|trial … several document|trial … several paper", gain=3),
    Cue("facts-per-document", "How much each document contributes", (),
        "how much … each document|facts per document|how many fact|how many statement", gain=2),
    Cue("citing-reference", "What {document} says citing reference {number}", (DOCUMENT, Slot("number", ("Number",))),
        gain=2),
    Cue("references", "Which works {document} cites", (DOCUMENT,),
        "reference|cite*|citing|bibliography|list of reference|which work|what work", gain=1),
    Cue("facts-in-section", "What the {section} of {document} says", (Slot("section", ("Section",)), DOCUMENT),
        "say*|said|tell*|told|state*|stand*|stood|read*|written|what is in|claim*"),
    Cue("explore", "{a} and {b} in the graph", (Slot("a", THINGS, gain=2), Slot("b", THINGS, gain=2)),
        "connect*|relat*|link*|between|path|interact*|have to do with"),
    Cue("explore", "{a} and {b} in the graph", (Slot("a", THINGS, gain=1), Slot("b", THINGS, gain=1))),
)  # fmt: skip
