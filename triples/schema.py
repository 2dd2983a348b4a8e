"""The one table of curated records: which keys a record has, what each means, and how it is spelled in RDF.

The reader, the compiler and docs/curating-reference.md all derive from ``RECORDS``.
"""

from __future__ import annotations

from kg.model import (
    ALLOCATIONS,
    BLINDINGS,
    DESIGNS,
    DIFFERENCES,
    EVENT_KINDS,
    FLAGS,
    POLARITIES,
    SIGNIFICANCES,
    STATED_ABSENCES,
)
from triples.keys import (
    CERTAINTIES,
    DOCUMENT_TYPES,
    ENTITY_KINDS,
    GIVEN_KINDS,
    NODE_KINDS,
    RESPONSES,
    SEXES,
    Key,
    RecordType,
    Type,
    choice_key,
    curie_key,
    records_key,
    text_key,
)

AT = Key(
    "at", Type.PASSAGE, "skg:passage", "the passage that states it, as short as the fact allows",
    required=True, repeated=True,
)  # fmt: skip
AT_OPTIONAL = Key(
    "at", Type.PASSAGE, "skg:passage", "the passage; without it that of the record around it", repeated=True
)
CONTEXT = Key(
    "context", Type.PASSAGE, "skg:contextPassage", "where a name stands that the passage leaves out", repeated=True
)
CITING = Key("citing", Type.INTEGER, "skg:citing", "numbers in the document's list of references", repeated=True)
NOTE = text_key("note", "skos:note", "a curator's remark, in our own words")
TEXT_REMARK = text_key("text", "skg:text", "anything else, in our own words")
POLARITY = choice_key("polarity", "skg:polarity", "affirmed unless said otherwise", POLARITIES)
CERTAINTY = choice_key("certainty", "skg:certainty", "stated unless said otherwise", CERTAINTIES)
HEDGE = text_key("hedge", "skg:hedge", "the words that make it less than stated: may; likely; believed")

FIGURES = (
    Key("value", Type.DECIMAL, "skg:value", "the figure, in `unit`"),
    Key("unit", Type.UNIT, "skg:unit", "UCUM code of the value"),
    text_key("value_text", "skg:valueText", "the figure exactly as printed"),
    Key("numerator", Type.INTEGER, "skg:numerator", "count, only if printed"),
    Key("denominator", Type.INTEGER, "skg:denominator", "out of how many, only if printed"),
    Key("ci_low", Type.DECIMAL, "skg:ciLow", "lower end of the confidence interval"),
    Key("ci_high", Type.DECIMAL, "skg:ciHigh", "upper end of the confidence interval"),
    Key("ci_level", Type.DECIMAL, "skg:ciLevel", "level of the interval in percent (95)"),
    Key("range_low", Type.DECIMAL, "skg:rangeLow", "lower end of the range"),
    Key("range_high", Type.DECIMAL, "skg:rangeHigh", "upper end of the range"),
    text_key("p_value", "skg:pValue", "as printed"),
)
ODDITY = (
    choice_key("flag", "skg:flag", "an oddity kept as printed", FLAGS, repeated=True),
    text_key("flag_reason", "skg:flagReason", "what is odd"),
)

QUALIFIERS = (
    text_key("model", "skg:model", "the biological context: cell line, xenograft, assay"),
    text_key("genotype", "skg:genotype", "as printed"),
    text_key("dose", "skg:doseText", "dose at which it holds"),
    text_key("via", "skg:via", "the step in between, where it is not a node"),
    text_key("line", "skg:line", "line of treatment"),
    text_key("setting", "skg:setting", "adjuvant, metastatic ..."),
    text_key("selectivity", "skg:selectivity", "how selective"),
    text_key("strength", "skg:strength", "how strong, in the text's words"),
    HEDGE,
    text_key("time", "skg:time", "when it holds"),
    text_key("population", "skg:populationText", "in whom it holds"),
    text_key("reason", "skg:reason", "the reason the text gives"),
)

