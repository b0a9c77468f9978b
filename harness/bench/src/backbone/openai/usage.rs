//! What a server says it used. Nothing of it is believed that cannot be: a text that took no token, a count below zero.

use serde_json::Value;

/// What a server says it used; `None` where it does not say, or says what cannot be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Usage {
    pub(super) prompt: Option<u64>,
    pub(super) cached: Option<u64>,
    /// Of all choices, reasoning included.
    pub(super) completion: Option<u64>,
    pub(super) reasoning: Option<u64>,
    /// All of it, where the server adds it up.
    pub(super) total: Option<u64>,
    /// Whether `completion` is what `total` leaves, and not said.
    pub(super) inferred: bool,
}

impl Usage {
    /// Reads `usage`, whole or of one piece of a stream.
    pub(super) fn read(usage: &Value) -> Self {
        let first = |pointers: &[&str]| pointers.iter().find_map(|pointer| count(usage.pointer(pointer)?));
        Self {
            prompt: first(&["/prompt_tokens", "/input_tokens"]),
            completion: first(&["/completion_tokens", "/output_tokens"]),
            total: first(&["/total_tokens"]),
            // The last is DeepSeek's.
            cached: first(&[
                "/prompt_tokens_details/cached_tokens",
                "/input_tokens_details/cached_tokens",
                "/prompt_cache_hit_tokens",
            ]),
            // The last is SGLang's with a reasoning parser.
            reasoning: first(&[
                "/completion_tokens_details/reasoning_tokens",
                "/output_tokens_details/reasoning_tokens",
                "/reasoning_tokens",
            ]),
            inferred: false,
        }
    }

    /// What was said later replaces what was said before; zeros that follow real counts do not.
    pub(super) fn then(self, later: Self) -> Self {
        let newer = |before: Option<u64>, later: Option<u64>| match (before, later) {
            (Some(before), Some(0) | None) => Some(before),
            (_, later) => later,
        };
        Self {
            prompt: newer(self.prompt, later.prompt),
            cached: newer(self.cached, later.cached),
            completion: newer(self.completion, later.completion),
            reasoning: newer(self.reasoning, later.reasoning),
            total: newer(self.total, later.total),
            inferred: false,
        }
    }

    /// What of it can be: no prompt is of no tokens, and neither is what was written, if anything was. Reasoning that is
    /// billed beside the completion is added to it.
    pub(super) fn checked(mut self, wrote: bool) -> Self {
        self.prompt = self.prompt.filter(|tokens| *tokens > 0);
        self.completion = self.completion.filter(|tokens| *tokens > 0 || !wrote);
        let (Some(prompt), cached, thought) = (self.prompt, self.cached.unwrap_or(0), self.reasoning.unwrap_or(0))
        else {
            return Self { completion: self.completion.map(|written| beside(written, self.reasoning)), ..self };
        };
        match (self.completion, self.total) {
            (Some(written), Some(total)) => {
                let beyond = total.saturating_sub(prompt.saturating_add(written));
                if beyond > 0 && beyond == cached && beyond != thought {
                    // A prompt that is counted without what came from the cache.
                    self.prompt = Some(prompt + cached);
                } else {
                    // Some vendors count reasoning in the total alone, and some do not say that it is reasoning.
                    self.completion = Some(written + beyond);
                }
            }
            (Some(written), None) => self.completion = Some(beside(written, self.reasoning)),
            (None, Some(total)) if total > prompt => {
                self.completion = Some(total - prompt);
                self.inferred = true;
            }
            (None, _) => {}
        }
        // No part is larger than the whole.
        self.reasoning = self.reasoning.filter(|thought| self.completion.is_none_or(|written| *thought <= written));
        self.cached = self.cached.filter(|cached| self.prompt.is_none_or(|prompt| *cached <= prompt));
        self
    }
}

/// Completion tokens with a reasoning that is larger than they are, and so cannot be among them.
fn beside(written: u64, reasoning: Option<u64>) -> u64 {
    let thought = reasoning.unwrap_or(0);
    if thought > written { written.saturating_add(thought) } else { written }
}

