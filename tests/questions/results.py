"""Questions on results of groups: rates, times, doses, denominators, and how a response was defined."""

from __future__ import annotations

from tests.questions.calls import Asked

RESULTS: tuple[Asked, ...] = (
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
)
