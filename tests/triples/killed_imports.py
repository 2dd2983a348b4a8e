"""``python killed_imports.py KILLS FOLDER FILE...``: import files, killed at many moments, and compare what comes out.

A process of its own, because the import runs in forks that kill themselves at a given file operation, so that every
step between two of them can be the last. Prints how many file operations an import makes.
"""

from __future__ import annotations

import os
import random
import signal
import sys
from pathlib import Path

from triples.imports import job
from triples.imports.archive import Archive
from triples.imports.catalog import IMPORTS

_STEPS = ("open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.truncate", "os.listdir", "os.scandir")


def run(data: Path, files: list[Path], fatal: int = 0) -> bool:
    """Import in a fork; whether it came to its end, or was killed at its ``fatal``-th file operation."""
    process = os.fork()
    if not process:
        steps = 0

        def watch(event: str, arguments: tuple[object, ...]) -> None:
            nonlocal steps
            if event in _STEPS and str(data) in str(arguments[0]):
                steps += 1
                if steps == fatal:
                    os.kill(os.getpid(), signal.SIGKILL)

        try:
            sys.addaudithook(watch)
            job.run_import(data, job.ImportQuestion("test", tuple(files), "CC0", "2", "x"))
            Path(f"{data}-steps").write_text(str(steps), encoding="ascii")
        finally:
            os._exit(int(sys.exc_info()[0] is not None))
    _, status = os.waitpid(process, 0)
    if os.WIFSIGNALED(status):
        return False
    assert os.WEXITSTATUS(status) == 0
    return True


def contents(data: Path) -> dict[str, bytes]:
    """Every file of the import, by its path."""
    folder = data / IMPORTS / "test"
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def main(kills: int, folder: Path, files: list[Path]) -> None:
    job.ROWS_BETWEEN_CHECKPOINTS = 40
    Archive.lines_in_memory = 25
    assert run(folder / "whole", files)
    whole = contents(folder / "whole")
    steps = int((folder / "whole-steps").read_text("ascii"))
    rng = random.Random(kills)
    for fatal in rng.sample(range(1, steps), kills):
        data = folder / f"killed-{fatal}"
        assert not run(data, files, fatal)
        again = 0
        while not run(data, files, rng.randrange(1, steps)):  # killed again, until there is too little left to do
            again += 1
        assert contents(data) == whole, f"killed at file operation {fatal} and {again} times more"
    sys.stdout.write(f"{steps}\n")


if __name__ == "__main__":
    main(int(sys.argv[1]), Path(sys.argv[2]), [Path(name) for name in sys.argv[3:]])
