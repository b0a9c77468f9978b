//! Answers of several parts: points, sets, intervals, matrices, systems, lists, ratios.

use super::{Case, Draws, Rule, fraction};

pub(super) const RULES: &[Rule] = &[
    ("tuples and points", 12, point),
    ("sets", 10, set),
    ("lists", 10, list),
    ("intervals", 16, interval),
    ("unions of intervals", 10, union),
    ("plus-minus", 8, plus_minus),
    ("matrices", 10, matrix),
    ("vectors", 6, vector),
    ("systems", 8, system),
    ("ratios", 6, ratio),
    ("named values", 8, named),
    ("multiple choice", 5, choice),
    ("membership", 6, membership),
];

/// Different integers.
fn distinct<const COUNT: usize>(draws: &mut Draws) -> [i64; COUNT] {
    loop {
        let values = [(); COUNT].map(|()| draws.nonzero(-20, 20));
        let mut sorted = values.map(i64::abs);
        sorted.sort_unstable();
        if sorted.windows(2).all(|pair| pair[0] != pair[1]) {
            return values;
        }
    }
}

fn joined(values: &[i64]) -> String {
    values.iter().map(i64::to_string).collect::<Vec<_>>().join(", ")
}

fn point(draws: &mut Draws) -> Case {
    let [a, b, c] = distinct(draws);
    Case::new(format!("({a}, {b}, {c})"))
        .equal([
            format!("\\left({a},{b},{c}\\right)"),
            format!("({a},{},{c}.0)", fraction(b * 3, 3)),
            format!("(x,y,z) = ({a},{b},{c})"),
        ])
        .equal([format!("\\left( {a}, \\frac{{{}}}{{2}}, {c} \\right)", 2 * b)])
        .different(
            [[b, a, c], [a, c, b], [c, a, b], [-a, b, c], [a, b, -c], [a, b, c + 1]]
                .map(|other| format!("({})", joined(&other))),
        )
        .different([format!("({a}, {b})"), format!("({a}, {b}, {c}, 0)"), (a + b + c).to_string()])
}

fn set(draws: &mut Draws) -> Case {
    let [a, b, c] = distinct(draws);
    let braced = |values: &[i64]| format!("\\{{{}\\}}", joined(values));
    Case::new(braced(&[a, b, c]))
        .equal([
            braced(&[c, a, b]),
            braced(&[b, a, c]),
            joined(&[a, b, c]),
            format!("\\left\\{{{a},{b},{c}\\right\\}}"),
        ])
        .equal([format!("\\{{{a}, \\frac{{{}}}{{3}}, {c}\\}}", 3 * b)])
        .different([
            braced(&[a, b]),
            braced(&[a, b, c, 21]),
            braced(&[-a, b, c]),
            braced(&[a, b, c + 100]),
            braced(&[a, 50, 60]),
        ])
        .different([(a + b + c).to_string()])
}

fn list(draws: &mut Draws) -> Case {
    let [a, b, c] = distinct(draws);
    Case::new(joined(&[a, b, c]))
        .equal([
            joined(&[c, b, a]),
            format!("{a}, {b} and {c}"),
            format!("\\{{{a},{c},{b}\\}}"),
            format!("{b}, {a}, \\text{{ and }} {c}"),
        ])
        .equal([format!("${a}$, ${b}$, ${c}$")])
        .different([
            joined(&[a, b]),
            joined(&[a, b, c, 30]),
            joined(&[a, b, -c]),
            joined(&[a + 50, b, c]),
            a.to_string(),
        ])
}

/// All four kinds of ends, finite.
fn interval(draws: &mut Draws) -> Case {
    let low = draws.integer(-20, 20);
    let high = low + draws.integer(1, 15);
    let (open, close) =
        [("(", ")"), ("[", "]"), ("(", "]"), ("[", ")")][usize::try_from(draws.integer(0, 3)).expect("an index")];
    let written = |open: &str, low: i64, high: i64, close: &str| format!("{open}{low}, {high}{close}");
    let (left, right) = (if open == "(" { "<" } else { "\\le" }, if close == ")" { "<" } else { "\\le" });
    let (right_turned, left_turned) =
        (right.replace('<', ">").replace("\\le", "\\ge"), left.replace('<', ">").replace("\\le", "\\ge"));
    let flipped = |bracket: &str| match bracket {
        "(" => "[",
        "[" => "(",
        ")" => "]",
        _ => ")",
    };
    Case::new(written(open, low, high, close))
        .equal([format!("\\left{open}{low},{high}\\right{close}"), format!("x \\in {open}{low},{high}{close}")])
        .equal([format!("{low} {left} x {right} {high}"), format!("{high} {right_turned} x {left_turned} {low}")])
        .different([written(flipped(open), low, high, close), written(open, low, high, flipped(close))])
        .different([
            written(flipped(open), low, high, flipped(close)),
            written(open, low, high + 1, close),
            written(open, low - 1, high, close),
        ])
        .different([written(open, high, low, close), format!("{low} {left} x"), format!("({low}, \\infty)")])
}

