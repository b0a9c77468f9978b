//! Vectors and matrices, ratios, times, dates, bases, choices and words.

use super::*;

#[test]
fn vectors_and_matrices() {
    all(
        Verdict::Equal,
        &[
            ("\\begin{pmatrix}1\\\\2\\end{pmatrix}", "\\langle 1,2\\rangle"),
            ("(1,2)", "\\langle 1,2\\rangle"),
            ("(1,2)", "<1,2>"),
            ("(1,2)", "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}"),
            ("(1,2)^T", "\\begin{pmatrix}1\\\\2\\end{pmatrix}"),
            ("(1,2,3)", "[1,2,3]"),
            ("(2,1)", "2, 1"),
            ("(\\pm 2, \\mp 2)", "(2,-2), (-2,2)"),
            ("[[1,2],[3,4]]", "\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}"),
            ("\\mathbf{i}+2\\mathbf{j}", "\\langle 1,2\\rangle"),
            ("-3i + 4j - k", "(-3,4,-1)"),
            ("-\\begin{pmatrix}1&0\\\\0&1\\end{pmatrix}", "\\begin{pmatrix}-1&0\\\\0&-1\\end{pmatrix}"),
            ("\\frac{1}{5}\\begin{pmatrix}1\\\\-18\\end{pmatrix}", "\\begin{pmatrix}1/5\\\\-18/5\\end{pmatrix}"),
            ("\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\left[\\begin{array}{cc}1&2\\\\3&4\\end{array}\\right]"),
        ],
    );
    all(
        Verdict::Different,
        &[
            ("\\begin{pmatrix}1\\\\2\\end{pmatrix}", "(2,1)"),
            ("\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\begin{bmatrix}1&3\\\\2&4\\end{bmatrix}"),
            ("\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "(1,2,3,4)"),
            ("\\mathbf{i}+2\\mathbf{j}", "\\langle 2,1\\rangle"),
            ("[1,2]", "(1,2)"),
            // A determinant is a number.
            ("\\begin{pmatrix}1&2\\\\3&4\\end{pmatrix}", "\\begin{vmatrix}1&2\\\\3&4\\end{vmatrix}"),
            ("[1,2]", "\\langle 1,2\\rangle"),
            ("(2,1)", "1, 3"),
        ],
    );
    // `(1, 2)` may be an interval.
    all(Verdict::Unknown, &[("(1,2)", "1, 2")]);
}

#[test]
fn ratios_times_dates_and_residues() {
    all(
        Verdict::Equal,
        &[
            ("3:4", "6:8"),
            ("3:4", "\\frac{3}{4}"),
            ("3:4", "3 to 4"),
            ("1:2:3", "2 : 4 : 6"),
            ("\\sqrt2 : 1", "2 : \\sqrt2"),
            ("3:30 PM", "15:30"),
            ("3:30 \\text{ p.m.}", "3:30 PM"),
            ("3:30 PM", "3:30"),
            ("12:00 AM", "midnight"),
            ("May 5", "5 May"),
            ("May 5, 2020", "2020-05-05"),
            ("may 5", "May 5th"),
            ("Jan", "January"),
            ("3\\pmod{7}", "10 \\pmod 7"),
            ("3\\pmod{7}", "x\\equiv3\\pmod7"),
        ],
    );
    all(
        Verdict::Different,
        &[
            ("3:4", "4:3"),
            ("1:2:3", "1:2:4"),
            ("1:2:3", "6"),
            ("3:30 PM", "3:30 AM"),
            ("3:30 PM", "3:31 PM"),
            ("May 5", "June 5"),
            ("May 5", "May 6"),
            ("3\\pmod{7}", "4 \\pmod 7"),
            ("3\\pmod{7}", "3 \\pmod 8"),
        ],
    );
    all(Verdict::Unknown, &[("12:30", "2:05"), ("5/4/2020", "May 4, 2020"), ("3\\pmod 7", "10")]);
}

#[test]
fn bases_and_choices() {
    all(
        Verdict::Equal,
        &[
            ("4102_5", "(4102)_5"),
            ("4102_5", "4102 \\text{ (base 5)}"),
            ("2E_{16}", "2e_{16}"),
            ("(B)", "B) 5"),
            ("B", "\\textbf{(B) } 12"),
            ("B", "Option B"),
            ("A, C", "C, A"),
        ],
    );
    all(
        Verdict::Different,
        &[("4102_5", "4103_5"), ("4102_5", "4102_6"), ("B", "C) 5"), ("B", "B, C"), ("\\text{(C)}", "CD")],
    );
    all(Verdict::Unknown, &[("4102_5", "4102"), ("12_5", "7"), ("10_2", "2_{10}"), ("B", "5"), ("B", "b")]);
}

#[test]
fn words() {
    all(
        Verdict::Equal,
        &[
            ("\\text{an ellipse}", "ellipse"),
            ("\\text{The ellipse}", "Ellipse."),
            ("\\text{infinitely many}", "infinite"),
            ("DNE", "does not exist"),
            ("Mon", "Monday"),
            ("\\text{two-sheeted hyperboloid}", "two-sheeted hyperboloid"),
        ],
    );
    all(
        Verdict::Different,
        &[
            ("yes", "no"),
            ("\\text{Monday}", "Tuesday"),
            ("\\text{even}", "\\text{not even}"),
            ("\\text{undefined}", "0"),
            ("\\text{no solution}", "infinitely many"),
            ("\\text{Evelyn}", "Evelyn and Carla"),
        ],
    );
    all(
        Verdict::Unknown,
        &[
            ("yes", "true"),
            ("\\text{ellipse}", "ellipses"),
            ("\\text{right triangle}", "right-angled triangle"),
            ("\\text{does not exist}", "\\text{no solution}"),
            ("none", "0"),
        ],
    );
}
