"""The catalogue: every question runs as it stands, answers with its defaults, and binds what it is given as terms."""

from __future__ import annotations

import re
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from kg.catalogue import (
    CATALOGUE_GRAPH,
    QUESTION_BASE,
    THEMES,
    QuestionAnswer,
    ThingColumn,
    find,
    packaged_quads,
)
from kg.description import describe
from kg.errors import EntityNotFound, InvalidParameter
from ontology.terms import CLASSES, PREDICATES
from server.cli import main
from tests.questions.calls import Reader
from tests.questions.reading import texts
from tests.questions.row_order import left_open

SELECT = "http://www.w3.org/ns/shacl#select"
IDS = sorted(
    str(quad.subject.value).removeprefix(QUESTION_BASE) for quad in packaged_quads() if quad.predicate.value == SELECT
)


def test_there_are_at_least_forty_questions_and_every_theme_has_some(reader: Reader) -> None:
    questions = reader.graph.questions()
    assert [question.id for question in questions] != []
    assert sorted(question.id for question in questions) == IDS
    assert len(IDS) >= 40
    assert {question.theme for question in questions} == set(THEMES)


@pytest.mark.parametrize("name", IDS)
def test_question_answers_with_its_defaults(name: str, reader: Reader) -> None:
    answer = reader.graph.ask(name)
    assert answer.total > 0
    assert all(set(item) == {column.name for column in answer.columns} for item in answer.items)


@pytest.mark.parametrize("name", IDS)
def test_query_runs_as_it_stands_and_its_defaults_are_the_declared_ones(name: str, reader: Reader) -> None:
    question = find(reader.graph, name)
    assert reader.graph.sparql(question.query).rows == reader.graph.sparql(reader.graph.ask(name).query).rows


@pytest.mark.parametrize("name", IDS)
def test_rows_come_in_one_order_only(name: str, reader: Reader) -> None:
    query = find(reader.graph, name).query.rstrip()
    ordered = re.fullmatch(r"(?P<query>.*\bORDER BY\b.*?)(?P<limit>\s+LIMIT \d+)?", query, re.DOTALL)
    assert ordered is not None, "the query says in which order its rows come"
    columns = reader.graph.sparql(query).columns
    # Were two different rows equal to the order, these two orders of the rest would show it.
    upwards, downwards = (
        reader.graph.sparql(
            f"{ordered['query']} {' '.join(f'{way}(?{column})' for column in columns)}{ordered['limit'] or ''}"
        ).rows
        for way in ("ASC", "DESC")
    )
    assert upwards == downwards


@pytest.mark.parametrize("name", IDS)
def test_rows_come_in_one_order_only_whatever_a_further_document_tells(name: str, reader: Reader) -> None:
    assert not left_open(find(reader.graph, name).query), "columns in which two rows equal to the order may differ"


@pytest.mark.parametrize(
    ("select", "order", "open_columns"),
    [
        ("?outcome skg:adverseEvent ?event . ?study skg:hasArm/skg:hasOutcome ?outcome", "?event ?study", ["outcome"]),
        ("?outcome skg:adverseEvent ?event . ?study skg:hasArm/skg:hasOutcome ?outcome", "?outcome", []),
        ("?outcome skg:measure ?measure OPTIONAL { ?outcome skg:flag ?flag }", "?outcome", ["flag"]),
        ("?study skg:hasArm ?arm ; skg:assertedBy ?document", "?arm", ["document"]),
        ("?arm skg:hasOutcome ?outcome . ?outcome skg:assertedBy ?document", "?outcome", []),
        ("{ ?fact skg:measure ?what } UNION { ?fact skg:adverseEvent ?what }", "?fact", ["what"]),
        ("?fact skg:value ?value BIND(?value * ?times AS ?more) VALUES ?times { 2 3 }", "?fact", ["more", "times"]),
        ("{ SELECT ?arm (COUNT(*) AS ?told) { ?arm skg:hasOutcome ?outcome } GROUP BY ?arm }", "?arm", []),
    ],
)
def test_columns_that_an_order_leaves_open_are_those_a_record_may_have_several_of(
    select: str, order: str, open_columns: list[str]
) -> None:
    assert left_open(f"SELECT DISTINCT * {{ {select} }} ORDER BY {order}") == open_columns


