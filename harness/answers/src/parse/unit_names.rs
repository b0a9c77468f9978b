//! Names of units.

use crate::value::{Measure, Quantity};

/// Whether a sign is that of a currency.
pub(super) fn is_currency(sign: char) -> bool {
    matches!(sign, '$' | '€' | '£' | '¥' | '¢' | '₹')
}

/// The measure that a word or an abbreviation names. Abbreviations count as written, for `M` is not `m`; words do in any
/// case and number.
pub(crate) fn measure(name: &str) -> Option<Measure> {
    abbreviation(name).or_else(|| {
        let lower = name.to_lowercase();
        abbreviation(&lower).filter(|_| lower.len() > 1).or_else(|| word(&singular(&lower)))
    })
}

fn abbreviation(name: &str) -> Option<Measure> {
    use Quantity::{Ampere, Byte, Dollar, Euro, Kelvin, Kilogram, Metre, Month, Rupee, Second, Sterling, Yen};
    let of = |bases: &[(Quantity, i8)], top, bottom| Some(Measure::new(bases, top, bottom));
    let length = |top, bottom| of(&[(Metre, 1)], top, bottom);
    let mass = |top, bottom| of(&[(Kilogram, 1)], top, bottom);
    let time = |top, bottom| of(&[(Second, 1)], top, bottom);
    let volume = |top, bottom| of(&[(Metre, 3)], top, bottom);
    match name {
        "m" => length(1, 1),
        "dm" => length(1, 10),
        "cm" | "cms" => length(1, 100),
        "mm" => length(1, 1_000),
        "km" | "kms" => length(1_000, 1),
        "sqm" => of(&[(Metre, 2)], 1, 1),
        "sqcm" => of(&[(Metre, 2)], 1, 10_000),
        "sqft" => of(&[(Metre, 2)], 3_048 * 3_048, 10_000 * 10_000),
        "μm" | "µm" => length(1, 1_000_000),
        "nm" => length(1, 1_000_000_000),
        "in" | "ins" => length(254, 10_000),
        "ft" => length(3_048, 10_000),
        "yd" | "yds" => length(9_144, 10_000),
        "mi" => length(1_609_344, 1_000),
        "g" | "gm" => mass(1, 1_000),
        "mg" => mass(1, 1_000_000),
        "kg" | "kgs" => mass(1, 1),
        "lb" | "lbs" => mass(45_359_237, 100_000_000),
        "oz" => mass(45_359_237, 1_600_000_000),
        "s" | "sec" | "secs" => time(1, 1),
        "ms" => time(1, 1_000),
        "min" | "mins" => time(60, 1),
        "h" | "hr" | "hrs" => time(3_600, 1),
        "wk" | "wks" => time(604_800, 1),
        "yr" | "yrs" => of(&[(Month, 1)], 12, 1),
        "L" | "l" => volume(1, 1_000),
        "mL" | "ml" | "cc" => volume(1, 1_000_000),
        "cL" | "cl" => volume(1, 100_000),
        "dL" | "dl" => volume(1, 10_000),
        "gal" => volume(3_785_411_784, 1_000_000_000_000),
        "ha" => of(&[(Metre, 2)], 10_000, 1),
        "mph" => of(&[(Metre, 1), (Second, -1)], 1_609_344, 3_600_000),
        "kmh" | "kph" | "kmph" => of(&[(Metre, 1), (Second, -1)], 1_000, 3_600),
        "N" => of(&[(Kilogram, 1), (Metre, 1), (Second, -2)], 1, 1),
        "J" => of(&[(Kilogram, 1), (Metre, 2), (Second, -2)], 1, 1),
        "kJ" => of(&[(Kilogram, 1), (Metre, 2), (Second, -2)], 1_000, 1),
        "W" => of(&[(Kilogram, 1), (Metre, 2), (Second, -3)], 1, 1),
        "kW" => of(&[(Kilogram, 1), (Metre, 2), (Second, -3)], 1_000, 1),
        "V" => of(&[(Kilogram, 1), (Metre, 2), (Second, -3), (Ampere, -1)], 1, 1),
        "Ω" => of(&[(Kilogram, 1), (Metre, 2), (Second, -3), (Ampere, -2)], 1, 1),
        "A" => of(&[(Ampere, 1)], 1, 1),
        "K" => of(&[(Kelvin, 1)], 1, 1),
        "Pa" => of(&[(Kilogram, 1), (Metre, -1), (Second, -2)], 1, 1),
        "kPa" => of(&[(Kilogram, 1), (Metre, -1), (Second, -2)], 1_000, 1),
        "Hz" => of(&[(Second, -1)], 1, 1),
        "kHz" => of(&[(Second, -1)], 1_000, 1),
        "MHz" => of(&[(Second, -1)], 1_000_000, 1),
        "MB" => of(&[(Byte, 1)], 1_000_000, 1),
        "GB" => of(&[(Byte, 1)], 1_000_000_000, 1),
        "$" | "USD" | "usd" => of(&[(Dollar, 1)], 1, 1),
        "¢" => of(&[(Dollar, 1)], 1, 100),
        "€" | "EUR" => of(&[(Euro, 1)], 1, 1),
        "£" | "GBP" => of(&[(Sterling, 1)], 1, 1),
        "¥" | "JPY" => of(&[(Yen, 1)], 1, 1),
        "₹" | "INR" => of(&[(Rupee, 1)], 1, 1),
        _ => None,
    }
}

