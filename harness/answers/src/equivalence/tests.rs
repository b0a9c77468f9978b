use super::*;

mod names;
mod notations;
mod policy;
mod properties;
mod sets;
mod units;

fn verdict_of(a: &str, b: &str) -> Verdict {
    let (a, b) = (Answer::parse(a), Answer::parse(b));
    let verdict = equivalent(&a, &b);
    assert_eq!(verdict, equivalent(&b, &a), "symmetry of {a:?} and {b:?}");
    verdict
}

fn all(expected: Verdict, pairs: &[(&str, &str)]) {
    let wrong: Vec<_> = pairs
        .iter()
        .filter_map(|(a, b)| {
            let found = verdict_of(a, b);
            (found != expected).then(|| format!("{a} against {b}: {found:?}"))
        })
        .collect();
    assert!(wrong.is_empty(), "expected {expected:?}:\n{}", wrong.join("\n"));
}

#[test]
fn numbers() {
    all(
        Verdict::Equal,
        &[
            ("0.5", "\\frac12"),
            ("1/2", ".50"),
            ("025", "25"),
            ("1,234.50", "1234.5"),
            ("-\\frac{3}{4}", "\\frac{-3}{4}"),
            ("1\\frac{4}{7}", "\\frac{11}7"),
            ("141 \\frac{1}{2}", "141.5"),
            ("1 1/2", "1.5"),
            ("-1\\frac12", "-1.5"),
            ("1.5 \\times 10^{-3}", "0.0015"),
            ("1.5e-3", "0.0015"),
            ("0.\\overline{3}", "\\frac13"),
            ("0.1\\overline{6}", "1/6"),
            ("2.\\overline{09}", "\\frac{23}{11}"),
            ("0.\\overline{9}", "1"),
            ("3e8", "300000000"),
            ("2^{10}", "1024"),
            ("5!", "120"),
            ("\\binom{5}{2}", "10"),
            ("10^{20}", "100000000000000000000"),
            ("+7", "7"),
            ("|-3|", "3"),
            ("10/2 = 5", "5"),
        ],
    );
    all(
        Verdict::Different,
        &[
            ("0.333", "\\frac13"),
            ("5", "-5"),
            ("3.14", "\\pi"),
            ("12", "21"),
            ("1\\frac{4}{7}", "\\frac47"),
            ("2^{10}", "20"),
        ],
    );
}

#[test]
fn roots_and_constants() {
    all(
        Verdict::Equal,
        &[
            ("\\sqrt{8}", "2\\sqrt2"),
            ("\\frac{1}{\\sqrt{3}}", "\\frac{\\sqrt3}{3}"),
            ("\\sqrt{2}\\sqrt{3}", "\\sqrt6"),
            ("(1+\\sqrt2)^2", "3+2\\sqrt{2}"),
            ("\\frac{1}{\\sqrt{2}-1}", "1+\\sqrt{2}"),
            ("\\sqrt{\\frac{3}{4}}", "\\frac{\\sqrt{3}}{2}"),
            ("\\sqrt[3]{16}", "2\\sqrt[3]{2}"),
            ("\\sqrt[3]{-27}", "-3"),
            ("4^{1/2}", "2"),
            ("\\sqrt{-4}", "2i"),
            ("(1+i)^2", "2i"),
            ("\\frac{1}{i}", "-i"),
            ("2\\pi + 18", "18+2π"),
            ("\\sqrt{1000000000000}", "1000000"),
            ("\\sqrt{999999000000}", "1000\\sqrt{999999}"),
            ("13 \\sqrt{5} + 13", "13(1+\\sqrt5)"),
            ("4 \\pm \\sqrt{23}", "4+\\sqrt{23}, 4-\\sqrt{23}"),
            ("\\sqrt{3+2\\sqrt2}", "1+\\sqrt2"),
            ("\\sin 30^\\circ", "\\sin(30°)"),
            ("\\sin 30^\\circ", "\\frac12"),
            ("\\log_2 8", "3"),
            ("\\tan \\frac{\\pi}{4}", "1"),
        ],
    );
    all(
        Verdict::Different,
        &[
            ("\\sqrt2", "1.41421356"),
            ("\\sqrt2", "\\sqrt3"),
            ("6-5i", "6+5i"),
            ("7\\pi", "7"),
            ("\\sqrt[3]{2}", "\\sqrt{2}"),
            ("\\ln 2", "\\ln 3"),
        ],
    );
}

