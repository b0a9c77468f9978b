//! Expressions with letters: polynomials, rational functions, powers, trigonometric identities, equations, inequalities.

use super::{Case, Draws, Rule, constant, fraction, plus, signed, times};

pub(super) const RULES: &[Rule] = &[
    ("polynomials", 14, quadratic),
    ("polynomials", 8, linear),
    ("several variables", 12, product_of_two),
    ("several variables", 8, square_of_sum),
    ("rational functions", 10, partial_fractions),
    ("rational functions", 8, cancelled),
    ("variable powers", 10, exponential),
    ("trigonometry", 10, double_angle),
    ("logarithms", 6, logarithm_of_a_power),
    ("absolute values", 8, absolute),
    ("equations", 12, line),
    ("equations", 8, circle),
    ("inequalities", 10, linear_inequality),
    ("implicit multiplication", 8, implicit),
    ("plain text", 8, plain),
];

/// `a x² + b x + c`.
fn polynomial(a: i64, b: i64, c: i64) -> String {
    format!("{}{}{}", times(a, "x^2"), plus(b, "x"), constant(c))
}

fn quadratic(draws: &mut Draws) -> Case {
    let (a, b, c, d) = (draws.nonzero(-5, 5), draws.nonzero(-9, 9), draws.integer(1, 4), draws.nonzero(-9, 9));
    let (square, middle, last) = (a * c, a * d + b * c, b * d);
    Case::new(polynomial(square, middle, last))
        .equal([format!("({}{})({}{})", times(a, "x"), constant(b), times(c, "x"), constant(d))])
        .equal([format!("{last}{}{}", plus(middle, "x"), plus(square, "x^2"))])
        .equal([
            format!("{square}*x**2 {}*x {}", signed(middle), signed(last)),
            format!("x({square}x {}) {}", signed(middle), signed(last)),
        ])
        .different([
            polynomial(square, middle + 1, last),
            polynomial(square, middle, -last),
            polynomial(-square, middle, last),
        ])
        .different([format!("({}{})({}{})", times(a, "x"), constant(b), times(c, "x"), constant(-d))])
        .different([
            polynomial(square, middle, last).replace('x', "y"),
            format!("{}{}{}", times(square, "x^3"), plus(middle, "x"), constant(last)),
        ])
        .different_if(square != last, polynomial(last, middle, square))
}

fn linear(draws: &mut Draws) -> Case {
    let (a, b, k) = (draws.nonzero(-20, 20), draws.nonzero(-50, 50), draws.integer(2, 6));
    let text = |a: i64, b: i64| format!("{}{}", times(a, "x"), constant(b));
    Case::new(text(a, b))
        .equal([
            format!("{b}{}", plus(a, "x")),
            format!("-({})", text(-a, -b)),
            format!("\\frac{{{}}}{{{k}}}", text(a * k, b * k)),
        ])
        .equal([format!("{a}(x {}) {}", signed(k), signed(b - a * k)), format!("y = {}", text(a, b))])
        .different([
            text(a, -b),
            text(-a, b),
            text(a, b + 1),
            format!("{}{}", times(a, "x^2"), constant(b)),
            text(a, b).replace('x', "t"),
        ])
        .different_if(a * (b + 100) != b, format!("{a}(x{})", constant(b + 100)))
        .different_if(a != b, text(b, a))
}

fn product_of_two(draws: &mut Draws) -> Case {
    let (a, b) = (draws.nonzero(-9, 9), draws.nonzero(-9, 9));
    let expanded = |x: i64, y: i64, c: i64| format!("xy{}{}{}", plus(x, "x"), plus(y, "y"), constant(c));
    // (x + a)(y + b)
    Case::new(format!("(x{})(y{})", constant(a), constant(b)))
        .equal([
            expanded(b, a, a * b),
            format!("(y{})(x{})", constant(b), constant(a)),
            format!("x(y{}){}{}", constant(b), plus(a, "y"), constant(a * b)),
        ])
        .different([
            expanded(b, a, a * b + 1),
            expanded(b, -a, a * b),
            expanded(b, a, -a * b),
            expanded(b + 1, a, a * b),
        ])
        .different([format!("xy{}", constant(a * b)), format!("(x{})(y{})", constant(-a), constant(-b))])
        .different_if(a != b, expanded(a, b, a * b))
}

