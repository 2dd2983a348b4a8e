"""The bundled scripts and styles: Vite's manifest says under which hashed names they lie."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

STATIC = Path(__file__).parent / "static"
PREFIX = "/static/"


@dataclass(frozen=True)
class Assets:
    """What a build of ``web/`` left in a folder. Without a build, pages come without scripts and still work."""

    folder: Path = STATIC

    @cached_property
    def _manifest(self) -> Mapping[str, Mapping[str, Any]]:
        path = self.folder / ".vite" / "manifest.json"
        if not path.is_file():
            return {}
        manifest: Mapping[str, Mapping[str, Any]] = json.loads(path.read_text(encoding="utf-8"))
        return manifest

    @property
    def is_built(self) -> bool:
        """Whether there is a bundle."""
        return bool(self._manifest)

    def scripts(self, entry: str) -> tuple[str, ...]:
        """Addresses of the scripts of an entry of ``web/vite.config.ts``."""
        chunk = self._manifest.get(f"src/{entry}.ts")
        return (PREFIX + str(chunk["file"]),) if chunk else ()

    def styles(self, entry: str) -> tuple[str, ...]:
        """Addresses of its style sheets."""
        chunk = self._manifest.get(f"src/{entry}.ts", {})
        return tuple(PREFIX + str(name) for name in chunk.get("css", ()))