#[test]
fn expressions() {
    all(
        Verdict::Equal,
        &[
            ("2x+1", "1+2x"),
            ("(a+4)(b+3)", "ab+3a+4b+12"),
            ("s - t", "-t+s"),
            ("\\frac{x^2-1}{x-1}", "x+1"),
            ("\\frac{3+7a}{20}", "\\frac{7a}{20} + \\frac{3}{20}"),
            ("x_1 + x_{2}", "x_2+x_1"),
            ("2\\cdot x", "2x"),
            ("\\cot x", "\\frac{1}{\\tan x}"),
            ("\\sin^2 x + \\cos^2 x", "1"),
            ("2^{n+1}", "2 \\cdot 2^n"),
            ("y = 4x + 3", "4x+3"),
            ("y = 4x + 3", "4x - y + 3 = 0"),
            ("y=2x", "x = \\frac{y}{2}"),
            ("3x - 4y + 6z + 5 = 0", "6x-8y+12z=-10"),
            ("x=5", "5"),
            ("f(x) = 2x+1", "1+2x"),
            ("\\theta", "\\theta "),
            ("\\mathrm{e}^{2x}", "(e^x)^2"),
            ("\\operatorname{cos} x", "\\cos x"),
            ("x = \\pm 2", "-2, 2"),
        ],
    );
    all(
        Verdict::Different,
        &[
            ("2x+1", "2y+1"),
            ("x^2", "x^3"),
            ("x=5", "y=5"),
            ("x=5", "6"),
            ("\\sqrt{x^2}", "x"),
            ("2k", "2k+2"),
            ("\\sin x", "\\cos x"),
            ("\\mathrm{e}^2", "7.389"),
            ("x+y=3", "x+y=4"),
            ("4R^2", "4r^2"),
        ],
    );
}

#[test]
fn units_percent_and_currency() {
    all(
        Verdict::Equal,
        &[
            ("7.2 \\text{ cents}", "7.2"),
            ("28\\mbox{ cm}^2", "28"),
            ("\\$27.60", "27.6"),
            ("\\$41,\\!205", "41205"),
            ("50\\%", "50"),
            ("50\\%", "\\frac12"),
            ("90^\\circ", "90"),
            ("90^\\circ", "\\frac{\\pi}{2}"),
            ("90^\\circ", "90 \\text{ degrees}"),
            ("12 apples", "12"),
            ("5 dollars", "$5"),
            ("\\frac{250}7\\text{ degrees}", "\\frac{250}{7}"),
            ("x = 5 \\text{ cm}", "5"),
            ("60 \\text{ km/h}", "60"),
        ],
    );
    all(Verdict::Different, &[("50\\%", "5"), ("90^\\circ", "80"), ("5 \\text{ cm}", "6"), ("5\\%", "6\\%")]);
    all(Verdict::Unknown, &[("5 \\text{ apples}", "5 \\text{ red apples}")]);
}

#[test]
fn tuples_intervals_and_sets() {
    all(
        Verdict::Equal,
        &[
            ("(1,2)", "\\left( 1, \\frac{4}{2} \\right)"),
            ("(-\\infty, 0]", "(-∞,0]"),
            ("x \\in [-3,8]", "[-3,8]"),
            ("-3 \\le x \\le 8", "[-3,8]"),
            ("8 \\ge x > -3", "(-3,8]"),
            ("x > 3", "(3,\\infty)"),
            ("x \\le 3", "(-\\infty,3]"),
            ("(0,4) \\cup (4,25)", "(4,25)\\cup(0,4)"),
            ("x < 2 \\text{ or } x > 3", "(-\\infty, 2) \\cup (3, \\infty)"),
            ("2, 9, 4", "4, 2, 9"),
            ("\\{1,2\\}", "2, 1"),
            ("\\{2\\pm\\sqrt{7},-3\\}", "\\{-3, 2-\\sqrt7, 2+\\sqrt7\\}"),
            ("x = 1 \\text{ or } x = -2", "-2, 1"),
            ("3 and 5", "5,3"),
            ("\\emptyset", "\\{\\}"),
            ("\\begin{pmatrix} 1/5 \\\\ -8/5 \\end{pmatrix}", "\\begin{bmatrix} 0.2 \\\\ -1.6 \\\\ \\end{bmatrix}"),
        ],
    );
    all(
        Verdict::Different,
        &[
            ("(1,2)", "(2,1)"),
            ("(1,2)", "[1,2]"),
            ("(1,2)", "(1,2,3)"),
            ("(1,2)", "12"),
            ("(1,200)", "1200"),
            ("3, 5", "3, 6"),
            ("3, 5", "3"),
            ("(0,1) \\cup (2,3)", "(0,1) \\cup (2,4)"),
            ("\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "\\begin{pmatrix} 1 & 2 \\end{pmatrix}"),
        ],
    );
    all(Verdict::Unknown, &[("(1,2)", "1, 2")]);
}

#[test]
fn choices_words_and_bases() {
    all(
        Verdict::Equal,
        &[
            ("\\text{(B)}", "B"),
            ("(B)", "\\textbf{(B)}"),
            ("\\text{B}", "B."),
            ("\\text{Marta}", "marta"),
            ("east", "\\text{East}"),
            ("312_5", "312_{5}"),
        ],
    );
    all(Verdict::Different, &[("(A)", "(B)"), ("\\text{even}", "\\text{odd}"), ("312_5", "312_6"), ("312_5", "311_5")]);
    all(
        Verdict::Unknown,
        &[("312_5", "312"), ("(B)", "12"), ("east", "5"), ("\\oint x", "7"), ("1 +", "2"), ("1/0", "0")],
    );
}

#[test]
fn a_largest_matching_decides_sets() {
    all(Verdict::Equal, &[("50\\%, 0.5", "0.5, 50"), ("0.5, 50\\%", "50\\%, 50\\%")]);
    all(Verdict::Different, &[("50\\%, 50\\%, 1", "0.5, 50, 2")]);
}
