//! Known digits, identities and bounds.

use super::ball::Ball;
use super::wide::Wide;

/// The first 60 decimals as an integer.
fn decimals(value: &Ball) -> String {
    let (integer, exponent) = value.middle.to_parts();
    let scaled = integer * num_bigint::BigInt::from(10).pow(60);
    (scaled >> exponent.unsigned_abs()).to_string()
}

fn ratio(top: i64, bottom: i64) -> Ball {
    Ball::integer(top).divided_by(&Ball::integer(bottom)).expect("not zero")
}

/// The difference is within the errors, and these are tiny.
fn assert_same(a: &Ball, b: &Ball, what: &str) {
    let difference = a.minus(b);
    assert!(difference.contains_zero(), "{what}: {a:?} {b:?}");
    assert!(difference.error < 1e-60, "{what}: {a:?} {b:?}");
}

#[test]
fn known_digits() {
    let exact = |value: Option<Ball>| decimals(&value.expect("defined"));
    assert!(decimals(&Ball::pi()).starts_with("3141592653589793238462643383279502884197169399375105820974944"));
    assert!(exact(Ball::ONE.exp()).starts_with("27182818284590452353602874713526624977572470936999595749669"));
    assert!(exact(Ball::integer(2).ln()).starts_with("6931471805599453094172321214581765680755001343602552541206"));
    assert!(
        exact(Ball::integer(2).square_root())
            .starts_with("14142135623730950488016887242096980785696718753769480731766")
    );
    let (sine, cosine) = Ball::ONE.sin_cos().expect("in range");
    assert!(decimals(&sine).starts_with("84147098480789650665250232163029899962256306079837106567"));
    assert!(decimals(&cosine).starts_with("54030230586813971740093660744297660373231042061792222767"));
    assert!(
        decimals(&Ball::integer(3).arctan()).starts_with("1249045772398254425829917077281090123077829404129896719")
    );
}

#[test]
fn constants_agree_with_series() {
    // Machin's formula, each arctangent by its own series.
    let inverse_arctangent = |of: u32| {
        let mut power = Wide::ONE.divided_by_small(of);
        let mut sum = power;
        for n in 1..200_u32 {
            power = power.divided_by_small(of * of).negated();
            sum = sum.plus(&power.divided_by_small(2 * n + 1));
        }
        Ball::exact(sum)
    };
    let pi = inverse_arctangent(5).shifted(2).minus(&inverse_arctangent(239)).shifted(2);
    let off = pi.minus(&Ball::pi());
    assert!(off.upper() < 1e-72, "{off:?}");
    assert_same(&Ball::ONE.exp().expect("in range"), &Ball::euler(), "e");
}

#[test]
fn identities_hold_within_the_errors() {
    for (top, bottom) in [(1, 3), (-7, 5), (22, 7), (100, 1), (-1, 1_000), (12_345, 678), (3, 1_000_000)] {
        let x = ratio(top, bottom);
        let what = format!("{top}/{bottom}");
        let (sine, cosine) = x.sin_cos().expect("in range");
        assert_same(&sine.times(&sine).plus(&cosine.times(&cosine)), &Ball::ONE, &what);
        let exponential = x.exp().expect("in range");
        assert_same(&exponential.ln().expect("positive"), &x, &what);
        let (arc_sine, arc_cosine) = x.arctan().sin_cos().expect("in range");
        assert_same(&arc_sine.divided_by(&arc_cosine).expect("not zero"), &x, &what);
        let size = x.abs();
        let root = size.square_root().expect("positive");
        assert_same(&root.times(&root), &size, &what);
        assert_same(&x.times(&x).times(&x), &x.integer_power(3).expect("in range"), &what);
        assert_same(
            &Ball::ONE.divided_by(&x.integer_power(2).expect("in range")).expect("not zero"),
            &x.integer_power(-2).expect("not zero"),
            &what,
        );
    }
}

#[test]
fn wide_numbers_round_as_promised() {
    assert!(Wide::from_f64(0.1).to_f64() == 0.1);
    assert!(Wide::from_f64(f64::MIN_POSITIVE / 8.0).to_f64() == f64::MIN_POSITIVE / 8.0);
    assert!(Wide::from_f64(f64::NAN).is_zero());
    assert_eq!(Wide::from_integer(i64::MIN).to_f64(), -(2_f64.powi(63)));
    let big = num_bigint::BigInt::from(7).pow(200);
    let (wide, exact) = Wide::from_big(&big);
    assert!(!exact);
    let (integer, exponent) = wide.to_parts();
    let back = integer << exponent.unsigned_abs();
    assert!(back <= big && (&big - &back).bits() + 255 <= big.bits());
    let (wide, exact) = Wide::from_big(&-num_bigint::BigInt::from(3).pow(100));
    let (integer, exponent) = wide.to_parts();
    assert!(exact && integer >> exponent.unsigned_abs() == -num_bigint::BigInt::from(3).pow(100));
    let third = Wide::ONE.divided_by_small(3);
    assert!(third.plus(&third).plus(&third).minus(&Wide::ONE).to_f64().abs() < 1e-76);
    assert!(Wide::ONE.minus(&Wide::ONE).is_zero());
}

#[test]
fn integers_and_floors_are_certain_or_nothing() {
    assert_eq!(ratio(7, 2).floor(), Some(3));
    assert_eq!(ratio(-7, 2).floor(), Some(-4));
    assert_eq!(Ball::integer(5).floor(), Some(5));
    let root = Ball::integer(9).square_root().expect("positive");
    assert_eq!(root.as_integer(), Some(3));
    let below = Ball::integer(3).minus(&ratio(1, 10).integer_power(55).expect("in range"));
    assert_eq!(below.as_integer(), None);
}
