#!/usr/bin/env python3
"""How far this project's grader agrees with the test suites of other graders.

    cargo build
    python3 tools/peer_suites.py --math-verify ../Math-Verify --lighteval ../lighteval --nemo-skills ../Skills \\
        --latex2sympy2-extended ../latex2sympy2_extended --inspect-ai ../inspect_ai --mario-eval ../MARIO_EVAL \\
        --olympiad-bench ../OlympiadBench

Each option takes a checkout that you made of the peer's repository; suites without one are left out. Their tests are read
as rows of a gold answer, an answer and whether the two are to be equal, and graded by `markovscale answers compare`. The
peers answer yes or no, so a row agrees where our verdict is `equal` just if theirs is; `unknown` is a no.

`peer_judgements.csv` says of each disagreement, once, whose it is: `fault` (ours), `policy` (both can be defended; this
project's reasons stand in docs/answers.md) or `mistake` (the peer's test is wrong, or the row lost what makes it right).
It names rows by a hash and holds none of the peers' texts. `--list` shows the rows behind it, `--unjudged` those that
nobody judged yet.

Only latex2sympy2_extended needs a package: its tests are SymPy expressions (`pip install sympy==1.14.0`), which are
evaluated. No other file of a peer is run. The exit code is 1 where an `equal` is wrong and neither policy nor the peer's
mistake.
"""

import argparse
import collections
import csv
import json
import os
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from peers import suites

ROOT = Path(__file__).resolve().parent.parent
JUDGEMENTS = Path(__file__).with_name("peer_judgements.csv")
KINDS = ("fault", "policy", "mistake")


@dataclass
class Judgement:
    kind: str
    why: str
    used: bool = False


@dataclass
class Graded:
    row: suites.Row
    verdict: str
    reason: str
    rule: str
    judgement: Judgement | None

    @property
    def agrees(self):
        return (self.verdict == "equal") == self.row.equal

    @property
    def kind(self):
        return self.judgement.kind if self.judgement else "unjudged"


def read_judgements(path):
    judgements = {}
    with open(path, newline="", encoding="utf-8") as file:
        for number, line in enumerate(csv.DictReader(file), start=2):
            if line["judgement"] not in KINDS:
                found, kinds = line["judgement"], ", ".join(KINDS)
                raise SystemExit(f"{path}:{number}: judgement `{found}`, expected one of {kinds}")
            if line["row"] in judgements:
                raise SystemExit(f"{path}:{number}: row {line['row']} is judged twice")
            judgements[line["row"]] = Judgement(line["judgement"], line["why"])
    return judgements


def grade(program, rows, read_as):
    """Verdict, reason and rule of each row, as the command line gives them."""
    with tempfile.TemporaryDirectory() as folder:
        pairs, graded = Path(folder) / "pairs.jsonl", Path(folder) / "graded.jsonl"
        with open(pairs, "w", encoding="utf-8") as file:
            for row in rows:
                file.write(json.dumps({"gold": row.gold, "answer": row.answer}) + "\n")
        command = [program, "answers", "compare", pairs, "--output", graded, "--read-as", read_as]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            raise SystemExit(f"{program} ended with {done.returncode}:\n{done.stderr}")
        return [json.loads(line) for line in graded.read_text(encoding="utf-8").splitlines()]


def share(part, whole):
    return f"{100 * part / whole:.1f} %" if whole else "-"


COLUMNS = (
    "suite", "rows", "agree", "share", "wrong equal", "wrong different", "unknown",
    "fault", "policy", "mistake", "unjudged", "share of the rest",
)  # fmt: skip


def counts(name, graded):
    """One line of the table."""
    apart = [row for row in graded if not row.agrees]
    agree = len(graded) - len(apart)
    wrong = collections.Counter(row.verdict for row in apart)
    kinds = collections.Counter(row.kind for row in apart)
    # What is policy or the peer's mistake says nothing about the grader.
    rest = len(graded) - kinds["policy"] - kinds["mistake"]
    verdicts = [wrong[verdict] for verdict in ("equal", "different", "unknown")]
    judged = [kinds[kind] for kind in (*KINDS, "unjudged")]
    return [name, len(graded), agree, share(agree, len(graded)), *verdicts, *judged, share(agree, rest)]


def print_table(lines):
    cells = [[str(cell) for cell in line] for line in (COLUMNS, *lines)]
    widths = [max(map(len, column)) for column in zip(*cells)]
    for line in cells:
        print("  ".join(cell.rjust(width) if place else cell.ljust(width)
                        for place, (cell, width) in enumerate(zip(line, widths))))  # fmt: skip


def print_row(graded):
    row, expected = graded.row, "equal" if graded.row.equal else "not equal"
    print(f"{row.id}  {row.suite}  {graded.kind}: {graded.verdict} ({graded.reason}; {graded.rule}), expected {expected}")
    for name, text in (("gold", row.gold), ("answer", row.answer)):
        # The end of a long text is where its answer stands.
        text = json.dumps(text, ensure_ascii=False)
        print(f"    {name:<6} {text if len(text) <= 240 else '...' + text[-240:]}")


def options():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name in suites.SUITES:
        parser.add_argument(f"--{name}", type=Path, metavar="CHECKOUT")
    parser.add_argument("--program", default=os.environ.get("MARKOVSCALE", ROOT / "target" / "debug" / "markovscale"))
    parser.add_argument("--read-as", choices=("auto", "written", "completion"), default="auto")
    parser.add_argument("--judgements", type=Path, default=JUDGEMENTS)
    parser.add_argument("--list", action="store_true", help="show every disagreement with its row")
    parser.add_argument("--unjudged", action="store_true", help="show the disagreements that nobody judged")
    chosen = parser.parse_args()
    chosen.checkouts = {name: getattr(chosen, name.replace("-", "_")) for name in suites.SUITES}
    chosen.checkouts = {name: path for name, path in chosen.checkouts.items() if path}
    if not chosen.checkouts:
        parser.error("name at least one checkout, such as --math-verify ../Math-Verify")
    if not Path(chosen.program).is_file():
        parser.error(f"no program at {chosen.program}: run `cargo build`, or name one with --program")
    return chosen


def main():
    chosen = options()
    judgements = read_judgements(chosen.judgements)
    lines, everything = [], []
    for name, checkout in chosen.checkouts.items():
        rows = suites.read(name, checkout)
        graded = []
        for row, found in zip(rows, grade(chosen.program, rows, chosen.read_as), strict=True):
            judgement = judgements.get(row.id)
            if judgement:
                judgement.used = True
            graded.append(Graded(row, found["verdict"], found["reason"], found["rule"], judgement))
        lines.append(counts(name, graded))
        everything += graded
    for graded in everything:
        if not graded.agrees and (chosen.list or chosen.unjudged and not graded.judgement):
            print_row(graded)
    print_table([*lines, counts("all", everything)] if len(lines) > 1 else lines)
    agreed = sum(row.agrees and row.judgement is not None for row in everything)
    if agreed:
        print(f"{agreed} judged rows agree by now")
    if len(chosen.checkouts) == len(suites.SUITES) and (gone := [id for id, known in judgements.items() if not known.used]):
        print(f"{len(gone)} judged rows are in none of the checkouts, which may be of another version: {', '.join(gone)}")
    faults = any(not row.agrees and row.kind in ("fault", "unjudged") and row.verdict == "equal" for row in everything)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
