//! Rules that change an answer a little, and its meaning with it.

use super::shape::Shape;
use crate::by_rule::{decimal, fraction};

type Changed = (&'static str, String);

pub(super) fn near_misses(gold: &str, shape: &Shape) -> Vec<Changed> {
    let mut made = by_shape(gold, shape);
    if shape.is_scalar() {
        let inner = shape.alone(gold);
        made.push(("one more", format!("\\left({inner}\\right)+1")));
        if *shape != Shape::Integer(0) {
            made.push(("other sign", format!("-\\left({inner}\\right)")));
            made.push(("doubled", format!("2\\left({inner}\\right)")));
        }
    }
    if *shape == Shape::Expression {
        made.extend(of_expression(gold));
    }
    made
}

fn by_shape(gold: &str, shape: &Shape) -> Vec<Changed> {
    match shape {
        Shape::Integer(value) => integer(*value),
        Shape::Decimal(digits, places) => vec![
            ("point moved right", decimal(*digits, places - 1)),
            ("point moved left", decimal(*digits, places + 1)),
            ("last digit", decimal(digits + 1, *places)),
        ],
        Shape::Fraction(top, bottom) => of_fraction(*top, *bottom),
        Shape::Mixed(whole, top, bottom) => vec![
            ("fraction only", fraction(*top, *bottom)),
            ("one more", format!("{}\\frac{{{top}}}{{{bottom}}}", whole + 1)),
            ("product", fraction(whole * top, *bottom)),
        ],
        Shape::Degrees(value) => {
            vec![("ten times", format!("{value}0^\\circ")), ("in radians", format!("{value} \\text{{ radians}}"))]
        }
        Shape::Money(value) => {
            vec![("ten times", format!("\\$1{value}")), ("cents", format!("{value} \\text{{ cents}}"))]
        }
        Shape::Unit(value) => vec![("ten times", format!("10 \\cdot {value}")), ("other sign", format!("-{value}"))],
        Shape::Brackets(open, parts, close) => of_brackets(*open, parts, *close, shape.is_interval()),
        Shape::Set(parts) => of_set(parts),
        Shape::Union(parts) => vec![
            ("one part", parts[0].clone()),
            ("ends closed", gold.replace(") \\cup (", "] \\cup [")),
            ("intersection", gold.replace("\\cup", "\\cap")),
        ],
        Shape::Membership(set) => vec![("not a member", format!("x \\notin {set}")), ("opened", set.replace('[', "("))],
        Shape::PlusMinus => {
            vec![("one value", gold.replace("\\pm", "+")), ("one more", format!("1 + {gold}"))]
        }
        Shape::Equation(left, right) => {
            vec![("one more", format!("{left} = {right} + 1")), ("inequality", format!("{left} < {right}"))]
        }
        Shape::Matrix(rows) => of_matrix(rows),
        Shape::Based(digits, base) => vec![
            ("other base", format!("{digits}_{{1{base}}}")),
            ("digit more", format!("{digits}0_{{{base}}}")),
            ("digits turned", format!("{}_{{{base}}}", turned_digits(digits))),
        ],
        Shape::Word(word) => vec![("other word", format!("\\text{{{word}ly}}")), ("number", "5".to_owned())],
        Shape::Choice(letter) => {
            let other = if *letter == 'A' { 'B' } else { 'A' };
            vec![("other letter", format!("\\text{{({other})}}")), ("bare other letter", other.to_string())]
        }
        Shape::Expression => Vec::new(),
    }
}

/// The first two digits that differ are swapped; a digit is put in front where there are none.
fn turned_digits(digits: &str) -> String {
    let mut bytes = digits.as_bytes().to_vec();
    match bytes.windows(2).position(|pair| pair[0] != pair[1]) {
        Some(at) => bytes.swap(at, at + 1),
        None => bytes.insert(0, b'1'),
    }
    bytes.into_iter().map(char::from).collect()
}

fn integer(value: i64) -> Vec<Changed> {
    let sign = if value < 0 { "-" } else { "" };
    vec![
        ("one more", (value + 1).to_string()),
        ("one less", (value - 1).to_string()),
        ("digits turned", format!("{sign}{}", turned_digits(&value.abs().to_string()))),
        ("digit more", format!("{value}1")),
        ("point before the last digit", decimal(value * 10 + 1, 2)),
        ("half more", format!("{value}.5")),
        ("with a letter", format!("{}x", if value == 0 { 1 } else { value })),
    ]
}

fn of_fraction(top: i64, bottom: i64) -> Vec<Changed> {
    let mut made = vec![
        ("numerator", fraction(top + 1, bottom)),
        ("denominator", fraction(top, bottom + 1)),
        ("one more", format!("1 + {}", fraction(top, bottom))),
    ];
    if top.abs() != bottom.abs() {
        made.push(("turned", fraction(bottom, top)));
    }
    made
}

fn of_expression(gold: &str) -> Vec<Changed> {
    let mut made = Vec::new();
    let mut change = |rule, from: &str, to: &str| {
        if gold[1..].contains(from) {
            made.push((rule, format!("{}{}", &gold[..1], gold[1..].replacen(from, to, 1))));
        }
    };
    change("plus as minus", "+", "-");
    change("minus as plus", "-", "+");
    change("pi lost", "\\pi", "{1}");
    change("power", "^2", "^3");
    change("cube", "^3", "^2");
    if let Some((before, after)) = gold.split_once("\\sqrt") {
        let times = if before.trim_end().ends_with(|c: char| c.is_ascii_digit()) { " \\cdot " } else { " " };
        made.push(("root lost", format!("{before}{times}{after}")));
    }
    for (from, to) in [("x", "z"), ("a", "c"), ("k", "m"), ("n", "m"), ("R", "r")] {
        // A letter of its own, not one of a command's name.
        let is_letter = !gold.contains('\\') && gold.contains(from);
        if is_letter {
            made.push(("other letter", gold.replace(from, to)));
        }
    }
    made
}

fn of_brackets(open: char, parts: &[String], close: char, is_interval: bool) -> Vec<Changed> {
    let written = |open: char, parts: &[String], close: char| format!("{open}{}{close}", parts.join(","));
    let mut made = Vec::new();
    let mut swapped = parts.to_vec();
    swapped.swap(0, 1);
    if swapped != parts {
        made.push(("swapped", written(open, &swapped, close)));
    }
    if !parts[0].contains("\\infty") {
        let mut moved = parts.to_vec();
        moved[0] = format!("{}+1", parts[0]);
        made.push(("first moved", written(open, &moved, close)));
    }
    let mut dropped = parts.to_vec();
    dropped.pop();
    made.push(("last dropped", dropped.join(",")));
    if is_interval {
        let other_open = if open == '(' { '[' } else { '(' };
        let other_close = if close == ')' { ']' } else { ')' };
        if !parts[0].contains("\\infty") {
            made.push(("left end", written(other_open, parts, close)));
        }
        if !parts[1].contains("\\infty") {
            made.push(("right end", written(open, parts, other_close)));
        }
    } else {
        let mut longer = parts.to_vec();
        longer.push("0".to_owned());
        made.push(("longer", written(open, &longer, close)));
    }
    made
}

fn of_set(parts: &[String]) -> Vec<Changed> {
    let mut more = parts.to_vec();
    more.push("1000".to_owned());
    let mut other = parts.to_vec();
    other[0] = format!("{} + 100", parts[0]);
    vec![("one lost", parts[1..].join(", ")), ("one more", more.join(", ")), ("one changed", other.join(", "))]
}

fn of_matrix(rows: &[Vec<String>]) -> Vec<Changed> {
    let written = |rows: &[Vec<String>]| {
        let body = rows.iter().map(|row| row.join(" & ")).collect::<Vec<_>>().join(" \\\\ ");
        format!("\\begin{{pmatrix}} {body} \\end{{pmatrix}}")
    };
    let mut changed = rows.to_vec();
    changed[0][0] = format!("{} + 1", rows[0][0]);
    let mut turned = rows.to_vec();
    turned.reverse();
    for row in &mut turned {
        row.reverse();
    }
    let mut made = vec![("one changed", written(&changed)), ("row lost", written(&rows[1..]))];
    if turned != rows {
        made.push(("turned", written(&turned)));
    }
    made
}
