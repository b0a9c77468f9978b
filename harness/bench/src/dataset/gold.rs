//! The final answer out of what people keep as the right answer: often a worked solution, as MATH and GSM8K are published.

use markovscale_answers::{ExtractOptions, ExtractionRule, extract_answer};

/// Longer texts with sentences in them are no answers.
const LONGEST_ANSWER: usize = 120;

/// The final answer of a field that holds one, alone or at the end of a worked solution: what stands in its last box, or
/// behind its last `####`.
///
/// # Errors
/// What is expected, where the text looks like a worked solution and says nowhere what its answer is.
pub(crate) fn final_answer(text: &str) -> Result<String, &'static str> {
    let text = text.trim();
    if text.contains("####") {
        return after_hash_marks(text).map(str::to_owned);
    }
    if text.contains("\\boxed") || text.contains("\\fbox") {
        let found = extract_answer(text, ExtractOptions::default());
        let boxed = found.filter(|found| found.rule == ExtractionRule::Box);
        return boxed
            .map(|found| found.answer.text().to_owned())
            .ok_or("the final answer alone, or a worked solution with its answer in a complete \\boxed{}");
    }
    if text.chars().count() > LONGEST_ANSWER && sentences(text) > 1 {
        return Err("the final answer; this looks like a worked solution without \\boxed{} or `####`");
    }
    Ok(text.to_owned())
}

/// What follows the last `####`, separators as written.
///
/// # Errors
/// What is expected.
pub(super) fn after_hash_marks(solution: &str) -> Result<&str, &'static str> {
    let (_, gold) = solution.rsplit_once("####").ok_or("a worked solution that ends in `####` and the final answer")?;
    match gold.trim() {
        "" => Err("the final answer after the last `####`"),
        gold if gold.contains('\n') => Err("one line after the last `####`"),
        gold => Ok(gold),
    }
}

/// Ends of sentences: a full stop after a letter, before a blank or the end.
fn sentences(text: &str) -> usize {
    let characters: Vec<char> = text.chars().collect();
    (1..characters.len())
        .filter(|at| {
            let ends = characters.get(at + 1).is_none_or(|next| next.is_whitespace());
            characters[*at] == '.' && ends && characters[at - 1].is_alphanumeric()
        })
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn worked_solutions_give_their_final_answer() {
        for (text, expected) in [
            ("So the sum is $\\boxed{33}$.", "33"),
            ("First \\boxed{2}, no: we forgot one. Thus \\boxed{\\frac{3}{4}}.", "\\frac{3}{4}"),
            ("He has 3 + 4 = <<3+4=7>>7 apples.\n#### 7", "7"),
            ("#### 2,125", "2,125"),
            ("\\boxed{(1, 2)}", "(1, 2)"),
        ] {
            assert_eq!(final_answer(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn answers_stay_as_they_are() {
        for text in
            ["33", " x^2 + 1 ", "\\begin{pmatrix} 1 \\\\ 2 \\end{pmatrix}", "1.5", "Monday", "(A) a long option. Yes."]
        {
            assert_eq!(final_answer(text).as_deref(), Ok(text.trim()));
        }
        let long = format!("{}1", "x + ".repeat(100));
        assert_eq!(final_answer(&long), Ok(long.clone()), "long, and no prose");
    }

    #[test]
    fn solutions_without_an_answer_are_refused() {
        let prose = "We add the two numbers that the text names. This gives a number larger than both of them. It is what \
                     was asked for, and the proof is complete.";
        assert!(final_answer(prose).unwrap_err().contains("worked solution"));
        assert!(final_answer("It is $\\boxed{3").is_err());
        assert!(final_answer("Thus\n####").is_err());
    }
}
