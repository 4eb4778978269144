"""`make trust`: every section runs on the real parts, judges, and writes its part of docs/trust.md."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Callable

from trust import capacity, faults, fuzzing, load, mutants

SECTIONS: dict[str, Callable[[int, float], None]] = {
    "faults": faults.run_section,
    "load": load.run_section,
    "capacity": capacity.run_section,
    "fuzz": fuzzing.run_section,
    "mutants": mutants.run_section,
}
"""Each takes a seed, and the minutes after which it begins nothing new."""
MINUTES = {"faults": 6.0, "load": 20.0, "fuzz": 6.0, "mutants": 10.0}
"""Those of sections that need more than three."""


def main() -> None:
    """Run the sections that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m trust", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; all without one")
    most = ", ".join(f"{minutes:g} for {name}" for name, minutes in MINUTES.items())
    parser.add_argument("--minutes", type=float, help=f"after these a section begins nothing new (3; {most})")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="to do the same again")
    asked = parser.parse_args()
    unknown = set(asked.sections) - SECTIONS.keys()
    if unknown:
        parser.error(f"there is no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    for name in asked.sections or SECTIONS:
        print(f"{name}: seed {asked.seed}", flush=True)
        SECTIONS[name](asked.seed, asked.minutes or MINUTES.get(name, 3.0))


if __name__ == "__main__":
    main()
