"""Tests that ask of the same data stand together, whatever else shuffles them: a dataset is opened once."""

from __future__ import annotations

import pytest


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    places = [position for position, item in enumerate(items) if _case(item) is not None]
    ordered = sorted((items[position] for position in places), key=lambda item: (_case(item).data, item.name))
    for position, item in zip(places, ordered, strict=True):
        items[position] = item


def _case(item: pytest.Item) -> object:
    callspec = getattr(item, "callspec", None)
    return None if callspec is None else callspec.params.get("case")