/// A whole number that is not negative, as a number or as a string of digits. No reply takes 2^53 tokens.
fn count(value: &Value) -> Option<u64> {
    const MOST: u64 = 1 << 53;
    let whole = |number: f64| (number >= 0.0 && number < MOST as f64 && number.fract() == 0.0).then_some(number as u64);
    let read = match value {
        Value::Number(number) => number.as_u64().or_else(|| number.as_f64().and_then(whole)),
        Value::String(digits) => digits.trim().parse().ok(),
        _ => None,
    };
    read.filter(|count| *count < MOST)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn counts(usage: &Value) -> (Option<u64>, Option<u64>, Option<u64>) {
        let usage = Usage::read(usage).checked(true);
        (usage.prompt, usage.completion, usage.reasoning)
    }

    #[test]
    fn what_cannot_be_is_as_if_it_were_not_said() {
        let cases = [
            (json!({"prompt_tokens": 0, "completion_tokens": 0, "total_tokens": 0}), (None, None, None)),
            (json!({"prompt_tokens": 9, "completion_tokens": 0}), (Some(9), None, None)),
            (json!({"prompt_tokens": 1151, "completion_tokens": -35, "total_tokens": 1116}), (Some(1151), None, None)),
            (json!({"prompt_tokens": 9.5, "completion_tokens": 4.25}), (None, None, None)),
            (json!({"prompt_tokens": 9.0, "completion_tokens": "4"}), (Some(9), Some(4), None)),
            (json!({"prompt_tokens": null, "completion_tokens": 4}), (None, Some(4), None)),
            (json!({"prompt_tokens": [9], "completion_tokens": {}, "total_tokens": true}), (None, None, None)),
            (json!({"prompt_tokens": 9, "completion_tokens": 1e300}), (Some(9), None, None)),
            (json!([]), (None, None, None)),
            (json!("none"), (None, None, None)),
            (
                json!({"prompt_tokens": 9, "completion_tokens": 4, "prompt_tokens_details": [], "completion_tokens_details": "?"}),
                (Some(9), Some(4), None),
            ),
        ];
        for (usage, expected) in cases {
            assert_eq!(counts(&usage), expected, "{usage}");
        }
        let nothing = Usage::read(&json!({"prompt_tokens": 9, "completion_tokens": 0})).checked(false);
        assert_eq!(nothing.completion, Some(0), "nothing was written, so nothing was used");
    }

    #[test]
    fn reasoning_beside_the_completion_is_added_where_the_fields_say_so() {
        let reasoning = |tokens: u64| json!({"reasoning_tokens": tokens});
        let cases = [
            // Counted in the total alone.
            (json!({"prompt_tokens": 20, "completion_tokens": 198, "total_tokens": 623}), (Some(20), Some(603), None)),
            (
                json!({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 115, "completion_tokens_details": reasoning(100)}),
                (Some(10), Some(105), Some(100)),
            ),
            // More than the completion, and no total.
            (
                json!({"prompt_tokens": 10, "completion_tokens": 5, "completion_tokens_details": reasoning(100)}),
                (Some(10), Some(105), Some(100)),
            ),
            (json!({"completion_tokens": 5, "reasoning_tokens": 7}), (None, Some(12), Some(7))),
            // Among the completion.
            (
                json!({"prompt_tokens": 10, "completion_tokens": 105, "total_tokens": 115, "completion_tokens_details": reasoning(100)}),
                (Some(10), Some(105), Some(100)),
            ),
            (
                json!({"input_tokens": 10, "output_tokens": 105, "output_tokens_details": reasoning(100)}),
                (Some(10), Some(105), Some(100)),
            ),
            // A total that contradicts the reasoning.
            (
                json!({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 15, "reasoning_tokens": 100}),
                (Some(10), Some(5), None),
            ),
            // A prompt without its cached part.
            (
                json!({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 415, "prompt_tokens_details": {"cached_tokens": 400}}),
                (Some(410), Some(5), None),
            ),
            // A total of another sum is not believed more than its parts.
            (json!({"prompt_tokens": 10, "completion_tokens": 5, "total_tokens": 1}), (Some(10), Some(5), None)),
        ];
        for (usage, expected) in cases {
            assert_eq!(counts(&usage), expected, "{usage}");
        }
        let left = Usage::read(&json!({"prompt_tokens": 10, "total_tokens": 15})).checked(true);
        assert_eq!((left.completion, left.inferred), (Some(5), true));
    }

    #[test]
    fn later_zeros_replace_nothing() {
        let of = |prompt: u64, completion: u64| {
            Usage::read(&json!({"prompt_tokens": prompt, "completion_tokens": completion}))
        };
        assert_eq!(of(9, 3).then(of(9, 7)), of(9, 7));
        assert_eq!(of(9, 7).then(of(0, 0)), of(9, 7));
        assert_eq!(of(9, 7).then(Usage::default()), of(9, 7));
        assert_eq!(Usage::default().then(of(9, 7)), of(9, 7));
    }

    proptest! {
        #[test]
        fn no_count_is_zero_for_a_text_and_no_part_is_larger_than_the_whole(
            prompt in 0_u64..50, completion in 0_u64..50, total in 0_u64..200, cached in 0_u64..60, thought in 0_u64..60,
        ) {
            let usage = json!({"prompt_tokens": prompt, "completion_tokens": completion, "total_tokens": total,
                "reasoning_tokens": thought, "prompt_cache_hit_tokens": cached});
            let read = Usage::read(&usage).checked(true);
            prop_assert!(read.prompt != Some(0) && read.completion != Some(0));
            if let (Some(written), Some(thought)) = (read.completion, read.reasoning) {
                prop_assert!(thought <= written);
            }
        }
    }
}
