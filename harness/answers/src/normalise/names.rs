//! What the names of commands and words stand for.

use super::Kind;

/// What a LaTeX command does to the tokens.
pub(super) enum Meaning {
    /// Layout: nothing is left of it.
    Nothing,
    /// Layout whose first argument is no part of the answer: a colour, a width.
    Aside,
    /// White space.
    Space,
    /// Its argument is words.
    Text,
    /// A fraction, whose two arguments may be single digits.
    Fraction,
    /// `\begin` or `\end`, followed by the environment's name.
    Environment,
    /// One sign.
    Symbol(char),
    /// Kept as a command.
    Command,
}

/// The meaning of a command, given without its backslash.
pub(super) fn meaning(name: &str) -> Meaning {
    match name {
        "left" | "right" | "big" | "Big" | "bigg" | "Bigg" | "bigl" | "bigr" | "Bigl" | "Bigr" | "biggl" | "biggr"
        | "middle" | "displaystyle" | "textstyle" | "scriptstyle" | "limits" | "boxed" | "fbox" | "framebox" | "bf"
        | "rm" | "it" | "(" | ")" | "[" | "]" | "ensuremath" | "hfill" | "boldsymbol" | "bm" | "nonumber" | "notag"
        | "tiny" | "small" | "normalsize" | "large" | "Large" | "LARGE" | "huge" | "Huge" | "therefore"
        | "checkmark" | "qed" | "blacksquare" => Meaning::Nothing,
        "color" | "textcolor" | "hspace" | "vspace" | "phantom" | "hphantom" | "vphantom" | "label" | "tag" => {
            Meaning::Aside
        }
        "," | ";" | ":" | " " | "!" | ">" | "quad" | "qquad" | "thinspace" | "space" | "enspace" => Meaning::Space,
        "text" | "mbox" | "textbf" | "textit" | "textrm" | "textsf" | "texttt" | "textnormal" | "textsc" | "mathrm"
        | "mathbf" | "mathit" | "mathsf" | "operatorname" | "hbox" | "emph" | "underline" | "mathtt" => Meaning::Text,
        "frac" | "dfrac" | "tfrac" | "cfrac" | "nicefrac" | "sfrac" => Meaning::Fraction,
        "begin" | "end" => Meaning::Environment,
        "{" | "lbrace" => Meaning::Symbol('⦃'),
        "}" | "rbrace" => Meaning::Symbol('⦄'),
        "cdot" | "times" | "ast" => Meaning::Symbol('*'),
        "div" => Meaning::Symbol('/'),
        "le" | "leq" | "leqslant" => Meaning::Symbol('≤'),
        "ge" | "geq" | "geqslant" => Meaning::Symbol('≥'),
        "ne" | "neq" => Meaning::Symbol('≠'),
        "lt" => Meaning::Symbol('<'),
        "gt" => Meaning::Symbol('>'),
        "approx" | "simeq" => Meaning::Symbol('≈'),
        "cup" | "bigcup" => Meaning::Symbol('∪'),
        "lbrack" => Meaning::Symbol('['),
        "rbrack" => Meaning::Symbol(']'),
        "notin" => Meaning::Symbol('∉'),
        "cap" | "bigcap" => Meaning::Symbol('∩'),
        "setminus" | "backslash" | "smallsetminus" => Meaning::Symbol('∖'),
        "colon" => Meaning::Symbol(':'),
        "prime" => Meaning::Symbol('\''),
        "$" | "textdollar" => Meaning::Symbol('$'),
        "pounds" | "textsterling" => Meaning::Symbol('£'),
        "euro" | "texteuro" => Meaning::Symbol('€'),
        "yen" => Meaning::Symbol('¥'),
        "in" => Meaning::Symbol('∈'),
        "pm" => Meaning::Symbol('±'),
        "mp" => Meaning::Symbol('∓'),
        "circ" | "degree" => Meaning::Symbol('°'),
        "infty" | "infinity" | "infin" => Meaning::Symbol('∞'),
        "ldots" | "dots" | "cdots" | "dotsc" | "dotsb" => Meaning::Symbol('…'),
        "pi" => Meaning::Symbol('π'),
        "emptyset" | "varnothing" => Meaning::Symbol('∅'),
        "langle" => Meaning::Symbol('⟨'),
        "rangle" => Meaning::Symbol('⟩'),
        "lfloor" => Meaning::Symbol('⌊'),
        "rfloor" => Meaning::Symbol('⌋'),
        "lceil" => Meaning::Symbol('⌈'),
        "rceil" => Meaning::Symbol('⌉'),
        "lvert" | "rvert" | "vert" | "mid" | "|" => Meaning::Symbol('|'),
        "%" => Meaning::Symbol('%'),
        "_" => Meaning::Symbol('_'),
        "&" => Meaning::Symbol('&'),
        "#" => Meaning::Symbol('#'),
        _ => Meaning::Command,
    }
}

