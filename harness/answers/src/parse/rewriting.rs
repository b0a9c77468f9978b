//! What is rewritten before an answer is read: numbers in words, mathematics in words, qualifiers, quotients before letters.

use std::borrow::Cow;

use super::{is_word, number_words, relation, spoken, symbol};
use crate::normalise::{Kind, Token};

/// The tokens as they are read; `None` where nothing is to be changed.
pub(super) fn rewritten(tokens: &[Token]) -> Option<Vec<Token>> {
    let mut current = Cow::Borrowed(tokens);
    if has_equivalence(&current) {
        for token in current.to_mut() {
            if is_equivalence(&token.kind) {
                token.kind = Kind::Symbol('=');
            }
        }
    }
    if let Some(domain) = domain_in_words(&current).or_else(|| domain_in_brackets(&current)) {
        current = Cow::Owned(domain);
    }
    if let Some(end) = qualifier(&current) {
        current.to_mut().truncate(end);
    }
    if let Some(wide) = with_wide_quotients(&current, true) {
        current = Cow::Owned(wide);
    }
    if let Some(digits) = number_words::rewritten(&current) {
        current = Cow::Owned(digits);
    }
    if let Some(formula) = spoken::rewritten(&current) {
        current = Cow::Owned(formula);
    }
    match current {
        Cow::Owned(tokens) => Some(tokens),
        Cow::Borrowed(_) => None,
    }
}

fn is_equivalence(kind: &Kind) -> bool {
    *kind == Kind::Symbol('≡') || matches!(kind, Kind::Command(name) if name == "equiv")
}

/// Whether `\equiv` says that two things are the same throughout, and no remainder is spoken of.
fn has_equivalence(tokens: &[Token]) -> bool {
    let is_modulo = |kind: &Kind| matches!(kind, Kind::Command(name) if matches!(&**name, "pmod" | "bmod" | "mod"));
    tokens.iter().any(|token| is_equivalence(&token.kind)) && !tokens.iter().any(|token| is_modulo(&token.kind))
}

/// `k\pi, where k is an integer`, `k\pi for any integer k` as `k\pi, k \in \mathbb{Z}`.
fn domain_in_words(tokens: &[Token]) -> Option<Vec<Token>> {
    let place = tokens.iter().position(|token| is_word(&token.kind, "integer") || is_word(&token.kind, "integers"))?;
    let is_any = |token: &&Token, words: &[&str]| words.iter().any(|word| is_word(&token.kind, word));
    let is_letter = |token: &Token| matches!(token.kind, Kind::Letter(letter) if letter != 'a' || tokens.len() < 3);
    let (before, behind) = (tokens.get(..place)?, tokens.get(place + 1..)?);
    // The letters of "an" look like factors.
    let before = match before {
        [rest @ .., a, n] if (&a.kind, &n.kind) == (&Kind::Letter('a'), &Kind::Letter('n')) && !n.space_before => rest,
        _ => before,
    };
    let (letter, start) = match (before, behind) {
        // "for any integer k"
        ([solution @ .., first, quantifier], [letter])
            if is_any(&first, &["for"]) && is_any(&quantifier, &["any", "all", "every", "each", "some"]) =>
        {
            (letter, solution.len())
        }
        ([solution @ .., first], [letter]) if is_any(&first, &["for", "any", "with"]) => (letter, solution.len()),
        // "where k is an integer", "k an integer"
        ([.., _], []) => {
            let end = before.iter().rposition(|token| {
                !(is_any(&token, &["is", "an", "any", "are", "a", "be", "being", "some"])
                    || token.kind == Kind::Letter('a'))
            })?;
            let lead =
                before.get(..end)?.iter().rposition(|token| !is_any(&token, &["where", "with", "for", "and"]))?;
            (before.get(end)?, lead + 1)
        }
        _ => return None,
    };
    if !is_letter(letter) {
        return None;
    }
    let solution = tokens.get(..start)?;
    let end = solution.iter().rposition(|token| !matches!(token.kind, Kind::Symbol(',' | ';')))?;
    let mut rewritten = solution.get(..=end)?.to_vec();
    rewritten.extend(in_integers(letter));
    Some(rewritten)
}

/// `, k \in \mathbb{Z}`
fn in_integers(letter: &Token) -> [Token; 5] {
    let kinds = [
        Kind::Symbol(','),
        letter.kind.clone(),
        Kind::Symbol('∈'),
        Kind::Command("mathbb".to_owned()),
        Kind::Letter('Z'),
    ];
    kinds.map(|kind| Token { kind, space_before: true })
}