@pytest.mark.parametrize("name", IDS)
def test_question_is_described(name: str, reader: Reader) -> None:
    question = find(reader.graph, name)
    assert question.title.endswith("?")
    assert question.description.endswith(".")
    assert question.keywords
    assert question.theme in THEMES
    for parameter in question.parameters:
        assert re.search(rf"VALUES \?{parameter.name} \{{", question.query), "the query has a place for its parameter"
        assert "" not in {parameter.label, parameter.help, parameter.default}
        assert parameter.name not in {"id", "limit"}, "these belong to every question"
        assert set(parameter.type.split()) <= {*CLASSES, "text", "integer"}


# Columns of things that stay empty with the defaults, and what to ask for to see some; nothing where no fact has any.
EMPTY_BY_DEFAULT = {
    ("arm-comparisons", "event"): {"drug": "docetaxel"},
    ("results-by-genotype", "comparator"): None,
    ("toxicity-of-drug", "comparator"): {"drug": "docetaxel"},
}


@pytest.mark.parametrize("name", IDS)
def test_the_declared_columns_of_things_are_those_in_which_things_stand(name: str, reader: Reader) -> None:
    answer = reader.graph.ask(name, limit=100_000)
    declared = {column.name for column in answer.columns if isinstance(column, ThingColumn)}
    told = _columns_of_things(answer)
    empty = {column: given for (question, column), given in EMPTY_BY_DEFAULT.items() if question == name}
    assert declared == {*told, *empty}, "skg:thingColumn of the question names them, in kg/queries"
    assert told.isdisjoint(empty), "these hold things with the defaults too: take them out of EMPTY_BY_DEFAULT"
    for column, given in empty.items():
        assert given is None or column in _columns_of_things(reader.graph.ask(name, given))


@pytest.mark.parametrize("name", IDS)
def test_what_is_declared_of_columns_is_said_of_columns_that_the_query_has(name: str, reader: Reader) -> None:
    node = QUESTION_BASE + name
    declared = describe(reader.graph.store, [node])[node].texts("thingColumn")
    assert declared, "every table names something"
    assert set(declared) <= {column.name for column in reader.graph.ask(name).columns}


def _columns_of_things(answer: QuestionAnswer) -> set[str]:
    return {column for item in answer.items for column, cell in item.items() if cell and cell.entity}


def test_texts_that_documents_state_have_no_identifiers_in_a_table(reader: Reader) -> None:
    pytest.importorskip("pandas")
    assert list(reader.graph.ask("conclusions").to_pandas()) == [
        "kind", "kind_id", "text", "certainty", "citing", "document", "document_id", "statement", "statement_id",
    ]  # fmt: skip


def test_catalogue_has_a_graph_of_its_own(reader: Reader) -> None:
    found = reader.graph.sparql("SELECT DISTINCT ?graph WHERE { GRAPH ?graph { ?q a sh:SPARQLSelectExecutable } }")
    assert found.column("graph") == (CATALOGUE_GRAPH,)


def test_steps_follow_every_causal_predicate(reader: Reader) -> None:
    question = find(reader.graph, "steps-after-drug")
    for name, predicate in PREDICATES.items():
        assert (f"skg:{name}" in re.findall(r"skg:\w+", question.query)) >= predicate.causal, name


