"""Questions on single patients: what was found, given, measured and suspected, and when."""

from __future__ import annotations

from tests.questions.calls import RETROPERITONEAL, TRANSPLANT, Asked, texts_on

HISTORIES: tuple[Asked, ...] = (
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
)
