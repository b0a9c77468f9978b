use markovscale::methods::play::{PlayError, play};
use std::sync::Arc;

use markovscale::{BestOfNConfig, Budget, Decision, DrawMode, MethodConfig, SelfConsistencyConfig, Session, Tokens};
use proptest::prelude::*;

use super::*;
use crate::experiment;

/// Answers that are the same as some others and not as others, so that a later one can change what earlier ones are.
const TEXTS: [&str; 8] = [r"50\%", "50", "0.5", "5", r"5\text{ cm}", r"5\text{ m}", "1/2", "7"];

fn arrival(answer: Option<&str>, score: Option<f64>) -> Arrival {
    let draw = Draw { score, completion_tokens: Tokens(1), ..Draw::default() };
    Arrival { answer: answer.map(str::to_owned), draw, scored: true }
}

fn sight(answers: &[&str]) -> Sight {
    let mut sight = Sight::default();
    for answer in answers {
        sight.add(arrival(Some(answer), None));
    }
    sight
}

fn classes(sight: &Sight) -> Vec<u32> {
    sight.draws().iter().map(|draw| draw.class.unwrap().0).collect()
}

#[test]
fn a_later_answer_can_change_the_classes_of_earlier_ones() {
    let two = sight(&[r"50\%", "0.5"]);
    assert_eq!((classes(&two), two.revision), (vec![0, 0], 0));
    let three = sight(&[r"50\%", "0.5", "50"]);
    assert_eq!((classes(&three), three.revision), (vec![0, 1, 0], 1));
    // An answer seen before, or one that joins, changes nothing.
    let four = sight(&[r"50\%", "0.5", "50", "0.5"]);
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
    let playing = |budget| Playing::new(&*method, QuestionContext::uncalibrated(), Budget(budget));
    let mut table = Table::new(vec![playing(8)]);
    for answer in [r"50\%", "0.5"] {
        assert_eq!(table.wants().unwrap(), Some(Want::Draw));
        table.add(arrival(Some(answer), None));
    }
    assert_eq!(table.wants().unwrap(), None);
    table.add(arrival(Some("50"), None));
    assert_eq!(table.wants().unwrap(), None, "a session that has stopped wants nothing");
    assert_eq!(table.playing()[0].stopped().unwrap().used, 2);
    // Over all three the first window would not have agreed.
    let all = sight(&[r"50\%", "0.5", "50", "50", "50", "50", "50", "50"]);
    assert!(play(&*method, &QuestionContext::uncalibrated(), Budget(8), all.draws()).unwrap().used > 2);
}

#[test]
fn nobody_gets_ahead_of_a_session_that_waits_for_a_score() {
    let scored = MethodConfig::from(BestOfNConfig::default()).build();
    let plain = MethodConfig::from(SelfConsistencyConfig::default()).build();
    let context = QuestionContext::uncalibrated();
    let mut table =
        Table::new(vec![Playing::new(&*plain, context, Budget(3)), Playing::new(&*scored, context, Budget(2))]);
    assert_eq!(table.wants().unwrap(), Some(Want::Draw));
    table.add(Arrival { scored: false, ..arrival(Some("7"), None) });
    assert_eq!(table.wants().unwrap(), Some(Want::Score(0)));
    table.score(0, Some(0.5));
    assert_eq!(table.wants().unwrap(), Some(Want::Draw));
    table.add(arrival(Some("7"), Some(0.25)));
    // The scored one has stopped at its budget: the third draw needs no score.
    assert_eq!(table.wants().unwrap(), Some(Want::Draw));
    table.add(Arrival { scored: false, ..arrival(Some("7"), None) });
    assert_eq!(table.wants().unwrap(), None);
    let used: Vec<usize> = table.playing().iter().map(|playing| playing.stopped().unwrap().used).collect();
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
    let mut table = Table::new(vec![Playing::new(&Confused, QuestionContext::uncalibrated(), Budget(4))]);
    assert_eq!(table.wants().unwrap(), Some(Want::Draw));
    table.add(arrival(Some("7"), None));
    let error = table.wants().unwrap_err();
    assert!(matches!(error, PlayError::NotAllowed { draws: DrawMode::Parallel, seen: 1, .. }), "{error}");
}

/// What is to be decided, in the plainest way: the whole session again on every prefix, with the classes of that prefix.
fn plainly(method: &dyn Method, budget: Budget, arrivals: &[Arrival]) -> Played {
    for length in 0..=arrivals.len() {
        let mut prefix = Sight::default();
        arrivals[..length].iter().for_each(|arrival| prefix.add(arrival.clone()));
        // The classes of the prefix alone, formed at once.
        let answers: Vec<Option<&str>> = arrivals[..length].iter().map(|arrival| arrival.answer.as_deref()).collect();
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
        let arrivals: Vec<Arrival> =
            draws.iter().map(|(text, score)| arrival(text.map(|text| TEXTS[text]), Some(*score))).collect();
        let built: Vec<Arc<dyn Method>> = methods().iter().map(MethodConfig::build).collect();
        let playing = |method| Playing::new(method, QuestionContext::uncalibrated(), Budget(budget));
        let mut table = Table::new(built.iter().map(|method| playing(&**method)).collect());
        let mut coming = arrivals.iter().cloned();
        while table.wants().unwrap().is_some() {
            table.add(coming.next().unwrap());
        }
        for (method, playing) in built.iter().zip(table.playing()) {
            prop_assert_eq!(playing.stopped(), Some(plainly(&**method, Budget(budget), &arrivals)));
        }
    }
}
