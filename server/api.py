"""``/api/v1``: each question of ``server.questions`` as a route, and the description of them all."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, Response, request

from kg.graph import KnowledgeGraph
from server.addresses import csv_response, svg_response
from server.pages import figures
from server.pages.sharing import file_name, source_line
from server.questions.openapi import describe_api
from server.questions.parameters import read
from server.questions.present import dumps
from server.questions.table import BY_NAME, QUESTIONS, Question

PREFIX = "/api/v1"
JSON = "application/json"


def api_blueprint(graph: KnowledgeGraph) -> Blueprint:
    """Make the routes of the JSON API."""
    api = Blueprint("api", __name__)
    for question in QUESTIONS:
        api.add_url_rule(PREFIX + question.path, question.name, _view(graph, question), methods=["GET"])
    # An identifier may also come as a parameter: IRIs with slashes are awkward in a path.
    api.add_url_rule(f"{PREFIX}/entities", "entity_by_parameter", _view(graph, BY_NAME["entity"]), methods=["GET"])
    api.add_url_rule("/openapi.json", "openapi", _openapi, methods=["GET"])
    return api


def _view(graph: KnowledgeGraph, question: Question) -> Any:
    def answer(**path: str) -> Response:
        given = {name: request.args.getlist(name) for name in request.args}
        for name, value in path.items():  # named in the query as well, it is named twice
            given[name] = [value, *given.get(name, ())]
        arguments = read(question.parameters, given, others=question.others)
        found = question.answer(graph, arguments)
        form = arguments.text_if_taken("format")
        name = file_name(graph, question.name)
        if form == "svg":
            drawn = figures.svg(found, source_line(graph), arguments.text_if_taken("figure") or "")
            return svg_response(drawn, name)
        if form == "csv":
            return csv_response(figures.table_of(found), name)
        return Response(dumps(found), content_type=JSON)

    return answer


def _openapi() -> Response:
    return Response(dumps(describe_api(QUESTIONS)), content_type=JSON)
