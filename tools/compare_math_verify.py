#!/usr/bin/env python3
"""Compare this project's answer equivalence with Hugging Face's Math-Verify, in verdicts and in time.

    python3 tools/compare_math_verify.py [--gold-pairs FILE] [--report DIR]

Both programs judge the same pairs in one run: the labelled pairs of `harness/answers/tests/data`, and, with
`--gold-pairs`, every gold answer of the benchmarks against its rewordings and near misses, written by

    EXPORT_GOLD_PAIRS=FILE cargo test -p markovscale-answers --test it rewordings

Math-Verify is installed, pinned, into a virtual environment below `target/`. It is used as its documentation says:
`verify(parse(gold), parse(answer))` with `LatexExtractionConfig` and `ExprExtractionConfig`, default tolerances and
time limits, in the main thread of a process. It expects formulas to be marked as such, so the pairs labelled by hand
are tried in three forms (as they stand, in dollar signs, in a box), and the form with the most right verdicts is
compared. The other, larger files are judged in the box alone, the form in which models are asked for their answers.

Math-Verify's verdicts are kept below `target/`, because all of them take it half an hour. Times are not: both programs
are timed in the same run on a sample of each file, every n-th pair; a time is that of one pair, both answers read and
compared, once.

`--report DIR` writes `answers-vs-math-verify.md` and `answers-vs-math-verify.csv` (all disagreements) there. Texts of
benchmark answers are never written, only the number of their row.
"""

import argparse
import csv
import json
import multiprocessing
import os
import statistics
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
REQUIREMENTS = [
    "math-verify==0.9.0",
    "latex2sympy2_extended==1.11.0",
    "antlr4-python3-runtime==4.13.2",
    "sympy==1.14.0",
    "mpmath==1.3.0",
]
# Seconds for one pair, above all limits of Math-Verify itself.
HARD_LIMIT = 30
TIMED_PAIRS = 400
FORMS = {"bare": "{}", "dollars": "${}$", "box": "$\\boxed{{{}}}$"}


def enter_environment(directory):
    """Run again inside a virtual environment that holds the pinned packages, made if it is not there."""
    python = directory / "bin" / "python"
    if Path(sys.prefix).resolve() == directory.resolve():
        return
    stamp = directory / "requirements.txt"
    wanted = "\n".join(REQUIREMENTS) + "\n"
    if not stamp.exists() or stamp.read_text() != wanted:
        subprocess.run([sys.executable, "-m", "venv", str(directory)], check=True)
        subprocess.run([str(python), "-m", "pip", "install", "--quiet", *REQUIREMENTS], check=True)
        stamp.write_text(wanted)
    os.execv(python, [str(python), __file__, *sys.argv[1:]])