/// A character that is not ASCII, as the sign it stands for.
pub(super) fn sign(c: char) -> char {
    match c {
        '−' | '–' | '—' | '‐' | '‑' => '-',
        '×' | '·' | '⋅' | '∗' => '*',
        '÷' | '∕' | '⁄' => '/',
        '≦' => '≤',
        '≧' => '≥',
        'º' => '°',
        '⋯' => '…',
        '∶' => ':',
        '，' => ',',
        '（' => '(',
        '）' => ')',
        other => other,
    }
}

/// Functions that are understood without a backslash as well.
pub(crate) const FUNCTIONS: [&str; 27] = [
    "sin", "cos", "tan", "cot", "sec", "csc", "arcsin", "arccos", "arctan", "sinh", "cosh", "tanh", "log", "ln", "lg",
    "exp", "asin", "acos", "atan", "arccot", "coth", "gcd", "lcm", "max", "floor", "ceil", "cis",
];

/// Short units: words where a number stands before them, products of letters otherwise.
const UNITS: [&str; 43] = [
    "cm", "mm", "km", "dm", "ft", "in", "kg", "mg", "ml", "mL", "mi", "mph", "kph", "lb", "lbs", "oz", "hr", "hrs",
    "sec", "min", "yd", "yr", "yrs", "wk", "gal", "pm", "am", "PM", "AM", "kmh", "Hz", "kHz", "MHz", "kW", "kJ", "pct",
    "sq", "deg", "rad", "th", "st", "nd", "rd",
];

/// Short nouns: words where a number stands before them, set apart by a space.
const COUNTED: &str = "ant bag bed bee box bus can cap car cat cow cup day dog egg fan hat hen jar job key kid lap leg \
                       man map men mug nut pan pen pie pig pot row rug set ton toy tsp van way win";

/// Words of up to three letters that are words wherever they stand, for no product of letters is written like them.
const SHORT_WORDS: [&str; 40] = [
    "out", "sum", "and", "or", "Or", "And", "yes", "no", "No", "odd", "all", "All", "not", "the", "The", "any", "for",
    "are", "has", "one", "two", "six", "ten", "DNE", "NO", "YES", "per", "day", "its", "in", "is", "of", "to", "red",
    "may", "yen", "USD", "EUR", "GBP", "JPY",
];

/// A run of letters of a formula as one token; `None` where it is a product of its letters.
pub(super) fn letters(run: &str, after_number: bool, space_before: bool) -> Option<Kind> {
    let mut chars = run.chars();
    let is_title = chars.next().is_some_and(char::is_uppercase) && chars.all(char::is_lowercase);
    let length = run.chars().count();
    Some(match run {
        "pi" => Kind::Symbol('π'),
        "inf" | "oo" | "infty" | "infinity" | "Infinity" => Kind::Symbol('∞'),
        _ if SHORT_WORDS.contains(&run) => Kind::Word(run.to_owned()),
        _ if run == "sqrt" || FUNCTIONS.contains(&run) => Kind::Command(run.to_owned()),
        "abs" | "cbrt" => Kind::Command(run.to_owned()),
        "min" if !after_number => Kind::Command(run.to_owned()),
        "mod" => Kind::Command("bmod".to_owned()),
        _ if after_number && UNITS.contains(&run) => Kind::Word(run.to_owned()),
        _ if after_number && space_before && COUNTED.split_whitespace().any(|noun| noun == run) => {
            Kind::Word(run.to_owned())
        }
        _ if length >= 4 || length == 3 && is_title => Kind::Word(run.to_owned()),
        _ => return None,
    })
}

/// A run of letters of a text: a word, but for the functions and constants that are set upright. `sec` is a second here.
pub(super) fn upright(run: &str) -> Kind {
    match run {
        "infinity" | "inf" => Kind::Symbol('∞'),
        "pi" => Kind::Symbol('π'),
        "e" => Kind::Letter('e'),
        "i" => Kind::Letter('i'),
        "sec" => Kind::Word(run.to_owned()),
        "mod" => Kind::Command("bmod".to_owned()),
        _ if run == "sqrt" || FUNCTIONS.contains(&run) => Kind::Command(run.to_owned()),
        _ => Kind::Word(run.to_owned()),
    }
}

/// Whether an upright lower-case letter is a name: `\mathrm{x}`. The others are units, `e` and `i` constants.
pub(super) fn is_upright_name(letter: &str) -> bool {
    matches!(letter.as_bytes(), [letter] if letter.is_ascii_lowercase() && !matches!(letter, b'm' | b'g' | b's' | b'h' | b'l'))
}

/// Whether a run of letters is a unit, a function or a word, so that no product of letters is meant.
pub(super) fn is_short_word(run: &str) -> bool {
    UNITS.contains(&run) || SHORT_WORDS.contains(&run) || FUNCTIONS.contains(&run) || run == "pi"
}