ENTITY = RecordType("entity", "What the facts are about (entities/*.yaml); editorial.", (
    curie_key("id", None, "the identifier; its kind decides the class", *ENTITY_KINDS, required=True),
    text_key("label", "skos:prefLabel", "the name", required=True),
    text_key("synonyms", "skos:altLabel", "every other name, brand, code and phrase", repeated=True),
    text_key("definition", "skos:definition", "in our own words"),
    Key("exact", Type.EXTERNAL, "skos:exactMatch", "identifiers of the same thing", repeated=True),
    Key("close", Type.EXTERNAL, "skos:closeMatch", "identifiers of nearly the same thing", repeated=True),
    Key("xref", Type.EXTERNAL, "skos:relatedMatch", "identifiers known only as cross-references", repeated=True),
    curie_key("parents", "skos:broader", "what it is a kind of (also rdfs:subClassOf, or skg:inClass)",
           *ENTITY_KINDS, repeated=True),
    Key("joint", Type.YES_NO, None, "a process that stands for causes acting together (skg:JointCause)"),
    curie_key("drugs", "skg:includesDrug", "drugs of a regimen, or that a procedure gives", "drug", repeated=True),
    text_key("counts", "skg:counts", "definitions: which responses count", repeated=True),
    Key("minimum_duration", Type.DURATION, "skg:minimumDuration", "definitions: how long they must last"),
    text_key("criteria", "skg:criteria", "definitions: response criteria, if stated"),
    text_key("phase", "skg:cyclePhase", "phase of the cell cycle that it takes place in, or that the cells are in"),
    text_key("arrest_in", "skg:arrestIn", "processes: the phase of the cell cycle in which they hold cells"),
    text_key("exit_from", "skg:exitFrom", "processes: the phase of the cell cycle that cells leave by them"),
    NOTE,
))  # fmt: skip

SECTION = RecordType("section", "Where a section begins; it ends where the next begins.", (
    text_key("name", "skg:section", "the heading", required=True),
    Key("at", Type.PASSAGE, None, "its first words", required=True),
))  # fmt: skip

ARTICLE = (
    text_key("volume", "skg:volume", "volume"),
    text_key("issue", "skg:issue", "issue"),
    text_key("pages", "skg:pages", "pages"),
    text_key("doi", "skg:doi", "DOI without resolver"),
    text_key("pmid", "skg:pmid", "PubMed identifier"),
    Key("retracted", Type.YES_NO, "skg:retracted", "the article has been retracted since"),
)

REFERENCE = RecordType("reference", "An entry of the document's list of references.", (
    Key("number", Type.INTEGER, "skg:number", "its number in the list", required=True),
    text_key("label", "skos:prefLabel", "how to name it"),
    text_key("title", "dcterms:title", "title"),
    text_key("authors", "skg:author", "as printed, one each or in one text", repeated=True),
    text_key("journal", "skg:journal", "journal"),
    Key("year", Type.INTEGER, "skg:year", "year of publication"),
    *ARTICLE,
    text_key("registry", "skg:registry", "trial registry number"),
    *ODDITY,
    NOTE,
    AT_OPTIONAL,
))  # fmt: skip

DOCUMENT = RecordType("document", "document.yaml: what the document is.", (
    Key("id", Type.NAME, None, "short id, the same as the folder's number", required=True),
    text_key("label", "skos:prefLabel", "how to name it", required=True),
    text_key("file", "skg:fileName", "name of the text file", required=True),
    Key("sha256", Type.SHA256, "skg:sha256", "of the file's bytes", required=True),
    Key("year", Type.INTEGER, "skg:year", "publication year, only if printed"),
    text_key("title", "dcterms:title", "only if printed"),
    text_key("authors", "skg:author", "only if printed", repeated=True),
    text_key("journal", "skg:journal", "journal"),
    *ARTICLE,
    choice_key("type", "skg:documentType", "what it reports",
            DOCUMENT_TYPES),
    TEXT_REMARK,
    NOTE,
    records_key("sections", None, "its sections in order", "section"),
    records_key("references", None, "its list of references", "reference"),
))  # fmt: skip

STATEMENT = RecordType("statement", "statements*.yaml: one claim each.", (
    Key("id", Type.NAME, None, "local name, where another record points here"),
    Key("fact", Type.FACT, None, "subject, predicate, object", required=True),
    text_key("text", "skg:object", "the object of a predicate that takes text: one sentence in our own words"),
    curie_key("about", "skg:about", "entities the text concerns besides the subject", *NODE_KINDS, repeated=True),
    POLARITY, CERTAINTY, CITING, *QUALIFIERS, *FIGURES, *ODDITY, NOTE, AT, CONTEXT,
))  # fmt: skip

