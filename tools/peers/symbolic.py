"""latex2sympy2_extended: its tests set LaTeX beside SymPy expressions. SymPy prints these as LaTeX, and both texts are a
pair that is equal."""

import ast
import contextlib

from . import source


def latex2sympy(root):
    try:
        import sympy
    except ImportError:
        raise SystemExit("latex2sympy2-extended: its tests are SymPy expressions; `pip install sympy==1.14.0`") from None
    for path in sorted((root / "tests").glob("*_test.py")):
        # Those are texts that must not be read, or what normalisation leaves of a text.
        if path.name not in ("all_bad_test.py", "normalization_test.py"):
            yield from file_rows(sympy, source.tree(path))


def file_rows(sympy, module):
    names = namespace(sympy)
    settle(module.body, names)
    for statement in module.body:
        if isinstance(statement, ast.ClassDef):
            for pairs in (part for part in statement.body if isinstance(part, ast.Assign)):
                for row in getattr(pairs.value, "elts", []):
                    yield from pair(sympy, *row.elts[:2], names)
    for function in source.functions(module):
        here = dict(names)
        settle(function.body, here)
        for call in source.calls(function, "assert_equal"):
            # Values given to letters change what the text means.
            if not any(keyword.arg == "variables" for keyword in call.keywords) and len(call.args) >= 2:
                yield from pair(sympy, *call.args[:2], here)
        for row in source.parametrized(function):
            if {"input", "output"} <= row.keys():
                yield from pair(sympy, row["input"], row["output"], here)


def namespace(sympy):
    def unevaluated(kind):
        return lambda *members: kind(*members, evaluate=False)

    names = {name: getattr(sympy, name) for name in dir(sympy) if not name.startswith("_")}
    names |= {f"_{kind.__name__}": unevaluated(kind) for kind in (sympy.Add, sympy.Mul, sympy.Pow, sympy.Abs)}
    names |= {"_factorial": unevaluated(sympy.factorial), "sympy": sympy}
    # Left as it stands, a logarithm would be printed without its base.
    names["_log"] = sympy.log
    return names


def settle(statements, names):
    """Symbols and other values that the tests name."""
    for statement in statements:
        if isinstance(statement, ast.Assign):
            with contextlib.suppress(Exception):
                exec(compile(ast.Module([statement], []), "<tests>", "exec"), names)


def pair(sympy, text, expression, names):
    try:
        text = source.value(text)
        found = sympy.sympify(eval(compile(ast.Expression(expression), "<tests>", "eval"), names))
        printed = sympy.latex(found, ln_notation=True)
    except Exception:  # An argument of a helper of the tests, or what this SymPy cannot build or print.
        return
    if isinstance(text, str):
        yield printed, text, True
