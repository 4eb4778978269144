"""`make trust`: every section runs on the real parts, judges, and writes its part of docs/trust.md."""

from __future__ import annotations

import argparse
import secrets
from collections.abc import Callable

from trust import faults

SECTIONS: dict[str, Callable[[int, float], None]] = {"faults": faults.run_section}
"""Each takes a seed, and the minutes after which it begins nothing new."""


def main() -> None:
    """Run the sections that are named, or all."""
    parser = argparse.ArgumentParser(prog="python -m trust", description=__doc__)
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"of {', '.join(SECTIONS)}; all without one")
    parser.add_argument("--minutes", type=float, default=3, help="after these a section begins nothing new")
    parser.add_argument("--seed", type=int, default=secrets.randbelow(10**6), help="to do the same again")
    asked = parser.parse_args()
    unknown = set(asked.sections) - SECTIONS.keys()
    if unknown:
        parser.error(f"there is no section {', '.join(sorted(unknown))}; there are {', '.join(SECTIONS)}")
    for name in asked.sections or SECTIONS:
        print(f"{name}: seed {asked.seed}", flush=True)
        SECTIONS[name](asked.seed, asked.minutes)


if __name__ == "__main__":
    main()
