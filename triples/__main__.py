"""``python -m triples``: regenerate docs/curating-reference.md from the table of records."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from triples.reference import reference_page


def main() -> None:
    """Write the page of this checkout."""
    argparse.ArgumentParser(
        prog="python -m triples", description="Write docs/curating-reference.md from the table of records."
    ).parse_args()
    path = Path(__file__).resolve().parent.parent / "docs" / "curating-reference.md"
    path.write_text(reference_page(), encoding="utf-8")
    sys.stdout.write(f"wrote {path.relative_to(path.parent.parent)}\n")


if __name__ == "__main__":
    main()