/// `k\pi (k \in \mathbb{Z})` without the brackets.
fn domain_in_brackets(tokens: &[Token]) -> Option<Vec<Token>> {
    let [.., close] = tokens else { return None };
    let open = tokens.iter().rposition(|token| token.kind == Kind::Symbol('('))?;
    let domain = tokens.get(open + 1..tokens.len() - 1)?;
    let is_domain =
        matches!(domain, [Token { kind: Kind::Letter(_), .. }, member, ..] if member.kind == Kind::Symbol('∈'));
    let solution = tokens.get(..open)?;
    if close.kind != Kind::Symbol(')') || !is_domain || solution.is_empty() {
        return None;
    }
    let end = solution.iter().rposition(|token| token.kind != Kind::Symbol(','))?;
    let mut rewritten = solution.get(..=end)?.to_vec();
    rewritten.push(Token { kind: Kind::Symbol(','), space_before: false });
    rewritten.extend(domain.iter().cloned());
    Some(rewritten)
}

/// Where a qualifier begins that adds nothing to a formula: `f(x) = 2x` for all `x`, `\forall x \in \mathbb{R}`. One that
/// compares (`for all x > 0`) is a condition and stays.
fn qualifier(tokens: &[Token]) -> Option<usize> {
    let place = tokens.iter().enumerate().position(|(index, token)| {
        matches!(&token.kind, Kind::Command(name) if name == "forall")
            || token.kind == Kind::Symbol('∀')
            || is_word(&token.kind, "for")
                && tokens
                    .get(index + 1)
                    .is_some_and(|next| ["all", "any", "every", "each"].iter().any(|word| is_word(&next.kind, word)))
    })?;
    let (formula, rest) = tokens.split_at_checked(place)?;
    let is_formula = formula.iter().any(|token| token.kind == Kind::Symbol('='));
    let is_condition = rest.iter().any(|token| relation::is_relation(&token.kind));
    if !is_formula || is_condition {
        return None;
    }
    let is_mark = |token: &Token| matches!(token.kind, Kind::Symbol(',' | ';' | '(' | ':' | '…'));
    Some(formula.iter().rposition(|token| !is_mark(token))? + 1)
}

/// Quotients by what is written behind the bar without a sign between: `t/RC` is `t/(RC)`. With `letters_only` only those
/// by letters alone, which nobody means otherwise; of `1/2x` both readings are common.
pub(super) fn with_wide_quotients(tokens: &[Token], letters_only: bool) -> Option<Vec<Token>> {
    if !tokens.iter().any(|token| token.kind == Kind::Symbol('/')) {
        return None;
    }
    let mut result: Vec<Token> = Vec::new();
    let mut is_changed = false;
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        result.push(token.clone());
        at += 1;
        let follows_word = at >= 2 && matches!(tokens[at - 2].kind, Kind::Word(_) | Kind::Letter('d'));
        if token.kind != Kind::Symbol('/') || follows_word {
            continue;
        }
        let (end, factors) = divisor(tokens, at, letters_only);
        let is_evident =
            !letters_only || in_exponent(&tokens[..at]) || has_quantity(tokens.get(at..end).unwrap_or_default());
        if factors > 1 && is_evident {
            is_changed = true;
            result.push(Token { kind: Kind::Open, space_before: false });
            result.extend(tokens.get(at..end).unwrap_or_default().iter().cloned());
            result.push(Token { kind: Kind::Close, space_before: false });
            at = end;
        }
    }
    is_changed.then_some(result)
}

/// Whether a place is in a group that is raised: `e^{-t/RC}`.
fn in_exponent(before: &[Token]) -> bool {
    let mut depth = 0;
    for (index, token) in before.iter().enumerate().rev() {
        match token.kind {
            Kind::Close => depth += 1,
            Kind::Open if depth == 0 => return symbol(before.get(index.wrapping_sub(1))) == Some('^'),
            Kind::Open => depth -= 1,
            _ => {}
        }
    }
    false
}

/// Whether capitals, Greek letters or scripts are among the factors, as in formulas of physics: of `a/bc` both readings are
/// common.
fn has_quantity(factors: &[Token]) -> bool {
    factors.iter().any(|token| match token.kind {
        Kind::Letter(letter) => !letter.is_ascii_lowercase(),
        Kind::Symbol('^' | '_' | 'π') => true,
        _ => false,
    })
}

/// Where the factors end that stand behind a bar, and how many they are.
fn divisor(tokens: &[Token], start: usize, letters_only: bool) -> (usize, usize) {
    let mut at = start;
    let mut factors = 0;
    while let Some(token) = tokens.get(at) {
        let is_factor = match token.kind {
            Kind::Letter(letter) => !(factors == 0 && letter == 'd'),
            Kind::Symbol('π') => true,
            Kind::Number(_) => !letters_only && factors == 0,
            _ => false,
        };
        if !is_factor || token.space_before && factors > 0 && letters_only {
            break;
        }
        factors += 1;
        at += 1;
        while let Some('^' | '_') = symbol(tokens.get(at)) {
            at += 1;
            let group = tokens.get(at).is_some_and(|token| token.kind == Kind::Open);
            let length = tokens.get(at..).unwrap_or_default().iter().position(|token| token.kind == Kind::Close);
            at += if group { length.map_or(1, |length| length + 1) } else { 1 };
        }
    }
    (at.min(tokens.len()), factors)
}
