use std::collections::HashSet;

use super::*;

/// Several hundred questions of a level, beyond those shipped.
fn drafts(level: u32) -> Vec<Draft> {
    let mut drafts = Vec::new();
    for seed in 0..1200_u32 {
        let mut dice = super::super::dice(&[b"test", &level.to_le_bytes(), &seed.to_le_bytes()]);
        drafts.extend(draft(level, seed as usize, &mut dice));
    }
    let templates: HashSet<_> = drafts.iter().map(|draft| draft.recipe.0).collect();
    assert_eq!(templates.len(), 6, "level {level}");
    drafts
}

/// The value of a LaTeX number or polynomial: fractions, roots, sums, products written side by side.
fn value(latex: &str, x: f64) -> f64 {
    let mut parser = Parser { rest: latex.as_bytes(), x };
    let value = parser.sum();
    assert!(parser.rest.is_empty(), "{latex:?} stops at {:?}", String::from_utf8_lossy(parser.rest));
    value
}

struct Parser<'a> {
    rest: &'a [u8],
    x: f64,
}

impl Parser<'_> {
    fn eat(&mut self, token: &str) -> bool {
        while self.rest.first() == Some(&b' ') {
            self.rest = &self.rest[1..];
        }
        match self.rest.strip_prefix(token.as_bytes()) {
            Some(rest) => {
                self.rest = rest;
                true
            }
            None => false,
        }
    }

    fn sum(&mut self) -> f64 {
        let mut sum = if self.eat("-") { -self.product() } else { self.product() };
        loop {
            if self.eat("+") {
                sum += self.product();
            } else if self.eat("-") {
                sum -= self.product();
            } else {
                return sum;
            }
        }
    }

    fn product(&mut self) -> f64 {
        let mut product = self.factor().expect("a factor");
        while let Some(factor) = self.factor() {
            product *= factor;
        }
        product
    }

    fn group(&mut self) -> f64 {
        assert!(self.eat("{"));
        let value = self.sum();
        assert!(self.eat("}"));
        value
    }

    fn factor(&mut self) -> Option<f64> {
        if self.eat("\\frac") {
            let numerator = self.group();
            return Some(numerator / self.group());
        }
        if self.eat("\\sqrt") {
            return Some(self.group().sqrt());
        }
        if self.eat("x") {
            let power = if self.eat("^") { self.factor().expect("a power") } else { 1.0 };
            return Some(self.x.powf(power));
        }
        let digits = self.rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let (number, rest) = self.rest.split_at(digits);
        self.rest = rest;
        (digits > 0).then(|| String::from_utf8_lossy(number).parse().expect("digits"))
    }
}

/// The entries of `(a, b)`.
fn tuple(gold: &str) -> Vec<f64> {
    let inside = gold.strip_prefix('(').and_then(|rest| rest.strip_suffix(')')).expect("a tuple");
    inside.split(", ").map(|entry| value(entry, 0.0)).collect()
}

/// Whether a union of intervals holds a number.
fn holds(gold: &str, x: f64) -> bool {
    gold.split(" \\cup ").any(|interval| {
        let (low, high) = interval[1..interval.len() - 1].split_once(", ").expect("two ends");
        let low = if low == "-\\infty" { f64::NEG_INFINITY } else { value(low, 0.0) };
        let high = if high == "\\infty" { f64::INFINITY } else { value(high, 0.0) };
        assert!(low < high, "{gold}");
        (x > low || (x == low && interval.starts_with('['))) && (x < high || (x == high && interval.ends_with(']')))
    })
}

/// The set described by `gold` is the one where `condition` holds: at many points, and at its own ends.
fn assert_solves(gold: &str, condition: impl Fn(f64) -> bool) {
    let ends = gold.split(['(', ')', '[', ']', ',']).map(|end| end.trim().trim_start_matches("\\cup").trim());
    let ends = ends.filter(|end| !end.is_empty() && !end.contains("infty")).map(|end| value(end, 0.0));
    for end in ends {
        assert!(holds(gold, end - 1e-6) != holds(gold, end + 1e-6), "{gold}: no end at {end}");
        for near in [end - 1e-6, end + 1e-6] {
            assert_eq!(holds(gold, near), condition(near), "{gold} near {end}");
        }
    }
    for tenth in -1005..1005 {
        let x = f64::from(tenth) / 10.0 + 0.012_345;
        assert_eq!(holds(gold, x), condition(x), "{gold} at {x}");
    }
}

