"""Every setting of the server, once: name, default, unit, bounds and help.

The command line's flags, the environment variables and docs/settings.md are derived from the fields of
:class:`Settings`. A flag wins over the environment, which wins over the default.
"""

from __future__ import annotations

import argparse
import dataclasses
import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from kg.budget import DEFAULT_TIMEOUT_S, MAX_TIMEOUT_S, Budget
from kg.errors import IdentifierError, InvalidParameter
from kg.sparql.lanes import LaneSizes
from kg.sparql.query import QueryLimits
from kg.sparql.results import iri

ENVIRONMENT_PREFIX = "SARCOMA_KG_"


@dataclass(frozen=True)
class SettingInfo:
    """What is known about a setting: default, help, unit, bounds (both included) or choices."""

    default: str | int | float
    help: str
    unit: str = ""
    low: float | None = None
    high: float | None = None
    choices: tuple[str, ...] = ()

    @property
    def expected(self) -> str:
        """The allowed values in words."""
        if self.choices:
            return "one of " + ", ".join(self.choices)
        if self.low is not None and self.high is not None:
            return f"{self.low:,} to {self.high:,}"
        return "a text"


def _setting(default: str | float, help_: str, **info: Any) -> Any:
    return dataclasses.field(default=default, metadata={"info": SettingInfo(default, help_, **info)})


@dataclass(frozen=True)
class Settings:
    """The table of settings. Raises: InvalidParameter for a value outside its bounds; nothing is clamped."""

    host: str = _setting("127.0.0.1", "address to listen on; 0.0.0.0 for all")
    port: int = _setting(8000, "port to listen on", low=0, high=65535)
    server: str = _setting(
        "waitress",
        'what speaks HTTP; granian needs the extra "server" and takes less work for each request',
        choices=("waitress", "granian"),
    )
    base_url: str = _setting("", "public address of the server, if a proxy changes it")
    sources: str = _setting("", "folder with the source documents, to show their words beside the facts")
    threads: int = _setting(
        48,
        "requests handled at once; more than queries run and wait, or pages wait too",
        unit="threads",
        low=1,
        high=1024,
    )
    workers: int = _setting(
        3, "queries run at once in the quick lane, each in its own process", unit="processes", low=1, high=256
    )
    slow_workers: int = _setting(
        2, "queries run at once in the slow lane, at lower priority; 0: one lane", unit="processes", low=0, high=256
    )
    quick_query_s: float = _setting(
        0.1, "how long a query may stay in the quick lane", unit="s", low=0.01, high=MAX_TIMEOUT_S
    )
    max_waiting: int = _setting(
        32, "queries that may wait for a process, in either lane", unit="queries", low=0, high=10_000
    )
    default_graph: str = _setting(
        "union",
        "the default graph of a query: the union of all graphs, or strictly the one without a name",
        choices=("union", "strict"),
    )
    query_timeout_s: float = _setting(
        DEFAULT_TIMEOUT_S, "time limit of a query", unit="s", low=0.01, high=MAX_TIMEOUT_S
    )
    query_memory_bytes: int = _setting(
        Budget.memory_bytes, "address space of a query's process", unit="bytes", low=768 * 1024**2, high=2**50
    )
    max_result_bytes: int = _setting(Budget.max_bytes, "size of a query's answer", unit="bytes", low=1024, high=2**40)
    max_result_rows: int = _setting(
        50_000, "rows of an answer that the SPARQL page shows", unit="rows", low=1, high=1_000_000
    )
    max_query_bytes: int = _setting(
        QueryLimits.max_bytes, "length of a query", unit="bytes", low=1024, high=16 * 1024**2
    )
    max_query_depth: int = _setting(
        QueryLimits.max_depth, "how deep the brackets of a query may nest", unit="brackets", low=10, high=1000
    )
    max_query_parts: int = _setting(
        QueryLimits.max_parts, "dots, operators and the like in a query", unit="parts", low=100, high=1900
    )
    services: str = _setting("", "endpoints that SERVICE may ask: full IRIs, separated by blanks; empty for none")
    cache_bytes: int = _setting(
        64 * 1024**2,
        "answers of queries, pages and answers of the API kept to be given again; 0 for none",
        unit="bytes",
        low=0,
        high=2**40,
    )
    client_requests_per_minute: int = _setting(
        1200,
        "requests of one client; 0 for no limit. Clients on the same machine are not limited, unless client_header "
        "tells them apart",
        unit="requests",
        low=0,
        high=1_000_000,
    )
    client_header: str = _setting(
        "", "header in which a trusted proxy names the client, such as X-Forwarded-For; its last entry counts"
    )
    log: str = _setting("queries", "what is logged, a JSON object a line", choices=("none", "queries", "requests"))
    reload_s: float = _setting(
        5.0, "how often to look for a new generation of the graph; 0: only on SIGHUP", unit="s", low=0, high=86_400
    )
    drain_s: float = _setting(
        30.0, "how long requests under way may take to end after SIGTERM", unit="s", low=0, high=3600
    )
    max_body_bytes: int = _setting(1024**2, "size of a request body", unit="bytes", low=1024, high=2**32)
    cors_origin: str = _setting("*", "web origin whose scripts may read answers; empty for none")

    def __post_init__(self) -> None:
        for name, info in setting_infos().items():
            value = getattr(self, name)
            if info.choices and value not in info.choices:
                raise InvalidParameter(name, str(value), info.expected)
            if info.low is not None and info.high is not None and not info.low <= value <= info.high:
                raise InvalidParameter(name, str(value), f"{info.expected} {info.unit}".strip())
        for address in self.services.split():
            try:
                iri(address)
            except IdentifierError as error:
                raise InvalidParameter("services", address, "full IRIs, separated by blanks") from error

    @property
    def limits(self) -> QueryLimits:
        """What kg.store refuses unseen."""
        return QueryLimits(
            self.max_query_bytes, self.max_query_depth, self.max_query_parts, frozenset(self.services.split())
        )

    @property
    def lanes(self) -> LaneSizes:
        """How many queries run at once."""
        return LaneSizes(self.workers, self.max_waiting, self.slow_workers, self.quick_query_s)

    def budget(self, timeout_s: float | None = None) -> Budget:
        """What a query may cost. Raises: InvalidParameter if ``timeout_s`` is above the limit."""
        if timeout_s is not None and not 0 < timeout_s <= self.query_timeout_s:
            expected = f"more than 0 and at most {self.query_timeout_s:g} seconds (not milliseconds)"
            raise InvalidParameter("timeout", f"{timeout_s:g}", expected)
        return Budget(
            timeout_s=timeout_s or self.query_timeout_s,
            max_bytes=self.max_result_bytes,
            memory_bytes=self.query_memory_bytes,
        )


