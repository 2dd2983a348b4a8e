"""DrugMechDB under our table of signs, and how well path search finds its paths again.

python -m bench.drugmechdb ../shared/reference-data/drugmechdb_paths.json.gz [--sample 200] [--json]
"""

from __future__ import annotations

import argparse
import json
import random
import sys
import time
from dataclasses import asdict
from pathlib import Path

from triples.imports.drugmechdb import MechanismRecord, read_paths
from triples.imports.drugmechdb_audit import TABLES, Audit, audit
from triples.imports.drugmechdb_retrieval import path_graph, retrieval

OUTCOMES = ("negative", "positive", "mixed", "unknown", "no walk")
HITS_AT = (1, 5, 10)
OUTSIDE = "outside audit (reconstructed)"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("paths", type=Path, help="drugmechdb_paths.json, compressed or not")
    parser.add_argument("--sample", type=int, default=200, help="how many paths to look for")
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    records = [row for row in read_paths(given.paths) if isinstance(row, MechanismRecord)]
    found = audit(records)
    searches = searched(records, given.sample, given.seed)
    if given.json:
        json.dump({"audit": asdict(found), "retrieval": searches}, sys.stdout, indent=1)
        return 0
    print_audit(found)
    for row in searches:
        hits = ", ".join(f"hits@{k} {row[f'hits@{k}']:.1%}" for k in HITS_AT)
        print(f"\n{row['search']}: {hits} of {row['sample']} paths")
        print(f"  {row['too_long']} longer than 8 steps, {row['cut']} cut by time; {row['ms']:.1f} ms a path")
    return 0


def searched(records: list[MechanismRecord], sample: int, seed: int) -> list[dict[str, float | str]]:
    graph = path_graph(records)
    wanted = random.Random(seed).sample(records, min(sample, len(records)))
    rows: list[dict[str, float | str]] = []
    for name, causal in (("all predicates", False), ("causal predicates only", True)):
        started = time.perf_counter()
        result = retrieval(graph, wanted, max(HITS_AT), causal=causal)
        took_ms = (time.perf_counter() - started) * 1000 / len(wanted)
        hits = {f"hits@{k}": result.hits(k) for k in HITS_AT}
        rows.append(
            {
                "search": name,
                "sample": len(wanted),
                **hits,
                "too_long": result.too_long,
                "cut": result.cut,
                "ms": took_ms,
            }
        )
    return rows


def print_audit(found: Audit) -> None:
    print(f"{found.paths:,} paths, {found.links:,} links ({found.distinct_links:,} distinct), {found.walks:,} walks")
    print(f"links with evidence of their own: {found.links_with_evidence:,}")
    print(f"paths without any reference: {found.paths_without_reference}")
    print(
        f"declared DrugBank number not among the cited pages: {len(found.drug_mismatches)} of {found.drug_pages:,} "
        f"({found.malformed_numbers} of them no DrugBank number at all)"
    )
    print(
        f"links with a predicate that the table does not list: {found.unlisted:,}; "
        f"that it lists without a sign: {found.signless:,}"
    )
    print(f"\n{'net sign of the paths':34}" + "".join(f"{name:>10}" for name in OUTCOMES))
    for name in TABLES:
        print(f"{name:34}" + "".join(f"{found.outcomes[name].get(column, 0):10,}" for column in OUTCOMES))
    for table in ("unlisted predicates as +1", "all signless predicates as +1"):
        print(f"\nwhere '{table}' differs from the outside audit (sign here, sign there, links):")
        for row in found.disagreements(table, OUTSIDE):
            print(f"  {row.key:30}{_sign(row.sign):>6}{_sign(row.other):>6}{row.links:8,}")


def _sign(sign: int | None) -> str:
    return "none" if sign is None else f"{sign:+d}"


if __name__ == "__main__":
    sys.exit(main())
