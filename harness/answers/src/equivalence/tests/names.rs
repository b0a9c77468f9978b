//! Equations, systems, and what has a name on one side only.

use super::*;

#[test]
fn names_and_equations() {
    all(
        Verdict::Equal,
        &[
            ("x=5", "5"),
            ("x:=5", "5"),
            ("5=x", "x=5"),
            ("y=2x+1", "y-2x-1=0"),
            ("y=2x+1", "2x+1"),
            ("f(x)=2x+1", "y=2x+1"),
            ("f^{-1}(x) = \\frac{x}{2}", "\\frac{x}{2}"),
            ("\\text{Area} = 5", "5"),
            ("AB = 5", "5"),
            ("\\angle ABC = 30^\\circ", "30"),
            ("m+n=7", "7"),
            ("P(2,3)", "(2,3)"),
            ("P = (2,3)", "(2,3)"),
            ("x = 2, 3", "3, 2"),
            ("x = 2 \\text{ or } x = 3", "x = 2, 3"),
            ("\\pm 2", "x = 2 \\text{ or } x = -2"),
            ("\\pm 2", "\\{-2,2\\}"),
            ("(\\pm 1, 0)", "(1,0), (-1,0)"),
            ("x^2+y^2=4", "y^2+x^2-4=0"),
            ("\\frac{x}{2}+\\frac{y}{3}=1", "3x+2y=6"),
            ("10/2 = 4 + 1 = 5", "5"),
        ],
    );
    all(
        Verdict::Different,
        &[
            ("x=5", "y=5"),
            ("f(x)=3x-2", "f^{-1}(x)=3x-2"),
            ("x=5", "x=-5"),
            ("y=2x+1", "y=2x-1"),
            ("f(x)=2x+1", "y=2x+2"),
            ("\\pm 2", "2"),
            ("\\pm 2", "\\pm 3"),
            ("P(2,3)", "(3,2)"),
            ("x^2+y^2=4", "x^2+y^2=2"),
            ("y=2x+3", "y>2x+3"),
        ],
    );
    // Nothing is answered by `2 = 2`, and `2 = 3` is wrong.
    all(Verdict::Unknown, &[("x=2", "2=2"), ("3", "2=3"), ("(\\pm 1, \\pm 2)", "(1,2),(-1,-2)")]);
}

#[test]
fn systems() {
    all(
        Verdict::Equal,
        &[
            ("x=1, y=2", "y=2, x=1"),
            ("x=1, y=2", "x = 1 \\text{ and } y = 2"),
            ("x=1, y=2", "(x,y) = (1,2)"),
            ("x=1, y=2", "(1,2)"),
            ("y=2, x=1", "(1,2)"),
            ("x=1, y=2", "1, 2"),
            ("(x,y)=(1,2)", "(1,2)"),
            ("(x,y)=(1,2)", "(y,x)=(2,1)"),
            ("(x,y) = (1,2), (3,4)", "(3,4),(1,2)"),
            ("x = 1, y = 2 \\text{ or } x = 2, y = 1", "(1,2),(2,1)"),
            ("\\begin{cases} x=1 \\\\ y=2 \\end{cases}", "(1,2)"),
            ("\\begin{aligned} x &= 1 \\\\ y &= 2 \\end{aligned}", "x=1, y=2"),
            ("A = 3, B = 4", "B = 4, A = 3"),
            ("x = y = 2", "x=2, y=2"),
        ],
    );
    all(
        Verdict::Different,
        &[
            ("x=1, y=2", "x=2, y=1"),
            ("x=1, y=2", "(2,1)"),
            ("x=1, y=2", "x=1, z=2"),
            ("x=1, y=2", "x=1"),
            ("x=1, y=2", "3"),
            ("x=1, y=2", "1, 3"),
            ("(x,y)=(1,2)", "(2,1)"),
        ],
    );
    // The order is not that of the names, or not said.
    all(Verdict::Unknown, &[("b=1, a=2", "(1,2)"), ("x=1, y=2", "2, 1")]);
}
