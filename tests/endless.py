"""A query that no engine finishes, in little memory: what a deadline, not a memory limit, has to end."""

ENDLESS = (
    "SELECT (COUNT(*) AS ?n) { "
    + " ".join(f"{{ SELECT ?s{i} {{ ?s{i} ?p{i} ?o{i} }} LIMIT 50 }}" for i in range(16))
    + " }"
)
