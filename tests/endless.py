"""Queries that take time and little memory: some milliseconds, or more than any deadline."""


def counting(factors: int) -> str:
    """Count the combinations of so many times the same fifty triples."""
    each = " ".join(f"{{ SELECT ?s{i} {{ ?s{i} ?p{i} ?o{i} }} LIMIT 50 }}" for i in range(factors))
    return f"SELECT (COUNT(*) AS ?n) {{ {each} }}"


QUICK = counting(4)  # tens of milliseconds
ENDLESS = counting(16)  # which no engine finishes