def test_responses_in_uterine_leiomyosarcoma_are_grouped_by_definition_best_first_with_n(reader: Reader) -> None:
    rows = reader.ask("responses-in-histotype", histotype="uterine leiomyosarcoma")
    definitions = [key for key, _ in groupby(texts(rows, "definition"))]
    assert len(definitions) == len(set(definitions)), "each definition is one block"
    for _, group in groupby(rows, lambda row: row["definition"]["text"]):
        shares = [row["percent"]["value"] for row in group if row["percent"] and not row["flag"]]
        assert shares == sorted(shares, reverse=True)
    temozolomide = next(row for row in rows if "temozolomide" in row["regimen"]["text"])
    assert (temozolomide["result"]["text"], temozolomide["n"]["value"]) == ("5 of 11", 11)
    assert temozolomide["percentIs"]["text"] == "computed from the counts"
    assert {"53%", "3 patients", "ORR, 58%"} <= set(texts(rows, "result"))
    assert "uterine leiomyosarcoma in 85% of the arm" in texts(rows, "people")


def test_a_result_of_a_whole_arm_says_which_share_of_it_had_the_histotype(reader: Reader) -> None:
    rows = reader.ask("responses-in-histotype", histotype="uterine leiomyosarcoma")
    assert [row["people"]["text"] for row in rows if "53%" in row["result"]["text"]] == [
        "uterine leiomyosarcoma in 85% of the arm"
    ]


def test_a_result_is_listed_once_however_its_people_relate_to_the_histotype(reader: Reader) -> None:
    rows = reader.ask("responses-in-histotype", histotype="leiomyosarcoma")
    outcomes = texts(rows, "outcome")
    assert len(outcomes) == len(set(outcomes))
    (people,) = (row["people"]["text"] for row in rows if row["result"]["text"] == "53%")
    assert set(people.split("; ")) == {"the whole arm", "uterine leiomyosarcoma in 85% of the arm"}


def test_a_result_of_a_part_of_an_arm_does_not_get_the_size_of_the_whole_arm(reader: Reader) -> None:
    def sizes(rows: Any, column: str, text: str) -> list[int | None]:
        return [row["n"] and row["n"]["value"] for row in rows if row[column] and text in row[column]["text"]]

    assert sizes(reader.ask("after-failure-of", drug="doxorubicin"), "result", "50%") == [16]
    assert sizes(reader.ask("regimen-against-regimen"), "result", "24%") == [None]
    assert sizes(reader.ask("results-of-drug", drug="gemcitabine"), "result", "3 patients") == [None]
    assert sizes(reader.ask("comparable-with"), "result", "3 patients") == [None]
    tried = reader.ask("tried-in-histotype", histotype="uterine leiomyosarcoma")
    assert sizes(tried, "treatment", "temozolomide") == [11]
    assert sizes(tried, "treatment", "weekly for 7 weeks of 8") == [None]


def test_severe_toxicity_leaves_out_what_is_called_less_severe(reader: Reader) -> None:
    said = texts(reader.ask("severe-toxicity"), "outcome")
    assert not [sentence for sentence in said if "less severe" in sentence]
    assert any("fatal" in sentence for sentence in said)


def test_dose_comparisons_are_of_arms_that_a_source_compares(reader: Reader) -> None:
    rows = reader.ask("dose-comparisons")
    assert "imatinib 400 mg once or twice daily (both arms)" not in texts(rows, "oneArm") + texts(rows, "otherArm")
    progression = [row for row in rows if row["pValue"] and row["pValue"]["text"] == "P = .026"]
    assert [(row["result"]["text"], row["otherResult"]["text"]) for row in progression] == [("56%", "50%")]


def test_a_comparison_says_in_whom_and_when_it_was_made(reader: Reader) -> None:
    """25% and 8% of one arm are first and second line; 86% and 74% are one and two years."""
    rows = reader.ask("dose-comparisons")
    told = {
        (row["result"]["text"], *(row[name] and row[name]["text"] for name in ("otherResult", "whose", "at")))
        for row in rows
    }
    assert {
        ("25%", "10%", "first-line treatment", None), ("8%", "6%", "second-line treatment", None),
        ("86%", "85%", None, "P1Y"), ("74%", "69%", None, "P2Y"),
    } <= told  # fmt: skip
    (bolus,) = [row for row in reader.ask("response-without-survival") if row["response"]["text"] == "25%"]
    assert bolus["whose"]["text"] == "first-line treatment"
    (first,) = [row for row in reader.ask("arm-comparisons", drug="ifosfamide") if row["comparatorResult"]
                and row["comparatorResult"]["text"] == "13%"]  # fmt: skip
    assert first["whose"]["text"] == "first-line treatment"