def read_pairs(path):
    with open(path, newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def ours(path, verdicts):
    """Verdict, reason and seconds of this project for every pair of a file."""
    command = ["cargo", "run", "--quiet", "--release", "-p", "markovscale-answers", "--example", "compare", "--"]
    with open(verdicts, "w", encoding="utf-8") as output:
        subprocess.run([*command, str(path)], check=True, cwd=ROOT, stdout=output)
    return [(row["verdict"], row["reason"], int(row["nanoseconds"]) / 1e9) for row in read_pairs(verdicts)]


def written_in(form, text):
    """A text as a formula of its own, unless it brings its own marks; a full stop stays outside."""
    own = ("\\boxed", "\\(", "\\[")
    if "$" in text.replace("\\$", "") or any(mark in text for mark in own) or text.endswith("**"):
        return text
    formula, stop = (text[:-1], ".") if text.endswith(".") else (text, "")
    return FORMS[form].format(formula) + stop


def serve(connection):
    """In a process of its own: take pairs, give verdict, what was read on both sides, and the seconds that took."""
    import logging

    logging.disable(logging.CRITICAL)
    from math_verify import ExprExtractionConfig, LatexExtractionConfig, parse, verify

    configuration = [LatexExtractionConfig(), ExprExtractionConfig()]
    while True:
        gold, answer = connection.recv()
        start = time.perf_counter()
        try:
            gold_read = parse(gold, extraction_config=configuration)
            answer_read = parse(answer, extraction_config=configuration)
            verdict = bool(verify(gold_read, answer_read))
        except Exception as error:  # A crash on a pair is no verdict on it, and no reason to stop.
            gold_read, answer_read, verdict = [], [type(error).__name__], False
        seconds = time.perf_counter() - start
        connection.send((verdict, shown(gold_read), shown(answer_read), seconds))


class MathVerify:
    """The other program, with its verdicts kept in a file.

    It works in a process of its own, which is ended where the time limit of Math-Verify itself does not hold: it cannot
    interrupt one long operation on enormous numbers.
    """

    def __init__(self, kept, judged_only=False):
        self.process = self.connection = None
        self.kept, self.known, self.judged_only = kept, {}, judged_only
        if kept.exists():
            with open(kept, encoding="utf-8") as file:
                for line in file:
                    key, result = json.loads(line)
                    self.known[tuple(key)] = result

    def has_judged(self, pair, forms):
        """Whether the verdicts on a pair are kept from an earlier run."""
        return all((form, pair["gold"], pair["answer"]) in self.known for form in forms)

    def judge(self, pair, form):
        """Verdict, what was read on both sides, and the seconds that took, measured again."""
        if self.process is None:
            self.connection, theirs = multiprocessing.Pipe()
            self.process = multiprocessing.Process(target=serve, args=(theirs,), daemon=True)
            self.process.start()
        self.connection.send((written_in(form, pair["gold"]), written_in(form, pair["answer"])))
        if self.connection.poll(HARD_LIMIT):
            return self.connection.recv()
        self.process.kill()
        self.process.join()
        self.process = None
        return False, f"ended after {HARD_LIMIT} s", "", float(HARD_LIMIT)

    def judge_all(self, pairs, form):
        """Verdict and what was read of every pair."""
        results = []
        with open(self.kept, "a", encoding="utf-8") as file:
            for pair in pairs:
                key = (form, pair["gold"], pair["answer"])
                if key not in self.known:
                    self.known[key] = self.judge(pair, form)[:3]
                    file.write(json.dumps([key, self.known[key]]) + "\n")
                    file.flush()
                results.append(self.known[key])
        return results


def shown(read):
    """What Math-Verify understood, in short."""
    try:
        text = str(read[0]) if read else "nothing"
    except Exception as error:  # Some of its objects cannot be printed.
        text = type(error).__name__
    return " ".join(text.split())[:80]


def right_count(pairs, equal):
    return sum(said == (pair["expected"] == "equal") for pair, said in zip(pairs, equal))


def best_form(pairs, math_verify, forms):
    """The form in which Math-Verify is right most often, and the results of every form."""
    results = {form: math_verify.judge_all(pairs, form) for form in forms}
    return max(forms, key=lambda form: right_count(pairs, [result[0] for result in results[form]])), results


def scores(pairs, equal):
    """Right and wrong `Equal`s, missed ones, of a list of booleans."""
    labels = [pair["expected"] == "equal" for pair in pairs]
    found = sum(label and said for label, said in zip(labels, equal))
    wrong = sum(not label and said for label, said in zip(labels, equal))
    return found, wrong, sum(labels) - found


def row(*cells):
    return "| " + " | ".join(str(cell) for cell in cells) + " |\n"


def share(part, whole):
    return f"{100 * part / whole:.1f}%" if whole else "–"


def seconds(value):
    for unit, scale in (("s", 1), ("ms", 1e-3), ("µs", 1e-6)):
        if value >= scale:
            return f"{value / scale:.3g} {unit}"
    return f"{value * 1e9:.3g} ns"


class Judged:
    """One file of pairs, judged by both programs."""

    def __init__(self, title, path, scratch, math_verify, forms):
        self.title, self.pairs = title, read_pairs(path)
        decided = ours(path, scratch)
        if math_verify.judged_only:
            kept = [math_verify.has_judged(pair, forms) for pair in self.pairs]
            self.pairs = [pair for pair, keep in zip(self.pairs, kept) if keep]
            decided = [decision for decision, keep in zip(decided, kept) if keep]
        self.ours = decided
        self.form, self.their_forms = best_form(self.pairs, math_verify, forms)
        self.theirs = self.their_forms[self.form]
        timed = range(0, len(self.pairs), -(-len(self.pairs) // TIMED_PAIRS))
        self.our_times = [self.ours[index][2] for index in timed]
        self.their_times = [math_verify.judge(self.pairs[index], self.form)[3] for index in timed]

    def our_equals(self):
        return [verdict == "equal" for verdict, _, _ in self.ours]

    def their_equals(self):
        return [result[0] for result in self.theirs]

    def disagreements(self):
        """Pairs that only one of the two calls equal."""
        for pair, us, them in zip(self.pairs, self.ours, self.theirs):
            if (us[0] == "equal") != them[0]:
                yield pair, us, them

    def accuracy_table(self):
        verdicts = [("this project", self.our_equals())]
        for form, results in self.their_forms.items():
            mark = ", compared below" if form == self.form else ""
            verdicts.append((f"Math-Verify, `{form}`{mark}", [result[0] for result in results]))
        if len(self.their_forms) > 1:
            together = zip(*([result[0] for result in results] for results in self.their_forms.values()))
            verdicts.append(("Math-Verify, equal in any form", [any(said) for said in together]))
        text = row("", "right", "right `Equal`", "wrong `Equal`", "missed `Equal`", "precision", "recall")
        text += row("---", *["---:"] * 6)
        for name, equal in verdicts:
            found, wrong, missed = scores(self.pairs, equal)
            right = f"{right_count(self.pairs, equal):,}"
            text += row(name, right, found, wrong, missed, share(found, found + wrong), share(found, found + missed))
        return text

    def agreement_table(self):
        counts = {}
        for pair, us, them in zip(self.pairs, self.ours, self.theirs):
            key = (pair["expected"], us[0], "equal" if them[0] else "not equal")
            counts[key] = counts.get(key, 0) + 1
        text = row("label", "this project", "Math-Verify", "pairs") + row("---", "---", "---", "---:")
        for key in sorted(counts, key=lambda key: (["equal", "different", "unknown"].index(key[0]), key[1:])):
            text += row(*key, f"{counts[key]:,}")
        return text

    def time_table(self):
        text = row("", "median", "mean", "slowest", "sum") + row("---", *["---:"] * 4)
        both = [("this project", self.our_times), ("Math-Verify", self.their_times)]
        for name, times in both:
            figures = (statistics.median(times), statistics.fmean(times), max(times), sum(times))
            text += row(name, *map(seconds, figures))
        (_, us), (_, them) = both
        text += row("ratio", *(f"{b / a:,.0f}" for a, b in (
            (statistics.median(us), statistics.median(them)),
            (statistics.fmean(us), statistics.fmean(them)),
            (max(us), max(them)),
            (sum(us), sum(them)),
        )))
        return text + f"\n{len(self.our_times)} pairs, both programs one after the other.\n"


def groups(judged, notes):
    """Disagreements by feature and label, with who is right and why."""
    counts = {}
    for pair, us, them in judged.disagreements():
        we_are_right = (us[0] == "equal") == (pair["expected"] == "equal")
        key = (pair["feature"], pair["expected"], us[0], we_are_right)
        counts[key] = counts.get(key, 0) + 1
    text = row("feature", "label", "this project", "Math-Verify", "right", "pairs", "why")
    text += row(*["---"] * 5, "---:", "---")
    for key in sorted(counts, key=lambda key: (key[3], key[0], key[1])):
        feature, label, verdict, we_are_right = key
        them = "not equal" if verdict == "equal" else "equal"
        who = "this project" if we_are_right else "Math-Verify"
        text += row(feature, label, verdict, them, who, counts[key], notes.get((feature, label, who), ""))
    return text


def read_notes():
    """Why one of the two is right, for each feature, label and side; judged by hand."""
    path = Path(__file__).with_name("math_verify_notes.csv")
    if not path.exists():
        return {}
    return {(note["feature"], note["label"], note["right"]): note["why"] for note in read_pairs(path)}


def write_disagreements(path, files):
    columns = ["file", "feature", "gold", "answer", "expected", "ours", "reason", "theirs", "right"]
    columns += ["they_read_gold", "they_read_answer"]
    with open(path, "w", newline="", encoding="utf-8") as output:
        writer = csv.writer(output, lineterminator="\n")
        writer.writerow(columns)
        for judged in files:
            for pair, us, them in judged.disagreements():
                right = "ours" if (us[0] == "equal") == (pair["expected"] == "equal") else "theirs"
                said = "equal" if them[0] else "not equal"
                if "dataset" in pair:
                    texts, read = [f"{pair['dataset']} row {pair['row']}", pair["feature"]], ["", ""]
                else:
                    texts, read = [pair["gold"], pair["answer"]], [them[1], them[2]]
                verdicts = [pair["expected"], us[0], us[1], said, right]
                writer.writerow([judged.title, pair["feature"], *texts, *verdicts, *read])


def report(files, notes, judged_only):
    versions = ", ".join(requirement.replace("==", " ") for requirement in REQUIREMENTS)
    text = "<!-- Written by tools/compare_math_verify.py; edit that or tools/math_verify_notes.csv. -->\n"
    text += "# Answers compared with Math-Verify\n\n"
    text += f"Packages: {versions}; Python {sys.version.split()[0]}; one thread. " + HOW_TO_READ
    if judged_only:
        text += PARTIAL
    for judged in files:
        text += f"\n## {judged.title}: {len(judged.pairs):,} pairs\n\n{judged.accuracy_table()}"
        text += f"\n### Time per pair, reading included\n\n{judged.time_table()}"
        text += f"\n### Agreement\n\n{judged.agreement_table()}"
        text += f"\n### Disagreements, and who is right\n\n{groups(judged, notes)}"
    return text


HOW_TO_READ = """Each label was set by hand or by rule before either program was asked, and says what a careful human
grader would accept: see [answers.md](answers.md). Math-Verify answers yes or no, this project `equal`, `different` or
`unknown`; only `equal` counts as right in an experiment, so the two disagree where exactly one says `equal`. All
disagreements, one by one and with what Math-Verify read, stand in
[answers-vs-math-verify.csv](answers-vs-math-verify.csv); those on benchmark answers name the row and the rule that made
the answer, not the text. Times depend on what else the machine does; the ratio less so. To make this page again:

```sh
EXPORT_GOLD_PAIRS=/tmp/gold-pairs.csv cargo test -p markovscale-answers --test it rewordings
python3 tools/compare_math_verify.py --gold-pairs /tmp/gold-pairs.csv --report docs
```
"""


PARTIAL = """
**Partial run** (`--judged-only`): pairs that Math-Verify has not judged yet are left out.
"""


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--gold-pairs", type=Path, help="pairs of benchmark answers, exported by the tests")
    arguments.add_argument("--report", type=Path, help="folder for the report; to standard output without it")
    arguments.add_argument("--judged-only", action="store_true", help="only pairs that Math-Verify has judged before")
    arguments.add_argument("--environment", type=Path, default=ROOT / "target" / "math-verify")
    chosen = arguments.parse_args()
    enter_environment(chosen.environment)

    data = ROOT / "harness" / "answers" / "tests" / "data"
    sources = [
        ("Pairs labelled by hand", data / "pairs-by-hand.csv", tuple(FORMS)),
        ("Pairs labelled by hand before a look at either program", data / "pairs-unseen.csv", tuple(FORMS)),
        ("Pairs made by rule", data / "pairs-by-rule.csv", ("box",)),
    ]
    if chosen.gold_pairs:
        title = "Benchmark answers against rewordings and near misses"
        sources.append((title, chosen.gold_pairs.resolve(), ("box",)))
    math_verify = MathVerify(chosen.environment / "verdicts.jsonl", chosen.judged_only)
    scratch = chosen.environment / "ours.csv"
    files = [Judged(title, path, scratch, math_verify, forms) for title, path, forms in sources]
    text = report(files, read_notes(), chosen.judged_only)
    if chosen.report is None:
        print(text)
        return
    (chosen.report / "answers-vs-math-verify.md").write_text(text, encoding="utf-8")
    write_disagreements(chosen.report / "answers-vs-math-verify.csv", files)


if __name__ == "__main__":
    main()
