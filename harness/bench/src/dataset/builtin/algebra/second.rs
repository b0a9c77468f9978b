//! Levels 3 and 4.

use num_integer::Integer;

use super::super::draft::Draft;
use super::first::choose;
use super::latex::{fraction, polynomial, radical, square_part};
use markovscale_families::Dice;

pub(super) fn absolute_inequality(dice: &mut Dice) -> Option<Draft> {
    let (a, b, c) = (dice.between(2, 7), dice.signed(15), dice.between(2, 20));
    let strict = dice.below(2) == 1;
    let (sign, open, close) = if strict { ("<", '(', ')') } else { ("\\le", '[', ']') };
    let text = match dice.below(2) {
        0 => format!("Solve $|{}| {sign} {c}$. Give the answer in interval notation.", polynomial(&[a, b])),
        _ => format!("Find all real $x$ with $|{}| {sign} {c}$, in interval notation.", polynomial(&[a, b])),
    };
    let gold = format!("{open}{}, {}{close}", fraction(-c - b, a), fraction(c - b, a));
    let recipe = ("absolute_inequality", vec![a, b, c, i64::from(strict)]);
    Some(Draft { text, gold, subject: "Intermediate Algebra", recipe })
}

pub(super) fn two_marbles(dice: &mut Dice) -> Option<Draft> {
    let (red, blue) = (dice.between(3, 12), dice.between(3, 12));
    let all = red + blue;
    let same = dice.below(2);
    let event = if same == 1 { "both have the same color" } else { "one is red and the other is blue" };
    let text = match dice.below(2) {
        0 => format!(
            "A jar holds {red} red and {blue} blue beads. Two beads are taken out at random, without putting the first \
             one back. What is the probability that {event}?"
        ),
        _ => format!(
            "Two cards are drawn at random without replacement from {red} red and {blue} blue cards. What is the \
             probability that {event}?"
        ),
    };
    let favorable = if same == 1 { choose(red, 2) + choose(blue, 2) } else { red * blue };
    let recipe = ("two_marbles", vec![red, blue, same as i64]);
    Some(Draft { text, gold: fraction(favorable, choose(all, 2)), subject: "Counting & Probability", recipe })
}

pub(super) fn power_remainder(dice: &mut Dice) -> Option<Draft> {
    let (base, exponent, modulus) = (dice.between(2, 19), dice.between(15, 220), dice.between(5, 29));
    (base % modulus > 1).then_some(())?;
    let mut remainder = 1;
    let mut square = base % modulus;
    let mut rest = exponent;
    while rest > 0 {
        if rest % 2 == 1 {
            remainder = remainder * square % modulus;
        }
        square = square * square % modulus;
        rest /= 2;
    }
    let text = format!("What is the remainder when ${base}^{{{exponent}}}$ is divided by ${modulus}$?");
    let recipe = ("power_remainder", vec![base, exponent, modulus]);
    Some(Draft { text, gold: remainder.to_string(), subject: "Number Theory", recipe })
}

pub(super) fn letter_arrangements(dice: &mut Dice) -> Option<Draft> {
    const WORDS: [&str; 24] = [
        "BANJO", "PEPPER", "KAYAK", "TATTOO", "COCOA", "PAPAYA", "RADAR", "BUBBLE", "SESAME", "LEVEL", "ORCHID",
        "MAMMAL", "CANOE", "HAMMOCK", "BALLOON", "PUZZLE", "CINNAMON", "GIGGLE", "TEPEE", "COOKBOOK", "ALFALFA",
        "RIVIERA", "DODO", "VELVET",
    ];
    let word = dice.pick(WORDS);
    let factorial = |n: i64| (1..=n).product::<i64>();
    let repeated: i64 =
        (b'A'..=b'Z').map(|letter| factorial(word.bytes().filter(|&byte| byte == letter).count() as i64)).product();
    let gold = factorial(word.len() as i64) / repeated;
    let text = match dice.below(2) {
        0 => format!("In how many different ways can the letters of the word {word} be arranged?"),
        _ => format!("How many distinct strings use every letter of {word} exactly as often as the word does?"),
    };
    let recipe = ("letter_arrangements", word.bytes().map(i64::from).collect());
    Some(Draft { text, gold: gold.to_string(), subject: "Counting & Probability", recipe })
}