@pytest.mark.parametrize(
    ("drug", "study"),
    [
        ("cyclophosphamide", "study:ifosfamide-vs-cyclophosphamide-ref18"),
        ("doxorubicin", "study:eortc-pld-vs-doxorubicin"),
        ("placebo", "study:sunitinib-vs-placebo-ref51"),
    ],
)  # fmt: skip
def test_a_drug_that_others_were_compared_with_is_compared(reader: Reader, drug: str, study: str) -> None:
    assert study in {row["study"]["entity"]["curie"] for row in reader.ask("arm-comparisons", drug=drug)}


def test_the_adverse_event_that_was_compared_is_named(reader: Reader) -> None:
    rows = reader.ask("arm-comparisons", drug="pegylated liposomal doxorubicin")
    events = {row["event"]["text"]: row["difference"]["text"] for row in rows if row["event"]}
    assert events["palmar-plantar dysaesthesia"] == "higher"
    assert events["alopecia"] == "lower"


def test_times_not_reached_and_times_with_no_upper_end_are_times(reader: Reader) -> None:
    survival = reader.ask("survival-by-regimen", measure="median overall survival")
    assert [row["result"]["text"] for row in survival][-2:] == ["not yet reached"] * 2
    (least, *_) = reader.ask("survival-by-regimen", measure="progression-free survival")
    assert (least["result"]["text"], float(least["monthsComputed"]["text"])) == ("More than 17 months", 17)
    trial = [row for row in reader.ask("survival-by-regimen", measure="median progression-free survival")
             if row["result"]["text"].startswith("315 days")]  # fmt: skip
    assert [float(row["monthsComputed"]["text"]) for row in trial] == [10.3]


def test_a_sum_of_arms_says_where_a_number_can_be_read_in_two_ways(reader: Reader) -> None:
    doubted = {row["study"]["entity"]["curie"]: row for row in reader.ask("largest-studies") if row["doubt"]}
    assert list(doubted) == ["study:docetaxel-vs-doxorubicin"]
    (row,) = doubted.values()
    assert (row["n"]["value"], row["armsAddedComputed"]["value"]) == (43, 86)
    assert "or as 43 in the trial" in row["doubt"]["text"]


def test_lines_of_patient_2_come_in_order_with_how_each_ended(reader: Reader) -> None:
    rows = reader.ask("treatment-lines", patient="patient:003-2")
    drugs = [
        given
        for given in texts(rows, "given")
        if given not in {"complete surgical resection", "radiotherapy", "local ablation"}
    ]
    assert [given.split(" 900")[0] for given in drugs[:5]] == [
        "doxorubicin + ifosfamide", "pazopanib", "trabectedin", "gemcitabine + docetaxel", "gemcitabine",
    ]  # fmt: skip
    maintenance = next(row for row in rows if row["line"] and row["line"]["text"] == "maintenance")
    assert maintenance["lasted"]["text"] == "21 months"
    assert "stopped after 21 months" in maintenance["ended"]["text"]
    assert {"SD", "PR", "PD"} <= {part.split(":")[0] for part in maintenance["responses"]["text"].split("; ")}


def test_conflicts_name_both_sides_within_and_across_documents(reader: Reader) -> None:
    rows = reader.ask("conflicts")
    assert len(rows) > 40
    assert all(" / " in sides for sides in texts(rows, "sides"))
    across = reader.ask("conflicts-across-documents")
    assert any("phase" in about.casefold() for about in texts(across, "about"))


