"""Hard questions on the cases, the table cells, the citations, and on what one document says that another denies.

Each has its call and what a right answer must say.
"""

from __future__ import annotations

from tests.questions.calls import RETROPERITONEAL, TRANSPLANT, Asked, texts_on

PATIENT_1, PATIENT_2, PATIENT_3 = "patient:003-1", "patient:003-2", "patient:003-3"
SERIES = "study:gemcitabine-maintenance-regensburg"
CASE = "study:rapamycin-gemcitabine-case"

CASES_AND_CONTRADICTIONS: tuple[Asked, ...] = (
    # --- histories: what, when, why, how it ended
    Asked(
        "QH01",
        "Which two samplings of the transplant patient failed, and what was then suspected?",
        lambda reader: reader.ask("timeline", patient=TRANSPLANT),
        ("fine-needle aspiration", "no tumour cells", "no malignant cells", "abscess", "hedged"),
    ),
    Asked(
        "QH02",
        "Why was rapamycin taken up again, and why was gemcitabine the only treatment left?",
        lambda reader: reader.ask("timeline", patient=TRANSPLANT),
        ("anticancer activity in several tumour models", "only feasible", "deteriorated"),
    ),
    Asked(
        "QH03",
        "How long after the start of rapamycin did gemcitabine begin, and what happened in the two days before?",
        lambda reader: reader.ask("timeline", patient=TRANSPLANT),
        ("4 weeks after", "interrupted for 2 days", "paused"),
    ),
    Asked(
        "QH04",
        "At which months of therapy were the CT images of the transplant patient taken?",
        lambda reader: reader.ask("timeline", patient=TRANSPLANT),
        ("baseline", "3 months after", "7 months after", "12 months after"),
    ),
    Asked(
        "QH05",
        "Why was patient 1 chosen for maintenance, and how was quality of life followed?",
        lambda reader: reader.ask("timeline", patient=PATIENT_1),
        ("residual tumour volume", "refractory to first-line", "infusion appointments", "not severely impaired"),
    ),
    Asked(
        "QH06",
        "How did each line of patient 1 end after maintenance?",
        lambda reader: reader.ask("treatment-lines", patient=PATIENT_1),
        ("3 months", "efficacy was lacking", "could not be hampered", "palliative care", "liver failure"),
    ),
    Asked(
        "QH07",
        "What was planned for patient 2 at first, and why did surgery follow after two cycles?",
        lambda reader: reader.ask("timeline", patient=PATIENT_2),
        ("surgical removal after chemotherapy", "planned", "no significant regression", "R0", "adjuvant radiation"),
    ),
    Asked(
        "QH08",
        "Where and when did patient 2 relapse, and which drugs failed before gemcitabine and docetaxel?",
        lambda reader: reader.ask("timeline", patient=PATIENT_2),
        ("3 months after regular follow-up", "upper resection margin", "lung", "trabectedin", "pazopanib"),
    ),
    Asked(
        "QH09",
        "Which local treatments did patient 3 have between chemotherapy and salvage?",
        lambda reader: reader.ask("treatment-lines", patient=PATIENT_3),
        ("irradiation of the bone metastasis", "local ablation of the liver lesions", "two cycles"),
    ),
    Asked(
        "QH10",
        "In which order was the gemcitabine of patient 3 changed, and for what reason each time?",
        lambda reader: reader.ask("timeline", patient=PATIENT_3),
        (
            "days 1, 8, 15|days 1, 8 and 15",
            "severe prolonged neutropenia",
            "day 29",
            "sixteenth",
            "persistent neutropenia",
        ),
    ),
    Asked(
        "QH11",
        "What is left of the retroperitoneal tumour after debulking, and where?",
        lambda reader: reader.ask("timeline", patient=RETROPERITONEAL),
        ("approximately 2 cm", "inferior vena cava", "uncinate process", "reported as absent"),
    ),
    Asked(
        "QH12",
        "When and why was radiotherapy given in the retroperitoneal case, and what followed it?",
        lambda reader: reader.ask("treatment-lines", patient=RETROPERITONEAL),
        ("after the fifth cycle", "inferior vena cava", "60 mg/m2", "one cycle of ifosfamide alone"),
    ),
    Asked(
        "QH13",
        "On which days of the cycle were doxorubicin and ifosfamide given to the woman of 65?",
        lambda reader: reader.ask("timeline", patient=RETROPERITONEAL),
        ("doxorubicin 30 mg/m2, days 1–2", "ifosfamide 2,000 mg/m2, days 1–5", "75 μg/day"),
    ),
    Asked(
        "QH14",
        "Age, sex, diagnosis, grade and stage of all patients, with the diagnosis that does not fit?",
        lambda reader: reader.ask("patients"),
        ("T2N0M0", "intermediate", "G2", "G3", "high-grade", "contradicted", "73", "61", "54", "65", "49"),
    ),
    Asked(
        "QH15",
        "Which patients of the graph had a partial response, and where?",
        lambda reader: (
            reader.rows(measure="partial response", design="case series")
            + reader.rows(measure="partial response", design="case report")
        ),
        ("patient 1", "patient 2", "transplant", "65"),
    ),
    # --- contradictions within a document
    Asked(
        "QK01",
        "The case report notes no other side effects: which does it list elsewhere?",
        lambda reader: reader.ask("conflicts-of-entity", entity=CASE),
        ("no other side effects", "upper gastrointestinal bleeding", "myocardial infarction"),
    ),
    Asked(
        "QK02",
        "Doing well for 14 months: what happened after 10 of them?",
        lambda reader: reader.ask("conflicts-of-entity", entity=CASE),
        ("doing well", "14 months", "heart failure", "shock"),
    ),
    Asked(
        "QK03",
        "By how much was the gemcitabine of patient 3 reduced, according to which part of the paper?",
        lambda reader: reader.ask("conflicts-of-entity", entity=PATIENT_3),
        ("two-thirds", "half", "abstract", "Table 1"),
    ),
    Asked(
        "QK04",
        "Which treatment of patient 2 stands in Table 2 only?",
        lambda reader: reader.ask("conflicts-of-entity", entity=PATIENT_2),
        ("local ablation", "trabectedin"),
    ),
    Asked(
        "QK05",
        "Which printed names and expansions are wrong?",
        lambda reader: reader.ask("flagged"),
        ("Rappamune", "mycofenolate", "Prograph", "Ki-67", "ALP", "lfo", "without the word receptor"),
    ),
    # --- contradictions and agreements between documents
    Asked(
        "QX01",
        "Does radiotherapy work in leiomyosarcoma?",
        lambda reader: reader.ask("conflicts-across-documents"),
        ("promising", "not sensitive enough to chemotherapy and radiation"),
    ),
    Asked(
        "QX02",
        "Is temsirolimus well tolerated?",
        lambda reader: reader.ask("conflicts-across-documents") + reader.ask("toxicity-of-drug", drug="temsirolimus"),
        ("well tolerated", "more than 40%", "tolerability"),
    ),
    Asked(
        "QX03",
        "Is gemcitabine well tolerated?",
        lambda reader: reader.ask("conflicts-across-documents"),
        ("generally well tolerated", "all 25 patients"),
    ),
    Asked(
        "QX04",
        "Is docetaxel alone active in soft tissue sarcoma?",
        lambda reader: reader.ask("conflicts-across-documents"),
        ("no response in 43", "no arm of docetaxel alone"),
    ),
    Asked(
        "QX05",
        "Which response rates of gemcitabine plus docetaxel in leiomyosarcoma do the documents give?",
        lambda reader: reader.ask("conflicts-across-documents"),
        ("58%", "53%", "24%"),
    ),
    Asked(
        "QX06",
        "Does leiomyosarcoma respond to conventional chemotherapy?",
        lambda reader: reader.ask("conflicts-of-entity", entity="leiomyosarcoma"),
        ("tends to resist", "44%", "24% against 10%"),
    ),
    Asked(
        "QX07",
        "Which results of mTOR inhibitors are told in each document, and do they count the same thing?",
        lambda reader: reader.rows(drug_class="mTOR inhibitor"),
        ("53%", "28%", "8 of 31", "impressive", "stable disease or better for 60 days"),
    ),
    Asked(
        "QX08",
        "What do the documents say of survival under doxorubicin plus ifosfamide?",
        lambda reader: reader.rows(regimen="doxorubicin + ifosfamide", measure="overall survival"),
        ("no-significant-difference", "no difference"),
    ),
    Asked(
        "QX09",
        "Which figures does each of two documents print of the French study of gemcitabine and docetaxel?",
        lambda reader: reader.ask("study-results", study="study:french-gemcitabine-docetaxel"),
        ("18%", "18.4%", "12.1 months", "133"),
    ),
    # --- who is cited for what
    Asked(
        "QR01",
        "For what are references 2, 8, 9 and 12 of the case report cited?",
        lambda reader: [reader.ask("citing-reference", document="document:000", number=n) for n in (2, 8, 9, 12)],
        ("ascites", "DNA recombination", "adhesion-independent survival and migration", "VEGF"),
    ),
    Asked(
        "QR02",
        "Who are the first and the last author of the maintenance paper?",
        lambda reader: ", ".join(reader.get("documents/document:003")["authors"]),
        ("Dennis Christoph Harrer, Sebastian Buschauer", "Wolfgang Herr, Martin Vogelhuber"),
    ),
    Asked(
        "QR03",
        "Who wrote reference 25 of the maintenance paper, where and when?",
        lambda reader: reader.ask("references", document="document:003"),
        ("Sette G; Salvati V", "PLoS One", "2012"),
    ),
    Asked(
        "QR04",
        "For what does the maintenance paper cite references 2 and 24?",
        lambda reader: [reader.ask("citing-reference", document="document:003", number=n) for n in (2, 24)],
        ("12,000", "approximately 80%", "10-15%", "scant"),
    ),
    Asked(
        "QR05",
        "What does the retroperitoneal case report say on the authority of reference 16?",
        lambda reader: reader.ask("citing-reference", document="document:004", number=16),
        ("58%", "resist", "continue chemotherapy until the disease progresses"),
    ),
    # --- absences and suppositions
    Asked(
        "QA01",
        "Who else might gemcitabine maintenance suit, and how certain is that?",
        lambda reader: reader.ask("conclusions", drug="gemcitabine"),
        ("elderly", "marrow function", "hedged"),
    ),
    Asked(
        "QA02",
        "Which pooled end points does the maintenance paper not report, and why?",
        lambda reader: (
            reader.rows(study=SERIES, measure="overall survival")
            + reader.rows(study=SERIES, measure="progression-free survival")
        ),
        ("not-described", "differ"),
    ),
    Asked(
        "QA03",
        "How large were the tumours in the two series of pleomorphic leiomyosarcoma, and which index was higher?",
        lambda reader: reader.ask("cohort-features"),
        ("from 2.5 to 21.0 cm (median, 9.0 cm)", "from 2.0 to 18 cm (mean, 9.1)", "MIB-1"),
    ),
    Asked(
        "QA04",
        "Why is preoperative radiation for retroperitoneal sarcoma not settled?",
        lambda reader: reader.ask("study-record", study="Z9031") + reader.ask("ongoing"),
        ("accrual was poor", "ongoing"),
    ),
    Asked(
        "QA05",
        "Which recommendations and limits does the maintenance paper state?",
        lambda reader: reader.sparql(texts_on(SERIES, "limitation", "recommends")),
        ("non-interventional", "comparability", "early phase clinical trials", "prospective"),
    ),
)