pub(super) fn distance(dice: &mut Dice) -> Option<Draft> {
    let (a, b, c, d) = (dice.signed(10), dice.signed(10), dice.signed(10), dice.signed(10));
    let squared = (a - c) * (a - c) + (b - d) * (b - d);
    (a != c && b != d).then_some(())?;
    let (factor, radicand) = square_part(squared);
    (radicand > 1).then_some(())?;
    let text = match dice.below(2) {
        0 => format!("Find the distance between the points $({a}, {b})$ and $({c}, {d})$ in simplest radical form."),
        _ => format!(
            "A circle with center $({a}, {b})$ passes through $({c}, {d})$. Find its radius in simplest radical form."
        ),
    };
    Some(Draft { text, gold: radical(factor, radicand), subject: "Geometry", recipe: ("distance", vec![a, b, c, d]) })
}

pub(super) fn base_conversion(dice: &mut Dice) -> Option<Draft> {
    let (base, number) = (dice.between(3, 9), dice.between(60, 999));
    let mut digits = String::new();
    let mut rest = number;
    while rest > 0 {
        digits.insert_str(0, &(rest % base).to_string());
        rest /= base;
    }
    let into = dice.below(2);
    let (text, gold) = if into == 1 {
        (format!("Write the base-ten number ${number}$ in base ${base}$."), format!("{digits}_{{{base}}}"))
    } else {
        (format!("Write the number ${digits}_{{{base}}}$ in base ten."), number.to_string())
    };
    let recipe = ("base_conversion", vec![base, number, into as i64]);
    Some(Draft { text, gold, subject: "Number Theory", recipe })
}

pub(super) fn larger_root(dice: &mut Dice) -> Option<Draft> {
    let (b, c) = (2 * dice.signed(6), dice.signed(30));
    let quarter = b * b / 4 - c;
    (quarter > 0).then_some(())?;
    let (factor, radicand) = square_part(quarter);
    (radicand > 1).then_some(())?;
    let smaller = dice.below(2);
    let (which, sign) = if smaller == 1 { ("smaller", "-") } else { ("larger", "+") };
    let text = format!("Find the {which} root of $x^2 {} = 0$ in simplest radical form.", polynomial_tail(b, c));
    let gold = format!("{} {sign} {}", -b / 2, radical(factor, radicand));
    let recipe = ("larger_root", vec![b, c, smaller as i64]);
    Some(Draft { text, gold, subject: "Intermediate Algebra", recipe })
}

/// `+ bx - c`, to follow a first term.
fn polynomial_tail(b: i64, c: i64) -> String {
    let whole = polynomial(&[1, b, c]);
    whole.strip_prefix("x^2 ").map_or(String::new(), str::to_owned)
}

pub(super) fn geometric_sum(dice: &mut Dice) -> Option<Draft> {
    let (first, top, bottom, terms) = (dice.between(2, 12), dice.between(1, 5), dice.between(2, 6), dice.between(4, 6));
    (top < bottom && top.gcd(&bottom) == 1).then_some(())?;
    let endless = dice.below(2);
    let ratio = fraction(top, bottom);
    let (text, gold) = if endless == 1 {
        let text = format!(
            "An infinite geometric series has first term ${first}$ and common ratio ${ratio}$. What is its sum?"
        );
        (text, fraction(first * bottom, bottom - top))
    } else {
        let text = format!(
            "A geometric series has first term ${first}$ and common ratio ${ratio}$. What is the sum of its first \
             ${terms}$ terms?"
        );
        let count = terms as u32;
        // a (1 - r^n) / (1 - r) over a common denominator.
        let numerator = first * (bottom.pow(count) - top.pow(count));
        (text, fraction(numerator, bottom.pow(count - 1) * (bottom - top)))
    };
    let recipe = ("geometric_sum", vec![first, top, bottom, if endless == 1 { 0 } else { terms }]);
    Some(Draft { text, gold, subject: "Intermediate Algebra", recipe })
}

