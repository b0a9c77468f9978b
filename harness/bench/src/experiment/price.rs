//! What tokens cost, counted without rounding.
//!
//! Prices are numbers per million tokens; amounts are whole numbers of a millionth of a millionth of the currency's unit.
//! A price with up to six decimals is then a whole number per token, so that sums are exact and do not depend on order.

use std::fmt;
use std::iter::Sum;
use std::ops::{Add, AddAssign};

use super::service::Price;
use super::{BackbonePlan, Plan};
use crate::vocabulary::TokenCounts;

/// An amount of money in 10^-12 of the currency of the prices.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Money(pub u128);

impl Money {
    const UNITS: f64 = 1e12;

    /// An amount given in the currency's unit, to the nearest 10^-12; nothing for what is negative or no number.
    pub fn from_units(amount: f64) -> Self {
        // A cast from a float to an integer saturates, and makes 0 of NaN.
        Self((amount * Self::UNITS).round() as u128)
    }

    /// The amount in the currency's unit.
    pub fn units(self) -> f64 {
        self.0 as f64 / Self::UNITS
    }
}

impl Add for Money {
    type Output = Self;

    fn add(self, other: Self) -> Self {
        Self(self.0.saturating_add(other.0))
    }
}

impl AddAssign for Money {
    fn add_assign(&mut self, other: Self) {
        *self = *self + other;
    }
}

impl Sum for Money {
    fn sum<I: Iterator<Item = Self>>(amounts: I) -> Self {
        amounts.fold(Self::default(), Add::add)
    }
}

/// Two decimals, or as many as a small amount needs for three significant digits.
impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let amount = self.units();
        let small = amount > 0.0 && amount < 1.0;
        let decimals = if small { (2.0 - amount.log10().floor()).clamp(2.0, 12.0) as usize } else { 2 };
        write!(f, "{amount:.decimals$}")
    }
}

/// The prices of a backbone and a verifier.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Prices {
    /// What draws cost.
    pub backbone: Price,
    /// What scores cost.
    pub verifier: Price,
}

impl Prices {
    /// Whether anything costs anything.
    pub fn known(&self) -> bool {
        !(self.backbone.is_free() && self.verifier.is_free())
    }
}

impl Price {
    /// What these tokens cost. Cached tokens are charged as such instead of as prompt tokens, reasoning tokens instead of
    /// as completion tokens; a server that tells of more of them than of the whole is charged for the whole.
    pub fn price_of(&self, tokens: TokenCounts) -> Money {
        let cached = tokens.cached.0.min(tokens.prompt.0);
        let reasoning = tokens.reasoning.0.min(tokens.completion.0);
        let parts = [
            (tokens.prompt.0 - cached, self.prompt),
            (cached, self.cached.unwrap_or(self.prompt)),
            (tokens.completion.0 - reasoning, self.completion),
            (reasoning, self.reasoning.unwrap_or(self.completion)),
        ];
        parts.into_iter().map(|(count, price)| Money(u128::from(count).saturating_mul(per_token(price)))).sum()
    }

    /// Whether nothing costs anything.
    pub fn is_free(&self) -> bool {
        *self == Self::default()
    }
}

/// A price per million tokens as whole 10^-12 per token.
fn per_token(price: f64) -> u128 {
    (price * 1e6).round() as u128
}

impl Plan {
    /// What a backbone's tokens cost; nothing where the experiment does not name it.
    pub fn price_of_backbone(&self, name: &str) -> Price {
        let backbone = self.backbones.iter().find(|backbone| backbone.name == name);
        backbone.map_or_else(Price::default, |backbone| backbone.price)
    }

    /// What the tokens of a verifier of this name cost; nothing where the experiment has another.
    pub fn price_of_verifier(&self, name: &str) -> Price {
        if self.verifier.name() == Some(name) { self.verifier.price() } else { Price::default() }
    }

