"""Questions on what was denied, is absent or is contradicted."""

from __future__ import annotations

from tests.questions.calls import Asked, texts_on

DENIALS_AND_GAPS: tuple[Asked, ...] = (
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
)
