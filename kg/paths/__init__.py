"""The memory-mapped traversal index, and every walk on it: neighbourhoods, shortest and best paths, counts."""
