"""What the command line does beside asking questions and serving, and what those commands have in common."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from typing import TypeAlias

Commands: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def tell(given: argparse.Namespace) -> Callable[[str], None]:
    """Somewhere to report progress to: standard error, or nowhere with ``--json``."""
    return lambda message: None if given.json else print(message, file=sys.stderr)
