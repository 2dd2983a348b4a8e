"""Reading JSON that may be faulty, so that a fault costs no more than the value that it is in."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Container, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from triples.imports.files import CHUNK, HEAD, MAX_LINE_BYTES, open_binary
from triples.imports.rows import Reject, UnreadableFile

_DECODER = json.JSONDecoder()
_PARTNER = {"]": "[", "}": "{"}
_OUTSIDE, _IN_STRING = re.compile(r'["\[\]{},]'), re.compile(r'["\\\n]')
NOT_UNICODE = "a text is not Unicode: a byte that is no UTF-8, or half of a surrogate pair"
_HALF_PAIR = re.compile(r"[\ud800-\udfff]|\\u[dD][89a-fA-F]")
_MAY_GO_ON = re.compile(r"(?:\.|[eE][+-]?)?\Z")  # behind a number


def json_value(text: str) -> Any:
    """What a text of JSON says. Raises: ValueError, also for what is nested too deeply or cannot be written again."""
    try:
        value = json.loads(text)
    except RecursionError:
        raise ValueError("nested too deeply") from None
    if _HALF_PAIR.search(text):
        check_characters(value)
    return value


def check_characters(value: Any) -> None:
    """Raises: ValueError if a text in it cannot be written, because it is not made of characters."""
    try:
        json.dumps(value, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        raise ValueError(NOT_UNICODE) from None


def text_of(value: object) -> str:
    """The value, if it is a text: nothing else may become a name. Raises: TypeError."""
    if not isinstance(value, str):
        raise TypeError(f"{value!r} where a text is expected")
    return value


def json_records(path: Path) -> Iterator[tuple[int, Any] | Reject]:
    """The members of a JSON file that is one array, one at a time, with their place from 1.

    A member that is no JSON, or too long, costs itself only; one that does not close before the array does takes
    with it what follows, which is said.

    Raises: UnreadableFile if the file is no array, or ends within it.
    """
    with _opened(path) as window:
        number = 0
        for number, row in enumerate(window.members(), 1):  # noqa: B007 - the place of what comes after the last one
            yield row
        yield from window.rest(number + 1)


def json_graphs(path: Path, outer: str, inner: Container[str]) -> Iterator[tuple[str, int, Any] | Reject]:
    """The members of arrays in objects of an array, as in ``{"graphs": [{"nodes": [...], "edges": [...]}]}``.

    They come in the order of the file, and one at a time is held. A faulty one costs what it does in
    :func:`json_records`; what is passed over is looked at for faults, too.

    Args:
        path: the file.
        outer: name of the array of objects.
        inner: names of the arrays in them that are asked for; everything else is passed over.

    Yields: name of the array, place in it from 1, member.

    Raises: UnreadableFile if the file has another shape, or ends before its outermost object does.
    """
    with _opened(path) as window:
        found = False
        for name in window.names():
            if name == outer:
                found = True
                for place in window.places():
                    yield from window.arrays(place, inner)
            else:
                yield from window.passed_over(name, 1)
        if not found:
            raise _OtherShape(f"no {outer}")
        yield from window.rest(1)


@contextmanager
def _opened(path: Path) -> Iterator[_Window]:
    with open_binary(path) as stream:
        try:
            yield _Window(io.TextIOWrapper(stream, "utf-8", "surrogateescape", newline=""))
        except _OtherShape as fault:
            raise UnreadableFile(path.name, str(fault)) from None


class _OtherShape(Exception):
    """A file that is not what is read from it, or is cut off."""


class _NoMember(Exception):
    """A member of an array that cannot be used, why, and what it begins with."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = text


def _within(name: str, row: Reject) -> Reject:
    return row._replace(reason=f"{name}: {row.reason}")