fn square_of_sum(draws: &mut Draws) -> Case {
    let (a, b) = (draws.integer(2, 9), draws.nonzero(-9, 9));
    Case::new(format!("({a}x{})^2", plus(b, "y")))
        .equal([
            format!("{}x^2{}{}", a * a, plus(2 * a * b, "xy"), plus(b * b, "y^2")),
            format!("({}y{})^2", b, plus(a, "x")),
        ])
        .equal([format!("({}x{})^2", -a, plus(-b, "y"))])
        .different([
            format!("{}x^2{}", a * a, plus(b * b, "y^2")),
            format!("{}x^2{}{}", a * a, plus(a * b, "xy"), plus(b * b, "y^2")),
        ])
        .different([
            format!("({a}x{})^2", plus(-b, "y")),
            format!("{a}x^2{}{}", plus(2 * a * b, "xy"), plus(b * b, "y^2")),
        ])
        .different([
            format!("{}x^2{}{}", a * a, plus(2 * a * b, "xz"), plus(b * b, "z^2")),
            format!("2({a}x{})", plus(b, "y")),
        ])
}

/// `A/(x + a) + B/(x + b)`.
fn partial_fractions(draws: &mut Draws) -> Case {
    let (top_a, top_b) = (draws.integer(1, 9), draws.integer(1, 9));
    let a = draws.nonzero(-9, 9);
    let b = a + draws.integer(1, 5);
    let factors = |a: i64, b: i64| format!("(x{})(x{})", constant(a), constant(b));
    let numerator = |shift: i64| format!("{}x{}", top_a + top_b, constant(top_a * b + top_b * a + shift));
    Case::new(format!("\\frac{{{top_a}}}{{x{}}}+\\frac{{{top_b}}}{{x{}}}", constant(a), constant(b)))
        .equal([
            format!("\\frac{{{}}}{{{}}}", numerator(0), factors(a, b)),
            format!("({})/({})", numerator(0), factors(b, a)),
        ])
        .equal([format!("\\frac{{{}}}{{x^2{}{}}}", numerator(0), plus(a + b, "x"), constant(a * b))])
        .different([
            format!("\\frac{{{}}}{{{}}}", numerator(1), factors(a, b)),
            format!("\\frac{{{}}}{{{}}}", numerator(0), factors(a, b + 1)),
        ])
        .different([
            format!("\\frac{{{}}}{{2x{}}}", top_a + top_b, constant(a + b)),
            format!("\\frac{{{top_a}}}{{x{}}}-\\frac{{{top_b}}}{{x{}}}", constant(a), constant(b)),
        ])
        .different_if(
            top_a != top_b,
            format!("\\frac{{{top_b}}}{{x{}}}+\\frac{{{top_a}}}{{x{}}}", constant(a), constant(b)),
        )
}

/// `(x² - a²) / (x - a)`, whose hole at `a` an answer leaves out.
fn cancelled(draws: &mut Draws) -> Case {
    let (a, k) = (draws.integer(1, 12), draws.integer(2, 9));
    Case::new(format!("\\frac{{{k}(x^2-{})}}{{x-{a}}}", a * a))
        .equal([format!("{k}(x+{a})"), format!("{k}x+{}", k * a), format!("\\frac{{{k}(x-{a})(x+{a})}}{{x-{a}}}")])
        .different([
            format!("{k}(x-{a})"),
            format!("x+{a}"),
            format!("{k}x+{}", k * a + 1),
            format!("{k}(x+{})", a + 1),
            format!("{k}x"),
        ])
}

