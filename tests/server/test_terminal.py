"""What a person at a terminal reads: every answer as lines, nothing as JSON unless asked."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from kg import KnowledgeGraph
from kg.evidence.question import EvidenceQuestion
from kg.identifiers import BASE
from kg.mechanism.search import MechanismQuestion, mechanism
from kg.model import EntityRef
from kg.paths.index import IndexNode
from kg.paths.neighborhood import NeighborsQuestion, neighbors
from kg.paths.surroundings import Subgraph
from kg.paths.traversal import PathQuestion, best_paths
from server.cli import main
from server.questions.present import listing
from server.questions.table import QUESTIONS, Question
from server.terminal.forms import FORMS, render
from tests.kg.made_index import made_index
from triples.read import CURATED

Told = Callable[..., list[str]]


@pytest.fixture
def told(curated_data: Path, capsys: pytest.CaptureFixture[str]) -> Told:
    """The lines that a command prints."""

    def lines(*command: str) -> list[str]:
        assert main([*command, "--data", str(curated_data)]) == 0
        return capsys.readouterr().out.splitlines()

    return lines


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: question.name)
def test_every_answer_has_a_form_of_its_own(question: Question) -> None:
    assert question.answers in FORMS


def test_a_list_of_nothing_says_so() -> None:
    assert render(listing(())) == "None.\n"


def test_connections_are_counted_a_line_each(told: Told, curated_graph: KnowledgeGraph) -> None:
    lines = told("counts", "rapamycin")
    counts = curated_graph.counts("rapamycin")
    assert len(lines) == len(counts)
    inhibits = next(count for count in counts if (count.predicate, count.direction) == ("inhibits", "out"))
    assert f"-> inhibits                 {inhibits.nodes} things, {inhibits.statements} statements" in lines
    assert "<- received                 1 thing, 1 statement" in lines


def test_a_study_is_told_arm_by_arm_with_doses_people_and_results(told: Told) -> None:
    lines = told("study", "study:NCT00949325")
    arm = lines.index(
        "temsirolimus 20 mg/m2 weekly + liposomal doxorubicin 30 mg/m2 monthly "
        "(arm:NCT00949325-temsirolimus-liposomal-doxorubicin)"
    )
    of_study, of_arm = lines[:arm], lines[arm + 1 :]
    assert "  registry: NCT00949325" in of_study
    assert {"   given: temsirolimus 20 mg/m2 weekly", "   patients: 15"} <= set(of_arm)
    assert any(line.startswith("   - ") and line.endswith("]") and "outcome:" in line for line in of_arm)
    assert not any("sourceFile" in line or "source file" in line for line in lines)


def test_a_study_names_its_patients_and_what_sources_disagree_on(told: Told, curated_graph: KnowledgeGraph) -> None:
    card = curated_graph.study("study:gemcitabine-maintenance-regensburg")
    lines = told("study", card.curie)
    assert [line for line in lines if line.startswith("Patient: ")] == [
        f"Patient: {patient.label} ({patient.curie})" for patient in card.patients
    ]
    assert sum(line.startswith("Conflict: ") for line in lines) == len(card.conflicts) > 0


def test_the_words_of_the_graph_are_counted_and_explained(told: Told, curated_graph: KnowledgeGraph) -> None:
    lines = told("schema")
    place = next(number for number, line in enumerate(lines) if line.startswith("skg:hasArm "))
    arms = next(each.count for each in curated_graph.class_counts() if each.type == "Arm")
    assert lines[place].split()[1:3] == [str(arms), "none"]
    assert lines[place + 1].strip() == "from Study to Arm"
    assert not any(line.rstrip().endswith((" to", "from")) for line in lines)
    arm = next(line for line in lines if line.startswith("skg:Arm "))
    assert arm.endswith("A group of a study that is treated alike.")


def test_what_lies_around_is_listed_with_what_was_left_out(told: Told) -> None:
    first, *_, last = told("reachable", "rapamycin", "--limit", "3")
    assert first.startswith("1  ")
    assert last.endswith("more; --limit shows more)")
    lines = told("subgraph", "KIT")
    assert lines[0] == "target:KIT                       target         KIT"
    assert "   imatinib inhibits KIT" in lines
    assert not any("more;" in line for line in lines)


@pytest.mark.parametrize(
    ("total", "by", "told"),
    [
        (7, "limit", "(5 more; --limit shows more)"),
        (7, "links", "(5 more; they have as many links as one answer holds)"),
        (None, "timeout", "(perhaps more; time was over before all was walked)"),
    ],
)
def test_a_cut_answer_says_how_much_more_there_is_and_why(total: int | None, by: str, told: str) -> None:
    things = (EntityRef("x", "target:KIT", "Target", "KIT"), EntityRef("y", "target:MTOR", "Target", "mTOR"))
    answer = Subgraph(things, (), limit=2, total=total, truncated=True, truncated_by=by)
    assert render(answer).splitlines()[-1] == told


def test_fewer_results_than_there_are_say_how_to_have_more(told: Told, curated_graph: KnowledgeGraph) -> None:
    more = len(curated_graph.evidence(EvidenceQuestion(drugs=("temsirolimus",))).items) - 3
    assert f"({more} more; --limit shows more)" in told("evidence", "--drug", "temsirolimus", "--limit", "3")
    assert not any("shows more)" in line for line in told("evidence", "--drug", "temsirolimus"))


@pytest.mark.parametrize("command", [("paths", "rapamycin", "mTOR"), ("mechanism", "rapamycin")])
def test_fewer_paths_than_there_are_say_how_to_have_more(told: Told, command: tuple[str, ...]) -> None:
    more = "(perhaps more; --k shows more)"
    assert more in told(*command, "--k", "1")
    assert more not in told(*command, "--k", "100")


def test_what_two_things_share_is_told_with_what_joins_them(told: Told) -> None:
    lines = told("common", "imatinib", "sunitinib")
    gist = lines.index("histotype:gist                   histotype      gastrointestinal stromal tumour")
    assert "   imatinib is active in gastrointestinal stromal tumour" in lines[gist + 1 :]
    assert told("common", "imatinib", "fatigue", "--predicate", "arisesIn")[0] == "Nothing in common."


def test_a_terminal_is_told_what_imports_alone_state() -> None:
    drug, kinase, tumour = (f"{BASE}{name}" for name in ("drug/imatinib", "target/KIT", "histotype/gist"))
    nodes = [
        IndexNode(drug, "Drug", "imatinib"),
        IndexNode(kinase, "Target", "KIT"),
        IndexNode(tumour, "Histotype", "GIST"),
    ]
    index = made_index(nodes, [(drug, "inhibits", kinase), (kinase, "drives", tumour, "stated", "import-own")])
    paths = best_paths(index, PathQuestion(drug, tumour, include_imports=True))
    acts = mechanism(index, MechanismQuestion((drug,), tumour, include_imports=True))
    for answer in (paths, acts):
        _, curated, imported, *_ = render(answer).splitlines()
        assert (curated, imported) == ("   imatinib inhibits KIT", "   KIT drives GIST  (imported)")
    near = neighbors(index, NeighborsQuestion(node=kinase, include_imports=True))
    assert [line.endswith("(imported)") for line in render(near).splitlines()] == [True, False]


def test_a_terminal_is_told_the_doses_of_each_arm_and_whose_patients_its_own_also_are(
    curated_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["evidence", "--study", "study:imatinib-dose-eortc-isg-agitg-ref47", "--data", str(curated_data)]) == 0
    told = capsys.readouterr().out
    assert "imatinib 400 mg once daily - imatinib 400 mg" in told
    assert "(takes together imatinib 400 mg once daily, imatinib 400 mg twice daily)" in told


def test_a_terminal_is_told_what_counted_and_of_whom_a_figure_is(
    curated_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """The hazard ratio of a subgroup is not that of the trial."""
    assert main(["evidence", "--drug", "pazopanib", "--document", "004", "--data", str(curated_data)]) == 0
    assert "progression-free survival (leiomyosarcoma): hazard ratio 0.31" in capsys.readouterr().out
    assert main(["compare", "pazopanib", "placebo", "--data", str(curated_data)]) == 0
    told = capsys.readouterr().out
    assert "progression-free survival (leiomyosarcoma): pazopanib hazard ratio 0.31" in told
    assert "[flagged: implausible-value] / placebo" in told
    assert main(["safety", "motesanib", "--data", str(curated_data)]) == 0
    told = capsys.readouterr().out
    assert "(1 study)" in told
    assert "(1 studies)" not in told


def test_a_terminal_is_told_side_effects_words_and_what_is_not_counted(
    first_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["compare", "pegylated liposomal doxorubicin", "doxorubicin", "--data", str(first_data)]) == 0
    told = capsys.readouterr().out
    assert "borne: alopecia: pegylated liposomal doxorubicin less frequent" in told
    assert "/ doxorubicin only what the other is compared with" in told
    assert "not told" not in told
    assert main(["compare", "nilotinib", "imatinib", "--data", str(first_data)]) == 0
    told = capsys.readouterr().out
    assert "compared in words: Nilotinib, comparison: Nilotinib has not shown" in told
    assert "002:29809-29926" in told
    assert main(["evidence", "--histotype", "sarcoma", "--drug", "sunitinib", "--data", str(first_data)]) == 0
    assert "results in gastrointestinal stromal tumour (--histotype histotype:gist)" in capsys.readouterr().out


def test_a_terminal_is_told_of_documents_in_words(curated_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["document", "002", "--data", str(curated_data)]) == 0
    card = capsys.readouterr().out.splitlines()
    assert card[0] == "Systemic therapy for advanced soft tissue sarcoma (review, 2007) (document:002)"
    assert {"journal: JNCCN", "year: 2007", "pages: 401-410"} <= set(card)
    assert any(line.startswith("  study: ") for line in card)
    assert main(["corpus", "--data", str(curated_data)]) == 0
    listed = capsys.readouterr().out.splitlines()
    folders = (folder.name for folder in (CURATED / "documents").iterdir() if folder.is_dir())
    assert [line.split()[0] for line in listed] == sorted(f"document:{name.split('-')[0]}" for name in folders)