/// Words, in lower case and in the singular.
fn word(name: &str) -> Option<Measure> {
    use Quantity::{Byte, Celsius, Dollar, Euro, Fahrenheit, Metre, Month, Rupee, Second, Yen};
    let of = |bases: &[(Quantity, i8)], top, bottom| Some(Measure::new(bases, top, bottom));
    let short = match name {
        "meter" | "metre" => "m",
        "decimeter" | "decimetre" => "dm",
        "centimeter" | "centimetre" => "cm",
        "millimeter" | "millimetre" => "mm",
        "kilometer" | "kilometre" => "km",
        "micrometer" | "micrometre" => "µm",
        "nanometer" | "nanometre" => "nm",
        "inch" => "in",
        "foot" => "ft",
        "yard" => "yd",
        "mile" => "mi",
        "gram" | "gramme" => "g",
        "milligram" => "mg",
        "kilogram" => "kg",
        "pound" => "lb",
        "ounce" => "oz",
        "second" => "s",
        "millisecond" => "ms",
        "minute" => "min",
        "hour" => "h",
        "week" => "wk",
        "year" => "yr",
        "liter" | "litre" => "L",
        "milliliter" | "millilitre" => "mL",
        "gallon" => "gal",
        "hectare" => "ha",
        "newton" => "N",
        "joule" => "J",
        "kilojoule" => "kJ",
        "watt" => "W",
        "kilowatt" => "kW",
        "volt" => "V",
        "ohm" => "Ω",
        "ampere" | "amp" => "A",
        "kelvin" => "K",
        "pascal" => "Pa",
        "hertz" => "Hz",
        "kilohertz" => "kHz",
        "megahertz" => "MHz",
        "megabyte" => "MB",
        "gigabyte" => "GB",
        _ => "",
    };
    match name {
        "unit" => of(&[(Quantity::Unit, 1)], 1, 1),
        "day" => of(&[(Second, 1)], 86_400, 1),
        "month" => of(&[(Month, 1)], 1, 1),
        "decade" => of(&[(Month, 1)], 120, 1),
        "century" => of(&[(Month, 1)], 1_200, 1),
        "tonne" => of(&[(Quantity::Kilogram, 1)], 1_000, 1),
        "quart" => of(&[(Metre, 3)], 946_352_946, 1_000_000_000_000),
        "pint" => of(&[(Metre, 3)], 473_176_473, 1_000_000_000_000),
        "acre" => of(&[(Metre, 2)], 40_468_564_224, 10_000_000),
        "celsius" | "centigrade" => of(&[(Celsius, 1)], 1, 1),
        "fahrenheit" => of(&[(Fahrenheit, 1)], 1, 1),
        "dollar" | "buck" => of(&[(Dollar, 1)], 1, 1),
        "cent" => of(&[(Dollar, 1)], 1, 100),
        "euro" => of(&[(Euro, 1)], 1, 1),
        "yen" => of(&[(Yen, 1)], 1, 1),
        "rupee" => of(&[(Rupee, 1)], 1, 1),
        "cup" => of(&[(Metre, 3)], 2_365_882_365, 10_000_000_000_000),
        "tablespoon" | "tbsp" => of(&[(Metre, 3)], 1_478_676_478_125, 100_000_000_000_000_000),
        "teaspoon" | "tsp" => of(&[(Metre, 3)], 492_892_159_375, 100_000_000_000_000_000),
        "byte" => of(&[(Byte, 1)], 1, 1),
        "kilobyte" => of(&[(Byte, 1)], 1_000, 1),
        _ => abbreviation(short),
    }
}

/// The singular of an English noun, good enough to compare two of them.
pub(crate) fn singular(word: &str) -> String {
    match word {
        "feet" => return "foot".to_owned(),
        "people" | "persons" => return "person".to_owned(),
        "men" => return "man".to_owned(),
        "women" => return "woman".to_owned(),
        "children" => return "child".to_owned(),
        "celsius" | "hertz" | "gas" | "bus" | "lens" | "series" => return word.to_owned(),
        _ => {}
    }
    let ends = |endings: &[&str]| endings.iter().any(|ending| word.ends_with(ending));
    let cut = |count: usize| word.get(..word.len() - count).unwrap_or(word);
    if word.len() > 4 && ends(&["ies"]) {
        format!("{}y", cut(3))
    } else if ends(&["ches", "shes", "sses", "xes", "zzes"]) {
        cut(2).to_owned()
    } else if word.len() > 2 && ends(&["s"]) && !ends(&["ss", "us", "is"]) {
        cut(1).to_owned()
    } else {
        word.to_owned()
    }
}
