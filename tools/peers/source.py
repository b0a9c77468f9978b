"""What a Python test file says, read from its syntax: nothing of it is imported or run."""

import ast

ALLOWED = (
    ast.Expression, ast.Constant, ast.Name, ast.Load, ast.JoinedStr, ast.FormattedValue, ast.List, ast.Tuple,
    ast.Dict, ast.Set, ast.UnaryOp, ast.USub, ast.BinOp, ast.Add, ast.Mult, ast.Div,
)  # fmt: skip


def tree(path):
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def functions(module):
    """Every function, also those in classes."""
    return [node for node in ast.walk(module) if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef))]


def value(node, names=()):
    """The value of a literal, in which `names` may stand for other values. `LookupError` if it is none."""
    if not all(isinstance(part, ALLOWED) for part in ast.walk(node)):
        raise LookupError(ast.unparse(node))
    names = dict(names)
    if any(isinstance(part, ast.Name) and part.id not in names for part in ast.walk(node)):
        raise LookupError(ast.unparse(node))
    # Literals, names and `+`, `*`, `/` of them alone: there is nothing in it to call.
    return eval(compile(ast.Expression(node), "<literal>", "eval"), {"__builtins__": {}}, names)


def parametrized(function):
    """The rows of `@pytest.mark.parametrize` as dictionaries from name to syntax; one empty row without it."""
    for decorator in function.decorator_list:
        if not (isinstance(decorator, ast.Call) and ast.unparse(decorator.func).endswith("parametrize")):
            continue
        names, rows = decorator.args[:2]
        names = value(names)
        names = [name.strip() for name in names.split(",")] if isinstance(names, str) else list(names)
        if not isinstance(rows, (ast.List, ast.Tuple)):
            return []
        if len(names) == 1:
            return [{names[0]: row} for row in rows.elts]
        return [dict(zip(names, row.elts)) for row in rows.elts if isinstance(row, (ast.Tuple, ast.List))]
    return [{}]


def calls(node, name):
    """Calls of a function or method of that name, in the order of the text."""
    found = [part for part in ast.walk(node) if isinstance(part, ast.Call)]
    found = [call for call in found if ast.unparse(call.func).split(".")[-1] == name]
    return sorted(found, key=lambda call: (call.lineno, call.col_offset))