fn union(draws: &mut Draws) -> Case {
    let a = draws.integer(-20, 10);
    let b = a + draws.integer(1, 9);
    Case::new(format!("(-\\infty, {a}) \\cup ({b}, \\infty)"))
        .equal([
            format!("({b}, \\infty) \\cup (-\\infty, {a})"),
            format!("x < {a} \\text{{ or }} x > {b}"),
            format!("x > {b} \\text{{ or }} x < {a}"),
        ])
        .equal([format!("\\left(-\\infty,{a}\\right)\\cup\\left({b},\\infty\\right)")])
        .different([
            format!("(-\\infty, {a}] \\cup [{b}, \\infty)"),
            format!("({a}, {b})"),
            format!("(-\\infty, {b}) \\cup ({a}, \\infty)"),
        ])
        .different([
            format!("(-\\infty, {a}) \\cup ({}, \\infty)", b + 1),
            format!("(-\\infty, {a})"),
            format!("(-\\infty, {a}) \\cup [{b}, \\infty)"),
        ])
        .different([format!("x < {a} \\text{{ and }} x > {b}")])
}

fn plus_minus(draws: &mut Draws) -> Case {
    let (a, b, c) = (draws.nonzero(-9, 9), draws.integer(1, 6), draws.square_free());
    let root = format!("{b}\\sqrt{{{c}}}");
    Case::new(format!("{a} \\pm {root}"))
        .equal([
            format!("{a}+{root}, {a}-{root}"),
            format!("\\{{{a}-{root}, {a}+{root}\\}}"),
            format!("{a} \\pm \\sqrt{{{}}}", b * b * c),
        ])
        .equal([format!("x = {a} \\pm {root}"), format!("\\frac{{{} \\pm {}\\sqrt{{{c}}}}}{{2}}", 2 * a, 2 * b)])
        .different([
            format!("{a}+{root}"),
            format!("{} \\pm {root}", -a),
            format!("{a} \\pm {b}\\sqrt{{{}}}", c + 1),
            format!("{a} \\pm {}\\sqrt{{{c}}}", b + 1),
        ])
        .different([format!("{a}+{root}, {}-{root}", a + 1), format!("\\pm {root}"), format!("{a} \\pm {c}")])
}

fn matrix(draws: &mut Draws) -> Case {
    let [a, b, c, d] = distinct(draws);
    let written =
        |name: &str, [a, b, c, d]: [i64; 4]| format!("\\begin{{{name}}} {a} & {b} \\\\ {c} & {d} \\end{{{name}}}");
    let matrix = |entries| written("pmatrix", entries);
    Case::new(matrix([a, b, c, d]))
        .equal([
            written("bmatrix", [a, b, c, d]),
            format!("\\begin{{pmatrix}}{a}&{b}\\\\{c}&\\frac{{{}}}{{2}}\\end{{pmatrix}}", 2 * d),
        ])
        .equal([
            format!("\\left(\\begin{{array}}{{cc}} {a} & {b} \\\\ {c} & {d} \\end{{array}}\\right)"),
            format!("-{}", matrix([-a, -b, -c, -d])),
        ])
        .different([
            matrix([a, c, b, d]),
            matrix([c, d, a, b]),
            matrix([b, a, d, c]),
            matrix([a, b, c, -d]),
            matrix([a, b, c + 1, d]),
        ])
        .different([format!("\\begin{{pmatrix}} {a} & {b} & {c} & {d} \\end{{pmatrix}}"), (a * d - b * c).to_string()])
}

