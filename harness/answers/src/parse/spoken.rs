//! Mathematics in words: `the square root of 5`, `half of 20`, `3 out of 4`, `pi over 4`, `log base 2 of 32`.
//!
//! A number beside such words is never the answer by itself, so all of it is read or none. Speech has no brackets: where they
//! would matter (`the square root of 3 plus 2`) nothing is read.

use super::{MAX_DEPTH, is_word, nesting, quantity, split, symbol};
use crate::normalise::{Kind, Token};
use crate::value::{Budget, End, Expression, Region, Scalar, Unit, Value};

/// Words that make mathematics of what stands beside them; an answer without any is not looked at.
const SIGNS: &str = "square cube root half third quarter twice double triple thrice plus minus times over divided multiplied \
                     squared cubed power of out base sum product quotient reciprocal absolute in";

/// The tokens with mathematics in words as formulas; `None` where there is none, or it is not understood as a whole.
pub(super) fn rewritten(tokens: &[Token]) -> Option<Vec<Token>> {
    let is_sign = |token: &Token| matches!(&token.kind, Kind::Word(word) if SIGNS.split_whitespace().any(|sign| word.eq_ignore_ascii_case(sign)));
    if !tokens.iter().any(is_sign) {
        return None;
    }
    let mut reader = Reader { tokens, position: 0, has_words: false, depth: 0 };
    let mut formula = reader.expression()?;
    // A unit, if anything.
    formula.extend(reader.rest().iter().cloned());
    reader.has_words.then_some(formula)
}

fn made(kind: Kind) -> Token {
    Token { kind, space_before: false }
}

fn grouped(tokens: Vec<Token>) -> Vec<Token> {
    let mut group = Vec::with_capacity(tokens.len() + 2);
    group.push(made(Kind::Open));
    group.extend(tokens);
    group.push(made(Kind::Close));
    group
}

fn called(name: &str, arguments: impl IntoIterator<Item = Vec<Token>>) -> Vec<Token> {
    let mut call = vec![made(Kind::Command(name.to_owned()))];
    call.extend(arguments.into_iter().flat_map(grouped));
    call
}

fn number(digits: &str) -> Vec<Token> {
    vec![made(Kind::Number(digits.to_owned()))]
}

/// An operand, and whether more may follow it: what a root or a half is taken of reaches to the end, or is not known.
struct Operand {
    tokens: Vec<Token>,
    is_closed: bool,
}

