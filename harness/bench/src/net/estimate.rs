//! Token counts where a server does not tell them.

use markovscale::Tokens;

/// About how many tokens a text of so many characters has: one for four of them, as in English prose. Whoever stores it
/// says that it is an estimate.
pub fn estimated_tokens(characters: usize) -> Tokens {
    Tokens(characters.div_ceil(4) as u64)
}