COMPONENT = RecordType("component", "One drug or procedure of a regimen.", (
    curie_key("drug", "skg:drug", "what is given", "drug"),
    curie_key("procedure", "skg:procedure", "or what is done", "procedure"),
    text_key("dose", "skg:dose", "as printed"),
    Key("value", Type.DECIMAL, "skg:value", "the dose as a number"),
    Key("unit", Type.UNIT, "skg:unit", "its UCUM code"),
    Key("range_low", Type.DECIMAL, "skg:rangeLow", "where doses run from ... to, or are two: the lowest"),
    Key("range_high", Type.DECIMAL, "skg:rangeHigh", "and the highest; then there is no `value`"),
    text_key("route", "skg:route", "only if stated"),
    Key("infusion_time", Type.DURATION, "skg:infusionTime", "how long an infusion runs"),
    text_key("days", "skg:days", "as printed: \"1, 8\", weekly"),
    Key("cycle", Type.DURATION, "skg:cycle", "length of a cycle"),
    text_key("timing", "skg:timing", "relative to another component, in words"),
    TEXT_REMARK, NOTE, *ODDITY, AT_OPTIONAL, CONTEXT,
))  # fmt: skip

REGIMEN = RecordType("regimen", "What an arm gives.", (
    curie_key("name", "skos:broader", "a named combination", "regimen"),
    Key("cycle", Type.DURATION, "skg:cycle", "length of a cycle"),
    TEXT_REMARK, NOTE,
    records_key("components", "skg:component", "drugs and procedures in the order of first use", "component"),
    AT_OPTIONAL, CONTEXT,
))  # fmt: skip

POPULATION = RecordType("population", "Whom an arm treats.", (
    Key("n", Type.INTEGER, "skg:n", "the denominator most outcomes use"),
    Key("enrolled", Type.INTEGER, "skg:enrolled", "patients enrolled"),
    Key("evaluable", Type.INTEGER, "skg:evaluable", "patients evaluable"),
    curie_key("histotypes", "skg:histotype", "their diagnoses", "histotype", "condition", repeated=True),
    Key("mixed", Type.YES_NO, "skg:mixed", "several histotypes were pooled"),
    curie_key("sites", "skg:site", "where the tumours were", "site", repeated=True),
    text_key("line", "skg:line", "first, second, second or later, maintenance, any, unstated"),
    text_key("setting", "skg:setting", "adjuvant, metastatic, relapsed or refractory ..."),
    text_key("prior", "skg:prior", "what they had had before, in words"),
    curie_key("prior_drugs", "skg:priorDrug", "drugs, or classes of them, that they had had before",
           "drug", "drugclass", repeated=True),
    text_key("genotype", "skg:genotype", "as printed"),
    TEXT_REMARK, NOTE, *ODDITY, AT_OPTIONAL, CONTEXT,
))  # fmt: skip

OUTCOME = RecordType("outcome", "What was measured in an arm.", (
    Key("id", Type.NAME, None, "local name, where a conflict points here"),
    curie_key("measure", "skg:measure", "what was measured", "measure", required=True),
    curie_key("definition", "skg:definition", "what counted", "definition"),
    *FIGURES,
    Key("hazard_ratio", Type.DECIMAL, "skg:hazardRatio", "hazard ratio against the comparator"),
    curie_key("comparator", "skg:comparator", "the arm compared with", "arm"),
    choice_key("direction", "skg:direction", "against the comparator", DIFFERENCES),
    choice_key("significance", "skg:significance", "what the text says of it", SIGNIFICANCES),
    Key("time_point", Type.DURATION, "skg:timePoint", "when it was measured"),
    Key("follow_up", Type.DURATION, "skg:followUp", "length of follow-up"),
    text_key("subgroup", "skg:subgroup", "subgroup in words"),
    curie_key("subgroup_histotype", "skg:subgroupHistotype", "its histotype", "histotype", "condition", repeated=True),
    curie_key("subgroup_site", "skg:subgroupSite", "its site", "site", repeated=True),
    text_key("subgroup_line", "skg:subgroupLine", "its line of treatment"),
    text_key("subgroup_genotype", "skg:subgroupGenotype", "its genotype"),
    Key("subgroup_n", Type.INTEGER, "skg:subgroupN", "its size"),
    curie_key("event", "skg:adverseEvent", "the adverse event", "event"),
    text_key("grade", "skg:grade", "grade as printed"),
    text_key("frequency", "skg:frequency", "the text's word: common, rare, severe"),
    text_key("attribution", "skg:attribution", "to what the text attributes it"),
    choice_key("absence", "skg:absence", "which kind of nothing", STATED_ABSENCES),
    *ODDITY, CERTAINTY, HEDGE, CITING, NOTE, TEXT_REMARK, AT, CONTEXT,
))  # fmt: skip