fn exponential(draws: &mut Draws) -> Case {
    let (base, shift) = (draws.integer(2, 7), draws.integer(1, 4));
    let factor = base.pow(u32::try_from(shift).expect("small"));
    Case::new(format!("{base}^{{n+{shift}}}"))
        .equal([
            format!("{factor} \\cdot {base}^n"),
            format!("{base}^n \\cdot {base}^{{{shift}}}"),
            format!("\\frac{{{base}^{{n+{}}}}}{{{base}}}", shift + 1),
        ])
        .equal([format!("{base}^{{{shift}+n}}")])
        .different([
            format!("{base}^n+{shift}"),
            format!("{base}^n + {factor}"),
            format!("{base}^{{n-{shift}}}"),
            format!("{base}^{{{}n}}", shift + 1),
        ])
        .different([
            format!("{} \\cdot {base}^n", factor + 1),
            format!("{}^{{n+{shift}}}", base + 1),
            format!("{base}(n+{shift})"),
            format!("{base}^{{m+{shift}}}"),
        ])
}

fn double_angle(draws: &mut Draws) -> Case {
    let (a, k) = (draws.integer(2, 9), draws.integer(2, 6));
    Case::new(format!("{a}\\sin({}x)", 2 * k))
        .equal([
            format!("{}\\sin({k}x)\\cos({k}x)", 2 * a),
            format!("-{a}\\sin(-{}x)", 2 * k),
            format!("{a}\\cos\\left(\\frac{{\\pi}}{{2}}-{}x\\right)", 2 * k),
        ])
        .different([
            format!("{}\\sin({k}x)", 2 * a),
            format!("{a}\\cos({}x)", 2 * k),
            format!("{a}\\sin({}x)", 2 * k + 1),
            format!("-{a}\\sin({}x)", 2 * k),
        ])
        .different([
            format!("{a}\\sin({k}x)\\cos({k}x)"),
            format!("{}\\sin({}x)", a + 1, 2 * k),
            format!("{a}\\sin({}y)", 2 * k),
        ])
}

fn logarithm_of_a_power(draws: &mut Draws) -> Case {
    let (base, exponent) = (draws.integer(2, 7), draws.integer(2, 6));
    let power = base.pow(u32::try_from(exponent).expect("small"));
    Case::new(format!("\\log_{{{base}}} {power}"))
        .equal([
            exponent.to_string(),
            format!("\\frac{{\\ln {power}}}{{\\ln {base}}}"),
            format!("{exponent}\\log_{base} {base}"),
        ])
        .equal([format!("-\\log_{base} \\frac{{1}}{{{power}}}")])
        .different([
            (exponent + 1).to_string(),
            format!("\\log_{{{power}}} {base}"),
            format!("\\log_{{{base}}} {}", power + 1),
            power.to_string(),
        ])
        .different([format!("\\ln {power}")])
}

fn absolute(draws: &mut Draws) -> Case {
    let (a, b) = (draws.integer(1, 9), draws.nonzero(-9, 9));
    let inside = |a: i64, b: i64| format!("{}{}", times(a, "x"), constant(b));
    Case::new(format!("|{}|", inside(a, b)))
        .equal([
            format!("\\left|{}\\right|", inside(-a, -b)),
            format!("\\sqrt{{({})^2}}", inside(a, b)),
            format!("|{b}{}|", plus(a, "x")),
        ])
        .different([
            inside(a, b),
            inside(-a, -b),
            format!("|{}|", inside(a, -b)),
            format!("|{}|", inside(a, b + 10)),
            format!("|{}|{}", times(a, "x"), constant(b)),
        ])
}

fn line(draws: &mut Draws) -> Case {
    let (a, b) = (draws.nonzero(-9, 9), draws.nonzero(-20, 20));
    let right = |a: i64, b: i64| format!("{}{}", times(a, "x"), constant(b));
    Case::new(format!("y = {}", right(a, b)))
        .equal([
            right(a, b),
            format!("{}-y{}=0", times(a, "x"), constant(b)),
            format!("2y = {}", right(2 * a, 2 * b)),
            format!("y={b}{}", plus(a, "x")),
        ])
        .equal([format!("y{} = {b}", plus(-a, "x"))])
        .different([right(a + 11, b), right(a, -b), right(-a, b), right(a, b + 1)].map(|right| format!("y = {right}")))
        .different([format!("{}+y{}=0", times(a, "x"), constant(b)), format!("y = {}", times(a, "x"))])
        // The line itself for a slope of -1.
        .different_if(a != -1, format!("x = {}", right(a, b).replace('x', "y")))
}