fn close(one: f64, other: f64) -> bool {
    (one - other).abs() <= 1e-9 * (1.0 + one.abs())
}

fn count(range: std::ops::RangeInclusive<i64>, condition: impl Fn(i64) -> bool) -> f64 {
    range.filter(|&number| condition(number)).count() as f64
}

/// Checks a gold answer against the question's numbers, without the template's formulas.
fn verify(draft: &Draft) {
    let gold = draft.gold.as_str();
    let numbers: Vec<f64> = draft.recipe.1.iter().map(|&number| number as f64).collect();
    match (draft.recipe.0, draft.recipe.1.as_slice()) {
        ("linear_equation", _) => {
            assert!(close(numbers[0] * value(gold, 0.0) + numbers[1], numbers[2]));
        }
        ("fraction_sum", _) => {
            assert!(close(value(gold, 0.0), numbers[0] / numbers[1] + numbers[2] / numbers[3]));
        }
        ("outfits", &[a, b, c]) => {
            let all = (0..a).flat_map(|x| (0..b).flat_map(move |y| (0..c).map(move |z| (x, y, z))));
            assert_eq!(value(gold, 0.0), all.count() as f64);
        }
        ("common_divisor", &[a, b, multiple]) => {
            let answer = if multiple == 1 {
                (1..=a * b).find(|n| n % a == 0 && n % b == 0)
            } else {
                (1..=a).rev().find(|n| a % n == 0 && b % n == 0)
            };
            assert_eq!(gold, answer.expect("there is one").to_string());
        }
        ("percentage", _) => assert!(close(value(gold, 0.0) / numbers[1] * 100.0, numbers[0])),
        ("simplify_radical", &[number]) => {
            assert!(close(value(gold, 0.0), (number as f64).sqrt()));
            let rest: i64 =
                gold.split('{').nth(1).and_then(|rest| rest.strip_suffix('}')).expect("a root").parse().expect("n");
            assert!((2..=rest).all(|root| rest % (root * root) != 0));
        }
        ("linear_system", _) => {
            let solution = tuple(gold);
            for row in numbers.chunks(3) {
                assert!(close(row[0] * solution[0] + row[1] * solution[1], row[2]));
            }
        }
        ("midpoint", _) => {
            let point = tuple(gold);
            assert!(close(point[0] - numbers[0], numbers[2] - point[0]));
            assert!(close(point[1] - numbers[1], numbers[3] - point[1]));
        }
        ("divisor_count", &[number, even]) => {
            assert_eq!(value(gold, 0.0), count(1..=number, |n| number % n == 0 && (even == 0 || n % 2 == 0)));
        }
        ("committee", &[women, men, from_women, from_men]) => {
            let all = 1_i64 << (women + men);
            let mask = (1 << women) - 1;
            let fits = |set: i64| {
                i64::from((set & mask).count_ones()) == from_women && i64::from((set >> women).count_ones()) == from_men
            };
            assert_eq!(value(gold, 0.0), count(0..=all - 1, fits));
        }
        ("linear_inequality", &[_, _, _, strict, upward]) => {
            let (a, b, c) = (numbers[0], numbers[1], numbers[2]);
            assert_solves(gold, |x| if upward == 1 { a * x + b > c } else { a * x + b < c });
            assert_eq!(gold.contains('[') || gold.contains(']'), strict == 0);
        }
        ("expand_product", _) => {
            for x in [-2.5, 0.5, 3.0, 7.25] {
                let product = (numbers[0] * x + numbers[1]) * (numbers[2] * x + numbers[3]);
                assert!(close(value(gold, x), product));
            }
        }
        ("absolute_inequality", &[.., strict]) => {
            assert_solves(gold, |x| (numbers[0] * x + numbers[1]).abs() < numbers[2]);
            assert_eq!(gold.starts_with('('), strict == 1);
            assert_eq!(gold.ends_with(')'), strict == 1);
        }
        ("two_marbles", &[red, blue, same]) => {
            let pairs = (0..red + blue).flat_map(|i| (0..red + blue).filter(move |&j| i != j).map(move |j| (i, j)));
            let pairs: Vec<_> = pairs.collect();
            let good = pairs.iter().filter(|(i, j)| ((*i < red) == (*j < red)) == (same == 1)).count();
            assert!(close(value(gold, 0.0), good as f64 / pairs.len() as f64));
        }
        ("power_remainder", &[base, exponent, modulus]) => {
            assert_eq!(gold, (0..exponent).fold(1, |power, _| power * base % modulus).to_string());
        }
        ("letter_arrangements", letters) => assert_eq!(value(gold, 0.0), arrangements(letters) as f64),
        ("distance", _) => {
            let length = (numbers[0] - numbers[2]).hypot(numbers[1] - numbers[3]);
            assert!(close(value(gold, 0.0), length));
        }
        ("base_conversion", &[base, number, into]) => {
            let digits = if into == 1 { gold } else { draft.text.split(['$', '_']).nth(1).expect("digits") };
            let digits = digits.split('_').next().expect("digits");
            assert_eq!(i64::from_str_radix(digits, base as u32), Ok(number));
            assert!(into == 1 || gold == number.to_string());
        }
        ("larger_root", &[_, _, smaller]) => {
            let root = value(gold, 0.0);
            assert!((root * root + numbers[0] * root + numbers[1]).abs() < 1e-9);
            assert_eq!(root < -numbers[0] / 2.0, smaller == 1);
        }
        ("geometric_sum", &[first, top, bottom, terms]) => {
            let terms = if terms == 0 { 400 } else { terms };
            let ratio = top as f64 / bottom as f64;
            let sum: f64 = (0..terms).map(|power| first as f64 * ratio.powi(power as i32)).sum();
            assert!(close(value(gold, 0.0), sum));
        }
        ("two_remainders", &[m, r, n, s]) => {
            let answer = (1..=m * n).find(|k| k % m == r && k % n == s);
            assert_eq!(gold, answer.expect("there is one").to_string());
        }
        ("quadratic_inequality", &[.., outside]) => {
            let quadratic = |x: f64| (numbers[0] * x + numbers[1]) * x + numbers[2];
            assert_solves(gold, |x| if outside == 1 { quadratic(x) > 0.0 } else { quadratic(x) < 0.0 });
            assert_eq!(gold.contains('['), outside == 0);
        }
        ("blocked_paths", &[east, north, x, y, avoid]) => {
            let all = 1_i64 << (east + north);
            let walks = |route: i64| {
                let mut place = (0, 0);
                let mut met = false;
                for step in 0..east + north {
                    if route >> step & 1 == 1 {
                        place.0 += 1
                    } else {
                        place.1 += 1
                    }
                    met |= place == (x, y);
                }
                place == (east, north) && met == (avoid == 0)
            };
            assert_eq!(value(gold, 0.0), count(0..=all - 1, walks));
        }
        ("polynomial_remainder", _) => {
            // At a root of the divisor, dividend and remainder agree; complex roots are tested by their relation.
            let (dividend, b, c) = (&numbers[..4], numbers[5], numbers[6]);
            // x^2 = -bx - c, so powers of x reduce to (p x + q).
            let reduce = |(p, q): (f64, f64)| (q - p * b, -p * c);
            let mut power = (0.0, 1.0);
            let mut total = (0.0, 0.0);
            for coefficient in dividend.iter().rev() {
                total = (total.0 + coefficient * power.0, total.1 + coefficient * power.1);
                power = reduce(power);
            }
            for x in [-1.5, 0.0, 2.0] {
                assert!(close(value(gold, x), total.0 * x + total.1), "{gold}");
            }
        }
        ("sum_of_cubes", &[sum, product, kind]) => {
            // Power sums by Newton's recurrence p_n = s p_{n-1} - p p_{n-2}.
            let mut powers = vec![2, sum];
            for _ in 2..=4 {
                powers.push(sum * powers[powers.len() - 1] - product * powers[powers.len() - 2]);
            }
            let expected = match kind {
                0 => powers[3] as f64,
                1 => powers[4] as f64,
                _ => powers[2] as f64 / product as f64,
            };
            assert!(close(value(gold, 0.0), expected));
        }
        ("bounded_solutions", &[total, lowest, cap]) => {
            let pairs = (lowest..=cap).flat_map(|a| (lowest..=cap).map(move |b| total - a - b));
            assert_eq!(value(gold, 0.0), pairs.filter(|c| (lowest..=cap).contains(c)).count() as f64);
        }
        ("neither_divisible", &[top, a, b, c, what]) => {
            let expected = count(1..=top, |n| match what {
                0 => n % a != 0 && n % b != 0 && n % c != 0,
                _ => (n % a == 0) != (n % b == 0) && n % c != 0,
            });
            assert_eq!(value(gold, 0.0), expected);
        }
        ("root_reciprocals", &[_, _, _, kind]) => {
            let expected = reciprocal_sum(&numbers[..3], kind == 1);
            assert!((value(gold, 0.0) - expected).abs() < 1e-6, "{expected}");
        }
        ("rational_inequality", _) => {
            assert_solves(gold, |x| (x + numbers[0]) / (x + numbers[1]) <= numbers[2]);
            assert_eq!(gold.matches(['[', ']']).count(), 1, "the zero belongs to the set, the pole does not");
        }
        ("triple_system", _) => {
            let solution = tuple(gold);
            for row in numbers.chunks(4) {
                let left: f64 = row.iter().zip(&solution).map(|(factor, unknown)| factor * unknown).sum();
                assert!(close(left, row[3]));
            }
        }
        (other, _) => panic!("no check for {other}"),
    }
}

