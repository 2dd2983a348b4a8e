"""A server in a process of its own, asked over HTTP."""

from __future__ import annotations

import http.client
import json
import os
import subprocess
import sys
import urllib.error
import urllib.request
from email.message import Message
from pathlib import Path
from typing import Any

from prometheus_client.parser import text_string_to_metric_families

from kg.generations import MANIFEST, building, open_current, publish
from tests.waiting import free_port, wait_until


def metrics_in(text: str) -> dict[tuple[str, str], float]:
    """Values by name and by the labels' values, joined."""
    return {
        (sample.name, ",".join(sample.labels.values())): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


def copied(curated_data: Path, folder: Path) -> Path:
    """A data folder of its own with the current generation of another, named by a checksum ``aaaaaa``."""
    with open_current(curated_data) as generation:
        publish_copy(folder, generation.path, "aaaaaa")
    return folder


def publish_copy(data_dir: Path, source: Path, checksum: str) -> None:
    """Publish what a generation holds as a new one; only its name is another."""
    with building(data_dir) as folder:
        for path in source.rglob("*"):
            target = folder / path.relative_to(source)
            if path.is_dir():
                target.mkdir(exist_ok=True)
            elif path.name not in {MANIFEST, ".in-use"}:
                os.link(path, target)
        manifest = json.loads((source / MANIFEST).read_text())
        (folder / MANIFEST).write_text(json.dumps({**manifest, "checksum": checksum}))
        publish(data_dir, folder)


def asked_at(port: int, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Message, bytes]:
    """Status, headers and body of any request to a port of loopback."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.headers, response.read()
    finally:
        connection.close()


class Server:
    """A server of its own process, on a free port of loopback; 0 files: as many as we may open."""

    def __init__(self, data_dir: Path, *flags: str, max_files: int = 0) -> None:
        self.port = free_port()
        command = [sys.executable, "-m", "server.cli", "serve", "--data", str(data_dir), "--port", str(self.port)]
        limited = ["sh", "-c", f'ulimit -n {max_files} && exec "$@"', "sh"] if max_files else []
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)}
        self.log = data_dir / f"log-{self.port}"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen([*limited, *command, *flags], stderr=log, env=environment)
        try:
            wait_until(lambda: self.get("/readyz")[0] == 200)  # a busy machine takes its time
        except AssertionError:
            self.process.kill()
            self.process.wait()
            raise

    def get(self, path: str) -> tuple[int, Any]:
        """Status and JSON; status 0 if nobody listens."""
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}{path}", timeout=60) as response:
                return response.status, json.load(response)
        except urllib.error.HTTPError as error:
            return error.code, json.load(error)
        except OSError:
            return 0, None

    def http(self, method: str, path: str, body: Any = None, **headers: str) -> tuple[int, Message, bytes]:
        """Status, headers and body of any request."""
        return asked_at(self.port, method, path, body, **headers)

    def stop(self) -> None:
        """End it at once."""
        self.process.terminate()
        self.process.terminate()  # the first one lets requests end
        try:
            self.process.wait(timeout=60)
        finally:
            self.process.kill()

    def in_flight(self) -> float:
        """Requests under way, the one that asks included."""
        with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/metrics", timeout=60) as response:
            return metrics_in(response.read().decode())["sarcoma_kg_requests_in_flight", ""]
