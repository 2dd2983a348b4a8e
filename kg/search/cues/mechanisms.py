"""How treatments act, and one beside another: which words ask it."""

from __future__ import annotations

from kg.search.cues.slots import AIMS, DISEASE, DRUG, DRUGS, HISTOTYPE, IN_HISTOTYPE, NOT_ALONE, TOGETHER, Cue, Slot
from ontology.kinds import TREATMENTS

DRUG_CLASS = Slot("drug", ("DrugClass",))
CUES: tuple[Cue, ...] = (
    Cue("mechanism", "How {drug} acts on {target}", (DRUG, Slot("target", (*DISEASE, *AIMS))),
        "how … work|how does … work|how do … work|how … act*|how does … act*|mechanism*|mode of action|pathway|"
        "how … kill*|how … affect*|how … inhibit*|"
        "does … inhibit*|how … block*|how do|how does|how can|do to|"
        "through which|why … work|how … stop*|how … treat*"),
    Cue("mechanism", "How {drug} acts on {target}", (DRUG, Slot("target", (*DISEASE, *AIMS))),
        "why … work*|why … act*|why … active|why … effective*", gain=3),
    Cue("mechanism", "How {drug} acts on {target}", (DRUG, Slot("target", AIMS)), gain=2),
    Cue("mechanism", "How {drug} acts", (DRUG,),
        "how … work|how does … work|how do … work|how … act*|mechanism*|mode of action|how … kill*|what does … do|"
        "pathway"),
    Cue("mechanism", "How {drug} acts", (DRUG,), "how does|how do|how can", gain=-3),
    Cue("mechanism", "How each {drug} acts on {target}", (DRUG_CLASS, Slot("target", (*DISEASE, *AIMS))),
        "how … work|how do … work|how … act*|how do … act*|mechanism*|mode of action|how … affect*"),
    Cue("mechanism", "How each {drug} acts", (DRUG_CLASS,), "how … work|how do … work|how … act*|mode of action"),
    Cue("mechanism", "How {drug} act together", (DRUGS,), TOGETHER),
    Cue("mechanism", "How {drug} act together", (DRUGS,),
        "why … work*|why … together|why … combin*|why … add*|why … help*|why … act*|how … together|rationale|"
        "make* sense", gain=3),
    Cue("mechanism", "What acts on {target}", (Slot("target", (*AIMS, *DISEASE)),),
        "act on|acts on|affect*|damage*|regulat*|influence*|upstream|what … control*|mechanism*"),
    Cue("what-brings-about", "What brings {effect} about, and what prevents it", (Slot("effect", AIMS),),
        "what cause*|what lead* to|what bring*|what trigger*|what prevent*|what stop*|what induce*", gain=1),
    Cue("family-functions", "To which family {protein} belongs, and what that controls",
        (Slot("protein", ("Target",), labels="^(?!.*not named)"),), "family|families|superfamily", gain=4),
    Cue("explain", "How {drug} should act in {histotype}, beside what came of it",
        (Slot("drug", ("Drug",), single=True), HISTOTYPE)),
    Cue("explain", "How {regimen} should act in {histotype}, beside what came of it",
        (Slot("regimen", ("Regimen",), labels=NOT_ALONE), HISTOTYPE), gain=-5),
    Cue("compare", "Compare {a} with {b}[ in {histotype}]",
        (Slot("a", TREATMENTS[:2]), Slot("b", TREATMENTS[:2]), IN_HISTOTYPE),
        "better|best|worse|versus|vs|v|compare*|comparison|against|superior*|inferior*|or|than|difference between|"
        "prefer*|instead of|add … to|work as well as|as good as|as effective as|as active as|"
        "how much worse|how much better|how much longer|how much more|how much less|"
        "safer|milder|same as|same thing"),
    Cue("compare", "Compare {a} with {b}[ in {histotype}]",
        (Slot("a", ("Drug",), is_part=True), Slot("b", ("Drug",), is_part=True), IN_HISTOTYPE),
        "compare*|comparison|differ*|difference between"),
    Cue("arm-comparisons", "With what {drug} was compared in a trial, and what came of it",
        (Slot("drug", ("Drug",), single=True),),
        "stud* … compar*|trial … compar*|compar* … something|compar* … other|compar* … else|what … compar*|"
        "head to head|other arm|between arm", gain=1),
    Cue("comparisons-in-words", "Which comparisons the sources draw in words", (),
        "compar* … in words|comparisons … source|comparisons … document|comparisons … paper|"
        "work as well as|as good as|as effective as|as active as", gain=2),
    Cue("compare", "Compare {a} with {b}", (Slot("a", ("Drug",)), Slot("b", ("Drug",))), TOGETHER),
    Cue("compare", "Compare {a} with {b}", (Slot("a", TREATMENTS[:2]), Slot("b", TREATMENTS[:2])),
        is_bare=True),
)  # fmt: skip
