"""What is there is documented, and what is documented is there."""

from __future__ import annotations

import re
import tokenize
from pathlib import Path
from pkgutil import resolve_name

import pytest

from ontology.terms import PROPERTIES
from server.questions.openapi import describe_api
from server.questions.table import QUESTIONS
from server.reference import DOCS, DOCUMENTS

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize("name", sorted(DOCUMENTS))
def test_the_reference_equals_what_the_tables_say(name: str) -> None:
    assert (DOCS / name).read_text(encoding="utf-8") == DOCUMENTS[name](), "run `python -m server.reference`"


def test_the_api_description_is_valid_openapi() -> None:
    from openapi_spec_validator import OpenAPIV31SpecValidator

    description = describe_api(QUESTIONS)
    assert list(OpenAPIV31SpecValidator(description).iter_errors()) == []
    assert set(description["paths"]) == {"/api/v1" + q.path.replace("<path:id>", "{id}") for q in QUESTIONS}


def test_the_api_description_says_what_answers_and_their_fields_mean() -> None:
    described = describe_api(QUESTIONS)["components"]["schemas"]
    assert [name for name, schema in described.items() if not schema["description"]] == []
    sign = described["Step"]["properties"]["sign"]
    assert sign["description"] == "+1, -1, 0 (hands on the sign of the step before), or null (no sign)."
    level = described["MechanismPath"]["properties"]["certainty"]
    assert (level["description"], "stated" in level["enum"]) == ("of its weakest step.", True)
    score = described["MechanismPath"]["properties"]["score"]
    assert score["description"] == "its cost as in `kg.paths.traversal`; lower is better."
    left_out = described["EvidenceAnswer"]["properties"]["left_out"]
    assert left_out["description"].endswith("`left_out_total` counts them all.")
    row, people, hit = (described[name]["properties"] for name in ("EvidenceRow", "PopulationRow", "SearchHit"))
    assert row["value_text"]["description"] == PROPERTIES["valueText"].definition, "the vocabulary says it"
    assert row["derived_ci"]["description"] == row["derived_wilson"]["description"], "two fields told of together"
    assert hit["label"]["description"] == described["EntityRef"]["properties"]["label"]["description"]
    used = (row, people, described["ComponentRow"]["properties"], described["RegimenRow"]["properties"])
    assert {name for fields in used for name, field in fields.items() if "description" not in field} <= {"study"}


def test_readme_commands_are_make_targets() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", makefile, re.MULTILINE))
    assert {"serve", "test"} <= set(re.findall(r"make ([a-z]+)", readme)) <= targets


PAGES = [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")]
ROOMS = "bench|docs|kg|ontology|server|tests|triples|web"


def test_files_that_documents_name_are_there() -> None:
    for page in PAGES:
        for quoted in re.findall(r"`([^`\n]+)`", page.read_text(encoding="utf-8")):
            for name in re.findall(rf"(?<![\w./-])(?:{ROOMS})/[\w./*-]*(?![\w<{{])", quoted):
                assert list(ROOT.glob(name.rstrip("/"))), f"{page.name} names {name}"


def test_modules_that_documents_name_are_there() -> None:
    for page in PAGES:
        for name in re.findall(
            r"(?<![\w./:-])(?:bench|kg|ontology|server|triples)(?:\.[a-z_]+)+", page.read_text(encoding="utf-8")
        ):
            if ".example" not in name:  # that is a host
                assert resolve_name(name), f"{page.name} names {name}"


def prose_of(module: Path) -> str:
    """The comments and docstrings of a module."""
    with tokenize.open(module) as stream:
        tokens = list(tokenize.generate_tokens(stream.readline))
    return "\n".join(
        token.string
        for token in tokens
        if token.type == tokenize.COMMENT
        or (token.type == tokenize.STRING and token.string.lstrip("r").startswith('"""'))
    )


def test_modules_that_comments_and_docstrings_name_are_there() -> None:
    for module in (path for room in ("kg", "ontology", "server", "triples") for path in (ROOT / room).rglob("*.py")):
        for name in re.findall(
            r"(?<![\w./:-])(?:kg|ontology|server|triples)(?:\.[a-z_]+)+(?![\w.]*/)", prose_of(module)
        ):
            assert resolve_name(name), f"{module.relative_to(ROOT)} names {name}"


def test_links_between_documents_lead_somewhere() -> None:
    for page in PAGES:
        for target in re.findall(r"\]\((?!https?:|#|mailto:)([^)#]+)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name} links to {target}"
