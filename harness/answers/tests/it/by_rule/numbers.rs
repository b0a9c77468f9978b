//! Numbers in their written forms: integers, fractions, decimals, roots, logarithms, angles, bases, units.

use super::{Case, Draws, Rule, decimal, fraction, gcd, grouped, reduced, signed};

pub(super) const RULES: &[Rule] = &[
    ("integers", 12, integer),
    ("thousands separators", 10, thousands),
    ("fractions", 16, plain_fraction),
    ("mixed numbers", 10, mixed),
    ("decimals", 10, terminating),
    ("scientific notation", 10, scientific),
    ("repeating decimals", 8, repeating),
    ("percent", 8, percent),
    ("rounding", 14, rounding),
    ("roots", 12, root),
    ("sums of radicals", 8, rationalised),
    ("nested radicals", 8, nested),
    ("cube roots", 6, cube_root),
    ("complex numbers", 12, complex),
    ("logarithms", 8, logarithm),
    ("trigonometry", 8, special_angle),
    ("degrees", 8, degrees),
    ("number bases", 8, based),
    ("factorials", 6, factorial),
    ("binomials", 6, binomial),
    ("units", 8, lengths),
    ("currency", 6, dollars),
    ("powers", 8, power),
];

fn integer(draws: &mut Draws) -> Case {
    let n = draws.nonzero(-999, 999);
    let k = draws.integer(2, 9);
    Case::new(n.to_string())
        .equal([format!("{n}.0"), format!("\\frac{{{}}}{{{k}}}", n * k), format!("{} {}", n - k, signed(k))])
        .equal([format!("${n}$"), format!("\\boxed{{{n}}}"), format!("n = {n}")])
        .different([n + 1, n - 1, -n, 10 * n, n + 100].map(|other| other.to_string()))
        .different([format!("{n}.5"), format!("{n}x")])
}

fn thousands(draws: &mut Draws) -> Case {
    let n = draws.integer(1_000, 99_999_999);
    Case::new(grouped(n, ","))
        .equal(["", "{,}", "\\,", ",\\!", " ", "\\ "].map(|separator| grouped(n, separator)))
        .different([n + 1, n * 10, n + 1_000].map(|other| grouped(other, ",")))
        .different([(n / 10).to_string(), format!("-{n}"), decimal(n, 3)])
}

fn plain_fraction(draws: &mut Draws) -> Case {
    let (p, q) = (draws.nonzero(-60, 60), draws.integer(2, 40));
    let (sign, top, bottom) = reduced(p, q);
    let (p, q) = (sign * top, bottom);
    let k = draws.integer(2, 7);
    Case::new(fraction(p, q))
        .equal([
            format!("\\dfrac{{{}}}{{{}}}", p * k, q * k),
            format!("{p}/{q}"),
            format!("\\frac{{{}}}{{{}}}", -p, -q),
        ])
        .equal([format!("{p} \\cdot \\frac{{1}}{{{q}}}"), format!("{{{p} \\over {q}}}")])
        .different_if(top != q, fraction(q, p))
        .different([fraction(-p, q), fraction(p + 1, q), fraction(p, q + 1), format!("{p}{q}"), fraction(p, q * 10)])
}

fn mixed(draws: &mut Draws) -> Case {
    let (whole, q) = (draws.integer(1, 30), draws.integer(3, 16));
    let p = (1..q).rev().find(|p| gcd(*p, q) == 1 && 2 * p != q).expect("a numerator");
    let top = whole * q + p;
    Case::new(format!("{whole}\\frac{{{p}}}{{{q}}}"))
        .equal([
            fraction(top, q),
            format!("{whole} {p}/{q}"),
            format!("{whole} + \\frac{{{p}}}{{{q}}}"),
            format!("{top}/{q}"),
        ])
        .equal([format!("{whole}\\,\\dfrac{{{p}}}{{{q}}}")])
        .different([fraction(p, q), fraction(whole * p, q), format!("{}\\frac{{{p}}}{{{q}}}", whole + 1)])
        .different([format!("-{whole}\\frac{{{p}}}{{{q}}}"), fraction(top + 1, q), format!("{whole}.{p}{q}")])
}

