//! Rules that write an answer otherwise and keep its meaning.

use super::shape::Shape;
use crate::by_rule::{decimal, fraction, grouped, reduced};

type Reworded = (&'static str, String);

pub(super) fn rewordings(gold: &str, shape: &Shape) -> Vec<Reworded> {
    let mut made = layout(gold);
    made.extend(notation(gold, shape));
    made.extend(by_shape(gold, shape));
    if shape.is_scalar() {
        let inner = shape.alone(gold);
        made.extend([
            ("brackets", format!("\\left({inner}\\right)")),
            ("twice and halved", format!("\\frac{{2\\left({inner}\\right)}}{{2}}")),
            ("one more and less", format!("\\left({inner}\\right)+1-1")),
        ]);
    }
    if shape.is_scalar() && !gold.contains(['x', 'y', '=']) {
        made.push(("named", format!("x = {gold}")));
    }
    made
}

/// What may stand around any formula.
fn layout(gold: &str) -> Vec<Reworded> {
    vec![
        ("dollars", format!("${gold}$")),
        ("parentheses", format!("\\({gold}\\)")),
        ("display", format!("\\[ {gold} \\]")),
        ("box", format!("\\boxed{{{gold}}}")),
        ("spaces", format!("  {gold} \\quad")),
        ("full stop", format!("{gold}.")),
        ("braces", format!("{{{gold}}}")),
        ("displaystyle", format!("\\displaystyle {gold}")),
    ]
}

/// Other names for the same signs.
fn notation(gold: &str, shape: &Shape) -> Vec<Reworded> {
    let mut made =
        vec![("dfrac", gold.replace("\\dfrac", "\\frac").replace("\\frac", "\\dfrac")), ("unicode", unicode(gold))];
    let has_words = gold.contains("\\text") || gold.contains("\\mbox");
    if !has_words && !gold.contains("\\left") && !gold.contains("\\begin") && !gold.contains("\\{") {
        let sized =
            gold.replace('(', "\\left(").replace(')', "\\right)").replace('[', "\\left[").replace(']', "\\right]");
        made.push(("left and right", sized));
    }
    if !has_words && !matches!(shape, Shape::Integer(_) | Shape::Money(_) | Shape::Based(..)) {
        made.push(("wide", gold.replace('+', " + ").replace('-', " - ").replace(',', " , ").replace('=', " = ")));
    }
    made.push(("times", explicit_products(gold)));
    if !matches!(shape, Shape::Mixed(..)) && !has_words {
        made.push(("plain text", plain_text(gold)));
    }
    made
}

fn unicode(gold: &str) -> String {
    let mut text = gold.to_owned();
    if !gold.contains("\\text") {
        text = text.replace('-', "−");
    }
    let names = [
        ("^\\circ", "°"),
        ("\\pi", "π"),
        ("\\infty", "∞"),
        ("\\cup", "∪"),
        ("\\pm", "±"),
        ("\\in ", "∈ "),
        ("\\frac{1}{2}", "½"),
        ("^2", "²"),
        ("^3", "³"),
    ];
    for (name, sign) in names {
        text = text.replace(name, sign);
    }
    text
}

/// `3\sqrt{5}` as `3 \cdot \sqrt{5}`.
fn explicit_products(gold: &str) -> String {
    let mut text = String::new();
    let mut after_digit = false;
    for (at, c) in gold.char_indices() {
        let rest = &gold[at..];
        if after_digit && (rest.starts_with("\\sqrt") || rest.starts_with("\\pi")) {
            text.push_str(" \\cdot ");
        }
        text.push(c);
        after_digit = c.is_ascii_digit() || (after_digit && c == ' ');
    }
    text
}

/// `\frac{a}{b}` as `(a)/(b)`, `\sqrt{a}` as `sqrt(a)`, where the arguments are in braces without further braces.
fn plain_text(gold: &str) -> String {
    let mut text = gold.replace("\\dfrac", "\\frac").replace("\\left", "").replace("\\right", "");
    for (command, name) in [("\\sqrt{", " sqrt("), ("\\frac{", "(")] {
        while let Some(start) = text.rfind(command) {
            let Some(end) = text[start..].find('}').map(|end| start + end) else { break };
            let inner = text[start + command.len()..end].to_owned();
            let (bottom, after) = match text[end + 1..].strip_prefix('{').and_then(|rest| rest.split_once('}')) {
                Some((bottom, after)) if name == "(" => (format!("/({bottom})"), after),
                _ => (String::new(), &text[end + 1..]),
            };
            text = format!("{}{name}{inner}){bottom}{after}", &text[..start]);
        }
    }
    text.replace("\\pi", "pi").replace("\\infty", "infinity")
}

fn by_shape(gold: &str, shape: &Shape) -> Vec<Reworded> {
    match shape {
        Shape::Integer(value) => integer(*value),
        Shape::Decimal(digits, places) => vec![
            ("trailing zero", format!("{gold}0")),
            ("leading zero", decimal(*digits, *places)),
            ("as a fraction", fraction(*digits, 10_i64.pow(*places))),
        ],
        Shape::Fraction(top, bottom) => of_fraction(*top, *bottom),
        Shape::Mixed(whole, top, bottom) => vec![
            ("improper", fraction(whole * bottom + whole.signum() * top, *bottom)),
            ("mixed in plain text", format!("{whole} {top}/{bottom}")),
        ],
        Shape::Degrees(value) => vec![
            ("without degrees", value.clone()),
            ("degree sign", format!("{value}°")),
            ("degrees in words", format!("{value} \\text{{ degrees}}")),
            ("radians", format!("\\frac{{{value}\\pi}}{{180}}")),
        ],
        Shape::Money(value) => vec![
            ("without currency", value.clone()),
            ("bare dollar", format!("${value}")),
            ("dollars in words", format!("{value} \\text{{ dollars}}")),
        ],
        Shape::Unit(value) => vec![("without unit", value.clone())],
        Shape::Brackets(open, parts, close) if shape.is_interval() => of_interval(*open, parts, *close),
        Shape::Brackets(open, parts, close) => vec![("spread", format!("{open} {} {close}", parts.join(" , ")))],
        Shape::Set(parts) => of_set(parts),
        Shape::Union(parts) => {
            let turned = parts.iter().rev().cloned().collect::<Vec<_>>().join(" \\cup ");
            vec![("turned", turned), ("membership", format!("x \\in {gold}"))]
        }
        Shape::Membership(set) => vec![("without a name", set.clone())],
        Shape::PlusMinus => {
            vec![("two values", format!("{}, {}", gold.replace("\\pm", "+"), gold.replace("\\pm", "-")))]
        }
        Shape::Equation(left, right) => of_equation(left, right),
        Shape::Matrix(rows) => of_matrix(rows),
        Shape::Based(digits, base) => {
            vec![
                ("base in braces", format!("{digits}_{{{base}}}")),
                ("base without braces", format!("{digits}_{base}")),
            ]
        }
        Shape::Word(word) => vec![
            ("bare word", word.clone()),
            ("lower case", word.to_lowercase()),
            ("upper case", word.to_uppercase()),
            ("bold", format!("\\textbf{{{word}}}")),
        ],
        Shape::Choice(letter) => vec![
            ("bare letter", letter.to_string()),
            ("letter in brackets", format!("({letter})")),
            ("bold letter", format!("\\textbf{{({letter})}}")),
        ],
        Shape::Expression => Vec::new(),
    }
}

fn integer(value: i64) -> Vec<Reworded> {
    let mut made = vec![
        ("decimal zero", format!("{value}.0")),
        ("as a fraction", format!("\\frac{{{}}}{{3}}", 3 * value)),
        ("as a sum", format!("{} + 1", value - 1)),
        ("in text", format!("\\text{{{value}}}")),
        ("with a unit", format!("{value} \\text{{ units}}")),
        ("bold", format!("**{value}**")),
    ];
    if value >= 0 {
        made.extend([("plus sign", format!("+{value}")), ("dollar amount", format!("\\${value}"))]);
    }
    if value.abs() >= 1_000 {
        made.push(("ungrouped", value.to_string()));
        made.extend(
            [("commas", ","), ("braced commas", "{,}"), ("thin spaces", "\\,")]
                .map(|(rule, by)| (rule, grouped(value, by))),
        );
    }
    made
}

fn of_fraction(top: i64, bottom: i64) -> Vec<Reworded> {
    let mut made = vec![
        ("slash", format!("{top}/{bottom}")),
        ("expanded", format!("\\frac{{{}}}{{{}}}", 3 * top, 3 * bottom)),
        ("signs", format!("\\frac{{{}}}{{{}}}", -top, -bottom)),
        ("product", format!("{top} \\cdot \\frac{{1}}{{{bottom}}}")),
    ];
    let (sign, p, q) = reduced(top, bottom);
    if p > q && q > 1 {
        let minus = if sign < 0 { "-" } else { "" };
        made.push(("mixed", format!("{minus}{}\\frac{{{}}}{{{q}}}", p / q, p % q)));
    }
    let places = (1..=6).find(|places| 10_i64.pow(*places) % q == 0);
    if let Some(places) = places {
        made.push(("as a decimal", decimal(sign * p * (10_i64.pow(places) / q), places)));
    }
    made
}

fn of_interval(open: char, parts: &[String], close: char) -> Vec<Reworded> {
    let (low, high) = (&parts[0], &parts[1]);
    let (left, right) = (if open == '(' { "<" } else { "\\le" }, if close == ')' { "<" } else { "\\le" });
    let inequality = match (low.contains("\\infty"), high.contains("\\infty")) {
        (true, false) => format!("x {right} {high}"),
        (false, true) => format!("{low} {left} x"),
        _ => format!("{low} {left} x {right} {high}"),
    };
    vec![("inequality", inequality), ("membership", format!("x \\in {open}{low},{high}{close}"))]
}

fn of_set(parts: &[String]) -> Vec<Reworded> {
    let turned: Vec<String> = parts.iter().rev().cloned().collect();
    let (last, first) =
        parts.split_last().map_or((String::new(), String::new()), |(last, first)| (last.clone(), first.join(", ")));
    vec![
        ("turned", turned.join(", ")),
        ("set", format!("\\{{{}\\}}", parts.join(", "))),
        ("turned set", format!("\\left\\{{{}\\right\\}}", turned.join(","))),
        ("words", format!("{first} and {last}")),
    ]
}

fn of_equation(left: &str, right: &str) -> Vec<Reworded> {
    let mut made = vec![("sides swapped", format!("{right} = {left}"))];
    if left.len() == 1 {
        made.push(("right side", right.to_owned()));
        made.push(("zero on the right", format!("{left} - ({right}) = 0")));
    } else {
        made.push(("doubled", format!("2({left}) = 2({right})")));
    }
    made
}

fn of_matrix(rows: &[Vec<String>]) -> Vec<Reworded> {
    let body = |between: &str| rows.iter().map(|row| row.join(between)).collect::<Vec<_>>().join(" \\\\ ");
    let columns = "c".repeat(rows.first().map_or(0, Vec::len));
    vec![
        ("square brackets", format!("\\begin{{bmatrix}} {} \\end{{bmatrix}}", body(" & "))),
        ("last row closed", format!("\\begin{{pmatrix}}{}\\\\\\end{{pmatrix}}", body("&"))),
        ("array", format!("\\left(\\begin{{array}}{{{columns}}} {} \\end{{array}}\\right)", body(" & "))),
    ]
}