def setting_infos() -> dict[str, SettingInfo]:
    """The table by name, in its order."""
    return {field.name: field.metadata["info"] for field in dataclasses.fields(Settings)}


def flag(name: str) -> str:
    """The command-line flag of a setting. ``query_timeout_s`` is ``--query-timeout-s``."""
    return "--" + name.replace("_", "-")


def environment_variable(name: str) -> str:
    """The environment variable of a setting. ``port`` is ``SARCOMA_KG_PORT``."""
    return ENVIRONMENT_PREFIX + name.upper()


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Give a command a flag for every setting."""
    for name, info in setting_infos().items():
        unit = f" {info.unit}" if info.unit else ""
        parser.add_argument(
            flag(name),
            dest=name,
            default=None,
            metavar=info.unit.upper() or "VALUE",
            help=f"{info.help} (default {info.default}{unit}; {environment_variable(name)})".replace("%", "%%"),
        )


def from_arguments(given: argparse.Namespace, environment: Mapping[str, str] | None = None) -> Settings:
    """Settings from parsed flags and the environment. Raises: InvalidParameter with the name at fault."""
    environment = os.environ if environment is None else environment
    values: dict[str, Any] = {}
    for name, info in setting_infos().items():
        text = getattr(given, name, None)
        if text is None:
            text = environment.get(environment_variable(name))
        if text is not None:
            values[name] = _parsed(name, str(text), type(info.default))
    return Settings(**values)


def _parsed(name: str, text: str, kind: type[str | int | float]) -> str | int | float:
    try:
        return kind(text)
    except ValueError:
        raise InvalidParameter(name, text, "a whole number" if kind is int else "a number") from None


def settings_markdown() -> str:
    """docs/settings.md; a test compares."""
    rows: list[tuple[str, ...]] = [("flag of `serve`", "environment", "default", "unit", "meaning"), ("---",) * 5]
    for name, info in setting_infos().items():
        default = f"`{info.default}`" if info.default != "" else "(empty)"
        meaning = info.help + (f" ({info.expected})" if info.expected != "a text" else "")
        rows.append((f"`{flag(name)}`", f"`{environment_variable(name)}`", default, info.unit, meaning))
    lines = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    return (
        "# Settings of the server\n\n"
        "A flag wins over the environment variable, which wins over the default. A value outside its bounds "
        "stops the server from starting. Written by `python -m server.reference`.\n\n" + lines + "\n"
    )
