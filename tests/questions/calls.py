"""A reader of the five documents, who asks the library and the service on the same graph."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask.testing import FlaskClient

from kg.graph import KnowledgeGraph


@dataclass(frozen=True)
class Reader:
    """Somebody with a question: the library, and a client of the HTTP service on the same graph."""

    graph: KnowledgeGraph
    client: FlaskClient

    def get(self, route: str, **parameters: Any) -> Any:
        """A route of /api/v1."""
        response = self.client.get(f"/api/v1/{route}", query_string=parameters)
        assert response.status_code == 200, response.get_data(as_text=True)
        return response.get_json()

    def ask(self, question: str, **parameters: Any) -> Any:
        """A question of the catalogue: the rows of its answer."""
        return self.get(f"questions/{question}", **parameters)["items"]

    def sparql(self, query: str) -> Any:
        """The rows of a SELECT query over HTTP."""
        response = self.client.get(
            "/sparql", query_string={"query": query}, headers={"Accept": "application/sparql-results+json"}
        )
        assert response.status_code == 200, response.get_data(as_text=True)
        rows = response.get_json()["results"]["bindings"]
        return [{name: term["value"] for name, term in row.items()} for row in rows]

    def rows(self, **filters: Any) -> Any:
        """Rows of evidence."""
        return self.get("evidence", **filters)["items"]

    def answer(self, asked: str) -> Any:
        """What is at an address of /api/v1 written plainly (``route?name=value&name=value#field``), or of a query.

        Without a field: the items of a listing, any other answer whole; ``#field[-2:]`` is the last two of a list.
        ``texts?about=...&kind=...`` is what is said in words about a thing, by kind of statement.
        """
        if asked.startswith("SELECT "):
            return self.sparql(asked)
        address, _, part = asked.partition("#")
        field, _, last = part.removesuffix(":]").partition("[")
        route, _, given = address.partition("?")
        parameters: dict[str, list[str]] = {}
        for name, _, value in (pair.partition("=") for pair in given.split("&") if pair):
            parameters.setdefault(name, []).append(value)
        if route == "texts":
            return self.sparql(_texts(parameters["about"][0], parameters["kind"]))
        found = self.get(route, **parameters)
        told = found[field] if field else found.get("items", found)
        return told[int(last) :] if last else told


def _texts(node: str, predicates: list[str]) -> str:
    kinds = " ".join(f"skg:{predicate}" for predicate in predicates)
    return f"""SELECT DISTINCT ?text ?certainty WHERE {{ VALUES ?kind {{ {kinds} }}
      {{ ?statement skg:subject {node} }} UNION {{ ?statement skg:about {node} }}
      ?statement skg:predicate ?kind ; skg:object ?text ; skg:certainty ?certainty }}"""
