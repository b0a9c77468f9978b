use markovscale::methods::play::{PlayError, play};
use std::sync::Arc;

use markovscale::{BestOfNConfig, Budget, Decision, DrawMode, MethodConfig, SelfConsistencyConfig, Session, Tokens};
use proptest::prelude::*;

use super::*;
use crate::experiment;

/// Answers that are the same as some others and not as others, so that a later one can change what earlier ones are.
const TEXTS: [&str; 8] = [r"50\%", "50", "0.5", "5", r"5\text{ cm}", r"5\text{ m}", "1/2", "7"];

fn arrived(answer: Option<&str>, score: Option<f64>) -> ArrivedDraw {
    let draw = Draw { score, completion_tokens: Tokens(1), ..Draw::default() };
    ArrivedDraw { answer: answer.map(str::to_owned), draw, scored: true }
}

fn observed(answers: &[&str]) -> ObservedDraws {
    let mut observed = ObservedDraws::default();
    for answer in answers {
        observed.add(arrived(Some(answer), None));
    }
    observed
}

fn classes(observed: &ObservedDraws) -> Vec<u32> {
    observed.draws().iter().map(|draw| draw.class.unwrap().0).collect()
}

#[test]
fn a_later_answer_can_change_the_classes_of_earlier_ones() {
    let two = observed(&[r"50\%", "0.5"]);
    assert_eq!((classes(&two), two.revision), (vec![0, 0], 0));
    let three = observed(&[r"50\%", "0.5", "50"]);
    assert_eq!((classes(&three), three.revision), (vec![0, 1, 0], 1));
    // An answer seen before, or one that joins, changes nothing.
    let four = observed(&[r"50\%", "0.5", "50", "0.5"]);
    assert_eq!((classes(&four), four.revision), (vec![0, 1, 0, 1], 1));
}

#[test]
fn what_was_decided_before_a_later_answer_came_stays_decided() {
    let config = experiment::parse(
        "{name: t, datasets: [d], backbones: [{name: b, kind: simulated}], verifier: simulated, budgets: [8],\
         methods: [{early_stopping_sc: {window: 2}}]}",
        "t",
        &[],
    );
    let method = config.unwrap().methods[0].build();
    let running = |budget| RunningSession::new(&*method, QuestionContext::uncalibrated(), Budget(budget));
    let mut group = SessionGroup::new(vec![running(8)]);
    for answer in [r"50\%", "0.5"] {
        assert_eq!(group.needs().unwrap(), Some(Need::Draw));
        group.add(arrived(Some(answer), None));
    }
    assert_eq!(group.needs().unwrap(), None);
    group.add(arrived(Some("50"), None));
    assert_eq!(group.needs().unwrap(), None, "a session that has stopped needs nothing");
    assert_eq!(group.running()[0].stopped().unwrap().used, 2);
    // Over all three the first window would not have agreed.
    let all = observed(&[r"50\%", "0.5", "50", "50", "50", "50", "50", "50"]);
    assert!(play(&*method, &QuestionContext::uncalibrated(), Budget(8), all.draws()).unwrap().used > 2);
}

#[test]
fn nobody_gets_ahead_of_a_session_that_waits_for_a_score() {
    let scored = MethodConfig::from(BestOfNConfig::default()).build();
    let plain = MethodConfig::from(SelfConsistencyConfig::default()).build();
    let context = QuestionContext::uncalibrated();
    let mut group = SessionGroup::new(vec![
        RunningSession::new(&*plain, context, Budget(3)),
        RunningSession::new(&*scored, context, Budget(2)),
    ]);
    assert_eq!(group.needs().unwrap(), Some(Need::Draw));
    group.add(ArrivedDraw { scored: false, ..arrived(Some("7"), None) });
    assert_eq!(group.needs().unwrap(), Some(Need::Score(0)));
    group.score(0, Some(0.5));
    assert_eq!(group.needs().unwrap(), Some(Need::Draw));
    group.add(arrived(Some("7"), Some(0.25)));
    // The scored one has stopped at its budget: the third draw needs no score.
    assert_eq!(group.needs().unwrap(), Some(Need::Draw));
    group.add(ArrivedDraw { scored: false, ..arrived(Some("7"), None) });
    assert_eq!(group.needs().unwrap(), None);
    let used: Vec<usize> = group.running().iter().map(|running| running.stopped().unwrap().used).collect();
    assert_eq!(used, [3, 2]);
}

