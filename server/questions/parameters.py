"""What a question may be asked with: one table entry per parameter, read alike from a URL and from a command line.

Unknown names, repeated singles and values outside their range are refused with what would be right; nothing is clamped.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeVar

from kg.errors import InvalidParameter
from server.http.problem_page import NO_PARAMETER

Word = TypeVar("Word", bound=str)
Kind = Literal["text", "integer", "flag"]
_TRUE = frozenset({"true", "1", "yes"})
_FALSE = frozenset({"false", "0", "no"})


@dataclass(frozen=True)
class Parameter:
    """One parameter of a question.

    Attributes:
        help: a sentence for the API page and ``--help``.
        repeated: may be given several times.
        low, high: bounds of an integer, both included.
        most_characters: of a text; None where whoever answers checks that.
        in_path: part of the route, not of the query string.
    """

    name: str
    help: str
    kind: Kind = "text"
    repeated: bool = False
    required: bool = False
    choices: tuple[str, ...] = ()
    default: str | int | bool | None = None
    low: int | None = None
    high: int | None = None
    most_characters: int | None = None
    in_path: bool = False
    example: str | None = None


@dataclass(frozen=True)
class Arguments:
    """Values read against a parameter table."""

    values: Mapping[str, tuple[str, ...]]
    table: Mapping[str, Parameter] = field(repr=False)

    def texts(self, name: str) -> tuple[str, ...]:
        """Every value of a repeated parameter."""
        return self.values.get(name, ())

    def text(self, name: str) -> str | None:
        """The value, or its default."""
        values = self.texts(name)
        if values:
            return values[0]
        default = self.table[name].default
        return None if default is None else str(default)

    def text_if_taken(self, name: str) -> str | None:
        """The same of a parameter that only some questions take; None of the others."""
        return self.text(name) if name in self.table else None

    def word(self, name: str, words: Iterable[Word]) -> Word | None:
        """The same of a parameter whose choices are the words of a vocabulary."""
        text = self.text(name)
        return next((word for word in words if word == text), None)

    def required(self, name: str) -> str:
        """The value of a parameter that must be given (checked when the arguments were read)."""
        return self.text(name) or ""

    def integer(self, name: str) -> int | None:
        """The value as a whole number, or its default."""
        values = self.texts(name)
        if not values:
            default = self.table[name].default
            return default if isinstance(default, int) else None
        return int(values[0])

    def whole(self, name: str) -> int:
        """The value of an integer parameter that has a default."""
        return self.integer(name) or 0

    def flag(self, name: str) -> bool:
        """The value as yes or no, or its default."""
        values = self.texts(name)
        return values[0].lower() in _TRUE if values else bool(self.table[name].default)


def read(parameters: Iterable[Parameter], given: Mapping[str, Sequence[str]], *, others: bool = False) -> Arguments:
    """Check what was given against a table.

    Args:
        parameters: what may be given.
        given: every value by name; empty texts count as not given, as an unfilled form field sends them.
        others: names outside the table pass unchecked; whoever answers knows them.

    Raises: InvalidParameter naming the first thing that is wrong and what would be right.
    """
    table = {parameter.name: parameter for parameter in parameters}
    values: dict[str, tuple[str, ...]] = {}
    for name, texts in given.items():
        if name not in table and not others:
            raise InvalidParameter(name, ", ".join(texts), _known(name, table))
        filled = tuple(text.strip() for text in texts if text.strip())
        if filled:
            values[name] = filled
    for parameter in table.values():
        _check(parameter, values.get(parameter.name, ()))
    return Arguments(values, table)


def _known(name: str, table: Mapping[str, Parameter]) -> str:
    close = difflib.get_close_matches(name, table, n=1)
    hint = f"; did you mean {close[0]}?" if close else ""
    return f"{NO_PARAMETER} ({', '.join(sorted(table)) or 'it has none'}){hint}"


def _check(parameter: Parameter, texts: tuple[str, ...]) -> None:
    name = parameter.name
    if parameter.required and not texts:
        example = f", for example {parameter.example}" if parameter.example else ""
        raise InvalidParameter(name, "", f"a value, which is required{example}")
    if len(texts) > 1 and not parameter.repeated:
        raise InvalidParameter(name, ", ".join(texts), "a single value")
    for text in texts:
        if parameter.choices and text not in parameter.choices:
            raise InvalidParameter(name, text, "one of " + ", ".join(parameter.choices))
        if parameter.kind == "flag" and text.lower() not in _TRUE | _FALSE:
            raise InvalidParameter(name, text, "true or false")
        if parameter.most_characters is not None and len(text) > parameter.most_characters:
            raise InvalidParameter(name, text, f"at most {parameter.most_characters} characters")
        if parameter.kind == "integer":
            _check_integer(parameter, text)


def _check_integer(parameter: Parameter, text: str) -> None:
    low, high = parameter.low, parameter.high
    bounds = f" from {low} to {high}" if low is not None and high is not None else ""
    digits = text.removeprefix("-")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise InvalidParameter(parameter.name, text, f"a whole number{bounds}")
    value = int(text)
    if (low is not None and value < low) or (high is not None and value > high):
        raise InvalidParameter(parameter.name, text, f"a whole number{bounds}")