struct Reader<'a> {
    tokens: &'a [Token],
    position: usize,
    /// Whether any words were read as mathematics.
    has_words: bool,
    depth: u32,
}

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a [Token] {
        self.tokens.get(self.position..).unwrap_or_default()
    }

    /// Whether the words stand here.
    fn are(&self, words: &[&str]) -> bool {
        let rest = self.rest();
        rest.len() >= words.len() && rest.iter().zip(words).all(|(token, word)| is_word(&token.kind, word))
    }

    /// Reads one of several ways to say something.
    fn take(&mut self, ways: &[&[&str]]) -> bool {
        let found = ways.iter().find(|words| self.are(words));
        self.position += found.map_or(0, |words| words.len());
        self.has_words |= found.is_some();
        found.is_some()
    }

    fn skip_articles(&mut self) {
        let is_article = |rest: &[Token]| {
            matches!(rest, [Token { kind: Kind::Letter('a'), .. }, Token { kind: Kind::Word(_), .. }, ..])
        };
        while is_article(self.rest())
            || ["the", "a", "an", "exactly", "just", "every"].iter().any(|word| self.are(&[word]))
        {
            self.position += 1;
        }
    }

    /// Operands and what joins them: sums, or products, or one quotient or power.
    fn expression(&mut self) -> Option<Vec<Token>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let mut operand = self.operand()?;
        let mut all = operand.tokens;
        let mut before: Option<char> = None;
        let mut is_tight = is_tight(&all);
        while let Some(operator) = self.operator() {
            let joins = matches!((before, operator), (None, _) | (Some('+' | '-'), '+' | '-') | (Some('*'), '*'));
            if !operand.is_closed || !joins || !is_tight {
                return None;
            }
            before = Some(operator);
            operand = self.operand()?;
            is_tight = matches!(operator, '+') || self::is_tight(&operand.tokens);
            if !is_tight {
                return None;
            }
            all = match operator {
                '/' => called("frac", [all, operand.tokens]),
                _ => {
                    let mut joined = grouped(all);
                    joined.push(made(Kind::Symbol(operator)));
                    joined.extend(grouped(operand.tokens));
                    joined
                }
            };
        }
        self.depth -= 1;
        Some(all)
    }

    fn operator(&mut self) -> Option<char> {
        let start = (self.position, self.has_words);
        let is_fraction = self.follows_fraction();
        let is_one_in = self.is_one_in_several();
        let operator = if self.take(&[&["plus", "or", "minus"]]) {
            '±'
        } else if self.take(&[&["plus"]]) {
            '+'
        } else if self.take(&[&["minus"]]) {
            '-'
        } else if self.take(&[&["times"], &["multiplied", "by"]]) || is_fraction && self.take(&[&["of"]]) {
            '*'
        } else if self.take(&[&["over"], &["divided", "by"], &["out", "of"]]) || is_one_in && self.take(&[&["in"]]) {
            '/'
        } else if self.take(&[
            &["to", "the", "power", "of"],
            &["raised", "to", "the", "power", "of"],
            &["raised", "to", "the", "power"],
            &["to", "the", "power"],
        ]) {
            '^'
        } else {
            return None;
        };
        if self.rest().is_empty() {
            // `3 times` is no product.
            (self.position, self.has_words) = start;
            return None;
        }
        Some(operator)
    }

    /// `3/4 of`, `20% of`: a part of something.
    fn follows_fraction(&self) -> bool {
        match self.tokens.get(..self.position) {
            Some([.., bar, part]) => {
                symbol(Some(part)) == Some('%')
                    || matches!(part.kind, Kind::Number(_)) && symbol(Some(bar)) == Some('/')
                    || ["percent", "half"].iter().any(|word| is_word(&part.kind, word))
                    || self.ends_in_written_fraction()
            }
            _ => false,
        }
    }

    fn ends_in_written_fraction(&self) -> bool {
        match self.tokens.get(..self.position) {
            Some([.., frac, _, _]) => matches!(&frac.kind, Kind::Command(name) if name == "frac"),
            _ => false,
        }
    }

    /// `1 in 6`.
    fn is_one_in_several(&self) -> bool {
        let is_number = |token: Option<&Token>| matches!(token, Some(Token { kind: Kind::Number(_), .. }));
        self.position == 1
            && is_number(self.tokens.first())
            && is_number(self.tokens.get(2))
            && (self.tokens.len() == 3)
    }

    fn operand(&mut self) -> Option<Operand> {
        self.skip_articles();
        if self.take(&[&["negative"], &["minus"]]) {
            let operand = self.operand()?;
            let mut tokens = vec![made(Kind::Symbol('-'))];
            tokens.extend(grouped(operand.tokens));
            return Some(Operand { tokens, is_closed: operand.is_closed });
        }
        if self.take(&[&["plus", "or", "minus"]]) {
            let operand = self.operand()?;
            let mut tokens = vec![made(Kind::Symbol('±'))];
            tokens.extend(grouped(operand.tokens));
            return Some(Operand { tokens, is_closed: false });
        }
        if let Some(tokens) = self.prefixed() {
            return tokens.map(|tokens| Operand { tokens, is_closed: false });
        }
        let start = self.position;
        let mut depth = 0;
        while let Some(token) = self.tokens.get(self.position) {
            let is_text = matches!(token.kind, Kind::Word(_)) || matches!(token.kind, Kind::Symbol(',' | ';'));
            if depth == 0 && is_text {
                break;
            }
            depth += nesting(&token.kind);
            self.position += 1;
        }
        let mut tokens = self.tokens.get(start..self.position)?.to_vec();
        if tokens.is_empty() {
            return None;
        }
        // A logarithm is taken `of` something, too.
        if let [Token { kind: Kind::Command(name), .. }] = tokens.as_slice() {
            let name = name.clone();
            return self.function(&name).map(|tokens| Operand { tokens, is_closed: false });
        }
        if self.take(&[&["squared"]]) {
            tokens = raised(tokens, "2")?;
        } else if self.take(&[&["cubed"]]) {
            tokens = raised(tokens, "3")?;
        } else if symbol(tokens.last()) == Some('%') && self.are(&["of"]) {
            tokens.pop();
            tokens = called("frac", [tokens, number("100")]);
        } else if self.are(&["percent", "of"]) && self.take(&[&["percent"]]) {
            tokens = called("frac", [tokens, number("100")]);
        }
        Some(Operand { tokens, is_closed: true })
    }

    /// What stands before what it is made of; the inner `None` where that is not understood.
    fn prefixed(&mut self) -> Option<Option<Vec<Token>>> {
        let index = |reader: &mut Self| {
            if reader.take(&[&["square", "root", "of"], &["square", "root"], &["root", "of"], &["root"]]) {
                return Some("2");
            }
            if reader.take(&[&["cube", "root", "of"], &["cubic", "root", "of"], &["third", "root", "of"]]) {
                return Some("3");
            }
            if reader.take(&[&["fourth", "root", "of"]]) {
                return Some("4");
            }
            reader.take(&[&["fifth", "root", "of"]]).then_some("5")
        };
        if let Some(index) = index(self) {
            return Some(self.last().map(|of| root(index, of)));
        }
        let parts: [(&[&[&str]], &str, &str); 6] = [
            (&[&["half", "of"], &["half"]], "1", "2"),
            (&[&["third", "of"]], "1", "3"),
            (&[&["quarter", "of"], &["fourth", "of"]], "1", "4"),
            (&[&["twice"], &["double"]], "2", "1"),
            (&[&["triple"], &["thrice"]], "3", "1"),
            (&[&["fifth", "of"]], "1", "5"),
        ];
        for (ways, top, bottom) in parts {
            // `half` alone is a number.
            if self.rest().len() > 1 && self.take(ways) {
                let is_of = is_word(&self.tokens[self.position - 1].kind, "of");
                if !is_of && matches!(self.rest(), [Token { kind: Kind::Letter(_), .. }, ..]) {
                    // "half a cup", whose letters look like factors.
                    return Some(None);
                }
                self.skip_articles();
                if matches!(self.rest(), [Token { kind: Kind::Word(_), .. }, ..])
                    && self.prefixed_follows() == Some(false)
                {
                    // "half a cup"
                    return Some(Some(called("frac", [number(top), number(bottom)])));
                }
                return Some(self.last().map(|of| {
                    let mut product = called("frac", [number(top), number(bottom)]);
                    product.push(made(Kind::Symbol('*')));
                    product.extend(grouped(of));
                    product
                }));
            }
        }
        if self.take(&[&["reciprocal", "of"]]) {
            return Some(self.last().map(|of| called("frac", [number("1"), of])));
        }
        if self.take(&[&["absolute", "value", "of"]]) {
            return Some(self.last().map(|of| called("abs", [of])));
        }
        let pairs: [(&[&str], char); 3] =
            [(&["sum", "of"], '+'), (&["product", "of"], '*'), (&["quotient", "of"], '/')];
        for (words, operator) in pairs {
            if self.take(&[words]) {
                return Some(self.pair(operator));
            }
        }
        None
    }

    /// Whether an operand in words follows, and no unit.
    fn prefixed_follows(&self) -> Option<bool> {
        let word = match &self.rest().first()?.kind {
            Kind::Word(word) => word.to_lowercase(),
            _ => return Some(true),
        };
        Some(matches!(
            word.as_str(),
            "square"
                | "cube"
                | "cubic"
                | "root"
                | "sum"
                | "product"
                | "quotient"
                | "reciprocal"
                | "absolute"
                | "negative"
                | "minus"
                | "half"
                | "third"
        ))
    }

    /// `3 and 4` behind "the sum of".
    fn pair(&mut self, operator: char) -> Option<Vec<Token>> {
        let left = self.operand().filter(|operand| operand.is_closed)?;
        if !self.take(&[&["and"]]) {
            return None;
        }
        let right = self.last()?;
        Some(match operator {
            '/' => called("frac", [left.tokens, right]),
            _ => [grouped(left.tokens), vec![made(Kind::Symbol(operator))], grouped(right)].concat(),
        })
    }

    /// An operand that nothing but a unit follows.
    fn last(&mut self) -> Option<Vec<Token>> {
        self.depth += 1;
        if self.depth > MAX_DEPTH {
            return None;
        }
        let operand = self.operand()?;
        self.depth -= 1;
        let place = self.position;
        let goes_on = self.operator().is_some() || self.are(&["and"]);
        self.position = place;
        (!goes_on && is_tight(&operand.tokens)).then_some(operand.tokens)
    }

    /// `\log` base 2 of 32, `\sin` of x, behind the name.
    fn function(&mut self, name: &str) -> Option<Vec<Token>> {
        let mut call = vec![made(Kind::Command(name.to_owned()))];
        if matches!(name, "log") && self.take(&[&["base"]]) {
            let base = self.operand()?.tokens;
            call.push(made(Kind::Symbol('_')));
            call.extend(grouped(base));
        }
        if !self.take(&[&["of"]]) {
            return None;
        }
        let of = self.last()?;
        if matches!(name, "sqrt" | "cbrt") {
            call.extend(grouped(of));
        } else {
            call.push(made(Kind::Symbol('(')));
            call.extend(of);
            call.push(made(Kind::Symbol(')')));
        }
        Some(call)
    }
}

