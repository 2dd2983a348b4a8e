"""What drugs reach, how they were given, and what is said of them: which words ask it."""

from __future__ import annotations

from kg.search.cues.slots import CLASS, DRUG, HISTOTYPE, OF_DRUG, TARGET, Cue, Slot

GENOTYPE = "exon*|genotype|mutation*|mutant*|mutated|wild type"
_ANYWHERE = (("histotype", ("histotype:sarcoma-in-scope",)),)  # whatever tumour the documents tell of

CUES: tuple[Cue, ...] = (
    Cue("drugs-reaching-target", "Which drugs reach {target}, and by which route", (TARGET,),
        "which drug|what drug|drug|drug that|drug … hit|hit|target*|inhibit*|inhibitor of|block*|bind*|drug against|"
        "drug for|"
        "what inhibit*|what block*|antagonist*"),
    Cue("drug-acts-on", "What {drug} acts on", (DRUG,),
        "target|hit|bind*|inhibit*|block*|act on|acts on|what does … inhibit*|what does … target|"
        "which … does … inhibit*|which … does … block*|which … does … target|which … does … hit|which … does … bind*",
        gain=2),
    Cue("when-inhibited", "What follows when {target} is inhibited", (TARGET,),
        "when … inhibit*|when … block*|inhibition|blockade|block* of|loss of|what happen*|if … inhibit*|if … block*|"
        "downstream",
        gain=1),
    Cue("targets-of-class", "Which drugs are {class}s, and what they act on", (CLASS,),
        "which drug|what drug|which … are|example|member|belong*|list"),
    Cue("targets-of-active-drugs", "Targets of drugs that are active in {histotype}", (HISTOTYPE,),
        "which target|what target|target in|target of|druggable"),
    Cue("drivers-of-histotype", "What drives {histotype}", (HISTOTYPE,),
        "drive*|driver|what cause*|caused by|driven|translocation|fusion gene|gene fusion"),
    Cue("steps-after-drug", "Which steps follow from {drug}", (DRUG,), "step|downstream|cascade"),
    Cue("doses-of-drug", "Doses and schedules in which {drug} was given", (DRUG,),
        "dose*|dosing|phase … dose*|schedule|how much|how often … given|how often … give|how often … take*|"
        "how is … given|route|given at", gain=4),
    # A dose in figures as often tells which arm is meant.
    Cue("doses-of-drug", "Doses and schedules in which {drug} was given", (DRUG,), "mg|infusion", gain=-1),
    Cue("results-by-genotype", "How results depend on genotype in {histotype}", (HISTOTYPE,),
        GENOTYPE, gain=8),
    Cue("results-by-genotype", "How results of {drug} depend on genotype", (OF_DRUG,), GENOTYPE, gain=5,
        given=_ANYWHERE),
    Cue("results-by-genotype", "How results of {drug} depend on genotype", (OF_DRUG,), "predict*|biomarker", gain=5,
        given=_ANYWHERE),
    Cue("results-by-genotype", "How results depend on genotype",
        (Slot("genotype", ("Target",), labels="mutant|mutation", is_passed=False),), GENOTYPE, gain=5, given=_ANYWHERE),
    Cue("results-by-line", "How results of {drug} differ between lines", (DRUG,),
        "line|first line|second line|third line|later line|front line|salvage|pretreated", gain=2),
    Cue("after-failure-of", "What was achieved after {drug} had failed or had been given",
        (Slot("drug", ("Drug", "DrugClass"), single=True, is_near=True),),
        "after … fail*|fails|has failed|have failed|had failed|failing|failure|refractory|progress* on|"
        "progression on|relapse*|after progression|resistant to|previously treated with|already treated with|"
        "pretreated with|already received|previously received|had … before|got … before|received … before|"
        "took … before|prior", gain=1),
    Cue("after-failure-of", "What was achieved after {drug} had failed or had been given",
        (Slot("drug", ("Drug", "DrugClass"), single=True, is_behind=True),), "what after|next after|after", gain=1),
    Cue("causes-of-resistance", "What causes resistance, and what overcomes it", (),
        "resistance to|cause* of resistance|resistance|overcome* resistance|why … resist*|"
        "stop* working|stop* respond*|stop* help*|no longer work*|no longer respond*|no longer help*|"
        "why … stop* work*|why … fail*", gain=2),
    Cue("causes-of-resistance", "What causes resistance, and what overcomes it", (),
        "make* … resistant|cause* … resistant|become* resistant|became resistant|resistance mutation|"
        "mutation … resistance|secondary mutation|new mutation|why … resistant to|why … become* resistant to|"
        "make* … resistant to|cause* … resistant to", gain=8),
    Cue("preclinical-evidence", "What is known of {drug} from the laboratory", (DRUG,),
        "preclinical*|laborator*|in vitro|in vivo|cell line|mice|mouse|xenograft|cell culture|animal", gain=1),
    Cue("why-given", "Why {drug} was chosen or proposed", (DRUG,),
        "why … given|why … give|why … gave|why … get|why … got|why … use*|why … chose*|rationale|reason for"),
    Cue("conclusions", "What sources conclude, recommend or suppose about {drug}", (DRUG,),
        "conclu*|recommend*|suggest*|opinion|should … be given|should i give"),
    Cue("conclusions-of-documents", "What the documents conclude and recommend, and which limits they name", (),
        "author … recommend*|author … conclude*|review … recommend*|review … conclude*|paper … conclude*|"
        "paper … recommend*|document … conclude*|document … recommend*|recommendation|conclusion|"
        "research … need*|need* … research|further research|future research|further study|further studies", gain=2),
    Cue("conclusions-of-documents", "What the documents conclude and recommend, and which limits they name", (),
        "limitation|limits of|weakness|weaknesses|shortcoming", gain=5),
    Cue("unproven-mechanisms", "Which mechanisms are only supposed", (),
        "mechanism … suppose*|mechanism … hypothes*|mechanism … unproven|mechanism … speculat*|unproven mechanism|"
        "hypothe* mechanism|supposed mechanism|speculat* mechanism", gain=2),
    Cue("unproven-mechanisms", "Which mechanisms are only hedged or supposed", (),
        "hedg*|uncertain*|tentativ*|speculat*|hypothes*|only suspected|not certain", gain=-1,
        given=(("certainty", ("hedged", "hypothesised")),)),
    Cue("mechanism-without-results", "Which drugs have a stated mechanism but no result", (),
        "mechanism … no result|mechanism … without result|mechanism … no trial|mechanism … never tried|"
        "mechanism … not tried", gain=3),
)  # fmt: skip
