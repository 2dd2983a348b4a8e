"""The one table of settings."""

from __future__ import annotations

import argparse
from pathlib import Path

import pytest

from kg.errors import InvalidParameter
from server.settings import (
    Settings,
    add_arguments,
    environment_variable,
    from_arguments,
    setting_infos,
    settings_markdown,
)

ROOT = Path(__file__).resolve().parents[2]


def _parsed(*arguments: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    return parser.parse_args(arguments)


def test_the_documentation_is_the_table() -> None:
    """Run `python -m server.reference` after changing the table."""
    assert (ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == settings_markdown()


def test_every_setting_is_read_somewhere() -> None:
    code = "\n".join(
        path.read_text(encoding="utf-8") for folder in ("server", "kg") for path in (ROOT / folder).rglob("*.py")
    )
    for name in setting_infos():
        assert f"settings.{name}" in code or f"self.{name}" in code, name


def test_a_flag_wins_over_the_environment_and_that_over_the_default() -> None:
    environment = {environment_variable("port"): "9000", environment_variable("query_timeout_s"): "2.5"}
    settings = from_arguments(_parsed("--port", "7000"), environment)
    assert (settings.port, settings.query_timeout_s, settings.host) == (7000, 2.5, "127.0.0.1")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("port", "65536"),
        ("port", "eighty"),
        ("workers", "0"),
        ("query_timeout_s", "61"),
        ("query_timeout_s", "nan"),
        ("query_timeout_s", "-1"),
        ("default_graph", "merged"),
        ("query_memory_bytes", "1000"),
    ],
)
def test_a_value_outside_its_bounds_is_refused_by_name(name: str, value: str) -> None:
    with pytest.raises(InvalidParameter) as raised:
        from_arguments(_parsed(), {environment_variable(name): value})
    assert raised.value.parameter == name


def test_a_request_may_only_lower_the_time_limit() -> None:
    settings = Settings(query_timeout_s=5)
    assert settings.budget().timeout_s == 5
    assert settings.budget(2).timeout_s == 2
    for timeout_s in (6, 0, -1, float("nan")):
        with pytest.raises(InvalidParameter, match=r"at most 5 seconds \(not milliseconds\)"):
            settings.budget(timeout_s)
