"""What holds of the installed package. Run by check.py, or by any Python that has it."""

import pickle
import random
import sys
import threading
import time
import unittest
from concurrent.futures import ThreadPoolExecutor
from importlib import resources

import markovscale_answers
from markovscale_answers import Answer, Decision, Extraction, Policy, classes, compare, extract, parse, verify

THREADS = 8


def texts():
    """Some hundred answers over most notations, in a fixed order."""
    numbers = random.Random(0)
    made = []
    for _ in range(20):
        a, b, c = (numbers.randint(2, 30) for _ in range(3))
        made += [
            f"{a}/{b}", f"\\frac{{{a}}}{{{b}}}", f"({a}, {b})", f"\\{{{a}, {b}, {c}\\}}", f"[{a}, {a + b})",
            f"{a} \\le x < {a + b}", f"{a}x^2 + {b}x + {c}", f"x({a}x + {b}) + {c}", f"\\sqrt{{{a * b * b}}}",
            f"{b}\\sqrt{{{a}}}", f"{a}\\%", f"{a}.{b}", f"{a} \\text{{ cm}}", f"x = {a}", f"\\sin({a}x)", "no solution",
        ]  # fmt: skip
    return made


def completions():
    return [f"First, {index} + 1.\n\nThe answer is $\\boxed{{{text}}}$." for index, text in enumerate(texts())]


class Reading(unittest.TestCase):
    def test_an_answer_is_found_with_its_rule(self):
        found = extract("So it is \\boxed{\\frac{3}{4}}, done.")
        self.assertEqual((found.answer, found.rule), (Answer("\\frac{3}{4}"), "box"))
        self.assertEqual(extract("The answer is 12.").rule, "phrase")
        self.assertIsNone(extract("<think>It may be 5"))
        self.assertEqual(extract("<think>It may be 5", guess_unfinished=True).answer.text, "5")

    def test_parse_reads_completions_and_answers(self):
        self.assertEqual(parse("The answer is \\boxed{7}."), [Answer("7")])
        self.assertEqual(parse("x + 1"), [Answer("x + 1")])
        self.assertEqual(parse("Hence the sum is $n^2$."), [Answer("n^2")])

    def test_what_is_not_understood_is_left_out_on_request(self):
        text = "\\frobnicate{3"
        self.assertFalse(Answer(text).is_understood)
        self.assertEqual(len(parse(text)), 1)
        self.assertEqual(parse(text, fallback_mode="no_fallback"), [])
        self.assertEqual(len(parse("3", fallback_mode="no_fallback")), 1)


class Deciding(unittest.TestCase):
    def test_verify_takes_what_parse_returns_and_more(self):
        self.assertTrue(verify(parse("$\\frac12$"), parse("The answer is 0.5.")))
        self.assertFalse(verify(parse("$\\frac12$"), parse("The answer is 0.51.")))
        self.assertTrue(verify("(x+1)^2", "x^2+2x+1"))
        self.assertTrue(verify(12, ["11", Answer("12.0")]))
        self.assertFalse(verify([], "12"))
        self.assertFalse(verify(12, ()))
        self.assertIs(verify("1", "1", timeout_seconds=5, raise_on_error=True), True)

    def test_compare_says_why(self):
        decision = compare("12", "12 cm")
        self.assertEqual((decision.verdict, decision.reason), ("equal", "unit_ignored"))
        self.assertEqual(decision.explanation, "equal but for a unit that one side gives")
        self.assertTrue(decision)
        for gold, answer, verdict in [("12", "13", "different"), ("\\frobnicate{3", "3", "unknown")]:
            self.assertEqual(compare(gold, answer).verdict, verdict)
            self.assertFalse(compare(gold, answer))

    def test_the_first_side_is_gold(self):
        self.assertTrue(compare("3.14", "\\pi"))
        self.assertFalse(compare("\\pi", "3.14"))

    def test_policies_change_verdicts(self):
        self.assertFalse(compare("12", "12 cm", Policy(units="required")))
        self.assertFalse(verify("12", "12 cm", policy=Policy.strict()))
        self.assertEqual(Policy().switches["order"], "free")
        self.assertEqual(Policy(**Policy.strict().switches), Policy.strict())

    def test_classes(self):
        numbers, representatives = classes(["\\frac{1}{2}", "0.5", None, "2", Answer("1/2")])
        self.assertEqual(numbers, [0, 0, None, 1, 0])
        self.assertEqual(len(representatives), 2)
        self.assertTrue(compare(representatives[0], "1/2"))


