//! What of a completion a verifier reads, and its steps.

use super::ScoredText;
use crate::prompt::reasoning;

/// The part of a completion that is scored, without the tags around its reasoning. Each tag ends a paragraph. Blank when
/// nothing was written.
pub(crate) fn scored_text(completion: &str, what: ScoredText) -> String {
    let text = match (what, reasoning::split(completion)) {
        (ScoredText::Answer, Some((_, answer))) if !answer.trim().is_empty() => answer,
        _ => completion,
    };
    let text = [reasoning::BEGIN, reasoning::END].iter().fold(text.to_owned(), |text, tag| text.replace(*tag, "\n\n"));
    text.trim().to_owned()
}

/// What a chat model wrote after its reasoning; all of it where no reasoning stands in the text.
pub(super) fn after_reasoning(text: &str) -> &str {
    reasoning::split(text).map_or(text, |(_, answer)| answer)
}

/// Whether a text holds the end of a reasoning.
pub(super) fn ends_reasoning(text: &str) -> bool {
    text.contains(reasoning::END)
}

/// The steps of a text: what stands between blank lines, without the step token, which would add a step that nobody wrote.
/// A line of nothing but spaces is blank.
pub(super) fn steps(text: &str, step_token: &str) -> Vec<String> {
    let text = if step_token.is_empty() { text.to_owned() } else { text.replace(step_token, " ") };
    let mut steps: Vec<String> = Vec::new();
    let mut open = false;
    for line in text.lines() {
        if line.trim().is_empty() {
            open = false;
            continue;
        }
        match steps.last_mut() {
            Some(step) if open => {
                step.push('\n');
                step.push_str(line.trim_end());
            }
            _ => steps.push(line.trim().to_owned()),
        }
        open = true;
    }
    steps
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const TOKEN: &str = "<extra_0>";

    #[test]
    fn steps_stand_between_blank_lines() {
        let text = "First.\n  x = 1\n\nSecond.\r\n \t\r\n\n\nThird <extra_0>here.\n";
        assert_eq!(steps(text, TOKEN), ["First.\n  x = 1", "Second.", "Third  here."]);
        assert!(steps(" \n\n", TOKEN).is_empty());
    }

    #[test]
    fn reasoning_is_scored_without_its_tags_or_left_out() {
        let text = "<think>\nTwo and two.\n\nFour.</think>The answer is 4.";
        let whole = scored_text(text, ScoredText::Whole);
        assert_eq!(steps(&whole, TOKEN), ["Two and two.", "Four.", "The answer is 4."]);
        assert_eq!(scored_text(text, ScoredText::Answer), "The answer is 4.");
        // A reasoning that was cut off, or after which nothing came, is all there is.
        assert_eq!(scored_text("<think>\nTwo and", ScoredText::Answer), "Two and");
        assert_eq!(scored_text("<think>Four.</think>\n", ScoredText::Answer), "Four.");
        assert_eq!(scored_text("<think></think>", ScoredText::Whole), "");
    }

    proptest! {
        #[test]
        fn no_step_is_blank_or_holds_the_token(text in "[a-z <>_/\\n\\r\\t]{0,60}|(<extra_0>|<think>|\\n\\n|é){0,9}") {
            for step in steps(&scored_text(&text, ScoredText::Whole), TOKEN) {
                prop_assert!(!step.trim().is_empty() && !step.contains("\n\n"));
                prop_assert!(!step.contains(TOKEN));
            }
        }
    }
}