ARM = RecordType("arm", "A group of a study that gets one treatment.", (
    curie_key("id", None, "the identifier", "arm", required=True),
    text_key("label", "skos:prefLabel", "the name", required=True),
    text_key("synonyms", "skos:altLabel", "other names", repeated=True),
    TEXT_REMARK, NOTE, AT_OPTIONAL, CONTEXT,
    curie_key("distinct_from", "skg:distinctFrom", "arms whose patients are none of these", "arm", repeated=True),
    curie_key("pools", "skg:pools", "arms that it only takes together, no treatment group", "arm", repeated=True),
    curie_key("within", "skg:within", "the arm that counts the patients of this one too", "arm"),
    records_key("regimen", "skg:regimen", "what is given", "regimen", repeated=False),
    records_key("population", "skg:population", "to whom", "population", repeated=False),
    records_key("outcomes", "skg:hasOutcome", "what came of it", "outcome"),
))  # fmt: skip

STUDY = RecordType("study", "studies*.yaml: a study with its arms.", (
    curie_key("id", None, "the identifier", "study", required=True),
    text_key("label", "skos:prefLabel", "the name; not needed with `extends`"),
    text_key("synonyms", "skos:altLabel", "other names", repeated=True),
    choice_key("type", "skg:studyType", "design", DESIGNS),
    text_key("phase", "skg:phase", "phase as printed"),
    text_key("reported_part", "skg:reportedPart", "the part reported here"),
    choice_key("randomised", "skg:randomised", "random allocation", ALLOCATIONS),
    choice_key("blinding", "skg:blinding", "blinding", BLINDINGS),
    curie_key("sponsor", "skg:sponsor", "who ran it", "organization", repeated=True),
    text_key("registry", "skg:registry", "registry number"),
    Key("registered", Type.DATE, "skg:registered", "date of registration"),
    text_key("period", "skg:period", "when it ran, as printed"),
    Key("extends", Type.YES_NO, None, "yes when another document defines this study"),
    CITING, TEXT_REMARK, NOTE, AT, CONTEXT,
    records_key("arms", "skg:hasArm", "its arms", "arm"),
))  # fmt: skip