fn terminating(draws: &mut Draws) -> Case {
    let places = u32::try_from(draws.integer(1, 4)).expect("small");
    let n = draws.integer(1, 900) * 10 + draws.integer(1, 9);
    let scale = 10_i64.pow(places);
    Case::new(decimal(n, places))
        .equal([fraction(n, scale), format!("{}0", decimal(n, places)), format!("{n}/{scale}")])
        .equal([format!("{n} \\times 10^{{-{places}}}"), format!("{} + {}", n / scale, fraction(n % scale, scale))])
        .different([decimal(n, places - 1), decimal(n, places + 1), decimal(-n, places), decimal(n + 1, places)])
        .different([fraction(scale, n), decimal(n - 2, places)])
}

fn scientific(draws: &mut Draws) -> Case {
    let (digits, exponent) = (draws.integer(11, 99), draws.integer(3, 9));
    let mantissa = decimal(digits, 1);
    let plain = digits * 10_i64.pow(u32::try_from(exponent - 1).expect("small"));
    Case::new(format!("{mantissa} \\times 10^{{{exponent}}}"))
        .equal([
            plain.to_string(),
            grouped(plain, ","),
            format!("{mantissa}e{exponent}"),
            format!("{mantissa}·10^{exponent}"),
        ])
        .equal([format!("{digits} \\cdot 10^{{{}}}", exponent - 1), format!("{mantissa} * 10**{exponent}")])
        .different([exponent + 1, exponent - 1, -exponent].map(|other| format!("{mantissa} \\times 10^{{{other}}}")))
        .different([format!("{} \\times 10^{{{exponent}}}", decimal(digits + 1, 1)), (plain + 1).to_string()])
        .different([format!("{mantissa} \\times 10 \\times {exponent}")])
}

fn repeating(draws: &mut Draws) -> Case {
    let block = draws.integer(10, 98);
    let other = if block % 11 == 0 { block + 1 } else { block % 10 * 10 + block / 10 };
    Case::new(format!("0.\\overline{{{block}}}"))
        .equal([fraction(block, 99), format!("0.({block})"), format!("0.{block}\\overline{{{block}}}")])
        .equal([format!("\\frac{{{block}}}{{99}}"), format!("0.\\overline{{{block}{block}}}")])
        .different([
            format!("0.{block}"),
            format!("0.{block}{block}"),
            fraction(block, 100),
            format!("0.\\overline{{{other:02}}}"),
        ])
        .different([format!("0.0\\overline{{{block}}}"), format!("1.\\overline{{{block}}}")])
}

fn percent(draws: &mut Draws) -> Case {
    let n = draws.integer(2, 99);
    Case::new(format!("{n}\\%"))
        .equal([format!("{n}%"), format!("{n} \\text{{ percent}}"), fraction(n, 100), decimal(n, 2), n.to_string()])
        .different([
            format!("{}\\%", n * 10),
            format!("{}\\%", n + 1),
            format!("-{n}\\%"),
            decimal(n, 3),
            fraction(n, 10),
        ])
}

/// A gold answer that is a rounded decimal, against what it may have been rounded from.
fn rounding(draws: &mut Draws) -> Case {
    let places = u32::try_from(draws.integer(2, 4)).expect("small");
    let (p, q) = loop {
        let (p, q) = (draws.integer(1, 400), draws.integer(3, 60));
        // Repeating, so that the gold answer can only be rounded, and of three digits at least.
        let is_repeating = [3, 7, 11, 13].iter().any(|prime| q % prime == 0 && gcd(p, *prime) == 1);
        if is_repeating && p * 10_i64.pow(places) > 100 * q {
            break (p, q);
        }
    };
    let at = |places: u32| (2 * p * 10_i64.pow(places) + q) / (2 * q);
    let rounded = at(places);
    assert_eq!((at(places + 3) + 500) / 1_000, rounded, "rounding {p}/{q} twice gives something else");
    Case::new(decimal(rounded, places))
        .equal([fraction(p, q), decimal(at(places + 3), places + 3), format!("{p}/{q}")])
        .different([1, -1].map(|off| decimal(rounded + off, places)))
        .different([decimal(rounded * 10 + 7, places + 1), decimal(-rounded, places), decimal(rounded, places - 1)])
        .different_if(rounded % 10 != 0, decimal(at(places - 1), places - 1))
}

