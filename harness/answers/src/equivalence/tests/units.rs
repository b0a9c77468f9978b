//! Units, currencies, percent, angles, and numbers in words.

use super::*;

#[test]
fn units_of_one_dimension_are_converted() {
    all(
        Verdict::Equal,
        &[
            ("1 \\text{ m}", "100 \\text{ cm}"),
            ("10 \\text{ m/s}", "36 \\text{ km/h}"),
            ("10 \\text{ m/s}", "10\\,\\frac{\\text{m}}{\\text{s}}"),
            ("10 \\text{ m/s}^2", "10 \\text{ m s}^{-2}"),
            ("9.8 \\text{ m/s}^2", "9.8 \\text{ meters per second squared}"),
            ("28 \\text{ cm}^2", "28 \\text{ square centimeters}"),
            ("28 \\text{ cm}^2", "28 \\text{ sq. cm}"),
            ("12 \\text{ cubic inches}", "12\\text{ in.}^3"),
            ("3 \\text{ feet}", "1 yard"),
            ("2 \\text{ hours}", "120 minutes"),
            ("1 \\text{ hour } 30 \\text{ minutes}", "90 \\text{ minutes}"),
            ("5 \\text{ feet and } 6 \\text{ inches}", "66 \\text{ in}"),
            ("30^\\circ 30'", "30.5^\\circ"),
            ("250 \\text{ mL}", "0.25 \\text{ L}"),
            ("5 \\text{ years old}", "5"),
            ("5 m", "5\\text{ m}"),
        ],
    );
    all(
        Verdict::Different,
        &[
            ("5 \\text{ cm}", "5 \\text{ m}"),
            ("5 \\text{ cm}", "5 \\text{ cm}^2"),
            ("5 \\text{ cm}", "5 \\text{ kg}"),
            ("37^\\circ C", "37^\\circ F"),
            ("12 \\text{ people}", "12 \\text{ dollars}"),
            ("10 \\text{ square units}", "10 \\text{ cubic units}"),
            ("5 \\text{ apples}", "5 \\text{ pears}"),
            ("1 \\text{ hour } 30 \\text{ minutes}", "1.3 \\text{ hours}"),
            ("60 \\text{ km/h}", "60 \\text{ mph}"),
            ("7", "7 \\text{ squared}"),
            ("5", "5 \\text{ plus } 3"),
        ],
    );
    // Words that make another number of it are no unit.
    all(
        Verdict::Unknown,
        &[
            ("5", "5 \\text{ factorial}"),
            ("7", "7 \\text{ half}"),
            ("5", "5 \\text{ more than } x"),
            ("37^\\circ C", "98.6^\\circ F"),
            ("10 \\text{ square units}", "10 \\text{ cm}^2"),
            ("5 \\text{ apples}", "5 \\text{ red apples}"),
        ],
    );
}

#[test]
fn currencies_percent_and_angles() {
    all(
        Verdict::Equal,
        &[
            ("\\$5", "5 dollars"),
            ("$5", "5"),
            ("\\$0.50", "50 cents"),
            ("\\$36", "USD 36"),
            ("€5", "5 EUR"),
            ("\\$1,000,000", "1 million dollars"),
            ("\\$5 \\text{ per hour}", "\\$5/\\text{hour}"),
            ("0.25", "25\\%"),
            ("150\\%", "1.5"),
            ("40", "40 percent"),
            ("72^\\circ", "\\frac{2\\pi}{5} \\text{ radians}"),
        ],
    );
    all(
        Verdict::Different,
        &[
            ("\\$5", "€5"),
            ("\\$5", "5 cents"),
            ("\\$5 \\text{ per hour}", "\\$5 \\text{ per day}"),
            ("0.25", "2.5\\%"),
            ("50\\%", "5"),
            ("72^\\circ", "72 \\text{ radians}"),
        ],
    );
    all(Verdict::Unknown, &[("0.25", "0.25\\%")]);
}

#[test]
fn numbers_in_words() {
    all(
        Verdict::Equal,
        &[
            ("twenty-one", "21"),
            ("Five", "5"),
            ("one half", "\\frac12"),
            ("two-thirds", "\\frac{2}{3}"),
            ("three hundred and five", "305"),
            ("two thousand five hundred", "2500"),
            ("a dozen", "12"),
            ("3.5 million", "3500000"),
            ("5^{\\text{th}}", "5th"),
            ("third", "3rd"),
            ("7.5", "seven and a half"),
            ("-7", "negative seven"),
            ("5", "exactly 5"),
            ("100 \\text{ m/s}", "100 m/s"),
            ("10 \\text{ square units}", "10 units squared"),
            ("seven apples", "7"),
        ],
    );
    all(
        Verdict::Different,
        &[("twenty-one", "20"), ("five", "four"), ("5th", "6th"), ("one half", "2"), ("third", "4th")],
    );
    assert!(!Answer::parse("twenty ten").is_understood());
}
