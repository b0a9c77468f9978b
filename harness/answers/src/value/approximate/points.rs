//! The points at which letters take values.
//!
//! A value depends on the letter and the number of the point alone, so that comparing is symmetric and the same
//! everywhere. Sizes reach from below 1 to the thousands and signs are mixed, because formulas may differ on one side of a
//! number only: `|x - 100|` is `100 - x` up to 100.

use super::ball::Ball;
use super::wide::Wide;
use crate::value::Name;

/// Where letters take values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Point {
    /// Fractions, by the number of the point.
    Real(u32),
    /// Small positive integers, for what is defined for those alone.
    Integer(u32),
}

/// What the signs of the letters are at a point.
#[derive(Debug, Clone, Copy)]
enum Signs {
    Positive,
    Negative,
    Mixed,
    /// Mixed, and most letters small beside others: `b^2 > 4ac` holds at some such points.
    Uneven,
}

/// Smallest size, largest size and signs of each point.
const REAL: [(f64, f64, Signs); 19] = [
    (1.1, 2.9, Signs::Positive),
    (0.1, 0.9, Signs::Negative),
    (0.1, 0.9, Signs::Positive),
    (0.1, 0.9, Signs::Mixed),
    (1.1, 6.0, Signs::Negative),
    (1.1, 6.0, Signs::Mixed),
    (3.0, 9.0, Signs::Positive),
    (0.1, 3.0, Signs::Mixed),
    (5.0, 30.0, Signs::Positive),
    (5.0, 30.0, Signs::Negative),
    (0.01, 40.0, Signs::Uneven),
    (0.1, 30.0, Signs::Mixed),
    (0.01, 40.0, Signs::Uneven),
    (20.0, 200.0, Signs::Positive),
    (20.0, 200.0, Signs::Mixed),
    (0.001, 100.0, Signs::Uneven),
    (200.0, 3_000.0, Signs::Positive),
    (200.0, 3_000.0, Signs::Negative),
    (3_000.0, 20_000.0, Signs::Mixed),
];

/// Number of points of each kind.
pub(super) const REAL_POINTS: u32 = REAL.len() as u32;
pub(super) const INTEGER_POINTS: u32 = 8;

impl Point {
    /// Exact.
    pub(super) fn value(self, name: &Name) -> Ball {
        match self {
            Self::Real(number) => {
                let hash = hash(name, number);
                let (low, high, signs) = REAL[number as usize % REAL.len()];
                let fraction = f64::from((hash >> 8) as u32 & 0x00ff_ffff) / f64::from(1 << 24);
                let fraction = if matches!(signs, Signs::Uneven) { fraction.powi(4) } else { fraction };
                let size = low + (high - low) * fraction;
                let negative = match signs {
                    Signs::Positive => false,
                    Signs::Negative => true,
                    Signs::Mixed | Signs::Uneven => hash & 1 == 1,
                };
                Ball::exact(Wide::from_f64(if negative { -size } else { size }))
            }
            // Growing, so that `k <= n` holds at some points for each pair of letters.
            Self::Integer(number) => {
                let value = 1 + hash(name, 1_000 + number) % (4 + 2 * u64::from(number));
                Ball::integer(value as i64)
            }
        }
    }
}

/// FNV-1a of the letter and the number, mixed once more because its low bits are weak.
fn hash(name: &Name, number: u32) -> u64 {
    let mut letter = [0; 4];
    let text = match name {
        Name::Letter(c) => &*c.encode_utf8(&mut letter),
        Name::Long(text) => text,
    };
    let bytes = text.bytes().chain(number.to_le_bytes());
    let hash = bytes
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3));
    let mixed = (hash ^ hash >> 32).wrapping_mul(0xd6e8_feb8_6659_fd93);
    mixed ^ mixed >> 32
}