fn root(draws: &mut Draws) -> Case {
    let (a, b) = (draws.integer(2, 12), draws.square_free());
    let square = a * a * b;
    Case::new(format!("{a}\\sqrt{{{b}}}"))
        .equal([
            format!("\\sqrt{{{square}}}"),
            format!("\\frac{{{}}}{{\\sqrt{{{b}}}}}", a * b),
            format!("{a}*sqrt({b})"),
        ])
        .equal([format!("{square}^{{1/2}}"), format!("\\sqrt{{{b}}} \\cdot {a}"), format!("{a}√{b}")])
        .different([format!("\\sqrt{{{}}}", a * b), format!("{a}\\sqrt{{{}}}", b + 1), format!("-{a}\\sqrt{{{b}}}")])
        .different([format!("{}\\sqrt{{{b}}}", a + 1), format!("\\sqrt[3]{{{square}}}"), (a * b).to_string()])
        .different_if(a != b, format!("{b}\\sqrt{{{a}}}"))
}

/// `1 / (√a - √b)`.
fn rationalised(draws: &mut Draws) -> Case {
    let (a, b) = loop {
        let (a, b) = (draws.square_free(), draws.square_free());
        if a > b {
            break (a, b);
        }
    };
    let gap = a - b;
    Case::new(format!("\\frac{{1}}{{\\sqrt{{{a}}}-\\sqrt{{{b}}}}}"))
        .equal([format!("\\frac{{\\sqrt{{{a}}}+\\sqrt{{{b}}}}}{{{gap}}}"), format!("(sqrt({a})+sqrt({b}))/{gap}")])
        .equal([format!("\\frac{{1}}{{{gap}}}\\left(\\sqrt{{{b}}}+\\sqrt{{{a}}}\\right)")])
        .different([
            format!("\\frac{{\\sqrt{{{a}}}-\\sqrt{{{b}}}}}{{{gap}}}"),
            format!("\\frac{{1}}{{\\sqrt{{{gap}}}}}"),
        ])
        .different([
            format!("\\frac{{\\sqrt{{{a}}}+\\sqrt{{{b}}}}}{{{}}}", gap + 1),
            format!("\\frac{{1}}{{\\sqrt{{{a}}}}}-\\frac{{1}}{{\\sqrt{{{b}}}}}"),
        ])
}

/// `√(a + b + 2√(ab)) = √a + √b`.
fn nested(draws: &mut Draws) -> Case {
    let (a, b) = loop {
        let (a, b) = (draws.square_free(), draws.square_free());
        if a > b {
            break (a, b);
        }
    };
    let (sum, product) = (a + b, a * b);
    Case::new(format!("\\sqrt{{{sum}+2\\sqrt{{{product}}}}}"))
        .equal([format!("\\sqrt{{{a}}}+\\sqrt{{{b}}}"), format!("\\sqrt{{{sum}+\\sqrt{{{}}}}}", 4 * product)])
        .equal([format!("sqrt({b}) + sqrt({a})")])
        .different([format!("\\sqrt{{{a}}}-\\sqrt{{{b}}}"), format!("\\sqrt{{{sum}-2\\sqrt{{{product}}}}}")])
        .different([
            format!("\\sqrt{{{sum}}}+\\sqrt{{{}}}", 2 * product),
            format!("\\sqrt{{{}+2\\sqrt{{{product}}}}}", sum + 1),
        ])
}

fn cube_root(draws: &mut Draws) -> Case {
    let (a, b) = (draws.integer(2, 6), draws.square_free());
    let cube = a * a * a * b;
    Case::new(format!("{a}\\sqrt[3]{{{b}}}"))
        .equal([
            format!("\\sqrt[3]{{{cube}}}"),
            format!("{cube}^{{1/3}}"),
            format!("\\frac{{{}}}{{\\sqrt[3]{{{}}}}}", a * b, b * b),
        ])
        .different([
            format!("{a}\\sqrt{{{b}}}"),
            format!("{a}\\sqrt[3]{{{}}}", b + 1),
            format!("\\sqrt[3]{{{}}}", a * b),
        ])
        .different([format!("-{a}\\sqrt[3]{{{b}}}"), format!("\\sqrt[4]{{{cube}}}")])
}