/// Distinct orders, counted letter by letter.
fn arrangements(letters: &[i64]) -> u64 {
    if letters.is_empty() {
        return 1;
    }
    let firsts: HashSet<i64> = letters.iter().copied().collect();
    firsts
        .into_iter()
        .map(|first| {
            let mut rest = letters.to_vec();
            let place = rest.iter().position(|&letter| letter == first).expect("it is there");
            rest.remove(place);
            arrangements(&rest)
        })
        .sum()
}

/// Sum of `1/r` (or of `1/(rs)`) over the roots of a monic cubic, found numerically (Weierstrass iteration).
fn reciprocal_sum(cubic: &[f64], pairs: bool) -> f64 {
    type Complex = (f64, f64);
    let times = |a: Complex, b: Complex| (a.0 * b.0 - a.1 * b.1, a.0 * b.1 + a.1 * b.0);
    let minus = |a: Complex, b: Complex| (a.0 - b.0, a.1 - b.1);
    let inverse = |a: Complex| (a.0 / (a.0 * a.0 + a.1 * a.1), -a.1 / (a.0 * a.0 + a.1 * a.1));
    let evaluate = |x: Complex| {
        cubic.iter().fold((1.0, 0.0), |sum, &c| {
            let next = times(sum, x);
            (next.0 + c, next.1)
        })
    };
    let mut roots = [(1.0, 0.0), (0.4, 0.9), (-0.65, 0.72)];
    for _ in 0..2000 {
        for i in 0..3 {
            let others = times(minus(roots[i], roots[(i + 1) % 3]), minus(roots[i], roots[(i + 2) % 3]));
            roots[i] = minus(roots[i], times(evaluate(roots[i]), inverse(others)));
        }
    }
    let terms = (0..3).map(|i| if pairs { times(roots[i], roots[(i + 1) % 3]) } else { roots[i] });
    terms.map(|term| inverse(term).0).sum()
}

#[test]
fn every_gold_answer_holds_up() {
    for level in 1..=5 {
        for draft in drafts(level) {
            println!("{} => {}", draft.text, draft.gold);
            verify(&draft);
        }
    }
}

#[test]
fn questions_state_their_numbers_and_are_well_formed() {
    for level in 1..=5 {
        for draft in drafts(level) {
            let text = &draft.text;
            assert_eq!(text.matches('{').count(), text.matches('}').count(), "{text}");
            assert_eq!(text.matches('$').count() % 2, 0, "{text}");
            assert!(text.ends_with(['?', '.', ']']) && !text.contains("  ") && !text.contains("+ -"), "{text}");
            assert_eq!(draft.gold.matches('{').count(), draft.gold.matches('}').count(), "{}", draft.gold);
        }
    }
}
