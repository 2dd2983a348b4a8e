"""Questions on all five documents, by the ways in which a reader may ask.

Each has its call and what a right answer must say, in our own words and in the figures of the documents.
"""

from __future__ import annotations

from dataclasses import dataclass

from tests.questions.calls import Call, texts_on

TRANSPLANT = "patient:000-transplant"
RETROPERITONEAL = "patient:004-retroperitoneal"


@dataclass(frozen=True)
class Asked:
    """A question, how it is put to the graph, and what the answer must say (``a|b``: either)."""

    id: str
    question: str
    call: Call
    items: tuple[str, ...]


FURTHER: tuple[Asked, ...] = (
    # --- mechanism
    Asked(
        "M01",
        "Which drugs does the case report name for each of the three aims of traditional chemotherapy?",
        lambda reader: [
            reader.ask("drug-acts-on", drug=d) for d in ("cisplatin", "doxorubicin", "methotrexate", "vincristine")
        ],
        ("damages", "DNA", "blocks", "DNA synthesis", "interferes", "mitosis"),
    ),
    Asked(
        "M02",
        "Is it free rapamycin or a complex that inhibits mTOR, and does the same text also state the short cut?",
        lambda reader: reader.ask("drugs-reaching-target", target="mTOR"),
        ("directly", "through a complex", "FKBP12"),
    ),
    Asked(
        "M03",
        "How is rapamycin anti-angiogenic?",
        lambda reader: reader.mechanism("rapamycin", "angiogenesis"),
        ("VEGF", "angiogenesis", "production"),
    ),
    Asked(
        "M04",
        "What does rapamycin do to the response of vascular endothelial cells to VEGF?",
        lambda reader: reader.ask("what-brings-about", effect="response of vascular endothelial cells to VEGF"),
        ("sirolimus", "inhibits", "markedly"),
    ),
    Asked(
        "M05",
        "Which enzymes activate gemcitabine and to what?",
        lambda reader: reader.ask("active-forms") + reader.ask("what-brings-about", effect="gemcitabine"),
        ("nucleoside kinases", "diphosphate", "triphosphate"),
    ),
    Asked(
        "M06",
        "In which phase does gemcitabine kill cells?",
        lambda reader: reader.ask("drug-acts-on", drug="gemcitabine"),
        ("S phase",),
    ),
    Asked(
        "M07",
        "What does mTOR inhibition do to cancer stem cells, and in what kind of study?",
        lambda reader: reader.ask("when-inhibited", target="mTOR") + reader.ask("combination-effects"),
        ("cancer stem cell", "preclinical"),
    ),
    Asked(
        "M08",
        "Which marker of cancer stem cells was used, and what went with response?",
        lambda reader: reader.sparql("SELECT ?sentence WHERE { ?s skg:subject target:ALDH ; rdfs:label ?sentence }"),
        ("ALDH", "marker", "response", "decreased"),
    ),
    Asked(
        "M09",
        "How does olaratumab work and against which target?",
        lambda reader: reader.ask("passages-about", entity="olaratumab"),
        ("monoclonal antibody", "PDGFR", "withdrawn"),
    ),
    Asked(
        "M10",
        "Which kinases does sunitinib inhibit besides c-KIT?",
        lambda reader: reader.ask("drug-acts-on", drug="sunitinib"),
        ("VEGFR", "PDGFR", "RET", "FLT3"),
    ),
    Asked(
        "M11",
        "What translocation is typical of DFSP and what follows from it?",
        lambda reader: (
            reader.ask("drivers-of-histotype", histotype="DFSP")
            + reader.ask("steps-after-drug", drug="imatinib")
            + reader.ask("what-brings-about", effect="PDGF beta")
            + reader.get("entities/target:COL1A1-PDGFB-translocation/neighbors")["items"]
        ),
        ("PDGF beta", "collagen", "dysregulated expression", "PDGFR"),
    ),
    Asked(
        "M12",
        "Why is 17-AAG hard to give, and what replaces it?",
        lambda reader: reader.ask("conclusions", drug="17-AAG") + reader.ask("active-forms"),
        ("insoluble|insolubility", "toxic solvents", "retaspimycin|IPI-504", "prodrug"),
    ),
    Asked(
        "M13",
        "Which proteins does HSP90 stabilise and how certain is it?",
        lambda reader: reader.get("entities/HSP90/neighbors", direction="out")["items"],
        ("mutated or chimeric proteins", "hedged"),
    ),
    Asked(
        "M14",
        "What did imatinib do to DFSP cell lines?",
        lambda reader: reader.ask("preclinical-evidence", drug="imatinib"),
        ("growth inhibition", "apoptosis"),
    ),
    Asked(
        "M15",
        "Through which receptor might imatinib act in desmoid tumours?",
        lambda reader: (
            reader.ask("activity-claims", histotype="desmoid tumour")
            + reader.ask("what-brings-about", effect="desmoid tumour")
        ),
        ("PDGFR", "hedged"),
    ),
    Asked(
        "M16",
        "Which two things together remove chemoresistance in leiomyosarcoma cells under EGFR inhibition?",
        lambda reader: reader.ask("joint-causes"),
        ("inactivation of survival pathways", "impairment of cancer stem cell potential", "chemoresistance"),
    ),
    Asked(
        "M17",
        "What is the path from rapamycin to leiomyosarcoma and is it complete?",
        lambda reader: reader.mechanism("rapamycin", "leiomyosarcoma"),
        ("mTOR", "leiomyosarcoma"),
    ),
    Asked(
        "M18",
        "Which organism makes rapamycin, when was it found and what is it the drug of choice for?",
        lambda reader: (
            reader.get("entities/rapamycin/neighbors", direction="out", limit=500)["items"]
            + reader.sparql(texts_on("drug:sirolimus", "history"))
        ),
        ("Streptomyces hygroscopicus", "20 years", "kidney transplantation|renal transplantation"),
    ),
    Asked(
        "M19",
        "Where does mTOR stand in the PI3K/Akt pathway and what is the pathway linked to?",
        lambda reader: (
            reader.ask("family-functions", protein="mTOR")
            + reader.ask("steps-after-drug", drug="rapamycin")
            + reader.get("entities/PI3K-AKT-mTOR pathway/neighbors", direction="out")["items"]
        ),
        ("downstream", "CDK activation", "cyclin D1", "Rb phosphorylation"),
    ),
    Asked(
        "M20",
        "What is required for synergism rather than antagonism between combined drugs?",
        lambda reader: (
            reader.ask("what-brings-about", effect="synergism between combined drugs")
            + reader.ask("what-brings-about", effect="antagonism between combined drugs")
        ),
        ("choice of drugs", "sequence", "schedule", "prevents"),
    ),
    Asked(
        "M21",
        "Which genes are mutated in GIST, and in which share?",
        lambda reader: reader.ask("drivers-of-histotype", histotype="GIST"),
        ("90%", "5%", "44% to 67%", "exon 11", "exon 9"),
    ),
    # --- case
    Asked(
        "C01",
        "Size, grade and stage of the mesenteric tumour of the transplant patient?",
        lambda reader: reader.ask("timeline", patient=TRANSPLANT),
        ("8x7x5", "intermediate", "T2N0M0"),
    ),
    Asked(
        "C02",
        "Why was haemodialysis timed 18-20 h after gemcitabine?",
        lambda reader: (
            reader.sparql(texts_on("study:rapamycin-gemcitabine-case", "recommends"))
            + reader.sparql(texts_on("procedure:haemodialysis", "recommends"))
        ),
        ("18-20 h", "clear"),
    ),
    Asked(
        "C03",
        "Which adverse events did the transplant patient have on the first four cycles?",
        lambda reader: reader.ask("adverse-events-of-patient", patient=TRANSPLANT),
        ("thrombocytopenia", "neutropenia", "hypoalbuminaemia|hypoalbuminemia", "anaemia", "gastrointestinal bleeding"),
    ),
    Asked(
        "C04",
        "How was gemcitabine changed from the fifth cycle?",
        lambda reader: reader.ask("dose-changes"),
        ("fifth cycle", "350 mg/m2", "every 2 weeks"),
    ),
    Asked(
        "C05",
        "What happened after 10 months of treatment and why?",
        lambda reader: reader.ask("adverse-events-of-patient", patient=TRANSPLANT),
        ("myocardial infarction", "congestive heart failure", "shock", "diabetic"),
    ),
    Asked(
        "C06",
        "Which symptoms did the transplant patient have before restarting rapamycin?",
        lambda reader: reader.ask("timeline", patient=TRANSPLANT),
        ("left shoulder", "left flank", "pleuritic", "fever", "weakness", "loss of appetite"),
    ),
    Asked(
        "C07",
        "When did chemotherapy start in the retroperitoneal case, and how big was the regrown tumour?",
        lambda reader: reader.ask("timeline", patient=RETROPERITONEAL),
        ("day 47", "22 × 14 × 23", "1000"),
    ),
    Asked(
        "C08",
        "Which markers were positive in the pleomorphic leiomyosarcoma?",
        lambda reader: reader.ask("markers-of-patients"),
        ("h-caldesmon", "smooth muscle actin", "desmin", "calponin", "strongly positive"),
    ),
    Asked(
        "C09",
        "Which graded adverse events had the retroperitoneal case, and what was given against them?",
        lambda reader: (
            reader.ask("adverse-events-of-patient", patient=RETROPERITONEAL)
            + reader.ask("treatment-lines", patient=RETROPERITONEAL)
        ),
        ("neutropenia", "4", "febrile neutropenia", "3", "filgrastim", "75 μg/day"),
    ),
    Asked(
        "C10",
        "Radiotherapy dose and fractions of the retroperitoneal case?",
        lambda reader: reader.ask("treatment-lines", patient=RETROPERITONEAL),
        ("50 Gy", "2 Gy", "25"),
    ),
    Asked(
        "C11",
        "Which sizes are given for the regrown tumour?",
        lambda reader: reader.ask("conflicts-of-entity", entity=RETROPERITONEAL),
        ("22 × 14 × 23", "22 cm", "30 cm"),
    ),
    Asked(
        "C12",
        "How and when did patient 1 die?",
        lambda reader: reader.ask("timeline", patient="patient:003-1"),
        ("liver failure", "2 1/2 years", "palliative"),
    ),
    Asked(
        "C13",
        "How long did patient 2 live after diagnosis?",
        lambda reader: reader.ask("timeline", patient="patient:003-2"),
        ("nearly 5 years",),
    ),
    Asked(
        "C14",
        "What was the response to regorafenib in patient 2?",
        lambda reader: reader.ask("treatment-lines", patient="patient:003-2"),
        ("regorafenib", "partial remission", "2 months", "1 year"),
    ),
    Asked(
        "C15",
        "Why and how was the gemcitabine of patient 3 changed over time?",
        lambda reader: reader.ask("dose-changes"),
        ("pegfilgrastim", "2, 16", "500 mg/m2", "sixteenth", "day 8"),
    ),
    Asked(
        "C16",
        "Where did patient 3 relapse first and how was it found?",
        lambda reader: reader.ask("timeline", patient="patient:003-3"),
        ("ilium", "PET-CT", "two years later"),
    ),
    Asked(
        "C17",
        "Which patients had bone metastases?",
        lambda reader: (
            [reader.ask("responses-by-lesion", patient=f"patient:003-{n}") for n in (1, 2, 3)]
            + [reader.ask("timeline", patient=f"patient:003-{n}") for n in (1, 2, 3)]
        ),
        ("liver, lung and bone",),
    ),
    Asked(
        "C18",
        "Which diagnoses does patient 2 carry in the text?",
        lambda reader: reader.ask("patients"),
        ("undifferentiated pleomorphic sarcoma", "leiomyosarcoma"),
    ),
    Asked(
        "C19",
        "Why was preoperative radiotherapy not given in the retroperitoneal case?",
        lambda reader: reader.ask("planned-and-not-done"),
        ("treatment volume", "late", "symptoms"),
    ),
    Asked(
        "C20",
        "Why was close follow-up chosen after chemotherapy in the retroperitoneal case?",
        lambda reader: reader.sparql(texts_on("study:retroperitoneal-pls-case", "rationale")),
        ("cumulative", "late"),
    ),
    Asked(
        "C21",
        "Which laboratory values were raised in the woman of 65?",
        lambda reader: reader.ask("timeline", patient=RETROPERITONEAL),
        ("AST", "ALT", "gamma-GTP|GTP"),
    ),
    Asked(
        "C22",
        "Which planned maintenance schedule was not given to patient 1?",
        lambda reader: reader.ask("planned-and-not-done"),
        ("1,000 mg/m2", "1, 8, 15"),
    ),
    Asked(
        "C23",
        "Which imaging findings came 38 days after debulking?",
        lambda reader: reader.ask("responses-by-lesion", patient=RETROPERITONEAL),
        ("38 days", "22", "regrown"),
    ),
    # --- evidence
    Asked(
        "E01",
        "How did pegylated liposomal doxorubicin compare in toxicity with doxorubicin?",
        lambda reader: reader.ask("toxicity-of-drug", drug="pegylated liposomal doxorubicin"),
        ("palmar-plantar", "alopecia", "myelosuppression", "ventricular function", "higher", "lower"),
    ),
    Asked(
        "E02",
        "TTP and OS in both arms of the EORTC liposomal doxorubicin trial?",
        lambda reader: reader.rows(study="study:eortc-pld-vs-doxorubicin"),
        ("65 days", "320 days", "82 days", "246 days"),
    ),
    Asked(
        "E03",
        "Results of temozolomide 85 mg/m2 daily for 21 days?",
        lambda reader: reader.rows(drug="temozolomide", min_n=39),
        ("5%", "33%", "3.3 months", "11 months", "39"),
    ),
    Asked(
        "E04",
        "How many uterine leiomyosarcoma patients responded to continuous temozolomide?",
        lambda reader: reader.rows(drug="temozolomide", histotype="uterine leiomyosarcoma"),
        ("5 of 11",),
    ),
    Asked(
        "E05",
        "High-dose ifosfamide 14 g/m2: infusion against bolus?",
        lambda reader: [
            x
            for x in reader.rows(regimen="ifosfamide", measure="objective response rate")
            if "14 g" in str(x["regimen"])
        ],
        ("19%", "45%", "37", "9"),
    ),
    Asked(
        "E06",
        "MAID: doses, n, response, CR, TTP, survival?",
        lambda reader: reader.rows(regimen="MAID"),
        ("60 mg/m2", "7500 mg/m2", "900 mg/m2", "105", "47%", "10%", "10 months", "16 months"),
    ),
    Asked(
        "E07",
        "AIM in the serial M. D. Anderson studies: response and toxicity?",
        lambda reader: reader.rows(regimen="AIM"),
        ("21 of 33", "64%", "febrile neutropenia", "fatal", "rare"),
    ),
    Asked(
        "E08",
        "Gemcitabine plus docetaxel in unresectable leiomyosarcoma: ORR, PFS, OS, toxicities?",
        lambda reader: reader.rows(regimen="gemcitabine + docetaxel", histotype="leiomyosarcoma"),
        ("53%", "5.6 months", "17.9 months", "dyspnea|dyspnoea", "sensory neuropathy", "fatigue", "50%"),
    ),
    Asked(
        "E09",
        "Reduced doses for previously irradiated patients?",
        lambda reader: reader.ask("study-record", study="study:gemcitabine-docetaxel-lms-ref34"),
        ("675", "75"),
    ),
    Asked(
        "E10",
        "Randomised gemcitabine ± docetaxel: response, PFS, OS, p values?",
        lambda reader: reader.ask("study-results", study="study:sarc002"),
        ("27%", "32%", "16%", "10%", ".15", "6.2 months", "2.6 months", "18 months", "11.2 months", ".01"),
    ),
    Asked(
        "E11",
        "First-line imatinib phase II: PR and SD?",
        lambda reader: reader.rows(drug="imatinib", line="first"),
        ("54%", "28%"),
    ),
    Asked(
        "E12",
        "Sunitinib against placebo?",
        lambda reader: reader.rows(drug="sunitinib"),
        ("27 weeks", "6 weeks", "0.49", "80%"),
    ),
    Asked(
        "E13",
        "Nilotinib in imatinib-refractory GIST?",
        lambda reader: reader.rows(drug="nilotinib"),
        ("3", "15", "18", "well tolerated"),
    ),
    Asked(
        "E14",
        "Dasatinib phase I in GIST and sarcomas?",
        lambda reader: reader.rows(drug="dasatinib"),
        ("no responses", "4 patients", "3 patients", "3 monthly cycles"),
    ),
    Asked(
        "E15",
        "Everolimus plus imatinib?",
        lambda reader: reader.rows(drug="RAD-001"),
        ("8 of 31", "two patients", "9", "stomatitis", "thrombocytopenia", "gastritis"),
    ),
    Asked(
        "E16",
        "Temsirolimus alone in advanced STS?",
        lambda reader: reader.rows(regimen="temsirolimus"),
        ("40%", "41", "2 months", "fibrosarcoma", "hyperglycemia|hyperglycaemia"),
    ),
    Asked(
        "E17",
        "AP23573 phase II: dose, clinical benefit, definition, PFS?",
        lambda reader: reader.rows(drug="AP23573", min_n=200),
        ("12.5 mg", "28%", "216", "16 weeks", "15 weeks", "5 patients"),
    ),
    Asked(
        "E18",
        "IPI-504 in GIST?",
        lambda reader: reader.rows(drug="IPI-504"),
        ("7 of 14", "6 of 14", "no computed tomographic responses"),
    ),
    Asked(
        "E19",
        "Progression-free survival with temsirolimus + liposomal doxorubicin, with range?",
        lambda reader: reader.rows(study="NCT00949325"),
        ("315 days", "27-799"),
    ),
    Asked(
        "E20",
        "Studies of preoperative radiation in retroperitoneal sarcoma: n and findings?",
        lambda reader: (
            reader.ask("tried-in-histotype", histotype="retroperitoneal sarcoma")
            + reader.ask("study-results", study="study:rps-preoperative-radiation-ref11")
        ),
        ("696", "morbidity", "mortality", "did not increase"),
    ),
    Asked(
        "E21",
        "Recurrence and mortality in the two series of pleomorphic leiomyosarcoma?",
        lambda reader: reader.ask("cohort-features"),
        ("65%", "48%", "89%", "50%", "27.5 months", "9.8", "21.0 cm"),
    ),
    Asked(
        "E22",
        "Which trials did the EORTC STBSG run?",
        lambda reader: reader.ask("studies-of-organization", organization="EORTC Soft Tissue and Bone Sarcoma Group"),
        ("temozolomide", "trabectedin", "imatinib", "liposomal"),
    ),
    Asked(
        "E23",
        "Imatinib crossover to 800 mg after progression?",
        lambda reader: reader.ask("after-failure-of", drug="imatinib"),
        ("7%", "29%"),
    ),
    Asked(
        "E24",
        "Which response rates were significantly different?",
        lambda reader: reader.sparql(
            'SELECT ?sentence ?p WHERE { ?o skg:significance "significant" ; rdfs:label ?sentence'
            " OPTIONAL { ?o skg:pValue ?p } }"
        ),
        (".026", "P < .05"),
    ),
    Asked(
        "E25",
        "Complete resection in 500 retroperitoneal sarcomas: how many, with what effect?",
        lambda reader: (
            reader.rows(histotype="retroperitoneal sarcoma", measure="complete resection achieved")
            + reader.rows(histotype="retroperitoneal sarcoma", measure="overall survival")
        ),
        ("185", "500", "better", "significant"),
    ),
    Asked(
        "E26",
        "Which phase III study of radiation in retroperitoneal sarcoma failed, which is going on?",
        lambda reader: (
            reader.ask("ongoing")
            + reader.sparql(
                "SELECT ?study ?text WHERE { ?s skg:subject ?x ; skg:predicate skg:limitation ; skg:object ?text ."
                " ?x a skg:Study ; skos:prefLabel ?study }"
            )
        ),
        ("Z9031", "poor accrual|accrual was poor", "ongoing", "non-metastatic"),
    ),
    Asked(
        "E27",
        "What does CYVADIC consist of, and how did it fare against doxorubicin?",
        lambda reader: reader.ask("combination-members") + reader.rows(regimen="CYVADIC"),
        ("cyclophosphamide", "vincristine", "dacarbazine", "no-significant-difference", "no difference"),
    ),
    Asked(
        "E28",
        "Toxicities of ifosfamide 5 or 8 g/m2?",
        lambda reader: reader.ask("toxicity-of-drug", drug="ifosfamide"),
        ("nausea", "vomiting", "renal tubular", "nephrotoxicity", "somnolence", "fatal"),
    ),
    Asked(
        "E29",
        "Temozolomide in the first EORTC phase II: dose, response, TTP, OS?",
        lambda reader: reader.rows(drug="temozolomide"),
        ("750 mg/m2", "3.3%", "31", "8 weeks", "23 weeks"),
    ),
    Asked(
        "E30",
        "Docetaxel across studies: response rates?",
        lambda reader: reader.ask("trials-that-disagree") + reader.rows(regimen="docetaxel"),
        ("17%", "29", "6%", "no responses", "15%"),
    ),
    Asked(
        "E31",
        "Gemcitabine 1250 mg/m2 by ECOG: n, response, toxicity?",
        lambda reader: reader.rows(study="study:ecog-gemcitabine-ref23"),
        ("25", "4%", "epithelioid", "all patients"),
    ),
    Asked(
        "E32",
        "Temozolomide with clinical benefit only in leiomyosarcoma: numbers?",
        lambda reader: reader.rows(drug="temozolomide", histotype="leiomyosarcoma"),
        ("2 of the 11", "3 of the 11", "6 months"),
    ),
    Asked(
        "E33",
        "Dose reductions in the EORTC imatinib trial and its size?",
        lambda reader: reader.ask("stopped-or-reduced") + reader.rows(drug="imatinib", min_n=900),
        ("60%", "16%", "946"),
    ),
    Asked(
        "E34",
        "Ifosfamide 6 or 12 g/m2 with doxorubicin in metastatic disease?",
        lambda reader: reader.ask("dose-comparisons") + reader.rows(regimen="doxorubicin + ifosfamide"),
        ("3 of 13", "23%", "3 of 12", "25%", "no-significant-difference"),
    ),
    Asked(
        "E35",
        "Doxorubicin plus DTIC in uterine sarcoma?",
        lambda reader: reader.rows(histotype="uterine sarcoma"),
        ("24%", "16%", "P > .05"),
    ),
    Asked(
        "E36",
        "Second-line studies quoted for choosing gemcitabine/docetaxel as salvage: n and OS?",
        lambda reader: reader.rows(regimen="gemcitabine + docetaxel", document="document:003"),
        ("133", "12.1 months", "281", "10.3 months"),
    ),
    Asked(
        "E37",
        "How was tumour response assessed in the maintenance series, and when did follow-up end?",
        lambda reader: reader.ask("study-record", study="study:gemcitabine-maintenance-regensburg"),
        ("CT", "MRI", "PET", "June 2021|June of 2021", "21-2532-104"),
    ),
    # --- negative, absent, contradicted
    Asked(
        "N01",
        "Did gemcitabine work in gastrointestinal leiomyosarcoma and why may it not have?",
        lambda reader: (
            reader.rows(drug="gemcitabine", histotype="gastrointestinal leiomyosarcoma")
            + reader.sparql(texts_on("histotype:gastrointestinal-leiomyosarcoma", "classification"))
        ),
        ("no responses", "17", "GIST"),
    ),
    Asked(
        "N02",
        "Did docetaxel respond in the randomised trial against doxorubicin?",
        lambda reader: reader.rows(regimen="docetaxel", measure="response rate"),
        ("no responses", "43"),
    ),
    Asked(
        "N03",
        "Was the survival benefit of the two-drug arm confirmed in multivariate analysis?",
        lambda reader: reader.rows(
            study="study:swog-calgb-doxorubicin-dtic-ifosfamide-ref31", measure="overall survival"
        ),
        ("multivariate", "P < .05", "13 months", "12 months"),
    ),
    Asked(
        "N04",
        "Does maintenance olaratumab or bevacizumab slow progression?",
        lambda reader: reader.ask("denied"),
        ("olaratumab", "bevacizumab", "disease progression"),
    ),
    Asked(
        "N05",
        "Did ridaforolimus improve survival?",
        lambda reader: reader.ask("denied") + reader.rows(drug="ridaforolimus", measure="overall survival"),
        ("ridaforolimus", "survival", "not significant"),
    ),
    Asked(
        "N06",
        "Which side effects were explicitly not seen?",
        lambda reader: reader.ask("not-seen-toxicity"),
        ("rash", "perforation", "enterocolitis", "haematuria|hematuria"),
    ),
    Asked(
        "N07",
        "Were KIT mutations of resistant tumours present before treatment?",
        lambda reader: reader.ask("denied"),
        ("secondary mutation", "ATP-binding pocket"),
    ),
    Asked(
        "N08",
        "Do the documents agree on the phase of the gemcitabine/docetaxel randomised trial?",
        lambda reader: reader.ask("conflicts-across-documents"),
        ("phase III", "phase II"),
    ),
    Asked(
        "N09",
        "What caused the ascites of the transplant patient?",
        lambda reader: (
            reader.ask("what-brings-about", effect="ascites")
            + reader.ask("conflicts-of-entity", entity="study:rapamycin-gemcitabine-case")
        ),
        ("hypoalbuminaemia|hypoalbuminemia", "gemcitabine", "renal failure", "dialysis"),
    ),
    Asked(
        "N10",
        "Is 64% a response rate in the retroperitoneal case?",
        lambda reader: reader.ask("flagged"),
        ("64%", "RECIST", "not"),
    ),
    Asked(
        "N11",
        "Which printed percentages do not fit their counts?",
        lambda reader: reader.ask("flagged"),
        ("6 of 42", "9 of 28", "1 of 31", "45%"),
    ),
    Asked(
        "N12",
        "Which statements in the case report rest on hedges such as possibly or most likely about toxicity?",
        lambda reader: reader.sparql(
            'SELECT ?sentence WHERE { ?s skg:certainty "hedged" ; skg:predicate skg:causes ; rdfs:label ?sentence ;'
            " skg:assertedBy document:000 }"
        ),
        ("ascites", "myocardial infarction"),
    ),
    Asked(
        "N13",
        "Where does the graph hold no result: cisplatin in sarcoma?",
        lambda reader: reader.get("evidence", drug="cisplatin"),
        ("holds no result", "not evidence of no effect"),
    ),
    # --- joined and aggregated
    Asked(
        "G01",
        "Which drugs does document 003 say are effective in STS, with references?",
        lambda reader: reader.ask("passages-about", entity="histotype:soft-tissue-sarcoma"),
        ("eribulin", "ref 10", "trabectedin", "ref 11"),
    ),
    Asked(
        "G02",
        "Which mTOR inhibitors are named, under which names?",
        lambda reader: (
            reader.ask("targets-of-class", **{"class": "mTOR inhibitor"})
            + [
                reader.ask("names-and-identifiers", entity=d)
                for d in ("ridaforolimus", "everolimus", "temsirolimus", "sirolimus")
            ]
        ),
        ("AP23573", "RAD-001|RAD001", "CCI-779", "rapamycin"),
    ),
    Asked(
        "G03",
        "Which studies are told by more than one document?",
        lambda reader: reader.ask("told-by-several"),
        ("002, 003|003, 002",),
    ),
    Asked(
        "G04",
        "Which approvals were in force as of 2007?",
        lambda reader: reader.ask("approvals"),
        ("2007", "imatinib", "sunitinib", "dasatinib"),
    ),
    Asked(
        "G05",
        "What does the review say citing reference 37?",
        lambda reader: reader.ask("citing-reference", document="document:002", number=37),
        ("90%", "5%", "44% to 67%"),
    ),
    Asked(
        "G06",
        "STS per year in the US and share of adult cancers; LMS share; PLS share?",
        lambda reader: reader.ask("epidemiology", histotype="soft tissue sarcoma"),
        ("12,000", "<1%", "10%", "8.6%"),
    ),
    Asked(
        "G07",
        "5-year survival of local and metastatic STS, of relapsed LMS?",
        lambda reader: reader.ask("prognosis", histotype="leiomyosarcoma"),
        ("15%", "80%", "10-15%"),
    ),
    Asked(
        "G08",
        "Which DOIs do the references of document 003 carry?",
        lambda reader: reader.ask("references", document="document:003"),
        ("10.1371/journal.pone.0046891", "10.1200/JCO.2011.35.6329"),
    ),
    Asked(
        "G09",
        "When was NCT00949325 registered and how many were pretreated with doxorubicin?",
        lambda reader: reader.ask("study-record", study="NCT00949325") + reader.rows(study="NCT00949325"),
        ("2009-07-30|30 July 2009", "nine"),
    ),
    Asked(
        "G10",
        "What limitations does the review name?",
        lambda reader: reader.sparql(texts_on("document:002", "limitation")),
        ("single-arm", "pooled", "accrual"),
    ),
    Asked(
        "G11",
        "Who wrote the maintenance paper and who funded or conflicts?",
        lambda reader: reader.sparql("SELECT ?t WHERE { document:003 skg:bibliographic ?t }"),
        ("Harrer", "Vogelhuber", "no commercial"),
    ),
    Asked(
        "G12",
        "Which response definitions include stable disease, and how long?",
        lambda reader: reader.ask("response-definitions"),
        ("60 days", "16 weeks", "24 weeks"),
    ),
    Asked(
        "G13",
        "Which drugs are Gleevec, Prograph, CellCept, ET-743, AMG 706, 17-AAG and IPI-504?",
        lambda reader: [
            reader.get("entities/" + n)
            for n in ("Gleevec", "Prograph", "CellCept", "ET-743", "AMG 706", "17-AAG", "IPI-504")
        ],
        ("imatinib", "tacrolimus", "mycophenolate", "trabectedin", "motesanib", "tanespimycin", "retaspimycin"),
    ),
    Asked(
        "G14",
        "Who makes the immunosuppressants named in the case report?",
        lambda reader: reader.sparql(
            "SELECT ?drug ?maker WHERE { ?s skg:predicate skg:producedBy ; skg:subject/skos:prefLabel ?drug ;"
            " skg:object/skos:prefLabel ?maker }"
        ),
        ("Novartis", "Roche", "Fujisawa", "Wyeth"),
    ),
    Asked(
        "G15",
        "How many events, results and statements does each document have?",
        lambda reader: reader.ask("facts-per-document"),
        ("Statement|statement", "hedged"),
    ),
)