def test_drugs_reach_kit_directly_or_through_their_active_form(reader: Reader) -> None:
    routes = {
        (row["drug"]["text"], row["route"]["text"]) for row in reader.ask("drugs-reaching-target", target="c-KIT")
    }
    assert {("imatinib", "directly"), ("sunitinib", "directly"), ("nilotinib", "directly")} <= routes
    assert ("retaspimycin", "through an active form") in routes
    assert ("tanespimycin", "through another target") in routes  # HSP90, without which mutated KIT is not stable
    mtor = {(row["drug"]["text"], row["route"]["text"]) for row in reader.ask("drugs-reaching-target", target="mTOR")}
    assert {("sirolimus", "through a complex"), ("temsirolimus", "directly")} <= mtor


def test_what_a_family_does_is_told_of_the_protein_asked_for_alone(reader: Reader) -> None:
    families = {
        name: {row["family"]["entity"]["curie"] for row in reader.ask("family-functions", protein=name)}
        for name in ("target:MTOR", "target:KIT")
    }
    assert families["target:MTOR"] == {"target:MTOR", "target:PIKK"}
    assert families["target:KIT"] <= {"target:KIT"}


def test_a_document_is_quoted_by_reference(reader: Reader) -> None:
    said = texts(reader.ask("citing-reference", document="document:003", number=25), "sentence")
    assert any("EGFR" in sentence for sentence in said)
    assert not any("ridaforolimus" in sentence.casefold() for sentence in said)


def test_flagged_figures_say_why(reader: Reader) -> None:
    rows = reader.ask("flagged")
    odd = next(row for row in rows if row["printed"] and "306" in row["printed"]["text"])
    assert odd["reason"] is not None


def test_patients_were_refractory_most_often_to_doxorubicin(reader: Reader) -> None:
    rows = reader.ask("refractory-drugs")
    assert [(row["drug"]["text"], row["patients"]["value"]) for row in rows][:3] == [
        ("doxorubicin", 3), ("dacarbazine", 2), ("pazopanib", 2),
    ]  # fmt: skip


def test_a_share_of_a_response_is_no_length(reader: Reader) -> None:
    """A response printed with its percentage and the sizes behind it has a unit for either."""
    rows = reader.ask("responses-by-lesion", patient="patient:004-retroperitoneal")
    (row,) = (row for row in rows if row["value"] and "64%" in row["value"]["text"])
    assert row["size"]["text"].endswith("13 cm after 5 cycles")
    sizes = texts(rows, "size")
    assert "30 × 23 × 15 cm" in sizes
    assert not [size for size in sizes if "%" in size or "cm cm" in size or size.count("diameter cm")]


@pytest.mark.parametrize("patient", ["patient:000-transplant", "patient:003-2", "patient:004-retroperitoneal"])
def test_how_often_a_dose_is_taken_is_said_once(reader: Reader, patient: str) -> None:
    given = texts(reader.ask("treatment-lines", patient=patient), "given") + texts(
        reader.ask("timeline", patient=patient), "given"
    )
    assert given
    assert not [each for each in given if re.search(r"(/day|/d|daily|bid) (once |twice )?daily", each)]


def test_days_are_what_the_dose_does_not_say(reader: Reader) -> None:
    rows = [
        row
        for drug in ("sirolimus", "imatinib", "mycophenolate mofetil")
        for row in reader.ask("doses-of-drug", drug=drug)
    ]
    said = {(row["dose"] and row["dose"]["text"], row["days"] and row["days"]["text"]) for row in rows}
    assert {("4 mg/day", None), ("500 mg bid", None), ("400 mg twice daily", None), ("800 mg", "daily")} <= said
    assert ("4 mg/day", "paused around each gemcitabine dose") in said


@pytest.mark.parametrize(
    ("question", "column"),
    [("conflicts-of-entity", "conflict"), ("conflicts-across-documents", "conflict"), ("joint-causes", "jointCause")],
)
def test_a_conflict_and_a_joint_cause_stand_in_one_row_with_all_their_sides(
    reader: Reader, question: str, column: str
) -> None:
    rows = reader.ask(question)
    named = texts(rows, column)
    assert len(named) == len(set(named)) == len(rows) > 1
    sides = texts(rows, "inputs" if question == "joint-causes" else "sides")
    assert all((" + " if question == "joint-causes" else " / ") in each for each in sides)