TIMELINE_EVENT = RecordType("timeline event", "Something that happened to a patient.", (
    Key("id", Type.NAME, None, "local name within the patient", required=True),
    choice_key("kind", "skg:eventKind", "what it is", EVENT_KINDS, required=True),
    text_key("label", "skos:prefLabel", "in a few words", required=True),
    Key("order", Type.INTEGER, "skg:order", "events happen in this order; equal numbers are the same time",
        required=True),
    Key("offset", Type.DURATION, "skg:offset", "time since `after`"),
    Key("after", Type.NAME, "skg:after", "the event it follows"),
    text_key("time_text", "skg:timeText", "time in words, where it is approximate"),
    Key("date", Type.DATE, "skg:date", "only if printed"),
    Key("duration", Type.DURATION, "skg:duration", "how long it lasted"),
    text_key("duration_text", "skg:durationText", "the same as printed"),
    records_key("components", "skg:component", "as in a regimen", "component"),
    curie_key("regimen", "skg:regimen", "a named combination", "regimen"),
    Key("cycles", Type.INTEGER, "skg:cycles", "number of cycles"),
    text_key("cycles_text", "skg:cyclesText", "the same as printed"),
    text_key("line", "skg:line", "a number, or maintenance, salvage, palliative"),
    text_key("setting", "skg:setting", "setting"),
    Key("planned", Type.YES_NO, "skg:planned", "planned, not given"),
    text_key("reason", "skg:reason", "why it was started, changed or stopped"),
    text_key("ended", "skg:ended", "why and when it ended"),
    Key("episode", Type.NAME, "skg:episode", "the treatment event it belongs to"),
    choice_key("response", "skg:response", "response", RESPONSES),
    curie_key("site", "skg:site", "where", "site", repeated=True),
    text_key("lesion", "skg:lesion", "which lesion"),
    text_key("size", "skg:size", "as printed"),
    curie_key("measure", "skg:measure", "what was measured", "measure"),
    curie_key("definition", "skg:definition", "what counted", "definition"),
    *FIGURES,
    curie_key("histotype", "skg:histotype", "diagnoses: the histotype", "histotype", "condition", repeated=True),
    curie_key("condition", "skg:condition", "diagnoses: a disease that is not a sarcoma", "condition", repeated=True),
    text_key("grade", "skg:grade", "grade as printed"),
    text_key("stage", "skg:stage", "stage as printed"),
    Key("superseded_by", Type.NAME, "skg:supersededBy", "the event that replaces this diagnosis"),
    curie_key("event", "skg:adverseEvent", "adverse events: the term", "event"),
    text_key("attribution", "skg:attribution", "to what the text attributes it"),
    curie_key("marker", "skg:marker", "marker tested", "target", "process", "metabolite", repeated=True),
    text_key("result", "skg:result", "its result"),
    choice_key("absence", "skg:absence", "which kind of nothing", STATED_ABSENCES),
    POLARITY, CERTAINTY, HEDGE, CITING, TEXT_REMARK, NOTE, *ODDITY, AT, CONTEXT,
))  # fmt: skip

PATIENT = RecordType("patient", "patients*.yaml: a patient with a timeline.", (
    curie_key("id", None, "the identifier", "patient", required=True),
    text_key("label", "skos:prefLabel", "the name", required=True),
    curie_key("study", None, "the study that describes the patient", "study", required=True),
    choice_key("sex", "skg:sex", "sex", SEXES),
    Key("age", Type.INTEGER, "skg:age", "years at first diagnosis unless age_text says otherwise"),
    text_key("age_text", "skg:ageText", "as printed"),
    text_key("genotype", "skg:genotype", "as printed"),
    CITING, TEXT_REMARK, NOTE, *ODDITY, AT, CONTEXT,
    records_key("timeline", "skg:hasEvent", "what happened", "timeline event"),
))  # fmt: skip

CONFLICT = RecordType("conflict", "conflicts*.yaml: facts that disagree.", (
    Key("id", Type.NAME, None, "local name"),
    Key("between", Type.LINK, "skg:between", "ids of statements, outcomes, events; elsewhere as 002/id",
        required=True, repeated=True),
    text_key("about", "skg:aboutText", "what they disagree about", required=True),
    text_key("differs", "skg:differs", "where the two stand"),
    NOTE, AT_OPTIONAL, CONTEXT,
))  # fmt: skip

EXCLUSION = RecordType("exclusion", "exclusions.yaml: sentences reviewed that hold no fact.", (
    Key("at", Type.PASSAGE, None, "the words", required=True, repeated=True),
    text_key("reason", None, "why no fact points here", required=True),
))  # fmt: skip

WITHDRAWN = RecordType("withdrawn identifier", "withdrawn.yaml: what corrections gave up; never reused.", (
    curie_key("id", None, "the identifier that was given up", *GIVEN_KINDS, required=True),
    text_key("label", "rdfs:label", "what it stood for", required=True),
    curie_key("replaced_by", "dcterms:isReplacedBy", "what stands for it now; several if it was divided",
           *GIVEN_KINDS, repeated=True),
    text_key("reason", "skos:changeNote", "why, as a sentence", required=True),
))  # fmt: skip

RECORDS: dict[str, RecordType] = {record.name: record for record in (
    ENTITY, DOCUMENT, SECTION, REFERENCE, STATEMENT, STUDY, ARM, REGIMEN, COMPONENT, POPULATION, OUTCOME, PATIENT,
    TIMELINE_EVENT, CONFLICT, EXCLUSION, WITHDRAWN,
)}  # fmt: skip

# File name pattern in a document's folder -> the record its list holds.
DOCUMENT_FILES = {"statements": "statement", "studies": "study", "patients": "patient", "conflicts": "conflict",
                  "exclusions": "exclusion"}  # fmt: skip
