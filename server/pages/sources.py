"""The words of the source documents, where the operator has them: they are not part of the graph."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from kg.description import Description
from kg.model import PassageRef


@dataclass(frozen=True)
class Sources:
    """A folder with the documents, or None: then no words are shown."""

    folder: Path | None = None

    def words(self, document: Description | None, place: PassageRef) -> str | None:
        """The passage as it stands in the document; None if the document is not there or is another version."""
        if self.folder is None or document is None:
            return None
        name, digest = document.text("fileName"), document.text("sha256")
        if name is None or digest is None or Path(name).name != name:
            return None
        text = _text(self.folder / name, digest)
        return None if text is None else " ".join(text[place.start : place.end].split())


@lru_cache(maxsize=32)
def _text(path: Path, sha256: str) -> str | None:
    try:
        content = path.read_bytes()
    except OSError:
        return None
    if hashlib.sha256(content).hexdigest() != sha256:
        return None
    return content.decode("utf-8")