fn root(index: &str, of: Vec<Token>) -> Vec<Token> {
    let mut root = vec![made(Kind::Command("sqrt".to_owned()))];
    if index != "2" {
        root.extend([made(Kind::Symbol('[')), made(Kind::Number(index.to_owned())), made(Kind::Symbol(']'))]);
    }
    root.extend(grouped(of));
    root
}

/// `x` squared; of `3x` it is not said what is.
fn raised(tokens: Vec<Token>, power: &str) -> Option<Vec<Token>> {
    let is_one = tokens.len() == 1 || symbol(tokens.first()) == Some('(') && symbol(tokens.last()) == Some(')');
    let mut raised = grouped(tokens);
    raised.push(made(Kind::Symbol('^')));
    raised.extend(number(power));
    is_one.then_some(raised)
}

/// Whether an operand is one product, so that no bracket around it is missing.
fn is_tight(tokens: &[Token]) -> bool {
    let (parts, _) =
        split(tokens, |kind| matches!(kind, Kind::Symbol('+' | '-' | '±' | '=' | '<' | '>' | '≤' | '≥' | '≈' | ',')));
    match parts.as_slice() {
        [_] => true,
        // A sign in front.
        [[], _] => true,
        _ => false,
    }
}

/// `between 6 and 9`, `greater than 3`, `at least 5`: what lies there, and no number.
pub(super) fn range(tokens: &[Token], budget: &mut Budget) -> Option<Value> {
    let end = |tokens: &[Token], budget: &mut Budget| {
        let scalar = <[Scalar; 1]>::try_from(quantity::quantity(tokens, budget)?).ok().map(|[scalar]| scalar)?;
        Some(scalar).filter(|scalar| !scalar.expression.has_variables())
    };
    let rest = match tokens {
        [adverb, rest @ ..] if ["strictly", "somewhere", "always"].iter().any(|word| is_word(&adverb.kind, word)) => {
            rest
        }
        _ => tokens,
    };
    if let [between, rest @ ..] = rest
        && is_word(&between.kind, "between")
    {
        let place = rest.iter().position(|token| is_word(&token.kind, "and"))?;
        let (low, high) = (end(rest.get(..place)?, budget)?, end(rest.get(place + 1..)?, budget)?);
        // Whether the ends belong is not said.
        return Some(Value::Tuple {
            open: '‹', members: vec![Value::Scalar(low), Value::Scalar(high)], close: '›'
        });
    }
    const COMPARED: [(&[&str], bool, bool); 13] = [
        (&["greater", "than", "or", "equal", "to"], true, true),
        (&["less", "than", "or", "equal", "to"], false, true),
        (&["no", "more", "than"], false, true),
        (&["no", "less", "than"], true, true),
        (&["no", "fewer", "than"], true, true),
        (&["greater", "than"], true, false),
        (&["more", "than"], true, false),
        (&["larger", "than"], true, false),
        (&["bigger", "than"], true, false),
        (&["less", "than"], false, false),
        (&["fewer", "than"], false, false),
        (&["at", "least"], true, true),
        (&["at", "most"], false, true),
    ];
    let starts = |words: &[&str]| {
        rest.len() > words.len() && rest.iter().zip(words).all(|(token, word)| is_word(&token.kind, word))
    };
    let (words, is_above, is_closed) = COMPARED.iter().find(|(words, ..)| starts(words))?;
    let bound = end(rest.get(words.len()..)?, budget)?;
    if matches!(bound.unit, Unit::Percent | Unit::Degree) {
        return None;
    }
    let bound = End::new(bound.expression, *is_closed);
    let region = if *is_above {
        Region::between(bound, End::new(Expression::infinity(), false), budget)
    } else {
        Region::between(End::new(Expression::infinity().negated(), false), bound, budget)
    };
    region.map(Value::Region)
}
