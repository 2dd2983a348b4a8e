"""Reading JSON that may be faulty, so that a fault costs no more than the value that it is in."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
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
    with open_binary(path) as stream:
        window = _Window(io.TextIOWrapper(stream, "utf-8", "surrogateescape", newline=""))
        if window.next_character("") != "[":
            raise UnreadableFile(path.name, "not a JSON array")
        window.at += 1
        number = 0
        while (character := window.next_character(",")) != "]":
            number += 1
            if not character:
                raise UnreadableFile(path.name, f"it ends before its array does, after {number - 1} members")
            try:
                yield number, window.member()
            except _NoMember as fault:
                yield Reject(number, fault.reason, fault.text)
            except EOFError:
                raise UnreadableFile(path.name, f"it ends within member {number} of its array") from None
        window.at += 1
        if window.next_character(""):
            yield Reject(number + 1, "after the end of the array; nothing of it was read", window.text[window.at :])


class _NoMember(Exception):
    """A member of an array that cannot be used, why, and what it begins with."""

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.text = text


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

    def member(self) -> Any:
        """The value that begins here. Raises: _NoMember; EOFError if the text ends within it."""
        ending, seen = _Ending(), 0
        while len(self.text) - self.at < MAX_LINE_BYTES:
            reason = "not JSON"
            try:
                value, stop = _DECODER.raw_decode(self.text, self.at)
                if stop < len(self.text) or isinstance(value, (dict, list)):  # else a number may go on
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