    /// Whether anything costs anything.
    pub fn has_prices(&self) -> bool {
        !self.verifier.price().is_free() || self.backbones.iter().any(BackbonePlan::has_price)
    }
}

impl BackbonePlan {
    /// Whether its tokens cost anything.
    pub fn has_price(&self) -> bool {
        !self.price.is_free()
    }
}

#[cfg(test)]
mod tests {
    use markovscale::Tokens;
    use proptest::prelude::*;

    use super::*;

    fn counts(prompt: u64, cached: u64, completion: u64, reasoning: u64) -> TokenCounts {
        let [prompt, cached, completion, reasoning] = [prompt, cached, completion, reasoning].map(Tokens);
        TokenCounts { prompt, cached, completion, reasoning }
    }

    const PRICE: Price = Price { prompt: 0.15, cached: Some(0.075), completion: 0.6, reasoning: Some(0.9) };

    #[test]
    fn every_part_has_its_price() {
        // 600 x 0.15 + 400 x 0.075 + 50 x 0.6 + 50 x 0.9 = 195 millionths.
        assert_eq!(PRICE.price_of(counts(1000, 400, 100, 50)), Money::from_units(195e-6));
        let plain = Price { cached: None, reasoning: None, ..PRICE };
        assert_eq!(plain.price_of(counts(1000, 400, 100, 50)), Money::from_units(210e-6));
        assert_eq!(PRICE.price_of(counts(10, 99, 10, 99)), PRICE.price_of(counts(10, 10, 10, 10)));
        assert_eq!(Price::default().price_of(counts(1000, 400, 100, 50)), Money(0));
        let verifier = TokenCounts::of_verifier(Tokens(1000), Tokens(100));
        assert_eq!((verifier.prompt, verifier.completion, verifier.all()), (Tokens(900), Tokens(100), Tokens(1000)));
    }

    #[test]
    fn amounts_read_well() {
        let shown = [0.0, 1234.567, 0.5, 0.001_234_5, 1e-12].map(|amount| Money::from_units(amount).to_string());
        assert_eq!(shown, ["0.00", "1234.57", "0.500", "0.00123", "0.000000000001"]);
        assert_eq!([f64::NAN, -1.0].map(Money::from_units), [Money(0); 2]);
    }

    proptest! {
        /// A million draws priced one by one cost to the last unit what all of their tokens cost together.
        #[test]
        fn totals_add_up_exactly(
            draws in prop::collection::vec((0u64..100_000, 0u64..100, 0u64..100_000, 0u64..100), 1..50),
            decimals in prop::array::uniform4(0u32..10_000_000),
        ) {
            let [prompt, cached, completion, reasoning] = decimals.map(|millionths| f64::from(millionths) / 1e6);
            let price = Price { prompt, cached: Some(cached), completion, reasoning: Some(reasoning) };
            let draws: Vec<TokenCounts> = draws.iter().map(|(p, c, w, r)| counts(p + c, *c, w + r, *r)).collect();
            let apart: Money = draws.iter().map(|draw| price.price_of(*draw)).sum();
            let backwards: Money = draws.iter().rev().map(|draw| price.price_of(*draw)).sum();
            let sum = |part: fn(&TokenCounts) -> Tokens| draws.iter().map(|draw| part(draw).0).sum();
            let together = counts(sum(|d| d.prompt), sum(|d| d.cached), sum(|d| d.completion), sum(|d| d.reasoning));
            prop_assert_eq!(apart, price.price_of(together));
            prop_assert_eq!(apart, backwards);
            // Whole millionths per million tokens: no rounding anywhere.
            let millionths = [together.prompt.0 - together.cached.0, together.cached.0,
                together.completion.0 - together.reasoning.0, together.reasoning.0];
            let expected: u128 =
                millionths.iter().zip(decimals).map(|(count, price)| u128::from(*count) * u128::from(price)).sum();
            prop_assert_eq!(apart.0, expected);
        }
    }
}