fn complex(draws: &mut Draws) -> Case {
    let mut part = || draws.nonzero(-9, 9);
    let (a, b, c, d) = (part(), part(), part(), part());
    let (real, imaginary) = (a * c - b * d, a * d + b * c);
    let number = |real: i64, imaginary: i64| format!("{real} {}i", signed(imaginary));
    Case::new(number(real, imaginary))
        .equal([format!("({})({})", number(a, b), number(c, d)), format!("{imaginary}i {}", signed(real))])
        .equal([
            format!("\\frac{{{}}}{{2}}", number(2 * real, 2 * imaginary)),
            format!("i({})", number(imaginary, -real)),
        ])
        .different_if(imaginary != 0, number(real, -imaginary))
        .different_if(real != imaginary, number(imaginary, real))
        .different([number(real + 1, imaginary), number(real, imaginary - 1)])
        .different_if(imaginary != 0, (real + imaginary).to_string())
        .different([format!("({})({})", number(a, b), number(c, d + 1))])
}

fn logarithm(draws: &mut Draws) -> Case {
    let (a, b) = (draws.integer(2, 20), draws.integer(2, 20));
    Case::new(format!("\\ln {}", a * b))
        .equal([
            format!("\\ln {a} + \\ln {b}"),
            format!("\\frac{{1}}{{2}}\\ln {}", a * a * b * b),
            format!("-\\ln\\frac{{1}}{{{}}}", a * b),
        ])
        .equal([format!("\\ln {} - \\ln {b}", a * b * b)])
        .different([
            format!("\\ln {}", a * b + 1),
            format!("-\\ln {}", a * b),
            (a * b).to_string(),
            format!("\\log_2 {}", a * b),
        ])
        .different([format!("\\ln {a} \\cdot \\ln {b}")])
        .different_if(a * b != a + b, format!("\\ln {}", a + b))
}

/// Sines, cosines and tangents that are known, in all quadrants.
fn special_angle(draws: &mut Draws) -> Case {
    // In units of 30 degrees; the doubled sine of the first three.
    const SINES: [(&str, &str); 12] = [
        ("0", "1"),
        ("\\frac{1}{2}", "\\frac{\\sqrt{3}}{2}"),
        ("\\frac{\\sqrt{3}}{2}", "\\frac{1}{2}"),
        ("1", "0"),
        ("\\frac{\\sqrt{3}}{2}", "-\\frac{1}{2}"),
        ("\\frac{1}{2}", "-\\frac{\\sqrt{3}}{2}"),
        ("0", "-1"),
        ("-\\frac{1}{2}", "-\\frac{\\sqrt{3}}{2}"),
        ("-\\frac{\\sqrt{3}}{2}", "-\\frac{1}{2}"),
        ("-1", "0"),
        ("-\\frac{\\sqrt{3}}{2}", "\\frac{1}{2}"),
        ("-\\frac{1}{2}", "\\frac{\\sqrt{3}}{2}"),
    ];
    let steps = draws.integer(1, 11);
    let angle = 30 * steps;
    let (sine, cosine) = SINES[usize::try_from(steps).expect("small")];
    Case::new(format!("\\sin {angle}^\\circ"))
        .equal([
            sine.to_owned(),
            format!("\\sin\\left({}\\pi\\right)", fraction(steps, 6)),
            format!("\\cos({}^\\circ)", 90 - angle),
        ])
        .equal([format!("-\\sin {}^\\circ", 360 - angle), format!("\\sin({}°)", angle + 360)])
        .different([cosine.to_owned(), format!("\\cos {angle}^\\circ"), angle.to_string()])
        .different_if(sine != "0", format!("-\\sin {angle}^\\circ"))
}

fn degrees(draws: &mut Draws) -> Case {
    let n = draws.integer(1, 35) * 10;
    let (_, top, bottom) = reduced(n, 180);
    let radians = if bottom == 1 { format!("{top}\\pi") } else { format!("\\frac{{{top}\\pi}}{{{bottom}}}") };
    Case::new(format!("{n}^\\circ"))
        .equal([n.to_string(), format!("{n}°"), format!("{n} \\text{{ degrees}}"), radians, format!("{n}^{{\\circ}}")])
        .different([
            format!("{}^\\circ", n + 1),
            format!("{}^\\circ", 360 - n + 5),
            format!("\\frac{{\\pi}}{{{n}}}"),
            format!("-{n}^\\circ"),
        ])
        .different([format!("{n} \\text{{ radians}}")])
}

