"""What a question of the API is: a row of the table in ``server.questions``, and the parameters that rows share."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from kg.graph import KnowledgeGraph
from ontology.terms import CLASS_BY_KIND
from server.questions.parameters import Arguments, Parameter

Answer = Callable[[KnowledgeGraph, Arguments], Any]


@dataclass(frozen=True)
class Question:
    """One question.

    Attributes:
        name: the command, and the operation in the API description.
        path: below ``/api/v1``; ``<path:id>`` stands for an identifier.
        answers: the dataclass that comes back, or, of a list, that of each item.
        is_list: the answer is a list of everything there is.
        others: parameters outside the table are passed on: what they may be depends on the id.
        unnamed: parameters that the command also takes without their names, in this order.
    """

    name: str
    path: str
    summary: str
    parameters: tuple[Parameter, ...]
    answers: type
    answer: Answer
    others: bool = False
    is_list: bool = False
    unnamed: tuple[str, ...] = ()

    @property
    def usage(self) -> str:
        """The command with what it takes without a name."""
        required = [parameter for parameter in self.parameters if parameter.required]
        words = [f"{parameter.name.upper()}{' ...' if parameter.repeated else ''}" for parameter in required]
        others = ["[NAME=VALUE ...]"] if self.others else []
        optional = " [".join(map(str.upper, self.unnamed))
        return " ".join([self.name, *words, *([f"[{optional}{']' * len(self.unnamed)}"] if optional else []), *others])


TYPES = tuple(sorted(set(CLASS_BY_KIND.values())))
ID = Parameter("id", "CURIE, IRI, label or synonym", in_path=True, required=True, example="drug:sirolimus")


def limit_of(default: int, most: int) -> Parameter:
    """The parameter that says how many items an answer lists."""
    return Parameter("limit", f"most items, at most {most}", "integer", default=default, low=1, high=most)