pub(super) fn two_remainders(dice: &mut Dice) -> Option<Draft> {
    let (m, n) = (dice.between(5, 17), dice.between(7, 23));
    (m < n && m.gcd(&n) == 1).then_some(())?;
    let (r, s) = (dice.between(1, m - 1), dice.between(1, n - 1));
    // Stepping by one modulus, the other remainder takes every value once.
    let answer = (0..m).map(|k| s + k * n).find(|candidate| candidate % m == r)?;
    (answer > n).then_some(())?;
    let text = match dice.below(2) {
        0 => format!(
            "Find the smallest positive integer that leaves remainder ${r}$ when divided by ${m}$ and remainder ${s}$ \
             when divided by ${n}$."
        ),
        _ => format!(
            "Pencils sorted into bundles of ${m}$ leave ${r}$ over, and sorted into bundles of ${n}$ they leave ${s}$ \
             over. What is the smallest possible number of pencils?"
        ),
    };
    Some(Draft {
        text,
        gold: answer.to_string(),
        subject: "Number Theory",
        recipe: ("two_remainders", vec![m, r, n, s]),
    })
}

pub(super) fn quadratic_inequality(dice: &mut Dice) -> Option<Draft> {
    let (p, q, lead) = (dice.signed(9), dice.signed(9), dice.between(1, 3));
    // One root p / lead, the other q.
    (p < q * lead).then_some(())?;
    let coefficients = [lead, -p - lead * q, p * q];
    let outside = dice.below(2);
    let left = polynomial(&coefficients);
    let (low, high) = (fraction(p, lead), fraction(q, 1));
    let (text, gold) = if outside == 1 {
        (
            format!("Solve ${left} > 0$. Write the solution set as a union of intervals."),
            format!("(-\\infty, {low}) \\cup ({high}, \\infty)"),
        )
    } else {
        (format!("Solve ${left} \\le 0$. Write the solution set as an interval."), format!("[{low}, {high}]"))
    };
    let recipe = ("quadratic_inequality", vec![coefficients[0], coefficients[1], coefficients[2], outside as i64]);
    Some(Draft { text, gold, subject: "Intermediate Algebra", recipe })
}

pub(super) fn blocked_paths(dice: &mut Dice) -> Option<Draft> {
    let (east, north) = (dice.between(4, 8), dice.between(4, 7));
    let (x, y) = (dice.between(1, east - 1), dice.between(1, north - 1));
    let through = choose(x + y, x) * choose(east - x + north - y, east - x);
    let avoid = dice.below(2);
    let (gold, what) = if avoid == 1 {
        (choose(east + north, east) - through, "do not pass through")
    } else {
        (through, "pass through")
    };
    let text = format!(
        "A robot moves on a grid from $(0, 0)$ to $({east}, {north})$ by unit steps to the right or up. How many of its \
         routes {what} the point $({x}, {y})$?"
    );
    let recipe = ("blocked_paths", vec![east, north, x, y, avoid as i64]);
    Some(Draft { text, gold: gold.to_string(), subject: "Counting & Probability", recipe })
}

pub(super) fn polynomial_remainder(dice: &mut Dice) -> Option<Draft> {
    let divisor = [1, dice.signed(4), dice.signed(5)];
    let quotient = [dice.between(1, 3), dice.signed(5)];
    let remainder = [dice.signed(9), dice.signed(12)];
    let mut dividend = [0; 4];
    for (i, a) in quotient.iter().enumerate() {
        for (j, b) in divisor.iter().enumerate() {
            dividend[i + j] += a * b;
        }
    }
    dividend[2] += remainder[0];
    dividend[3] += remainder[1];
    let text =
        format!("What is the remainder when ${}$ is divided by ${}$?", polynomial(&dividend), polynomial(&divisor));
    let recipe = ("polynomial_remainder", dividend.iter().chain(&divisor).copied().collect());
    Some(Draft { text, gold: polynomial(&remainder), subject: "Intermediate Algebra", recipe })
}