def test_each_side_of_a_conflict_across_documents_names_its_document(reader: Reader) -> None:
    rows = reader.ask("conflicts-across-documents")
    assert rows
    for row in rows:
        documents = row["documents"]["text"].split("; ")
        assert len(documents) > 1
        assert all(f"({name})" in row["sides"]["text"] for name in documents)


def test_conflicts_call_documents_by_their_titles(reader: Reader) -> None:
    told = {name for row in reader.ask("conflicts") for name in row["documents"]["text"].split("; ")}
    assert "Systemic therapy for advanced soft tissue sarcoma (review, 2007)" in told
    assert not any(name.isdigit() for name in told)


def test_cumulative_doses_are_computed_and_show_their_sum(reader: Reader) -> None:
    rows = reader.ask("cumulative-doses", patient="patient:004-retroperitoneal")
    assert {row["drug"]["text"]: row["totalComputed"]["value"] for row in rows} == {
        "doxorubicin": 420,
        "ifosfamide": 70000,
    }
    assert texts(rows, "total") == ["420 mg/m2", "70 g/m2"]
    assert "6 x 2 x 30" in " ".join(texts(rows, "sum"))


def test_a_cumulative_dose_says_which_treatments_it_leaves_out(reader: Reader) -> None:
    """Three full cycles are 9 g/m2; the further cycles of maintenance have no number, so that this is not the whole."""
    (gemcitabine,) = reader.ask("cumulative-doses", patient="patient:003-3")
    assert gemcitabine["total"]["text"] == "at least 9000 mg/m2"
    assert "gemcitabine maintenance, 14 months" in gemcitabine["leftOut"]["text"]


def test_gaps_are_drugs_with_results_and_no_mechanism(reader: Reader) -> None:
    drugs = texts(reader.ask("studied-without-mechanism"), "drug")
    assert "ifosfamide" in drugs
    assert not {"sirolimus", "gemcitabine", "imatinib"} & set(drugs)


def test_library_and_api_give_the_same_answer(reader: Reader) -> None:
    over_http = reader.get("questions/results-of-drug", drug="ET-743")
    answer = reader.graph.ask("results-of-drug", {"drug": ["trabectedin"]})
    assert over_http["total"] == answer.total
    assert over_http["query"] == answer.query
    assert over_http["parameters"][0]["entities"][0]["curie"] == "drug:trabectedin"


def test_several_values_mean_any_of_them(reader: Reader) -> None:
    one, other = (reader.graph.ask("doses-of-drug", {"drug": [drug]}).total for drug in ("docetaxel", "trabectedin"))
    assert reader.graph.ask("doses-of-drug", {"drug": ["docetaxel", "trabectedin"]}).total == one + other


def test_a_text_is_bound_as_a_term_never_as_query_text(reader: Reader) -> None:
    answer = reader.graph.ask("facts-in-section", {"section": ['Abstract" } } # ?x UNION { ?s ?p "']})
    assert answer.total == 0
    assert reader.graph.ask("facts-in-section", {"section": ["abstract"]}).total > 0


def test_rows_beyond_the_limit_are_counted_and_said(reader: Reader) -> None:
    answer = reader.get("questions/timeline", limit=3)
    assert (len(answer["items"]), answer["truncated"], answer["truncated_by"]) == (3, True, "limit")
    assert answer["total"] > 3


