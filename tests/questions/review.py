"""Hard questions on the review of systemic therapy: its tables, its hedges, and what it leaves out.

Each has its call and what a right answer must say, in our own words and in the figures of the review.
"""

from __future__ import annotations

from tests.questions.calls import Asked, Call, Reader, texts_on

_EVERY_CERTAINTY = ("stated", "inferred", "hedged", "hypothesised")
REVIEW_DOCUMENT = "document:002"


def _citing(number: int) -> Call:
    return lambda reader: reader.ask("citing-reference", document=REVIEW_DOCUMENT, number=number)


def _mechanism(drug: str, target: str) -> Call:
    """Every path, the supposed ones too."""
    return lambda reader: reader.get("mechanism", drug=drug, target=target, certainty=list(_EVERY_CERTAINTY), k=20)


def _genotype_rows(reader: Reader, genotype: str, drug: str) -> list[object]:
    return [[row["sentence"], row["population"]["genotype"]] for row in reader.rows(genotype=genotype, drug=drug)]


REVIEW: tuple[Asked, ...] = (
    # --- single figures, arms, doses, schedules
    Asked(
        "S01",
        "Where do soft tissue sarcomas arise, and which share has no site of its own?",
        lambda reader: reader.ask("sites", histotype="soft tissue sarcoma"),
        ("50%", "10%", "head and neck", "40% in trunk, abdomen and retroperitoneum together"),
    ),
    Asked(
        "S02",
        "Response and stable disease under doxorubicin in the docetaxel trial, by line?",
        lambda reader: reader.ask("results-by-line", drug="doxorubicin"),
        ("30%", "13%", "37%", "50%"),
    ),
    Asked(
        "S03",
        "Pegylated liposomal doxorubicin or doxorubicin: progression and survival?",
        lambda reader: reader.get("evidence/compare", a="pegylated liposomal doxorubicin", b="doxorubicin"),
        ("65 days", "82 days", "320 days", "246 days", "approximately 10%", "30% to 40%"),
    ),
    Asked(
        "S04",
        "Four schedules of temozolomide?",
        lambda reader: reader.ask("doses-of-drug", drug="temozolomide"),
        ("750 mg/m2", "200 mg/m2", "twice daily for 5 days", "9 doses", "85 mg/m2", "21 days", "75 or 100 mg/m2"),
    ),
    Asked(
        "S05",
        "In whom were gemcitabine and docetaxel given at 675 and 75 mg/m2?",
        lambda reader: [row for row in reader.ask("doses-of-drug", drug="gemcitabine") if "675" in str(row["dose"])],
        ("675 mg/m2", "radiotherapy", "days 1, 8|1, 8"),
    ),
    Asked(
        "S06",
        "Which docetaxel dose replaced one that was poorly tolerated?",
        lambda reader: reader.ask("doses-of-drug", drug="docetaxel"),
        ("40 mg/m2", "weekly", "poorly tolerated", "refractory to anthracyclines and ifosfamide"),
    ),
    Asked(
        "S07",
        "High-dose ifosfamide as infusion and as bolus: what was given with it, and what came of it?",
        lambda reader: reader.ask("doses-of-drug", drug="ifosfamide") + reader.ask("dose-comparisons"),
        ("14 g/m2", "growth factor support", "mesna", "74 hours|PT74H", "45%", "19%", "arms of two studies"),
    ),
    Asked(
        "S08",
        "Which gemcitabine was given at a fixed dose rate, and which over six hours?",
        lambda reader: reader.ask("doses-of-drug", drug="gemcitabine"),
        ("fixed dose rate", "360 minutes|PT360M"),
    ),
    Asked(
        "S09",
        "MAID: three doses, and the time they took?",
        lambda reader: reader.rows(regimen="MAID"),
        ("60 mg/m2", "7500 mg/m2", "900 mg/m2", "72 hours", "105", "47%", "10 months", "16 months"),
    ),
    Asked(
        "S10",
        "Journal, year, volume and pages of the review?",
        lambda reader: reader.get(f"documents/{REVIEW_DOCUMENT}"),
        ("JNCCN", "2007", "5", "401-410"),
    ),
    Asked(
        "S11",
        "The largest groups treated?",
        lambda reader: reader.ask("largest-studies")[:16],
        ("946", "605", "216", "138", "133", "105", "104"),
    ),
    # --- subgroups, histotypes, genotypes
    Asked(
        "H01",
        "In which histotype was there a complete response to temozolomide?",
        lambda reader: reader.rows(drug="temozolomide", measure="complete response"),
        ("malignant fibrous histiocytoma", "1 complete response"),
    ),
    Asked(
        "H02",
        "Who answered gemcitabine among the 39?",
        lambda reader: reader.ask("study-results", study="study:gemcitabine-two-cohorts-ref24"),
        ("7 (18%)", "uterine leiomyosarcoma", "extremity", "angiosarcoma", "unclassified sarcoma", "3 months"),
    ),
    Asked(
        "H03",
        "What happened in bone sarcoma under gemcitabine?",
        lambda reader: reader.rows(drug="gemcitabine", histotype="bone sarcoma"),
        ("10 of 18", "chondrosarcoma", "osteosarcoma", "6"),
    ),
    Asked(
        "H04",
        "Epithelioid sarcoma, fibrosarcoma, synovial sarcoma, liposarcoma: one result each?",
        lambda reader: [
            reader.rows(histotype=histotype)
            for histotype in ("epithelioid sarcoma", "fibrosarcoma", "synovial sarcoma", "liposarcoma")
        ],
        ("One patient", "epitheliod", "temsirolimus", "61%", "5 of 7 (71%)"),
    ),
    Asked(
        "H05",
        "Sunitinib with an exon 9 mutation: longer or shorter, and against what?",
        lambda reader: _genotype_rows(reader, "exon 9", "sunitinib"),
        ("significantly longer than with an exon 11 mutation", "in contrast to first-line imatinib"),
    ),
    Asked(
        "H06",
        "Which figures of any drug are for exon 11?",
        lambda reader: _genotype_rows(reader, "exon 11", "imatinib") + _genotype_rows(reader, "exon 11", "sunitinib"),
        ("83%", "shorter"),
    ),
    Asked(
        "H07",
        "Gemcitabine and docetaxel in leiomyosarcoma and in uterine sarcoma, retrospectively?",
        lambda reader: reader.rows(regimen="gemcitabine + docetaxel", design="retrospective cohort"),
        ("24%", "10%", "P = .06", "no-significant-difference", "longer"),
    ),
    # --- toxicity
    Asked(
        "T01",
        "Which side effects were rarer and which commoner with the liposomal form?",
        lambda reader: reader.get("evidence/safety", drug="pegylated liposomal doxorubicin"),
        ("alopecia", "less frequent and less severe", "palmar-plantar dysaesthesia", "more common"),
    ),
    Asked(
        "T02",
        "Which toxicity was fatal, and how often?",
        lambda reader: [row for row in reader.ask("severe-toxicity") if "fatal" in str(row["grade"])],
        ("nephrotoxicity", "cardiac toxicity", "rare"),
    ),
    Asked(
        "T03",
        "Grade 3 toxicity of gemcitabine over 360 minutes?",
        lambda reader: reader.rows(study="study:gemcitabine-prolonged-infusion-ref25", measure="adverse event"),
        ("Six patients", "transient", "5 patients", "3 or 4"),
    ),
    Asked(
        "T04",
        "What does trabectedin do to the liver, and for how long?",
        lambda reader: reader.ask("toxicity-of-drug", drug="trabectedin"),
        ("reversible transaminitis", "neutropenia"),
    ),
    Asked(
        "T05",
        "What made patients leave treatment or have less of it?",
        lambda reader: reader.ask("stopped-or-reduced"),
        ("60%", "16%", "P < .01", "stomatitis", "gastritis"),
    ),
    # --- comparisons, direction and significance
    Asked(
        "D01",
        "Which dose comparisons brought no difference, and which did?",
        lambda reader: reader.ask("dose-comparisons"),
        ("70 mg/m2", "90 mg/m2", "no-apparent-benefit", "P = .026", "P > .05", "21%", "3 of 12 (25%)"),
    ),
    Asked(
        "D02",
        "Ifosfamide on top of doxorubicin and DTIC: what was gained, what lost?",
        lambda reader: reader.get("evidence/compare", a="doxorubicin + ifosfamide + DTIC", b="doxorubicin + DTIC"),
        ("32%", "17%", "6 months", "4 months", "12 months", "13 months", "multivariate"),
    ),
    Asked(
        "D03",
        "Two-year survival in the two trials of imatinib dose?",
        lambda reader: reader.rows(drug="imatinib", measure="overall survival rate"),
        ("69%", "74%", "78%", "73%", "2 years"),
    ),
    Asked(
        "D04",
        "Does CYVADIC or doxorubicin with ifosfamide beat doxorubicin?",
        lambda reader: [
            reader.get("evidence/compare", a=a, b="doxorubicin") for a in ("CYVADIC", "doxorubicin + ifosfamide")
        ],
        ("no difference", "not significant", "median overall survival"),
    ),
    # --- mechanism
    Asked(
        "W01",
        "How might imatinib work in desmoid tumours, and how sure is it?",
        _mechanism("imatinib", "desmoid tumour"),
        ("PDGFR", "hedged", "decreases desmoid tumour"),
    ),
    Asked(
        "W02",
        "Which two actions together are believed to mediate what trabectedin does?",
        _mechanism("trabectedin", "anticancer effect"),
        ("minor groove", "nucleotide excision repair", "hypothesised", "together with"),
    ),
    Asked(
        "W03",
        "Through which steps would IPI-504 act on GIST?",
        lambda reader: reader.mechanism("IPI-504", "GIST"),
        ("prodrug", "tanespimycin", "HSP90", "stabilizes|stabilises", "oncogenic KIT", "drives"),
    ),
    Asked(
        "W04",
        "What sort of prodrug is IPI-504, and of what?",
        lambda reader: [row for row in reader.ask("active-forms") if row["drug"]["text"] == "retaspimycin"],
        ("water-soluble", "tanespimycin", "prodrug"),
    ),
    Asked(
        "W05",
        "What share of resistant GIST has new KIT mutations, and what do these do in vitro?",
        lambda reader: reader.ask("causes-of-resistance"),
        ("44% to 67%", "in vitro", "clonal expression", "hedged"),
    ),
    Asked(
        "W06",
        "Why are HSP90 inhibitors such as 17-AAG tried in sarcoma?",
        lambda reader: reader.ask("why-given", drug="17-AAG"),
        ("mutated or chimeric proteins", "translocations", "hedged"),
    ),
    # --- who says it
    Asked(
        "R01",
        "Which references stand behind the targets of imatinib and of sunitinib?",
        lambda reader: reader.ask("drug-acts-on", drug="imatinib") + reader.ask("drug-acts-on", drug="sunitinib"),
        ("38", "39", "40", "41", "42", "43", "44"),
    ),
    Asked("R02", "For what is reference 6 cited?", _citing(6), ("14 g/m2|high-dose", "90 mg/m2", "19%", "45%")),
    Asked("R03", "For what is reference 1 cited?", _citing(1), ("20% to 25%", "42%")),
    Asked("R04", "For what is reference 37 cited?", _citing(37), ("approximately 90%", "44% to 67%", "longer")),
    Asked(
        "R05",
        "Who approved imatinib and sunitinib, for whom, as of when?",
        lambda reader: reader.ask("approvals"),
        ("Food and Drug Administration", "metastatic or unresectable", "intolerance", "2007", "first-line"),
    ),
    # --- conflicts, oddities, absences
    Asked(
        "X01",
        "Has the activity of doxorubicin alone stayed the same?",
        lambda reader: reader.ask("conflicts-of-entity", entity="doxorubicin"),
        ("20% to 25%", "approximately 10%", "17%", "16%"),
    ),
    Asked(
        "X02",
        "How many patients were in the trial of docetaxel against doxorubicin?",
        lambda reader: reader.ask("conflicts-of-entity", entity="study:docetaxel-vs-doxorubicin"),
        ("43 patients", "enrolled", "given doxorubicin"),
    ),
    Asked(
        "X03",
        "Do two trials of first-line ifosfamide 5 g/m2 over 24 hours agree?",
        lambda reader: reader.ask("trials-that-disagree"),
        ("25%", "10%", "24-hour infusion"),
    ),
    Asked(
        "X04",
        "Did trabectedin do nothing in GIST?",
        lambda reader: reader.ask("conflicts-of-entity", entity="trabectedin"),
        ("no apparent benefit", "33%", "51 days"),
    ),
    Asked(
        "X05",
        "Did anything respond to dasatinib?",
        lambda reader: reader.ask("conflicts-of-entity", entity="dasatinib"),
        ("no responses", "genotypes"),
    ),
    Asked(
        "X06",
        "Do higher doses and combinations bring more responses?",
        lambda reader: reader.ask("conflicts"),
        ("more responses in some trials", "no meaningful gain"),
    ),
    Asked(
        "X07",
        "Is median survival on sunitinib known?",
        lambda reader: reader.ask("kinds-of-nothing", kind="not-reached"),
        ("sunitinib", "placebo", "not yet reached"),
    ),
    Asked(
        "X08",
        "Which words or signs of the review are printed wrongly?",
        lambda reader: reader.ask("flagged"),
        ("306 months", "epitheliod", "sunitinibmalate", "phosphotidylinositol", "9 of 28", "6 of 42"),
    ),
    Asked(
        "X09",
        "Docetaxel in GIST?",
        lambda reader: reader.get("evidence", drug="docetaxel", histotype="GIST"),
        ("holds no result",),
    ),
    # --- hedges and outlook
    Asked(
        "O01",
        "What use is a partial response that does not lengthen life, and how should treatment be chosen?",
        lambda reader: reader.sparql(texts_on(REVIEW_DOCUMENT, "concludes", "recommends")),
        ("symptoms", "local tumour growth", "hedged", "individually", "cell lines", "animal models"),
    ),
    Asked(
        "O02",
        "Why do response rates to doxorubicin differ, and which reason is likelier?",
        lambda reader: reader.ask("study-record", study="study:eortc-pld-vs-doxorubicin"),
        ("tumour size", "more probably", "mix of histotypes", "chemosensitivity"),
    ),
    Asked(
        "O03",
        "How many sarcoma subtypes have translocations, and why are their products poor targets?",
        lambda reader: (
            reader.ask("epidemiology", histotype="sarcoma")
            + reader.sparql(texts_on("target:transcription-factor", "limitation"))
        ),
        ("More than 40%", "transcription factors", "no known function"),
    ),
)
