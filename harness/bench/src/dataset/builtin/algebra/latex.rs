//! Numbers and expressions as LaTeX.

use num_integer::Integer;

/// `n/d` in lowest terms: `3`, `-\frac{2}{5}`. The denominator is not zero.
pub(super) fn fraction(numerator: i64, denominator: i64) -> String {
    let divisor = numerator.gcd(&denominator) * denominator.signum();
    if divisor == 0 {
        return "0".to_owned();
    }
    let (numerator, denominator) = (numerator / divisor, denominator / divisor);
    match (denominator, numerator < 0) {
        (1, _) => numerator.to_string(),
        (_, true) => format!("-\\frac{{{}}}{{{denominator}}}", -numerator),
        (_, false) => format!("\\frac{{{numerator}}}{{{denominator}}}"),
    }
}

/// The largest `a` and the rest `n` with `a^2 n` the given positive number.
pub(super) fn square_part(number: i64) -> (i64, i64) {
    let mut root = 1;
    let mut rest = number;
    let mut candidate = 2;
    while candidate * candidate <= rest {
        if rest % (candidate * candidate) == 0 {
            rest /= candidate * candidate;
            root *= candidate;
        } else {
            candidate += 1;
        }
    }
    (root, rest)
}

/// `a\sqrt{n}`, without a factor of one and without the root of one.
pub(super) fn radical(factor: i64, radicand: i64) -> String {
    match (factor, radicand) {
        (_, 1) => factor.to_string(),
        (1, _) => format!("\\sqrt{{{radicand}}}"),
        (-1, _) => format!("-\\sqrt{{{radicand}}}"),
        _ => format!("{factor}\\sqrt{{{radicand}}}"),
    }
}

/// A polynomial in `x` from its coefficients, the highest power first.
pub(super) fn polynomial(coefficients: &[i64]) -> String {
    let mut text = String::new();
    for (index, &coefficient) in coefficients.iter().enumerate() {
        let variable = match coefficients.len() - 1 - index {
            0 => String::new(),
            1 => "x".to_owned(),
            power => format!("x^{power}"),
        };
        push_term(&mut text, coefficient, &variable);
    }
    if text.is_empty() { "0".to_owned() } else { text }
}

/// `ax + by` and so on, for a line of a system of equations.
pub(super) fn linear(terms: &[(i64, char)]) -> String {
    let mut text = String::new();
    for &(coefficient, variable) in terms {
        push_term(&mut text, coefficient, variable.encode_utf8(&mut [0; 4]));
    }
    text
}

/// Adds a term to a sum: its sign, and its size unless that is 1 before a variable. A term of 0 adds nothing.
fn push_term(text: &mut String, coefficient: i64, variable: &str) {
    if coefficient == 0 {
        return;
    }
    let sign = match (text.is_empty(), coefficient < 0) {
        (true, true) => "-",
        (true, false) => "",
        (false, true) => " - ",
        (false, false) => " + ",
    };
    let size = coefficient.abs();
    let number = if size == 1 && !variable.is_empty() { String::new() } else { size.to_string() };
    text.push_str(&format!("{sign}{number}{variable}"));
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_in_lowest_terms() {
        assert_eq!(fraction(6, -4), "-\\frac{3}{2}");
        assert_eq!(fraction(-6, -3), "2");
        assert_eq!(fraction(0, 5), "0");
        assert_eq!(square_part(72), (6, 2));
        assert_eq!(square_part(49), (7, 1));
        assert_eq!(radical(6, 2), "6\\sqrt{2}");
        assert_eq!(polynomial(&[1, -1, 0, -3]), "x^3 - x^2 - 3");
        assert_eq!(polynomial(&[-2, 1]), "-2x + 1");
        assert_eq!(linear(&[(1, 'x'), (-3, 'y')]), "x - 3y");
    }
}