fn based(draws: &mut Draws) -> Case {
    let base = draws.integer(3, 9);
    let digits: i64 = (0..4).fold(0, |number, _| number * 10 + draws.integer(1, base - 1));
    let last = digits % 10;
    let other = if last == base - 1 { digits - 1 } else { digits + 1 };
    Case::new(format!("{digits}_{base}"))
        .equal([
            format!("{digits}_{{{base}}}"),
            format!("{digits}"),
            format!("({digits})_{base}"),
            format!("0{digits}_{{{base}}}"),
        ])
        .different([
            format!("{other}_{base}"),
            format!("{digits}_{}", base + 1),
            format!("{digits}1_{base}"),
            other.to_string(),
        ])
}

fn factorial(draws: &mut Draws) -> Case {
    let n = draws.integer(4, 14);
    let value: i64 = (1..=n).product();
    Case::new(format!("{n}!"))
        .equal([
            value.to_string(),
            grouped(value, ","),
            format!("{n} \\cdot {}!", n - 1),
            format!("\\frac{{{}!}}{{{}}}", n + 1, n + 1),
        ])
        .different([(value + 1).to_string(), format!("{}!", n + 1), n.to_string(), (value / n).to_string()])
}

fn binomial(draws: &mut Draws) -> Case {
    let n = draws.integer(6, 20);
    let k = draws.integer(2, n / 2 - 1);
    let value = (1..=k).fold(1, |value, i| value * (n - k + i) / i);
    Case::new(format!("\\binom{{{n}}}{{{k}}}"))
        .equal([value.to_string(), format!("{{{n} \\choose {k}}}"), format!("\\dbinom{{{n}}}{{{}}}", n - k)])
        .equal([format!("\\frac{{{n}!}}{{{k}!\\,{}!}}", n - k)])
        .different([
            (value + 1).to_string(),
            format!("\\binom{{{n}}}{{{}}}", k + 1),
            fraction(n, k),
            format!("\\binom{{{}}}{{{k}}}", n + 1),
        ])
}

fn lengths(draws: &mut Draws) -> Case {
    let n = draws.integer(2, 95);
    Case::new(format!("{n} \\text{{ cm}}"))
        .equal([
            n.to_string(),
            format!("{n}cm"),
            format!("{n} \\text{{ centimeters}}"),
            format!("{} \\text{{ mm}}", 10 * n),
        ])
        .equal([format!("{} \\text{{ m}}", decimal(n, 2)), format!("{n}\\,\\mathrm{{cm}}")])
        .different([
            format!("{n} \\text{{ m}}"),
            format!("{n} \\text{{ mm}}"),
            format!("{} \\text{{ cm}}", n + 1),
            format!("{n} \\text{{ cm}}^2"),
        ])
        .different([format!("{n} \\text{{ inches}}"), format!("{} \\text{{ cm}}", 10 * n)])
}

fn dollars(draws: &mut Draws) -> Case {
    let cents = draws.integer(101, 99_999);
    let amount = decimal(cents, 2);
    Case::new(format!("\\${amount}"))
        .equal([
            amount.clone(),
            format!("${amount}"),
            format!("{amount} \\text{{ dollars}}"),
            format!("{amount} dollars"),
        ])
        .equal([format!("{cents} \\text{{ cents}}")])
        .different([
            format!("\\${}", decimal(cents + 1, 2)),
            format!("\\${}", decimal(cents, 1)),
            format!("{amount} \\text{{ cents}}"),
        ])
        .different([format!("€{amount}"), format!("-\\${amount}")])
}

fn power(draws: &mut Draws) -> Case {
    let (base, exponent) = (draws.integer(2, 9), draws.integer(3, 9));
    let value = base.pow(u32::try_from(exponent).expect("small"));
    Case::new(format!("{base}^{exponent}"))
        .equal([value.to_string(), format!("{base}**{exponent}"), format!("{base} \\cdot {base}^{{{}}}", exponent - 1)])
        .equal([format!("\\left(\\frac{{1}}{{{base}}}\\right)^{{-{exponent}}}")])
        .different([
            (base * exponent).to_string(),
            format!("{base}^{{-{exponent}}}"),
            (value + 1).to_string(),
            format!("{base}^{{{}}}", exponent + 1),
        ])
        .different_if(
            base != exponent && value != exponent.pow(u32::try_from(base).expect("small")),
            format!("{exponent}^{base}"),
        )
}
