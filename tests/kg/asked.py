"""A query asked of workers by a test that waits for its answer."""

from __future__ import annotations

from kg.budget import Budget, Cancelled
from kg.sparql.formats import RESULTS_JSON
from kg.sparql.lanes import Lanes
from kg.sparql.query import SparqlOperation
from kg.sparql.waits import Blocking, at_once
from kg.sparql.worker import Request
from kg.sparql.workers import WorkerPool


def asked(
    workers: WorkerPool | Lanes, operation: SparqlOperation, budget: Budget, cancelled: Cancelled | None = None
) -> bytes:
    """The answer as JSON; ``cancelled`` is asked ten times a second whether to give up."""
    waits = Blocking(cancelled)
    if isinstance(workers, Lanes):
        return at_once(workers.answer(operation, RESULTS_JSON, budget, waits))
    return at_once(workers.answer(Request.within(budget, operation, RESULTS_JSON), budget, waits))
