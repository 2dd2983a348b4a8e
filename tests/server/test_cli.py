"""The command line: it says what the API says, and tells what is wrong by a sentence and an exit code."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path

import pytest

from kg import KnowledgeGraph
from server.app import create_app
from server.cli import MACHINE_REFUSED, READER_GONE, main


def test_a_query_in_a_file_that_is_not_there_is_wrong_use(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["query", "@nowhere.rq"]) == 2
    assert "@nowhere.rq" in capsys.readouterr().err


def test_a_query_in_a_file_of_another_editor_is_read_without_its_mark(
    tmp_path: Path, curated_data: Path, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    marked = tmp_path / "marked.rq"
    marked.write_text("ASK { drug:sirolimus a skg:Drug }", encoding="utf-8-sig")
    assert main(["query", "--data", str(curated_data), f"@{marked}"]) == 0
    assert capsysbinary.readouterr().out == b"true"


@pytest.mark.parametrize("count", ["?x", "(COUNT(?x) AS ?n)"])
def test_a_query_that_finds_nothing_warns_of_names_that_nothing_has(
    curated_data: Path, count: str, capfd: pytest.CaptureFixture[str]
) -> None:
    def told(drug: str) -> str:
        query = f"SELECT {count} {{ drug:{drug} skg:encodes ?x }}"
        assert main(["query", "--data", str(curated_data), query]) == 0
        return capfd.readouterr().err

    assert told("rapamycin") == "sarcoma-kg: nothing is called drug:rapamycin (drug:sirolimus?)\n"
    assert told("sirolimus") == ""


def test_the_version_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["--version"])
    assert ended.value.code == 0
    assert capsys.readouterr().out == f"sarcoma-kg {version('sarcoma-kg')}\n"


@pytest.mark.parametrize(
    ("command", "path"),
    [
        (["search", "CCI-779"], "/api/v1/search?q=CCI-779"),
        (["mechanism", "--drug", "gemcitabine"], "/api/v1/mechanism?drug=gemcitabine"),
        (["evidence", "--drug", "temsirolimus"], "/api/v1/evidence?drug=temsirolimus"),
        (
            ["evidence", "--after", "AIM", "--after", "gemcitabine + docetaxel"],
            "/api/v1/evidence?after=AIM&after=gemcitabine+%2B+docetaxel",
        ),
        (["paths", "rapamycin", "mTOR", "--k", "3"], "/api/v1/paths?source=rapamycin&target=mTOR&k=3"),
        (["timeline", "patient:003-2"], "/api/v1/cases/patient:003-2/timeline"),
    ],
)
def test_the_command_line_prints_the_http_body(
    curated_graph: KnowledgeGraph,
    curated_data: Path,
    command: list[str],
    path: str,
    capsys: pytest.CaptureFixture[str],
) -> None:
    api = create_app(curated_graph).test_client()
    assert main([*command, "--data", str(curated_data), "--json"]) == 0
    assert capsys.readouterr().out == api.get(path).get_data(as_text=True)


def test_a_switch_needs_no_value(curated_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    asked = ["paths", "everolimus", "G1 arrest", "--data", str(curated_data)]
    told = [(main([*asked, "--directed", *value]), capsys.readouterr().out) for value in ([], ["true"], ["false"])]
    assert told[0] == told[1] != told[2]
    assert [code for code, _ in told] == [0, 0, 0]


@pytest.mark.parametrize(
    ("command", "filters"),
    [
        (["mechanism", "--drug", "imatinib", "--target", "KIT", "--effect", "raises"], "effect"),
        (
            [
                "mechanism",
                "--drug=gemcitabine",
                "--target=DNA chain termination",
                "--max-length=2",
                "--graph=document-004",
            ],
            "graph, max_length",
        ),
        (["paths", "imatinib", "GIST", "--predicate", "arisesIn"], "predicate"),
    ],
)
def test_the_command_line_names_the_filters_that_shut_everything_out(
    first_data: Path, command: list[str], filters: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--data", str(first_data)]) == 0
    told = capsys.readouterr().out.splitlines()
    assert "No path." in told
    assert f"What there is was shut out by: {filters}." in told


class TestExitCodes:
    def test_wrong_use_is_two(self, curated_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["evidence", "--design", "guess", "--data", str(curated_data)]) == 2
        assert "case report" in capsys.readouterr().err

    def test_an_unknown_name_is_four(self, curated_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        assert main(["entity", "rapamicine", "--data", str(curated_data)]) == 4
        assert "Did you mean" in capsys.readouterr().err

    def test_nothing_built_is_four(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        for command in (["search", "KIT"], ["serve", "--port", "0"], ["serve", "--port", "0", "--server", "granian"]):
            assert main([*command, "--data", str(tmp_path)]) == 4
            assert "sarcoma-kg build" in capsys.readouterr().err

    def test_a_query_over_its_time_is_five(self, curated_data: Path, capsys: pytest.CaptureFixture[str]) -> None:
        runaway = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
        assert main(["query", runaway, "--timeout", "0.5", "--data", str(curated_data)]) == 5
        assert "0.5" in capsys.readouterr().err

    @pytest.mark.parametrize("command", [["search", "KIT"], ["query", "ASK { }"], ["push"]])
    def test_an_engine_that_does_not_answer_is_six(
        self, curated_data: Path, command: list[str], capsys: pytest.CaptureFixture[str]
    ) -> None:
        nobody = "http://127.0.0.1:1/sparql"
        store = [nobody] if command == ["push"] else ["--store", nobody]
        assert main([*command, *store, "--data", str(curated_data)]) == MACHINE_REFUSED
        assert nobody in capsys.readouterr().err

    def test_faults_in_curated_files_are_three(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "entities").mkdir()
        (tmp_path / "documents").mkdir()
        (tmp_path / "entities" / "drugs.yaml").write_text("- id: drug:x\n  lable: x\n", encoding="utf-8")
        assert main(["build", "--curated", str(tmp_path), "--data", str(tmp_path / "data")]) == 3
        assert "drugs.yaml:2:3" in capsys.readouterr().err
        assert not (tmp_path / "data" / "current").exists()

    def test_a_folder_that_cannot_be_made_is_six(self, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
        (tmp_path / "file").write_text("", encoding="utf-8")
        assert main(["build", "--data", str(tmp_path / "file" / "data")]) == MACHINE_REFUSED
        told = capsys.readouterr().err
        assert told.startswith(f"sarcoma-kg: {tmp_path}/file")
        assert told.count("\n") == 1, "before any work has begun"


def test_of_a_catalogue_question_only_its_id_is_required(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["ask"])
    assert capsys.readouterr().err.endswith("the following arguments are required: ID\n")


def test_an_unknown_option_is_told_with_the_usage_of_its_command(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["gaps", "--frob", "1"])
    told = capsys.readouterr().err
    assert "unknown: --frob 1" in told
    assert "usage: sarcoma-kg gaps" in told


def test_a_name_in_several_words_without_quotation_marks_is_told_so(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="2"):
        main(["entity", "uterine", "leiomyosarcoma"])
    assert "unknown: leiomyosarcoma; a name of several words needs quotation marks" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("unnamed", "named"),
    [
        ("mechanism rapamycin leiomyosarcoma", "mechanism --drug rapamycin --target leiomyosarcoma"),
        ("mechanism rapamycin --k 2 leiomyosarcoma", "mechanism --drug rapamycin --target leiomyosarcoma --k 2"),
        ("mechanism --k 2 rapamycin leiomyosarcoma", "mechanism --drug rapamycin --target leiomyosarcoma --k 2"),
        ("evidence temsirolimus", "evidence --drug temsirolimus"),
        ("evidence gemcitabine leiomyosarcoma", "evidence --drug gemcitabine --histotype leiomyosarcoma"),
        ("pool gemcitabine leiomyosarcoma", "pool --drug gemcitabine --histotype leiomyosarcoma"),
        ("safety gemcitabine docetaxel", "safety --drug gemcitabine --drug docetaxel"),
    ],
)
def test_a_command_takes_what_it_is_mostly_asked_with_without_names(
    unnamed: str, named: str, curated_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    told = []
    for command in (unnamed, named):
        assert main([*command.split(), "--json", "--data", str(curated_data)]) == 0
        told.append(capsys.readouterr().out)
    assert told[0] == told[1]


def test_more_values_without_names_than_a_command_takes_are_refused(
    curated_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["mechanism", "rapamycin", "uterine", "leiomyosarcoma", "--data", str(curated_data)]) == 2
    assert "only --drug and --target without their names" in capsys.readouterr().err


@pytest.fixture
def taken_port() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as other:
        yield other.getsockname()[1]


@pytest.mark.parametrize("server", ["waitress", "granian"])
def test_a_port_that_another_program_has_is_told_by_its_number(
    server: str, taken_port: int, curated_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--server", server, "--port", str(taken_port), "--data", str(curated_data)]) == 2
    assert f"port='{taken_port}'" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("command", "says"),
    [
        (["serve", "--host", "999.1.1.1"], "host='999.1.1.1'"),
        (["serve", "--sources", "nowhere"], "sources='nowhere' is not allowed: expected a folder that exists"),
        (["check", "--sources", "nowhere"], "--sources='nowhere' is not allowed: expected a folder that exists"),
        (["check", "--document", "003", "--file", "nothing.yaml"], "document.yaml"),
        (["import", "edges.tsv"], "--name is missing: expected a name for the import, for example"),
        (["paths", "KIT", ""], "target is missing"),
    ],
)
def test_a_wrong_value_is_told_with_what_would_be_right(
    command: list[str], says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([*command, "--data", str(tmp_path)]) == 2
    assert says in capsys.readouterr().err


def test_the_facts_of_a_document_are_asked_for_by_its_name_alone(capsys: pytest.CaptureFixture[str]) -> None:
    told = [(main(["facts", *named]), capsys.readouterr().out) for named in (["001"], ["--document", "001"])]
    assert told[0] == told[1]
    assert (told[0][0], "temsirolimus" in told[0][1].casefold()) == (0, True)
    assert main(["facts"]) == 2
    assert "for example 000" in capsys.readouterr().err


@pytest.mark.parametrize("command", ["check", "facts"])
def test_a_document_that_is_not_there_is_not_found_whatever_is_asked_of_it(
    command: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main([command, "--document", "999", "--data", str(tmp_path)]) == 4
    assert "003-gemcitabine-maintenance" in capsys.readouterr().err


def test_a_search_says_that_nothing_is_called_so_only_where_nothing_is_offered(
    curated_data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    nothing = "Nothing in this graph is called so."
    for text in ("which drugs cause stomatitis", "how old were the cohorts", "imatinib"):
        assert main(["search", "--data", str(curated_data), text]) == 0
        assert nothing not in capsys.readouterr().out
    assert main(["search", "--data", str(curated_data), "qqqqqq"]) == 0
    assert nothing in capsys.readouterr().out


SHORT = ["query", "ASK { drug:sirolimus a skg:Drug }"]
LONG = ["query", "SELECT * { ?s ?p ?o } LIMIT 20000"]


def _run(command: list[str], **streams: object) -> tuple[int, bytes]:
    """The exit code of a command whose output is buffered, as it is for everybody, and what it complains of."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONUNBUFFERED"}
    environment["PYTHONPATH"] = os.pathsep.join(sys.path)
    errors = {} if "stderr" in streams else {"stderr": subprocess.PIPE}
    program = [sys.executable, "-m", "server.cli", *command]
    done = subprocess.run(program, env=environment, check=False, timeout=120, **errors, **streams)  # type: ignore[call-overload]
    return done.returncode, done.stderr or b""