/// Says that its draws are parallel, and asks for a re-answer after the first.
struct Confused;

impl Method for Confused {
    fn draws(&self) -> DrawMode {
        DrawMode::Parallel
    }

    fn uses_scores(&self) -> bool {
        false
    }

    fn session<'a>(&'a self, _question: &QuestionContext<'a>, _budget: Budget) -> Box<dyn Session + 'a> {
        Box::new(Confused)
    }
}

impl Session for Confused {
    fn next(&mut self, seen: &[Draw]) -> Decision {
        if seen.is_empty() { Decision::Draw } else { Decision::ReAnswer }
    }
}

#[test]
fn a_decision_that_the_draws_of_a_method_do_not_allow_is_refused() {
    let mut group = SessionGroup::new(vec![RunningSession::new(&Confused, QuestionContext::uncalibrated(), Budget(4))]);
    assert_eq!(group.needs().unwrap(), Some(Need::Draw));
    group.add(arrived(Some("7"), None));
    let error = group.needs().unwrap_err();
    assert!(matches!(error, PlayError::NotAllowed { draws: DrawMode::Parallel, seen: 1, .. }), "{error}");
}

/// What is to be decided, in the plainest way: the whole session again on every prefix, with the classes of that prefix.
fn plainly(method: &dyn Method, budget: Budget, arrived: &[ArrivedDraw]) -> Played {
    for length in 0..=arrived.len() {
        let mut prefix = ObservedDraws::default();
        arrived[..length].iter().for_each(|arrived| prefix.add(arrived.clone()));
        // The classes of the prefix alone, formed at once.
        let answers: Vec<Option<&str>> = arrived[..length].iter().map(|arrived| arrived.answer.as_deref()).collect();
        let formed = classes_of_texts(&answers);
        let class: Vec<Option<ClassId>> = formed.of_answer.into_iter().map(|class| class.map(ClassId)).collect();
        assert_eq!(prefix.draws().iter().map(|draw| draw.class).collect::<Vec<_>>(), class);
        match play(method, &QuestionContext::uncalibrated(), budget, prefix.draws()) {
            Ok(played) => return Played { used: length, ..played },
            Err(PlayError::PoolTooSmall { .. }) => {}
            Err(other) => panic!("{other}"),
        }
    }
    panic!("too few draws")
}

fn methods() -> Vec<MethodConfig> {
    let text = "{name: t, datasets: [d], backbones: [{name: b, kind: simulated}], verifier: simulated, budgets: [8], \
                pool: {parallel: 8, rounds: 8}, methods: [single, self_consistency, weighted_self_consistency, best_of_n, \
                {early_stopping_sc: {window: [2, 3]}}, adaptive_sc, optscale, \
                {markovscale: {stop: [confidence, optimal], draws: parallel, confidence: [0.6, 0.95]}}, \
                {oracle: {draws: parallel}}]}";
    experiment::parse(text, "t", &[]).unwrap().methods
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    /// Side by side, and with sessions kept while classes only grow, every method decides what it decides alone when it
    /// is played from the start on every prefix.
    #[test]
    fn sessions_decide_as_if_played_anew_on_every_prefix(
        draws in prop::collection::vec((prop::option::weighted(0.9, 0..TEXTS.len()), 0.0..=1.0f64), 8),
        budget in 1..=8u32,
    ) {
        let arrived: Vec<ArrivedDraw> =
            draws.iter().map(|(text, score)| arrived(text.map(|text| TEXTS[text]), Some(*score))).collect();
        let built: Vec<Arc<dyn Method>> = methods().iter().map(MethodConfig::build).collect();
        let running = |method| RunningSession::new(method, QuestionContext::uncalibrated(), Budget(budget));
        let mut group = SessionGroup::new(built.iter().map(|method| running(&**method)).collect());
        let mut coming = arrived.iter().cloned();
        while group.needs().unwrap().is_some() {
            group.add(coming.next().unwrap());
        }
        for (method, running) in built.iter().zip(group.running()) {
            prop_assert_eq!(running.stopped(), Some(plainly(&**method, Budget(budget), &arrived)));
        }
    }
}