@dataclass
class _Window:
    """The part of a JSON text around the place that is read.

    Attributes:
        stream: the rest; bytes that are no UTF-8 come as halves of surrogate pairs.
        text: what is in memory.
        at: how much of that has been read.
    """

    stream: io.TextIOBase
    text: str = ""
    at: int = 0

    def next_character(self, passed_over: str) -> str:
        """Go on to what is neither white space nor one of these; nothing at the end."""
        while True:
            while self.at < len(self.text):
                if self.text[self.at] not in passed_over and not self.text[self.at].isspace():
                    return self.text[self.at]
                self.at += 1
            if not self._more():
                return ""

    def _more(self) -> bool:
        """Take in more behind what is not read yet, as much again as far as a value may go; whether there was more."""
        kept = self.text[self.at :]
        as_far = MAX_LINE_BYTES - 1 - len(kept)
        more = self.stream.read(min(max(CHUNK, len(kept)), as_far) if as_far > 0 else CHUNK)
        self.text, self.at = kept + more, 0
        return bool(more)

    def names(self) -> Iterator[str]:
        """The names in the object that begins here; whoever asks reads what one names before the next."""
        self._expect("{")
        while self.next_character("") != "}":
            self._expect('"', stays=True)
            name = self._value("a name")
            self._expect(":")
            yield name
            if self.next_character("") != "}":
                self._expect(",")
        self.at += 1

    def places(self) -> Iterator[int]:
        """The place of each member of the array that begins here; whoever asks reads it before the next."""
        self._expect("[")
        number = 0
        while (character := self.next_character(",")) != "]":
            if not character:
                raise _OtherShape(f"it ends before its array does, after {number} members")
            number += 1
            yield number
        self.at += 1

    def members(self) -> Iterator[tuple[int, Any] | Reject]:
        """The members of the array that begins here, with their places."""
        for number in self.places():
            try:
                yield number, self._value(f"member {number} of its array")
            except _NoMember as fault:
                yield Reject(number, fault.reason, fault.text)

    def arrays(self, place: int, wanted: Container[str]) -> Iterator[tuple[str, int, Any] | Reject]:
        """The members of the arrays with these names in the object that begins here; ``null`` is as good as none."""
        for name in self.names():
            if name not in wanted or self.next_character("") == "n":
                yield from self.passed_over(name, place)
                continue
            for row in self.members():
                yield _within(name, row) if isinstance(row, Reject) else (name, *row)

    def passed_over(self, name: str, place: int) -> Iterator[Reject]:
        """What is no JSON in the value of this name that begins here; that of an array is read member by member."""
        if self.next_character("") == "[":
            yield from (_within(name, row) for row in self.members() if isinstance(row, Reject))
            return
        try:
            self._value(f"'{name}'")
        except _NoMember as fault:
            yield _within(name, Reject(place, fault.reason, fault.text))

    def rest(self, place: int) -> Iterator[Reject]:
        """What stands behind the end."""
        if self.next_character(""):
            yield Reject(place, "after the end of the array; nothing of it was read", self.text[self.at :])

    def _expect(self, character: str, *, stays: bool = False) -> None:
        if (found := self.next_character("")) != character:
            raise _OtherShape(f"{found!r} where {character!r} is expected" if found else "it ends before its end")
        self.at += not stays

    def _value(self, what: str) -> Any:
        try:
            return self.member()
        except EOFError:
            raise _OtherShape(f"it ends within {what}") from None

    def member(self) -> Any:
        """The value that begins here. Raises: _NoMember; EOFError if the text ends within it."""
        ending, seen = _Ending(), 0
        while len(self.text) - self.at < MAX_LINE_BYTES:
            reason = "not JSON"
            try:
                value, stop = _DECODER.raw_decode(self.text, self.at)
                if isinstance(value, (dict, list)) or _MAY_GO_ON.match(self.text, stop) is None:
                    start, self.at = self.at, stop
                    return self._checked(value, start)
            except json.JSONDecodeError as fault:
                reason = f"not JSON: {fault.msg} at character {fault.pos - self.at + 1}"
            except ValueError as fault:
                reason = f"not JSON: {fault}"
            except RecursionError:
                reason = "nested too deeply"
            if (end := ending.find(self.text, self.at + seen)) is not None:
                text, self.at = self.text[self.at : end], end
                raise _NoMember(reason + ending.loss, text)
            seen = len(self.text) - self.at
            if not self._more():
                raise EOFError
        head, self.at = self.text[self.at : self.at + HEAD], self.at + seen
        while (end := ending.find(self.text, self.at)) is None:
            self.at = len(self.text)
            if not self._more():
                raise EOFError
        self.at = end
        raise _NoMember(f"longer than {MAX_LINE_BYTES >> 20} MiB" + ending.loss, head)

    def _checked(self, value: Any, start: int) -> Any:
        text = self.text[start : self.at]
        if _HALF_PAIR.search(text):
            try:
                check_characters(value)
            except ValueError as fault:
                raise _NoMember(str(fault), text) from None
        return value


@dataclass
class _Ending:
    """Looks for the end of a faulty value within an array, in one piece of text after the other.

    That is where its brackets are closed, or where the next member or the array's end comes outside all of them. A
    string is over at the end of its line, because none in JSON goes on.
    """

    brackets: list[str] = field(default_factory=list)
    in_string: bool = False
    is_escaped: bool = False
    loss: str = ""

    def find(self, text: str, at: int) -> int | None:
        """Where the value ends, or None if that is not in this piece, which is read from this place on."""
        at += self.is_escaped
        self.is_escaped = False
        while mark := (_IN_STRING if self.in_string else _OUTSIDE).search(text, at):
            at = mark.end()
            if mark[0] == "\\":
                self.is_escaped = at == len(text)
                at += 1
            elif self.in_string or mark[0] == '"':
                self.in_string = not self.in_string
            elif mark[0] in _PARTNER.values():
                self.brackets.append(mark[0])
            elif _PARTNER.get(mark[0]) in self.brackets:
                while self.brackets.pop() != _PARTNER[mark[0]]:
                    pass
                if not self.brackets:
                    return at
            elif mark[0] == "]" or (mark[0] == "," and not self.brackets):
                self.loss = "; nothing after it was read" if self.brackets else ""
                return at - 1
        return None
