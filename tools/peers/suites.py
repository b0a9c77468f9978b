"""One reader a suite: a checkout of the peer's sources in, `Row`s out."""

import ast
import hashlib
import json
from dataclasses import dataclass

from . import source
from .symbolic import latex2sympy


@dataclass(frozen=True)
class Row:
    suite: str
    gold: str
    answer: str
    # Whether the peer's test wants them to be equal.
    equal: bool

    @property
    def id(self):
        """Names the row, in whichever suite, without showing it: judgements are committed, rows are not."""
        text = json.dumps([self.gold, self.answer, self.equal])
        return hashlib.sha256(text.encode()).hexdigest()[:12]


def columns(path, gold, answer, expected, keep=lambda row: True):
    """Parametrized tests with one column each for gold answer, answer and what is expected."""
    for function in source.functions(source.tree(path)):
        for row in source.parametrized(function):
            if not {gold, answer, expected} <= row.keys() or not keep(row):
                continue
            try:
                texts = [source.value(row[name]) for name in (gold, answer, expected)]
            except LookupError:
                # The one f-string with a call in it.
                continue
            yield str(texts[0]), str(texts[1]), bool(texts[2])


def math_verify(root):
    tests = root / "tests"
    for path in sorted(tests.glob("test_*.py")):
        yield from columns(path, "gold", "pred", "expected")
    yield from columns(tests / "test_yujianll.py", "gold", "pred", "result")


def lighteval(root):
    def is_english(row):
        return "language" not in row or ast.unparse(row["language"]).endswith("ENGLISH")

    yield from columns(
        root / "tests" / "unit" / "metrics" / "test_extractive_match.py", "gold", "pred", "expected", is_english
    )


def nemo_skills(root):
    """Pairs without a gold side: each is tested in both directions."""
    for function in source.functions(source.tree(root / "tests" / "test_math_equal.py")):
        for row in source.parametrized(function):
            pair = source.value(row["output_pair"])
            if None in pair:
                continue
            a, b = map(str, pair)
            equal = "incorrect" not in function.name
            yield a, b, equal
            yield b, a, equal


def inspect_ai(root):
    tests = root / "tests" / "scorer"
    for case in json.loads((tests / "math_cases.json").read_text(encoding="utf-8")):
        yield case["target"], case["output"], case["expected"] == "C"
    for name in ("test_math.py", "test_answer.py"):
        for function in source.functions(source.tree(tests / name)):
            # With parts of the scorer replaced, the outcome is not of the texts.
            if any(argument.arg == "monkeypatch" for argument in function.args.args):
                continue
            for row in source.parametrized(function):
                yield from inspect_ai_asserts(function, row)


def inspect_ai_asserts(function, row):
    """Output, target and outcome, wherever a test states them one after the other."""
    names = {}
    for name, node in row.items():
        try:
            names[name] = source.value(node)
        except LookupError:
            return
    output = targets = None
    for statement in function.body:
        try:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                names[statement.targets[0].id] = source.value(statement.value, names)
        except LookupError:
            pass
        try:
            for call in source.calls(statement, "simple_task_state"):
                given = {keyword.arg: keyword.value for keyword in call.keywords}
                output = source.value(given["model_output"], names)
            for call in source.calls(statement, "Target"):
                targets = source.value(call.args[0], names)
            for call in source.calls(statement, "_score_answer"):
                output, targets = (source.value(argument, names) for argument in call.args)
        except LookupError:
            output = targets = None
        if not isinstance(statement, ast.Assert) or output is None or targets is None:
            continue
        asserted = ast.unparse(statement.test)
        outcome = asserted.split("==")[-1].strip(" '\"").upper()
        # Several targets are alternatives; a row has one.
        if outcome in ("CORRECT", "INCORRECT") and len(targets) == 1 and isinstance(output, str):
            yield targets[0], output, outcome == "CORRECT"


def mario_eval(root):
    """Tests that set `test_in` and `test_out`, or go through pairs, and then assert."""
    module = source.tree(root / "math_evaluation" / "tests" / "test_is_equiv.py")
    for function in source.functions(module):
        names = {}
        for statement in function.body:
            if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                try:
                    names[statement.targets[0].id] = source.value(statement.value)
                except LookupError:
                    names.pop(statement.targets[0].id, None)
            wanted = {"assertTrue": True, "assertFalse": False}
            for name, equal in wanted.items():
                if not source.calls(statement, name):
                    continue
                if isinstance(statement, ast.For):
                    yield from ((gold, answer, equal) for gold, answer in names["test_pairs"])
                else:
                    yield names["test_in"], names["test_out"], equal


def olympiad_bench(root):
    for example in json.loads((root / "eval" / "scoring_examples.json").read_text(encoding="utf-8")):
        for answer in example["Ans"]:
            yield example["GT"], answer["answer"], answer["equal"]


# Name of a suite: its reader, and a file by which its checkout is known.
SUITES = {
    "math-verify": (math_verify, "tests/test_all.py"),
    "lighteval": (lighteval, "tests/unit/metrics/test_extractive_match.py"),
    "nemo-skills": (nemo_skills, "tests/test_math_equal.py"),
    "latex2sympy2-extended": (latex2sympy, "tests/all_good_test.py"),
    "inspect-ai": (inspect_ai, "tests/scorer/math_cases.json"),
    "mario-eval": (mario_eval, "math_evaluation/tests/test_is_equiv.py"),
    "olympiad-bench": (olympiad_bench, "eval/scoring_examples.json"),
}


def read(suite, root):
    """The rows of a suite, each once."""
    reader, known_by = SUITES[suite]
    if not (root / known_by).is_file():
        raise SystemExit(f"{root}: no `{known_by}` in it, so this is no checkout of {suite}")
    rows = dict.fromkeys(Row(suite, *texts) for texts in reader(root))
    if not rows:
        raise SystemExit(f"{root}: no test of {suite} could be read; its tests may have been rewritten")
    return list(rows)