fn circle(draws: &mut Draws) -> Case {
    let (h, k, r) = (draws.nonzero(-9, 9), draws.nonzero(-9, 9), draws.integer(2, 9));
    let written = |h: i64, k: i64, square: i64| format!("(x{})^2+(y{})^2={square}", constant(-h), constant(-k));
    let rest = h * h + k * k - r * r;
    Case::new(written(h, k, r * r))
        .equal([
            format!("x^2+y^2{}{}{}=0", plus(-2 * h, "x"), plus(-2 * k, "y"), constant(rest)),
            format!("(y{})^2+(x{})^2={r}^2", constant(-k), constant(-h)),
        ])
        .equal([format!("{} = (x{})^2 + (y{})^2", r * r, constant(-h), constant(-k))])
        .different([written(-h, k, r * r), written(h, -k, r * r), written(h, k, r), written(h, k, r * r + 1)])
        .different([format!("(x{})^2-(y{})^2={}", constant(-h), constant(-k), r * r)])
        .different_if(h != k, written(k, h, r * r))
}

/// `a x + b < c` and its solution.
fn linear_inequality(draws: &mut Draws) -> Case {
    let (a, b, c) = (draws.nonzero(-9, 9), draws.nonzero(-20, 20), draws.integer(-30, 30));
    let (bound, other) = (fraction(c - b, a), fraction(c - b + 2 * a, a));
    let (less, more) = if a > 0 { ("<", ">") } else { (">", "<") };
    let infinity = if a > 0 { format!("(-\\infty, {bound})") } else { format!("({bound}, \\infty)") };
    Case::new(format!("x {less} {bound}"))
        .equal([
            format!("{}{} < {c}", times(a, "x"), constant(b)),
            format!("{bound} {more} x"),
            infinity.clone(),
            format!("x \\in {infinity}"),
        ])
        .different([
            format!("x {more} {bound}"),
            format!("x {} {bound}", if a > 0 { "\\le" } else { "\\ge" }),
            format!("x {less} {other}"),
            format!("x = {bound}"),
        ])
        .different([
            infinity.replace(if a > 0 { ")" } else { "(" }, if a > 0 { "]" } else { "[" }),
            format!("{}{} > {c}", times(a, "x"), constant(b)),
        ])
}

fn implicit(draws: &mut Draws) -> Case {
    let (a, b) = (draws.integer(2, 9), draws.integer(1, 9));
    Case::new(format!("{a}x(y+{b})"))
        .equal([
            format!("{a} \\cdot x \\cdot (y+{b})"),
            format!("{a}xy+{}x", a * b),
            format!("{a}*x*(y+{b})"),
            format!("(y+{b}){a}x"),
        ])
        .different([
            format!("{a}xy+{b}"),
            format!("{a}x+y+{b}"),
            format!("{a}x(y-{b})"),
            format!("{a}y(x+{b})"),
            format!("{}x(y+{b})", a + 1),
            format!("x^{a}(y+{b})"),
        ])
}

fn plain(draws: &mut Draws) -> Case {
    let (a, b, c) = (draws.integer(2, 9), draws.integer(2, 9), draws.square_free());
    Case::new(format!("\\frac{{{a}+\\sqrt{{{c}}}}}{{{b}}}"))
        .equal([
            format!("({a}+sqrt({c}))/{b}"),
            format!("{a}/{b} + sqrt({c})/{b}"),
            format!("(sqrt({c}) + {a})*1/{b}"),
            format!("({a} + {c}^(1/2))/{b}"),
        ])
        .different([
            format!("{a}+sqrt({c})/{b}"),
            format!("({a}-sqrt({c}))/{b}"),
            format!("({a}+sqrt({}))/{b}", c + 1),
            format!("{a}/{b}+sqrt({c})"),
            format!("sqrt({a}+{c})/{b}"),
        ])
}
