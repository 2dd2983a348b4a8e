"""Questions that join or count facts of several documents."""

from __future__ import annotations

from tests.questions.calls import Asked, texts_on

ACROSS_DOCUMENTS: tuple[Asked, ...] = (
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
