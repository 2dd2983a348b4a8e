"""The command line as a program: Ctrl-C ends it without a word, also in the second in which its modules are loaded."""

from __future__ import annotations

import signal
import sys


def main() -> int:
    """Run a command. Returns the exit code."""
    is_heard = signal.getsignal(signal.SIGINT) is signal.default_int_handler  # else who started it wants none of it
    if is_heard:
        signal.signal(signal.SIGINT, signal.SIG_DFL)
    from server import cli  # noqa: PLC0415 - takes a second

    if is_heard:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    return cli.main()


if __name__ == "__main__":
    sys.exit(main())
