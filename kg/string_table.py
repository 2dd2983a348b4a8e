"""Many strings in two memory-mapped arrays: one blob of UTF-8 bytes and the offsets into it.

Opening a table reads nothing but two headers, and a look-up touches only the pages it needs, so that a graph
with millions of statement IRIs opens in milliseconds. What all strings of a table begin with is stored once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_SORT_BYTES = 1 << 30


def map_array(path: Path) -> NDArray[Any]:
    """Map a ``.npy`` file read-only. A plain array: slicing ``np.memmap`` costs ten times as much."""
    return np.asarray(np.load(path, mmap_mode="r", allow_pickle=False))


@dataclass(frozen=True)
class StringTable:
    """Strings by number, from 0.

    Attributes:
        prefix: what every string begins with.
        offsets: where string i starts in the blob; one more entry than there are strings.
        blob: the rest of each string, UTF-8.
    """

    prefix: bytes
    offsets: NDArray[np.int64]
    blob: NDArray[np.uint8]

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> str:
        return self._bytes(number).decode("utf-8")

    def take(self, numbers: Iterable[int]) -> tuple[str, ...]:
        """The strings with these numbers, in this order."""
        return tuple(self[number] for number in numbers)

    def find(self, text: str) -> int | None:
        """The number of a string, by binary search; None if it is not there. The table must be sorted."""
        place = self.place(text)
        return place // 2 if place % 2 else None

    def place(self, text: str) -> int:
        """Twice the number of strings before it, plus 1 if it is there. The table must be sorted."""
        wanted = text.encode("utf-8", "surrogatepass")
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._bytes(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return 2 * low + (low < len(self) and self._bytes(low) == wanted)

    def _bytes(self, number: int) -> bytes:
        start, end = self.offsets[number : number + 2].tolist()
        return self.prefix + self.blob[start:end].tobytes()

    def save(self, folder: Path, name: str) -> None:
        """Write ``<name>.offsets.npy``, ``<name>.blob.npy`` and ``<name>.prefix`` into a folder."""
        np.save(folder / f"{name}.offsets.npy", self.offsets)
        np.save(folder / f"{name}.blob.npy", self.blob)
        (folder / f"{name}.prefix").write_bytes(self.prefix)

    @classmethod
    def open(cls, folder: Path, name: str) -> StringTable:
        """Map a saved table. Raises: OSError or ValueError where a file is missing or damaged."""
        return cls(
            prefix=(folder / f"{name}.prefix").read_bytes(),
            offsets=map_array(folder / f"{name}.offsets.npy"),
            blob=map_array(folder / f"{name}.blob.npy"),
        )

    @classmethod
    def of(cls, texts: Sequence[str]) -> StringTable:
        """A table of these strings in this order."""
        column = StringColumn()
        for text in texts:
            column.append(text)
        return column.table()


class StringColumn:
    """Strings gathered one by one for a table, as bytes: no Python object stays alive for any of them."""

    def __init__(self) -> None:
        self._blob = bytearray()
        self._pending: list[int] = []
        self._chunks: list[NDArray[np.int64]] = []
        self._prefix: bytes | None = None

    def __len__(self) -> int:
        return sum(len(chunk) for chunk in self._chunks) + len(self._pending)

    def append(self, text: str) -> None:
        """Add one string at the end."""
        data = text.encode("utf-8")
        if self._prefix is None:
            self._prefix = data
        elif not data.startswith(self._prefix):
            self._prefix = _common_prefix(self._prefix, data)
        self._blob += data
        self._pending.append(len(self._blob))
        if len(self._pending) >= 1 << 16:
            self._flush()

    def _flush(self) -> None:
        self._chunks.append(np.array(self._pending, dtype=np.int64))
        self._pending.clear()

    def table(self) -> StringTable:
        """The strings in the order they were added."""
        self._flush()
        offsets = np.concatenate([np.zeros(1, dtype=np.int64), *self._chunks])
        blob = np.frombuffer(bytes(self._blob), dtype=np.uint8)
        prefix = self._prefix or b""
        rows = np.arange(len(offsets) - 1)
        return _gather(prefix, offsets[:-1] + len(prefix), offsets[1:], blob, rows)

    def sorted_table(self) -> tuple[StringTable, NDArray[np.int64]]:
        """The distinct strings in byte order (that of code points), and the number of each string added.

        Raises: ValueError if the strings are too long to be sorted in memory.
        """
        table = self.table()
        lengths = np.diff(table.offsets)
        width = max(int(lengths.max(initial=0)), 1)
        if width * max(len(table), 1) > MAX_SORT_BYTES:
            raise ValueError(f"{len(table)} strings of up to {width} bytes are too many to sort at once")
        padded = np.zeros((len(table), width), dtype=np.uint8)
        padded[np.arange(width) < lengths[:, None]] = table.blob
        keys = padded.view(f"S{width}").ravel()
        _, first, number = np.unique(keys, return_index=True, return_inverse=True)
        ordered = _gather(table.prefix, table.offsets[:-1], table.offsets[1:], table.blob, first)
        return ordered, number.astype(np.int64)


def _common_prefix(left: bytes, right: bytes) -> bytes:
    length = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        length += 1
    while length and length < len(left) and left[length] & 0xC0 == 0x80:  # never inside a code point
        length -= 1
    return left[:length]


def _gather(
    prefix: bytes,
    starts: NDArray[np.int64],
    ends: NDArray[np.int64],
    blob: NDArray[np.uint8],
    rows: NDArray[np.int64],
) -> StringTable:
    """The chosen rows of a blob, packed one after the other."""
    starts, lengths = starts[rows], (ends - starts)[rows]
    offsets = np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths)])
    source = np.arange(int(offsets[-1])) + np.repeat(starts - offsets[:-1], lengths)
    return StringTable(prefix, offsets, blob[source])