fn vector(draws: &mut Draws) -> Case {
    let [a, b, c] = distinct(draws);
    let column = |name: &str, [a, b, c]: [i64; 3]| format!("\\begin{{{name}}} {a} \\\\ {b} \\\\ {c} \\end{{{name}}}");
    Case::new(column("pmatrix", [a, b, c]))
        .equal([
            column("bmatrix", [a, b, c]),
            format!("\\begin{{pmatrix}}{a}\\\\\\frac{{{}}}{{2}}\\\\{c}\\end{{pmatrix}}", 2 * b),
            format!("\\langle {a}, {b}, {c} \\rangle"),
        ])
        .different(
            [[b, a, c], [a, c, b], [-a, b, c], [-a, -b, -c], [a, b, c + 1]].map(|other| column("pmatrix", other)),
        )
        .different([
            format!("\\begin{{pmatrix}} {a} \\\\ {b} \\end{{pmatrix}}"),
            format!("\\langle {b}, {a}, {c} \\rangle"),
        ])
}

fn system(draws: &mut Draws) -> Case {
    let [a, b] = distinct(draws);
    Case::new(format!("x = {a}, y = {b}"))
        .equal([
            format!("y={b}, x={a}"),
            format!("(x,y)=({a},{b})"),
            format!("x = {a} \\text{{ and }} y = {b}"),
            format!("x={a},\\ y=\\frac{{{}}}{{4}}", 4 * b),
        ])
        .different([
            format!("x = {b}, y = {a}"),
            format!("x = {a}, y = {}", -b),
            format!("x = {a}"),
            format!("(x,y)=({b},{a})"),
            format!("x = {}, y = {b}", a + 1),
        ])
        .different([format!("x = {a}, z = {b}")])
}

fn ratio(draws: &mut Draws) -> Case {
    let (p, q) = loop {
        let (p, q) = (draws.integer(1, 12), draws.integer(2, 13));
        if super::gcd(p, q) == 1 {
            break (p, q);
        }
    };
    let k = draws.integer(2, 5);
    Case::new(format!("{p}:{q}"))
        .equal([
            format!("{p} : {q}"),
            format!("{} : {}", p * k, q * k),
            fraction(p, q),
            format!("{p} \\text{{ to }} {q}"),
        ])
        .different([
            format!("{q}:{p}"),
            format!("{}:{q}", p + q),
            format!("{p}:{}", q + 1),
            (p + q).to_string(),
            format!("{p}:{q}:1"),
        ])
}

fn named(draws: &mut Draws) -> Case {
    let [a, b] = distinct(draws);
    Case::new(format!("x = {a}"))
        .equal([a.to_string(), format!("{a} = x"), format!("x = {a}.0"), format!("x=\\frac{{{}}}{{5}}", 5 * a)])
        .different([
            format!("x = {b}"),
            format!("x = {}", -a),
            format!("y = {a}"),
            format!("x > {a}"),
            format!("x = {a}, {b}"),
            format!("x \\ne {a}"),
            format!("x = {}", a + 1),
        ])
}

fn choice(draws: &mut Draws) -> Case {
    const LETTERS: [char; 6] = ['A', 'B', 'C', 'D', 'E', 'F'];
    let index = usize::try_from(draws.integer(0, 4)).expect("an index");
    let (right, wrong) = (LETTERS[index], LETTERS[index + 1]);
    Case::new(format!("\\text{{({right})}}"))
        .equal([
            format!("({right})"),
            right.to_string(),
            format!("\\textbf{{({right})}}"),
            format!("\\text{{{right}}}"),
            format!("{right}."),
        ])
        .equal([format!("\\textbf{{({right})}}\\ 17")])
        .different([
            format!("({wrong})"),
            wrong.to_string(),
            format!("\\textbf{{({wrong})}}\\ 17"),
            format!("\\text{{{wrong}}}"),
            format!("{right}, {wrong}"),
        ])
}

fn membership(draws: &mut Draws) -> Case {
    let low = draws.integer(-9, 9);
    let high = low + draws.integer(2, 9);
    Case::new(format!("x \\in [{low}, {high})"))
        .equal([
            format!("[{low},{high})"),
            format!("{low} \\le x < {high}"),
            format!("x \\in \\left[ {low}, {high} \\right)"),
            format!("\\{{x \\mid {low} \\le x < {high}\\}}"),
        ])
        .different([
            format!("x \\in ({low}, {high})"),
            format!("x \\notin [{low}, {high})"),
            format!("x \\in \\{{{low}, {high}\\}}"),
            format!("[{low}, {}]", high - 1),
        ])
        .different([
            format!("x \\in [{low}, {high}]"),
            format!("{low} < x \\le {high}"),
            format!("x \\in [{high}, {low})"),
        ])
}
