//! What a pass over the grid left undone, in plain words, with the command that continues. Exit code 3.

use indicatif::HumanCount;

use super::CommandError;
use crate::collect::Summary;

/// What is left of a pass over rows called `unit`; `None` when nothing is.
pub(super) fn left(summary: &Summary, unit: &str) -> Option<String> {
    let (done, total) = (HumanCount(summary.done()), HumanCount(summary.total));
    let halted = summary.halted.as_ref().map(|why| {
        format!(
            "stopped, since every request would be refused alike: {why}\n{done} of {total} {unit} are there; put it right and \
             run the same command to go on"
        )
    });
    let stopped = match (summary.interrupted, summary.over_budget) {
        _ if halted.is_some() => halted,
        (true, _) => {
            Some(format!("interrupted with {done} of {total} {unit} finished and kept; run the same command to go on"))
        }
        (false, Some(reached)) => Some(format!(
            "stopped by {reached}; {done} of {total} {unit} are there; raise it (--set {}=...) and run the same command to \
             go on",
            reached.key()
        )),
        (false, None) => None,
    };
    // What was refused before it was clear that all would be is the same message again.
    let failed = (summary.failed > 0 && summary.halted.is_none()).then(|| {
        let listed = summary.failures.join("\n  ");
        let more = summary.failed - summary.failures.len() as u64;
        let more = if more > 0 { format!("\n  and {more} more") } else { String::new() };
        let failed = HumanCount(summary.failed);
        format!("{failed} {unit} failed; run the same command to try them again:\n  {listed}{more}")
    });
    let parts: Vec<String> = [stopped, failed].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join("\n"))
}

/// An unfinished pass is exit code 3, with what failed.
pub(super) fn finished(summary: &Summary, unit: &str) -> Result<(), CommandError> {
    left(summary, unit).map_or(Ok(()), |left| Err(CommandError::Partly(left)))
}

/// The same of drawing and scoring before a replay, which wants whole pools.
pub(super) fn ready_to_replay(drawn: &Summary, scored: Option<&Summary>) -> Result<(), CommandError> {
    let scores = scored.and_then(|scored| left(scored, "scores"));
    let parts: Vec<String> = left(drawn, "draws").into_iter().chain(scores).collect();
    if parts.is_empty() {
        return Ok(());
    }
    let why = "nothing was replayed: the questions that happen to be finished would be the easy ones";
    Err(CommandError::Partly(format!("{}\n{why}", parts.join("\n"))))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::collect::Reached;

    fn summary(done: u64, failed: u64) -> Summary {
        let failures = (0..failed.min(10)).map(|i| format!("draw {i}: the server is gone")).collect();
        Summary { total: 4_000, known: 0, finished: done, failed, failures, ..Summary::default() }
    }

    #[test]
    fn what_is_left_is_told_with_what_to_do() {
        assert_eq!(left(&summary(4_000, 0), "draws"), None);
        let over = Reached::Tokens { spent: 1_003_412, allowed: 1_000_000 };
        let stopped = Summary { over_budget: Some(over), ..summary(812, 0) };
        assert_eq!(
            left(&stopped, "draws").as_deref(),
            Some(
                "stopped by budget.tokens: 1,003,412 of 1,000,000 tokens spent; 812 of 4,000 draws are there; raise it \
                 (--set budget.tokens=...) and run the same command to go on"
            )
        );
        let failed = left(&summary(3_988, 12), "draws").unwrap();
        assert!(failed.starts_with("12 draws failed; run the same command to try them again:\n  draw 0: "), "{failed}");
        assert!(failed.ends_with("and 2 more"), "{failed}");
    }

    #[test]
    fn failed_draws_and_failed_scores_are_both_told_before_a_replay() {
        assert!(ready_to_replay(&summary(4_000, 0), Some(&summary(4_000, 0))).is_ok());
        let Err(CommandError::Partly(message)) = ready_to_replay(&summary(3_999, 1), Some(&summary(3_998, 1))) else {
            panic!("should be refused");
        };
        assert!(message.contains("1 draws failed") && message.contains("1 scores failed"), "{message}");
        assert!(message.ends_with("would be the easy ones"), "{message}");
    }
}
