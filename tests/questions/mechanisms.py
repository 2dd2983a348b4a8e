"""Questions on how drugs act, which enzymes and targets take part, and in what kind of study that was seen."""

from __future__ import annotations

from tests.questions.calls import Asked, texts_on

MECHANISMS: tuple[Asked, ...] = (
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
)
