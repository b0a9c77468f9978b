//! What `legacy` changes, and that it changes nothing where texts and classes agree and no answer is missing.

use super::*;

fn voters(legacy: bool) -> [MethodConfig; 6] {
    let adaptive = |criterion| MethodConfig::from(AdaptiveConfig { criterion, legacy, ..AdaptiveConfig::default() });
    [
        MethodConfig::from(SelfConsistencyConfig { legacy }),
        MethodConfig::from(WeightedSelfConsistencyConfig { legacy }),
        MethodConfig::from(EarlyStoppingConfig { legacy, ..EarlyStoppingConfig::default() }),
        adaptive(Criterion::Beta),
        adaptive(Criterion::Dirichlet),
        MethodConfig::from(DifficultyAdaptiveConfig { legacy, ..DifficultyAdaptiveConfig::default() }),
    ]
}

/// A draw with a class and a text of its own.
fn written(class: u32, text: u32) -> Draw {
    Draw { text: Some(ClassId(text)), ..draw(Some(class), Some(0.5)) }
}

proptest! {
    #[test]
    fn legacy_changes_nothing_when_no_answer_is_missing_and_texts_are_classes(
        classes in prop::collection::vec((0..4u32, 0.0..1.0f64), 1..20)
    ) {
        let pool: Vec<Draw> = classes.into_iter().map(|(class, score)| draw(Some(class), Some(score))).collect();
        for (legacy, common) in voters(true).iter().zip(voters(false)) {
            let run = |config: &MethodConfig| drive(config, None, pool.len() as u32, &pool);
            prop_assert_eq!(run(legacy), run(&common), "{}", common.label());
        }
    }
}

#[test]
fn two_spellings_split_the_vote() {
    let pool = [written(0, 0), written(0, 1), written(1, 2), written(0, 3), written(1, 2)];
    for (legacy, common) in voters(true).iter().zip(voters(false)) {
        assert_eq!(choice(&common, &pool), Choice::Draw(0), "{}", common.label());
        assert_eq!(choice(legacy, &pool), Choice::Draw(2), "{}", legacy.label());
    }
}

#[test]
fn missing_answers_can_win_and_are_then_returned() {
    let missing = draw(None, Some(0.5));
    let pool = [draw(Some(0), Some(0.5)), missing, missing, draw(Some(0), Some(0.1)), missing];
    for (legacy, common) in voters(true).iter().zip(voters(false)) {
        assert_eq!(choice(&common, &pool), Choice::Draw(0), "{}", common.label());
        assert_eq!(choice(legacy, &pool), Choice::Draw(1), "{}", legacy.label());
    }
}

#[test]
fn missing_answers_agree_and_stop_early_under_legacy() {
    let pool = vec![draw(None, None); 10];
    let stops = |config: &MethodConfig| drive(config, None, 10, &pool).1;
    let legacy: Vec<usize> = voters(true).iter().map(stops).collect();
    assert_eq!(legacy, [10, 10, 5, 4, 4, 5]);
    assert!(voters(false).iter().all(|config| stops(config) == 10));
}

#[test]
fn cut_off_answers_vote_under_legacy() {
    let pool = [cut_off(1), cut_off(1), draw(Some(0), Some(1.0))];
    for (legacy, common) in voters(true).iter().zip(voters(false)) {
        assert_eq!(choice(&common, &pool), Choice::Draw(2), "{}", common.label());
        assert_eq!(choice(legacy, &pool), Choice::Draw(0), "{}", legacy.label());
    }
}

#[test]
fn labels_say_legacy() {
    let labels = voters(true).map(|config| config.label());
    let expected = [
        "self_consistency(legacy)",
        "weighted_self_consistency(legacy)",
        "early_stopping_sc(legacy)",
        "adaptive_sc(beta, legacy)",
        "adaptive_sc(dirichlet, legacy)",
        "difficulty_adaptive_sc(judge, legacy)",
    ];
    assert_eq!(labels, expected);
}

/// Methods that rank by score.
fn rankers(legacy: bool) -> [MethodConfig; 2] {
    [
        MethodConfig::from(BestOfNConfig { legacy }),
        MethodConfig::from(OptScaleConfig { legacy, ..OptScaleConfig::default() }),
    ]
}

#[test]
fn a_missing_or_cut_off_answer_with_the_highest_score_wins_under_legacy_only() {
    let high = |draw: Draw| Draw { score: Some(0.99), ..draw };
    for best in [high(draw(None, None)), high(cut_off(1))] {
        let pool = [draw(Some(0), Some(0.2)), best, draw(Some(0), Some(0.3))];
        for (legacy, common) in rankers(true).iter().zip(rankers(false)) {
            assert_eq!(choice(&common, &pool), Choice::Draw(2), "{}", common.label());
            assert_eq!(choice(legacy, &pool), Choice::Draw(1), "{}", legacy.label());
        }
    }
    assert_eq!(
        rankers(true).map(|config| config.label()),
        ["best_of_n(legacy)", "optscale(prior=none, fixed, legacy)"]
    );
}

#[test]
fn scores_of_missing_answers_enter_the_fit_under_legacy_only() {
    // Nothing to fit: all are drawn. With scores that all reach the target, the warm-up is enough.
    let pool = vec![draw(None, Some(0.97)); 8];
    let drawn = |config: &MethodConfig| drive(config, None, 8, &pool).1;
    assert_eq!((drawn(&rankers(true)[1]), drawn(&rankers(false)[1])), (3, 8));
}