class Errors(unittest.TestCase):
    def assertSays(self, kind, part, call):
        with self.assertRaises(kind) as caught:
            call()
        self.assertIn(part, str(caught.exception))

    def test_they_say_what_was_found_and_what_to_do(self):
        self.assertSays(TypeError, "float", lambda: verify("0.5", 0.5))
        self.assertSays(TypeError, "found bool", lambda: compare("1", True))
        self.assertSays(TypeError, "found NoneType", lambda: verify("1", [None]))
        self.assertSays(TypeError, "takes no argument 'float_rounding': decimals", lambda: verify("1", "1", float_rounding=6))
        self.assertSays(TypeError, "takes no argument 'nonsense'", lambda: parse("1", nonsense=1))
        self.assertSays(ValueError, "give a policy", lambda: verify("1", "1", strict=False))
        self.assertSays(ValueError, "can only be True", lambda: verify("1", "1", allow_set_relation_comp=False))
        self.assertSays(ValueError, "first_match or no_fallback", lambda: parse("1", fallback_mode="none"))
        self.assertSays(ValueError, "no switch `unit`; the switches are percent, ", lambda: Policy(unit="same"))
        self.assertSays(ValueError, "its choices are either, hundredths", lambda: Policy(percent="half"))
        self.assertSays(TypeError, "number of seconds or None, found str", lambda: verify("1", "1", timeout_seconds="soon"))


class Objects(unittest.TestCase):
    def test_they_survive_pickling_and_show_themselves(self):
        made = [Answer("x + 1"), Extraction(Answer("5"), "box"), compare("12", "12 cm"), Policy(order="counts")]
        for value in made:
            self.assertEqual(pickle.loads(pickle.dumps(value)), value)
        names = {"Answer": Answer, "Extraction": Extraction, "Decision": Decision, "Policy": Policy}
        for value in made:
            self.assertEqual(eval(repr(value), names), value)

    def test_they_do_not_change(self):
        with self.assertRaises(AttributeError):
            Answer("1").text = "2"
        self.assertEqual(len({Answer("1"), Answer("1"), Answer("1.0")}), 2)

    def test_types_are_there_for_checkers(self):
        folder = resources.files(markovscale_answers)
        stub = (folder / "__init__.pyi").read_text()
        self.assertTrue((folder / "py.typed").is_file())
        for name in ("Answer", "Decision", "Extraction", "Policy"):
            self.assertIn(f"class {name}:", stub)
        for name in ("classes", "compare", "extract", "parse", "verify"):
            self.assertIn(f"def {name}(", stub)


class Threads(unittest.TestCase):
    def test_eight_threads_find_what_one_does(self):
        answers, golds = completions(), texts()
        others = answers[1:] + answers[:1]
        pairs = [*zip(golds, answers), *zip(golds, others)]

        def work(pair):
            gold, text = pair
            found = extract(text)
            decision = compare(gold, found.answer)
            return found.answer.text, found.rule, decision.verdict, decision.reason, verify(parse(gold), parse(text))

        alone = [work(pair) for pair in pairs]
        self.assertGreater(sum(result[-1] for result in alone), len(golds) - 1)
        self.assertGreater(sum(not result[-1] for result in alone), len(golds) // 2)
        with ThreadPoolExecutor(THREADS) as pool:
            together = list(pool.map(work, pairs))
        self.assertEqual(together, alone)

        groups = [golds[start:] + golds[:start] for start in range(0, len(golds), 40)]
        with ThreadPoolExecutor(THREADS) as pool:
            self.assertEqual(list(pool.map(classes, groups)), [classes(group) for group in groups])

    def test_other_threads_run_meanwhile(self):
        """While one thread forms classes of many answers, another counts: with the lock held it would stand still."""
        golds = texts()
        counted, done = 0, threading.Event()

        def form_classes():
            for _ in range(3):
                classes(golds)
            done.set()

        # Switching by time is put off, so that only a released lock lets the other thread run.
        interval = sys.getswitchinterval()
        sys.setswitchinterval(60)
        try:
            thread = threading.Thread(target=form_classes)
            thread.start()
            while not done.is_set():
                counted += 1
                time.sleep(0)
            thread.join()
        finally:
            sys.setswitchinterval(interval)
        self.assertGreater(counted, 100)


if __name__ == "__main__":
    unittest.main(verbosity=1)
