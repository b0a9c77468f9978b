#!/usr/bin/env python3
"""Adds up the seconds of tests by crate from nextest's JUnit file.

Example:
  cargo nextest run --workspace; python3 tools/test_times.py target/nextest/default/junit.xml
"""
import sys
import xml.etree.ElementTree as tree
from collections import defaultdict


def main() -> int:
    if len(sys.argv) != 2:
        print(__doc__.strip(), file=sys.stderr)
        return 2
    rows = defaultdict(lambda: [0, 0.0, 0.0, ""])
    for suite in tree.parse(sys.argv[1]).getroot().iter("testsuite"):
        crate = suite.get("name", "?").split("::")[0]
        row = rows[crate]
        for case in suite.iter("testcase"):
            seconds = float(case.get("time", "0"))
            row[0] += 1
            row[1] += seconds
            if seconds > row[2]:
                row[2], row[3] = seconds, case.get("name", "?")
    print("| crate | tests | seconds, added up | slowest | its seconds |\n|---|---:|---:|---|---:|")
    for crate, (count, seconds, slowest, name) in sorted(rows.items(), key=lambda item: -item[1][1]):
        print(f"| {crate} | {count} | {seconds:.1f} | `{name}` | {slowest:.1f} |")
    return 0


if __name__ == "__main__":
    sys.exit(main())
