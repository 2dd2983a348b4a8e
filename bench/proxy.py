"""nginx before our server, configured by the text of docs/sparql.md: for what measures it and for what tests it."""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path

_DOCUMENT = Path(__file__).resolve().parent.parent / "docs" / "sparql.md"
# What an operator says, too, before the configuration that is included.
_AROUND = """
{user}
daemon off;
worker_processes 2;
pid {folder}/pid;
error_log stderr;
events {{ }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    client_body_temp_path {folder}/client;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
{included}
}}
"""


def program() -> str | None:
    """Where nginx is; Debian has it where only root looks."""
    return shutil.which("nginx", path=f"{os.environ.get('PATH', '')}:/usr/sbin")


def command(folder: Path, port: int, server_port: int, data: Path) -> list[str]:
    """How to start nginx, with everything that it writes in a folder.

    Args:
        folder: an empty one, where the configuration is written, and ``kept`` will be.
        port: on which it listens, on loopback.
        server_port: of the server behind it.
        data: the data folder of that server.
    """
    found = re.search(r"```nginx\n(.*?)```", _DOCUMENT.read_text(encoding="utf-8"), re.DOTALL)
    if found is None:
        raise ValueError(f"{_DOCUMENT} configures no nginx")
    included = found[1]
    for documented, here in (
        ("listen 443 ssl ", f"listen 127.0.0.1:{port} "),
        ("server 127.0.0.1:8000;", f"server 127.0.0.1:{server_port};"),
        ("root /var/lib/sarcoma-kg/current;", f"root {data.resolve()}/current;"),
        ("proxy_cache_path /var/cache/nginx/sarcoma-kg ", f"proxy_cache_path {folder}/kept "),
    ):
        if included.count(documented) != 1:
            raise ValueError(f"{_DOCUMENT} does not say {documented}")
        included = included.replace(documented, here)
    user = "user root;" if os.geteuid() == 0 else ""
    path = folder / "nginx.conf"
    path.write_text(_AROUND.format(user=user, folder=folder, included=included), encoding="utf-8")
    return [program() or "nginx", "-e", "stderr", "-c", str(path)]
