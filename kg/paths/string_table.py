"""Many strings in two memory-mapped arrays: one blob of UTF-8 bytes and the offsets into it.

Opening a table reads nothing but two headers, and a look-up touches only the pages it needs, so that a graph
with millions of statement IRIs opens in milliseconds. What all strings of a table begin with is stored once.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

MAX_SORT_BYTES = 1 << 30
BATCH = 1 << 14
_DIGITS = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
_HALF_BYTES = np.array([4, 0], dtype=np.uint8)
MAX_KEPT = 1 << 15  # strings of a table kept as Python's own, some megabytes


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
    _kept: dict[int, str] = field(default_factory=dict, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def __getitem__(self, number: int) -> str:
        return self._kept.get(number) or self._read(number)

    def take(self, numbers: Collection[int]) -> tuple[str, ...]:
        """The strings with these numbers, in this order."""
        try:
            return tuple(map(self._kept.__getitem__, numbers))
        except KeyError:
            return tuple([self[number] for number in numbers])

    def _read(self, number: int) -> str:
        """A string from the blob; the last few are kept, because the same neighbours come up again and again."""
        if len(self._kept) >= MAX_KEPT:
            self._kept.clear()
        text = self._kept[number] = self._bytes(number).decode("utf-8")
        return text

    def find(self, text: str) -> int | None:
        """The number of a string, by binary search; None if it is not there. The table must be sorted."""
        place = self.place(text)
        return place // 2 if place % 2 else None

    def place(self, text: str) -> int:
        """Twice the number of strings before it, plus 1 if it is there. The table must be sorted."""
        whole = text.encode("utf-8", "surrogatepass")
        wanted = whole[len(self.prefix) :]
        if not whole.startswith(self.prefix):
            return 2 * len(self) * (whole > self.prefix)
        offsets, blob = self.offsets.data, self.blob.data  # a view's items come at once as Python's own numbers
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if bytes(blob[offsets[middle] : offsets[middle + 1]]) < wanted:
                low = middle + 1
            else:
                high = middle
        return 2 * low + (low < len(self) and bytes(blob[offsets[low] : offsets[low + 1]]) == wanted)

    def _bytes(self, number: int) -> bytes:
        offsets = self.offsets.data
        return self.prefix + self.blob.data[offsets[number] : offsets[number + 1]]

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
    def of(cls, texts: Iterable[str]) -> StringTable:
        """A table of these strings in this order."""
        column = StringColumn()
        column.extend(texts)
        return column.table()


class StringColumn:
    """Strings gathered for a table, as bytes: but for the last few no Python object stays alive for any of them."""

    def __init__(self) -> None:
        self._pending: list[str] = []
        self._batches: list[_Batch] = []

    def __len__(self) -> int:
        return sum(len(batch.lengths) for batch in self._batches) + len(self._pending)

    def append(self, text: str) -> None:
        """Add one string at the end."""
        self._pending.append(text)
        if len(self._pending) >= BATCH:
            self._flush()

    def extend(self, texts: Iterable[str]) -> None:
        """Add several strings at the end."""
        remaining = iter(texts)
        while some := list(islice(remaining, BATCH)):
            self._pending += some
            if len(self._pending) >= BATCH:
                self._flush()

    def extend_numbered(self, base: str, numbers: NDArray[np.uint64]) -> None:
        """Add for each number what they all begin with and its 16 hexadecimal digits."""
        self._flush()
        if not len(numbers):
            return
        prefix = _common_prefix(*(f"{base}{int(number):016x}".encode() for number in (numbers.min(), numbers.max())))
        halves = numbers.astype(">u8").view(np.uint8)[:, None] >> _HALF_BYTES & 15
        digits = _DIGITS.take(halves).reshape(len(numbers), 16)[:, len(prefix) - len(base.encode()) :]
        self._batches.append(_Batch(prefix, np.full(len(numbers), digits.shape[1]), digits.tobytes()))

    def _flush(self) -> None:
        if self._pending:
            self._batches.append(_Batch.of(self._pending))
            self._pending = []

    def table(self) -> StringTable:
        """The strings in the order they were added."""
        self._flush()
        if not self._batches:
            return StringTable(b"", np.zeros(1, dtype=np.int64), np.empty(0, dtype=np.uint8))
        prefixes = [batch.prefix for batch in self._batches]
        prefix = _common_prefix(min(prefixes), max(prefixes))
        batches = [batch.with_prefix(prefix) for batch in self._batches]
        lengths = np.concatenate([batch.lengths for batch in batches])
        blob = np.frombuffer(b"".join(batch.blob for batch in batches), dtype=np.uint8)
        return StringTable(prefix, np.concatenate([np.zeros(1, dtype=np.int64), lengths.cumsum()]), blob)

    def sorted_table(self) -> tuple[StringTable, NDArray[np.int64]]:
        """The distinct strings in byte order (that of code points), and the number of each string added.

        Raises: ValueError if the strings are too long to be sorted in memory.
        """
        table = self.table()
        self._batches = []
        lengths = np.diff(table.offsets)
        width = max(int(lengths.max(initial=0)), 1)
        if width * max(len(table), 1) > MAX_SORT_BYTES:
            raise ValueError(f"{len(table)} strings of up to {width} bytes are too many to sort at once")
        padded = np.zeros((len(table), width), dtype=np.uint8)
        padded[np.arange(width) < lengths[:, None]] = table.blob
        prefix = table.prefix
        del table  # each of these is as large as all strings together
        order = _byte_order(padded)
        ordered = padded.take(order, axis=0)
        del padded
        is_first = np.ones(len(order), dtype=bool)
        np.any(ordered[1:] != ordered[:-1], axis=1, out=is_first[1:])
        number = np.empty(len(order), dtype=np.int64)
        number[order] = is_first.cumsum() - 1
        lengths = lengths[order][is_first]
        blob = ordered[is_first][np.arange(width) < lengths[:, None]]
        offsets = np.concatenate([np.zeros(1, dtype=np.int64), lengths.cumsum()])
        return StringTable(prefix, offsets, blob), number


def _byte_order(rows: NDArray[np.uint8]) -> NDArray[np.int64]:
    """The order of some rows of bytes, eight of which at a time are sorted as one number."""
    count, width = rows.shape
    words = np.zeros((count, -(-width // 8) * 8), dtype=np.uint8)
    words[:, :width] = rows
    columns = words.view(">u8").T.astype(np.uint64)
    varied = [column for column in columns if len(column) and (column != column[0]).any()]
    return np.lexsort(varied[::-1]) if varied else np.arange(count)


@dataclass(frozen=True)
class _Batch:
    """Some strings one after the other, without what they all begin with."""

    prefix: bytes
    lengths: NDArray[np.int64]
    blob: bytes

    @classmethod
    def of(cls, texts: Sequence[str]) -> _Batch:
        prefix = _common_prefix(min(texts).encode(), max(texts).encode())  # that of the extremes is that of all
        encoded = [text.encode()[len(prefix) :] for text in texts]
        return cls(prefix, np.array([len(data) for data in encoded], dtype=np.int64), b"".join(encoded))

    def with_prefix(self, prefix: bytes) -> _Batch:
        """The same strings with a shorter prefix."""
        more = np.frombuffer(self.prefix[len(prefix) :], dtype=np.uint8)
        if not len(more):
            return self
        starts = self.lengths.cumsum() - self.lengths
        blob = np.insert(np.frombuffer(self.blob, dtype=np.uint8), starts.repeat(len(more)), np.tile(more, len(starts)))
        return _Batch(prefix, self.lengths + len(more), blob.tobytes())


def _common_prefix(left: bytes, right: bytes) -> bytes:
    length = 0
    for one, other in zip(left, right, strict=False):
        if one != other:
            break
        length += 1
    while length and length < len(left) and left[length] & 0xC0 == 0x80:  # never inside a code point
        length -= 1
    return left[:length]
