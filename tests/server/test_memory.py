"""What the serving process frees, the machine gets back."""

from __future__ import annotations

import platform
import subprocess
import sys

import pytest

# Makes and frees arrays of growing size with small ones between them, which stay, and says what is kept beyond those.
FREE_ARRAYS = """
import sys
import numpy as np
from server.serving.process import return_large_pieces

def private():
    with open("/proc/self/smaps_rollup") as lines:
        return next(int(line.split()[1]) for line in lines if line.startswith("Anonymous")) // 1024

if sys.argv[1] == "returned":
    return_large_pieces()
before, kept = private(), []
for size in range(5, 31):
    one = np.ones(size << 20, dtype=np.int8)
    other = np.ones(one.size - 4096, dtype=np.int8)
    del one
    another = np.ones(size << 20, dtype=np.int8)
    kept.append(np.ones(100_000, dtype=np.int8))
    del other, another
print(private() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="other C libraries return memory in their own ways")
def test_arrays_that_are_freed_are_given_back_to_the_system() -> None:
    kept = {
        how: int(subprocess.run([sys.executable, "-c", FREE_ARRAYS, how], capture_output=True, check=True).stdout)
        for how in ("as glibc likes", "returned")
    }
    assert kept["returned"] < 12  # of which those that stay are 3 MiB
    assert kept["as glibc likes"] > 2 * kept["returned"]
