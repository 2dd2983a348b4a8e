"""How well the triple patterns of a query are ordered for an engine that joins them as they are written.

The cost of an order is the number of rows that come up on the way: after the first pattern, after the first two, and
so on. The rows after a set of patterns do not depend on their order, so each set is counted once, and the best order is
found by growing the cheapest set first. A UNION or a subquery is one pattern among the others: it is judged inside, and
where it stands. Where there are too many sets, the cheapest that was not grown bounds the best order from below.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import chain

from kg.sparql.prologue import prologue_end
from kg.sparql.tokens import Token, tokens_of

MAX_SETS = 3000
_POSTFIX = frozenset({"*", "+", "?"})
_LINKS = frozenset({"/", "|"})

Count = Callable[[str], int]


@dataclass(frozen=True)
class Pattern:
    """A triple pattern, a UNION or a subquery as text, and its variables."""

    text: str
    variables: frozenset[str]


@dataclass
class Block:
    """The patterns of a group.

    Attributes:
        given: what holds before the group is entered, and the VALUES of the group, as text.
        bound: variables of ``given``.
        start: where its text begins, with the GRAPH before it; -1 if it is no pattern of the group around it.
        goes_on: whether it is a further branch of a UNION.
    """

    prologue: str
    given: str = ""
    bound: frozenset[str] = frozenset()
    patterns: list[Pattern] = field(default_factory=list)
    start: int = -1
    goes_on: bool = False

    def inner(self) -> Block:
        """A group inside this one: it begins with what is known here."""
        bound = self.bound.union(*(pattern.variables for pattern in self.patterns))
        return Block(self.prologue, self.given + "".join(f"{each.text} . " for each in self.patterns), bound)


class _Unreadable(Exception):
    """Something else than plain triples stands here."""


def blocks_of(query: str) -> Iterator[Block]:
    """Groups with two triple patterns and more. What this cannot read (lists in brackets, for one) is left out."""
    end = prologue_end(query)
    tokens = list(tokens_of(query, end))
    groups = [Block(query[:end])]
    place = 0
    while place < len(tokens):
        token = tokens[place]
        place += 1
        if token.keyword in {"SELECT", "GROUP", "ORDER", "LIMIT", "HAVING"}:
            place = _behind_clause(tokens, place)
        elif token.text == "{":
            groups.append(_opened(query, tokens, place - 1, groups))
        elif token.text == "}" and len(groups) > 1:
            done = groups.pop()
            if len(done.patterns) > 1:
                yield done
            if done.start >= 0 and len(groups) > 1:
                _join(groups[-1], done, query[done.start : token.start + 1])
        elif token.keyword == "VALUES":
            place, text, names = _values(query, tokens, place)
            groups[-1].given = f"{text} . {groups[-1].given}"
            groups[-1].bound |= names
        elif token.text == "(":
            place = _skipped(tokens, place)
        elif len(groups) > 1:
            with suppress(_Unreadable, IndexError):
                found, place = _triples(tokens, place - 1)
                groups[-1].patterns += found


def _behind_clause(tokens: Sequence[Token], place: int) -> int:
    while place < len(tokens) and tokens[place].text not in {"{", "}"}:
        place = _skipped(tokens, place + 1) if tokens[place].text == "(" else place + 1
    return place


def _opened(query: str, tokens: Sequence[Token], place: int, groups: Sequence[Block]) -> Block:
    before = tokens[place - 1] if place else None
    keyword = before.keyword if before else ""
    if keyword in {"OPTIONAL", "EXISTS"} and len(groups) > 1:
        return groups[-1].inner()
    is_graph = place > 1 and tokens[place - 2].keyword == "GRAPH"
    start = tokens[place - 2 if is_graph else place].start
    return Block(groups[0].prologue, start=-1 if keyword == "MINUS" else start, goes_on=keyword == "UNION")


def _join(around: Block, done: Block, text: str) -> None:
    """Make a group a pattern of the group around it."""
    names = frozenset(token.text for token in tokens_of(text) if token.kind == "variable")
    if done.goes_on and around.patterns:
        first = around.patterns.pop()
        text, names = f"{first.text} UNION {text}", names | first.variables
    around.patterns.append(Pattern(text, names))


def _values(query: str, tokens: Sequence[Token], place: int) -> tuple[int, str, set[str]]:
    start = tokens[place - 1].start
    opened = next(number for number in range(place, len(tokens)) if tokens[number].text == "{")
    closed = next(number for number in range(opened, len(tokens)) if tokens[number].text == "}")
    names = {token.text for token in tokens[place:opened] if token.kind == "variable"}
    return closed + 1, query[start : tokens[closed].start + 1], names


def _skipped(tokens: Sequence[Token], place: int) -> int:
    depth = 1
    while place < len(tokens) and depth:
        depth += (tokens[place].text == "(") - (tokens[place].text == ")")
        place += 1
    return place


def _triples(tokens: Sequence[Token], place: int) -> tuple[list[Pattern], int]:
    """The triples with one subject, and where they end."""
    found: list[Pattern] = []
    subject, place = _term(tokens, place)
    while True:
        verb, place = _path(tokens, place)
        while True:
            thing, place = _term(tokens, place)
            parts = (*subject, *verb, *thing)
            variables = frozenset(token.text for token in parts if token.kind == "variable")
            found.append(Pattern(" ".join(token.text for token in parts), variables))
            if tokens[place].text != ",":
                break
            place += 1
        if tokens[place].text != ";":
            return found, place
        place += 1
        if tokens[place].text in {".", "}"}:
            return found, place


def _term(tokens: Sequence[Token], place: int) -> tuple[tuple[Token, ...], int]:
    token = tokens[place]
    if token.kind in {"variable", "iri", "name", "number"} or token.keyword in {"TRUE", "FALSE"}:
        return (token,), place + 1
    if token.kind != "string":
        raise _Unreadable
    if tokens[place + 1].kind == "tag":
        return (Token("string", token.text + tokens[place + 1].text, token.start),), place + 2
    if tokens[place + 1].text == "^^":
        return (Token("string", f"{token.text}^^{tokens[place + 2].text}", token.start),), place + 3
    return (token,), place + 1


def _path(tokens: Sequence[Token], place: int) -> tuple[tuple[Token, ...], int]:
    start = place
    while True:
        while tokens[place].text in {"^", "!"}:
            place += 1
        if tokens[place].text == "(":
            place = _skipped(tokens, place + 1)
        elif tokens[place].kind in {"iri", "name", "variable"} or tokens[place].text == "a":
            place += 1
        else:
            raise _Unreadable
        while tokens[place].text in _POSTFIX:
            place += 1
        if tokens[place].text not in _LINKS:
            return tuple(tokens[start:place]), place
        place += 1


def rows_on_the_way(block: Block, count: Count) -> int:
    """Rows as it is written."""
    return sum(_rows(block, count, range(end)) for end in range(1, len(block.patterns) + 1))


def least_rows(block: Block, count: Count, written: int) -> int:
    """Rows in the best order, or a bound below them; ``written`` if nothing is better than that.

    Orders in which a pattern shares no variable with what came before are left out where there are others: they
    multiply what they join.
    """
    size = len(block.patterns)
    # The cheapest set of patterns is always the next to grow; what costs more than the written order is let go.
    best = {frozenset[int](): 0}
    waiting: list[tuple[int, tuple[int, ...]]] = [(0, ())]
    while waiting:
        cost, order = heappop(waiting)
        before = frozenset(order)
        if len(order) == size or len(best) > MAX_SETS:
            return cost
        if cost > best[before]:
            continue
        others = [number for number in range(size) if number not in before]
        for number in [each for each in others if _joins(block, each, before)] or others:
            total = cost + _rows(block, count, (*order, number), f"LIMIT {written - cost + 1}")
            if total < min(best.get(before | {number}, written + 1), written + 1):
                best[before | {number}] = total
                heappush(waiting, (total, (*order, number)))
    return written


def _rows(block: Block, count: Count, order: Sequence[int], limit: str = "") -> int:
    body = " . ".join(block.patterns[number].text for number in order)
    return count(f"{block.prologue} SELECT (COUNT(*) AS ?rows) {{ {{ SELECT * {{ {block.given} {body} }} {limit} }} }}")


def _joins(block: Block, last: int, before: frozenset[int]) -> bool:
    known = block.bound.union(chain.from_iterable(block.patterns[number].variables for number in before))
    return not before or bool(block.patterns[last].variables & known)