def test_what_is_wrong_with_a_question_is_said(reader: Reader) -> None:
    with pytest.raises(EntityNotFound) as unknown:
        reader.graph.ask("responses-in-histotypes")
    assert (
        "responses-in-histotype",
        "Which regimens have a reported response in a histotype?",
    ) in unknown.value.suggestions
    with pytest.raises(InvalidParameter, match="histotype"):
        reader.graph.ask("responses-in-histotype", {"histo": ["GIST"]})
    with pytest.raises(InvalidParameter, match="one of none-observed"):
        reader.graph.ask("kinds-of-nothing", {"kind": ["none"]})
    with pytest.raises(InvalidParameter, match="whole number"):
        reader.graph.ask("citing-reference", {"number": ["-1"]})
    with pytest.raises(InvalidParameter, match="leiomyosarcoma is a histotype"):
        reader.graph.ask("results-of-drug", {"drug": ["leiomyosarcoma"]})
    with pytest.raises(EntityNotFound, match="trabectedin"):
        reader.graph.ask("results-of-drug", {"drug": ["trabectidin"]})


@pytest.mark.parametrize(
    ("address", "status"), [("nothing-like-it", 404), ("flagged?colour=red", 400), ("flagged?limit=0", 400)]
)
def test_a_wrong_address_is_a_problem_with_a_status(address: str, status: int, reader: Reader) -> None:
    response = reader.client.get(f"/api/v1/questions/{address}")
    assert response.status_code == status
    assert response.content_type == "application/problem+json"


def test_pages_list_the_questions_and_answer_them_without_scripts(reader: Reader) -> None:
    listed = reader.client.get("/questions").get_data(as_text=True)
    assert all(f'href="/questions/{name}"' in listed for name in IDS)
    page = reader.client.get("/questions/responses-in-histotype?histotype=GIST").get_data(as_text=True)
    assert "gastrointestinal stromal tumour" in page
    assert '<a href="/study/' in page
    nothing = reader.client.get("/questions/responses-in-histotype?histotype=liposarcoma").get_data(as_text=True)
    assert "<table" in nothing or "Nothing found" in nothing


def test_a_terminal_asks_the_same_questions(curated_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["ask", "--data", str(curated_data), "treatment-lines", "patient=patient:003-1"]) == 0
    assert "olaratumab" in capsys.readouterr().out
    assert main(["ask", "--data", str(curated_data), "treatment-lines", "patient:003-1"]) == 2
    assert "NAME=VALUE" in capsys.readouterr().err
    assert main(["questions", "--data", str(curated_data)]) == 0
    assert "responses-in-histotype" in capsys.readouterr().out


def test_the_query_editor_lists_the_questions_and_opens_each(reader: Reader) -> None:
    editor = reader.client.get("/sparql", headers={"Accept": "text/html"}).get_data(as_text=True)
    assert all(f'href="/questions/{name}/query"' in editor for name in IDS)
    opened = reader.client.get("/questions/flagged/query", follow_redirects=True, headers={"Accept": "text/html"})
    assert opened.request.path == "/sparql"
    assert "306 months" in opened.get_data(as_text=True)


def test_a_form_keeps_each_of_several_values(reader: Reader) -> None:
    page = reader.client.get("/questions/doses-of-drug?drug=docetaxel&drug=ET-743").get_data(as_text=True)
    assert 'name="drug" value="docetaxel"' in page
    assert 'name="drug" value="trabectedin"' in page


def test_a_computed_number_is_a_number_in_a_table(reader: Reader) -> None:
    pytest.importorskip("pandas")
    table = reader.graph.ask("survival-by-regimen", {"measure": "median overall survival"}).to_pandas()
    assert table["monthsComputed"].dtype.kind == "f"
    assert table["monthsComputed"].max() == pytest.approx(19.3)


def test_what_the_laboratory_says_of_a_class_is_told_of_its_drugs_and_what_happens_in_patients_is_not(
    reader: Reader,
) -> None:
    rows = reader.ask("preclinical-evidence", drug="temsirolimus")
    told = {row["finding"]["text"] for row in rows if row["kind"]["text"] == "claim about its class"}
    assert any("cancer stem cell" in sentence for sentence in told)
    gemcitabine = " ".join(row["finding"]["text"] for row in reader.ask("preclinical-evidence", drug="gemcitabine"))
    assert "pancreatic xenografts" in gemcitabine
    assert "aemodialysis" not in gemcitabine
