//! Names in errors: quoted, and the nearest to one that does not exist.

/// Words in backticks, separated by commas.
pub fn quoted(words: &[&str]) -> String {
    words.iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

/// The nearest of `known` to `found`, if it is near enough to be what was meant.
pub fn nearest<'a>(found: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let plain = |text: &str| text.to_lowercase().replace(['-', ' '], "_");
    let found = plain(found);
    known
        .into_iter()
        .filter_map(|name| {
            let known = plain(name);
            let similarity = strsim::jaro_winkler(&found, &known);
            // Jaro-Winkler misses one slip in a short word (`mpa` for `map`).
            let slips = strsim::osa_distance(&found, &known);
            let near = similarity >= 0.75 || (slips <= 1 && found.chars().count() >= 3);
            near.then(|| (similarity.max(strsim::normalized_damerau_levenshtein(&found, &known)), name))
        })
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, name)| name)
}

/// Help for a name that does not exist: the nearest one, and all there are.
pub fn name_help(found: &str, known: &[&str]) -> String {
    let all = match known {
        [] => "no name is known here".to_owned(),
        [only] => format!("this version has only `{only}`"),
        several => format!("there are {}", quoted(several)),
    };
    match nearest(found, known.iter().copied()) {
        Some(name) => format!("did you mean `{name}`? ({all})"),
        None => all,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_slip_finds_the_name_that_was_meant_and_noise_finds_none() {
        let known = ["simulated-weak", "simulated-strong", "gsm8k", "answer", "map"];
        for (typed, meant) in [
            ("simulated-week", "simulated-weak"),
            ("Simulated_Strong", "simulated-strong"),
            ("gms8k", "gsm8k"),
            ("anwser", "answer"),
            // A slip in a short word.
            ("mpa", "map"),
        ] {
            assert_eq!(nearest(typed, known), Some(meant), "{typed}");
        }
        for typed in ["", "xyzzy", "q", "temperature"] {
            assert_eq!(nearest(typed, known), None, "{typed}");
        }
        assert_eq!(nearest("answer", []), None);
    }

    #[test]
    fn help_names_the_nearest_and_all() {
        assert_eq!(name_help("gate", &[]), "no name is known here");
        assert_eq!(name_help("zzz", &["gate"]), "this version has only `gate`");
        assert_eq!(name_help("gaet", &["map", "gate"]), "did you mean `gate`? (there are `map`, `gate`)");
    }
}
