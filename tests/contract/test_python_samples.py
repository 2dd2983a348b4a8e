"""The Python that the documentation shows runs as printed, where the folder ``data`` holds a built graph."""

from __future__ import annotations

import re
import warnings
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ("README.md", "docs/python.md")


@pytest.fixture(scope="module", params=PAGES)
def left(
    request: pytest.FixtureRequest, curated_data: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Any]]:
    """What the names of a page stand for after its last sample, by page."""
    folder = tmp_path_factory.mktemp("samples")
    (folder / "data").symlink_to(curated_data, target_is_directory=True)
    samples = re.findall(r"```python\n(.*?)```", (ROOT / request.param).read_text(encoding="utf-8"), re.DOTALL)
    assert samples
    names: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.chdir(folder)
        warnings.simplefilter("ignore", DeprecationWarning)  # rdflib 7.6 warns of its own use of default_context
        for number, sample in enumerate(samples, 1):
            exec(compile(sample, f"{request.param} sample {number}", "exec"), names)
    return {request.param: names}


def test_samples_run_and_find_what_the_text_says(left: dict[str, dict[str, Any]]) -> None:
    ((page, names),) = left.items()
    if page == "README.md":
        assert "process:g1-arrest" in set(names["paths"]["object_id"])
        assert "drug:imatinib" in set(names["near"]["node_id"])
        assert min(len(names["rows"]), len(names["drugs"]), names["nx_graph"].number_of_edges()) > 0
        return
    assert (names["rates"]["measure"] == "objective response rate").all()
    assert names["rates"]["derived_ci_low"].notna().any()
    for table in ("results", "steps", "history", "targets"):
        assert not names[table].empty
    assert names["label"] == "mTOR"
    assert {"sirolimus", "cell cycle arrest in G1"} <= {label for _, label in names["ways"].nodes(data="label")}
    assert 0 < len(names["around"]) <= 100
    assert len(names["kinds"]) > 0
    assert len(names["described"]) > 0
    assert len(names["quads"]) >= len(names["triples"]) > 0
    assert names["added"] == names["gone"] == set()
    assert names["found"].paths
    assert names["walks"] >= names["pairs"] >= names["ends"].total > 1
    assert "sunitinib" in {end.node.label for end in names["ends"].items}
    assert names["shortest"].paths[0].steps[0].passages
