"""``python -m ontology``: regenerate what is derived from the ontology."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from ontology.generate import write


def main() -> None:
    """Write the derived files of this checkout and say which changed."""
    argparse.ArgumentParser(
        prog="python -m ontology",
        description="Write ontology/terms.py and docs/predicates.md from the ontology, where they differ.",
    ).parse_args()
    root = Path(__file__).resolve().parent.parent
    changed = write(root)
    for path in changed:
        sys.stdout.write(f"wrote {path.relative_to(root)}\n")
    if not changed:
        sys.stdout.write("terms and documentation are current\n")


if __name__ == "__main__":
    main()
