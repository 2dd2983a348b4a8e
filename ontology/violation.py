"""One thing wrong with a graph."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Violation:
    """One thing wrong with a graph.

    Attributes:
        focus_node: IRI of the record that is wrong.
        path: the property that is wrong, as an IRI; empty where the record as a whole is.
        message: what would be right.
        value: the offending value, empty where something is missing.
        shape: IRI of the shape, empty for what no shape says.
    """

    focus_node: str
    path: str
    message: str
    value: str
    shape: str = ""

    def __str__(self) -> str:
        """One line for people: which record, which property, what would be right."""
        where = f" {self.path.rpartition('/')[2]}" if self.path else ""
        value = f" (it is {self.value!r})" if self.value else ""
        return f"{self.focus_node}{where}: {self.message}{value}"
