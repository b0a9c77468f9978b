//! Exponentials of our own: those of the system's library differ from machine to machine.

/// e^x in single precision, within 2 units in the last place; flushes to the ends of its range.
#[inline(always)]
#[expect(clippy::excessive_precision, reason = "written as the decimal expansions of single-precision numbers")]
pub(crate) fn exp(x: f32) -> f32 {
    // ln 2 in two parts, the first short enough that its multiples are exact.
    const HIGH: f32 = 0.693_359_375;
    const LOW: f32 = -2.121_944_4e-4;
    // Adding 1.5 * 2^23 rounds to a whole number and leaves it in the lowest bits.
    const ROUND: f32 = 12_582_912.0;
    let x = if x > -87.0 { x } else { -87.0 };
    let x = if x < 88.0 { x } else { 88.0 };
    let shifted = x.mul_add(std::f32::consts::LOG2_E, ROUND);
    let whole = shifted - ROUND;
    let rest = whole.mul_add(-LOW, whole.mul_add(-HIGH, x));
    // Cephes' minimax polynomial for (e^r - 1 - r) / r^2.
    let mut series: f32 = 1.987_569_15e-4;
    series = series.mul_add(rest, 1.398_199_95e-3);
    series = series.mul_add(rest, 8.333_451_9e-3);
    series = series.mul_add(rest, 4.166_579_6e-2);
    series = series.mul_add(rest, 1.666_666_55e-1);
    series = series.mul_add(rest, 5.000_000_1e-1);
    let value = series.mul_add(rest * rest, rest) + 1.0;
    let power = f32::from_bits((shifted.to_bits() << 23).wrapping_add(1.0_f32.to_bits()));
    value * power
}

/// e^x in double precision for x at most 0, within a few units in the last place; 0 below -700.
#[inline(always)]
pub(crate) fn exp_f64(x: f64) -> f64 {
    const HIGH: f64 = 6.931_471_803_691_238e-1;
    const LOW: f64 = 1.908_214_929_270_587_7e-10;
    const ROUND: f64 = 6_755_399_441_055_744.0;
    let inside = if x > -700.0 { x } else { -700.0 };
    let shifted = inside.mul_add(std::f64::consts::LOG2_E, ROUND);
    let whole = shifted - ROUND;
    let rest = whole.mul_add(-LOW, whole.mul_add(-HIGH, inside));
    // Taylor's series: at |r| <= ln 2 / 2 its 14th term is below the last place.
    let mut series = 1.0 / 6_227_020_800.0;
    for factorial in
        [479_001_600.0, 39_916_800.0, 3_628_800.0, 362_880.0, 40_320.0, 5_040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0]
    {
        series = f64::mul_add(series, rest, 1.0 / factorial);
    }
    let power = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1.0_f64.to_bits()));
    if x > -700.0 { series * power } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn exponentials_are_close_to_the_library_ones() {
        let mut worst = 0.0_f64;
        for step in -86_000..87_000 {
            let x = step as f32 / 1000.0;
            let exact = libm::exp(f64::from(x));
            worst = worst.max((f64::from(exp(x)) / exact - 1.0).abs());
        }
        assert!(worst < 2.0 * f64::from(f32::EPSILON), "{worst}");
        let mut worst = 0.0_f64;
        for step in 0..690_000 {
            let x = f64::from(step) / -1000.0;
            worst = worst.max((exp_f64(x) / libm::exp(x) - 1.0).abs());
        }
        assert!(worst < 4.0 * f64::EPSILON, "{worst}");
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp_f64(0.0), 1.0);
        assert_eq!(exp_f64(f64::NEG_INFINITY), 0.0);
        assert!(exp(f32::NEG_INFINITY) < 1e-37);
    }
}