@pytest.fixture
def left_pipe() -> Iterator[int]:
    """A pipe whose reader has gone, as that of ``| head -1`` has."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize("command", [["--help"], ["--version"], SHORT, LONG, ["questions"], ["check", "--help"]])
def test_a_reader_that_has_gone_ends_a_command_without_a_word(
    curated_data: Path, left_pipe: int, command: list[str]
) -> None:
    is_asking = command[-1] not in {"--help", "--version"}
    code, complaints = _run([*command, *(["--data", str(curated_data)] if is_asking else [])], stdout=left_pipe)
    assert complaints == b""
    assert code == (READER_GONE if is_asking else 0)


def test_a_reader_of_the_progress_that_has_gone_ends_a_build_as_not_done(tmp_path: Path, left_pipe: int) -> None:
    code, _ = _run(["build", "--data", str(tmp_path / "data")], stdout=subprocess.DEVNULL, stderr=left_pipe)
    assert code == READER_GONE
    assert not (tmp_path / "data" / "current").exists()


@pytest.mark.parametrize("command", [SHORT, LONG])
def test_a_full_disk_is_told(curated_data: Path, command: list[str]) -> None:
    with Path("/dev/full").open("wb") as full:
        code, complaints = _run([*command, "--data", str(curated_data)], stdout=full)
    assert code == MACHINE_REFUSED
    assert complaints.decode().count("\n") == 1
    assert "No space left" in complaints.decode()


def test_output_that_is_closed_is_no_fault_of_the_command(curated_data: Path) -> None:
    closing = ["sh", "-c", 'exec "$@" >&-', "sh"]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
    command = [*closing, sys.executable, "-m", "server.cli", *SHORT, "--data", str(curated_data)]
    done = subprocess.run(command, env=environment, check=False, timeout=120, stderr=subprocess.PIPE)
    assert (done.returncode, done.stderr) == (0, b"")
