//! Intervals, unions, inequalities and conditions as sets of real numbers.

use super::*;

#[test]
fn intervals_and_inequalities() {
    all(
        Verdict::Equal,
        &[
            ("1 < x \\le 3", "(1,3]"),
            ("]1,3]", "(1,3]"),
            ("[1,3[", "[1,3)"),
            ("]-\\infty,3]", "x \\le 3"),
            ("3 \\le x", "x \\ge 3"),
            ("-x < 2", "x > -2"),
            ("2x+1 > 5", "(2, \\infty)"),
            ("[0,1]", "0 \\le t \\le 1"),
            ("-3 < 2x - 1 \\le 5", "(-1, 3]"),
            ("|x-1| < 3", "(-2,4)"),
            ("|x-1| \\ge 3", "x \\le -2 \\text{ or } x \\ge 4"),
            ("x^2 < 3", "(-\\sqrt3,\\sqrt3)"),
            ("x^2 \\ge 1", "(-\\infty,-1]\\cup[1,\\infty)"),
            ("-x^2 + x + 2 \\ge 0", "[-1,2]"),
            ("-\\infty < x < \\infty", "\\mathbb{R}"),
            ("x+y<3", "3>x+y"),
        ],
    );
    all(
        Verdict::Different,
        &[
            ("1 < x \\le 3", "[1,3)"),
            ("(1,3)", "]1,3]"),
            ("x > 3", "x \\ge 3"),
            ("-x < 2", "x < -2"),
            ("|x-1| < 3", "[-2,4]"),
            ("|x-1| < 3", "x \\le -2 \\text{ or } x \\ge 4"),
            ("x^2 < 3", "x^2 > 3"),
            ("x > 3", "y > 3"),
            ("x > 3", "3"),
            ("(1, \\infty)", "(1, 100)"),
            ("x+y<3", "x+y>3"),
            ("x+y<3", "x+y=3"),
        ],
    );
}

#[test]
fn unions_intersections_and_differences() {
    all(
        Verdict::Equal,
        &[
            ("\\mathbb{R} \\setminus \\{0\\}", "(-\\infty,0)\\cup(0,\\infty)"),
            ("x \\neq 0", "\\mathbb{R}-\\{0\\}"),
            ("x \\ne \\pm 1", "\\mathbb R \\setminus \\{-1,1\\}"),
            ("x \\ne 2, 3", "x \\neq 2 \\text{ and } x \\neq 3"),
            ("x > 0, x \\ne 1", "(0,1) \\cup (1,\\infty)"),
            ("x < -1, x > 1", "(-\\infty,-1) \\cup (1,\\infty)"),
            ("x > 1 \\text{ and } x < 3", "(1,3)"),
            ("x > 1, x < 3", "(1,3)"),
            ("(0,5)\\cap(3,7)", "(3,5)"),
            ("(0,1]\\cup(1,2)", "(0,2)"),
            ("[1,2]\\cup[2,3]", "[1,3]"),
            ("\\{1\\} \\cup \\{2\\}", "\\{1,2\\}"),
            ("x \\notin [0,4]", "(-\\infty,0) \\cup (4,\\infty)"),
            ("(0,1), (2,3)", "(0,1) \\cup (2,3)"),
            ("\\text{all real numbers}", "(-\\infty,\\infty)"),
            ("\\text{all real numbers except } 2", "x \\ne 2"),
            ("all real numbers except 2 and 3", "x \\ne 2, 3"),
            ("\\mathbb{R}^+", "(0,\\infty)"),
            ("\\mathbb{R}_{\\ge 0}", "\\text{all nonnegative real numbers}"),
            ("[1,1]", "\\{1\\}"),
        ],
    );
    all(
        Verdict::Different,
        &[
            ("x \\neq 0", "x \\neq 1"),
            ("\\mathbb{R} \\setminus \\{0\\}", "\\mathbb{R} \\setminus \\{0, 1\\}"),
            ("\\mathbb{R} \\setminus \\{0\\}", "\\mathbb{R}"),
            ("(0,1)\\cup(1,2)", "(0,2)"),
            ("(-\\infty,2)\\cup(3,\\infty)", "x<2 \\text{ and } x>3"),
            ("x \\in [0,4]", "x \\notin [0,4]"),
            ("\\text{all real numbers except } 2", "\\mathbb{R}"),
            ("x \\in [8, 10)", "x \\in [10, 8)"),
        ],
    );
    // Whether both conditions hold, or either, is not said.
    assert!(!Answer::parse("x > 2, x > 5").is_understood());
}

#[test]
fn sets_by_condition_and_by_members() {
    all(
        Verdict::Equal,
        &[
            ("\\{x \\mid x > 3\\}", "(3,\\infty)"),
            ("\\{x \\in \\mathbb{R} : x \\ge 3\\}", "[3,\\infty)"),
            ("\\{x : |x| < 2\\}", "(-2,2)"),
            ("\\{x \\mid x = 1 \\text{ or } x = 2\\}", "\\{1,2\\}"),
            ("\\{1,1,2\\}", "\\{2,1\\}"),
            ("\\{5\\}", "5"),
            ("x \\in \\{1,2\\}", "x=1 \\text{ or } x = 2"),
            ("\\emptyset", "\\text{no solution}"),
            ("\\text{no real solutions}", "\\{\\}"),
        ],
    );
    all(
        Verdict::Different,
        &[
            ("\\{x \\mid x > 3\\}", "\\{x \\mid x < 3\\}"),
            ("\\{1,2\\}", "\\{1,2,3\\}"),
            ("\\{1,2\\}", "(1,2)"),
            ("1, 1, 2", "1, 2"),
            ("\\emptyset", "\\{0\\}"),
            ("\\emptyset", "0"),
        ],
    );
    all(Verdict::Unknown, &[("2, 2", "2"), ("\\{x \\in \\mathbb{Z} : x > 3\\}", "(3,\\infty)")]);
}
