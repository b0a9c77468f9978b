//! What holds for all plans and all texts.

use markovscale::MarkovScaleConfig;
use proptest::prelude::*;

use super::*;

fn name() -> impl Strategy<Value = String> {
    // Words that YAML would read as something else must come back as names.
    prop_oneof!["[a-zA-Z][a-zA-Z0-9._-]{0,8}", Just("null".to_owned()), Just("true".to_owned()), Just("1e5".to_owned())]
}

prop_compose! {
    fn plans()(
        names in prop::collection::hash_set(name(), 3..6), seed: u64, limit in prop::option::of(1_u32..1000),
        temperature in 0.0..=2.0_f64, epsilon in 0.0..=1.0_f64, parallel in 64_u32..200,
        profile in "\\PC{0,10}[a-z#:'\"]",
        budgets in prop::collection::btree_set(1_u32..=64, 1..7), simulated: bool, max_tokens in 1_u32..99_999,
    ) -> Plan {
        let mut names = names.into_iter();
        let mut next = move || names.next().expect("three names");
        let mut plan = plan(BASE);
        plan.name = next();
        plan.seed = seed;
        plan.datasets = vec![DatasetPlan { name: next(), limit, max_tokens: limit }];
        plan.backbones.truncate(1);
        plan.backbones[0].name = next();
        plan.backbones[0].kind = BackboneKind::Simulated { profile };
        plan.backbones[0].sampling.temperature = temperature;
        plan.backbones[0].sampling.max_tokens = max_tokens;
        plan.pool = Pool { parallel, chains: 1, rounds: 64 };
        plan.budgets = budgets.into_iter().collect();
        if let Some(last) = plan.methods.last_mut() && let Some(config) = last.parameters::<MarkovScaleConfig>() {
            *last = MarkovScaleConfig { epsilon, ..config }.into();
        }
        if !simulated {
            plan.verifier = VerifierPlan::None;
            plan.methods.retain(|config| config.name() != "best_of_n");
        }
        plan
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn a_plan_written_as_yaml_reads_as_the_same_plan(plan in plans()) {
        let yaml = plan.to_yaml();
        let back = read(&yaml, &[]);
        prop_assert!(back.is_ok(), "{}\n{}", yaml, render(&back.unwrap_err()));
        let back = back.expect("checked");
        prop_assert_eq!(back.to_yaml(), yaml);
        prop_assert_eq!(back.hash(), plan.hash());
        prop_assert_eq!(back, plan);
    }

    #[test]
    fn no_text_makes_the_reader_panic(
        text in "[a-z:{}\\[\\],&*#|>'\"\\\\ \n\t0-9é!%@`?-]{0,80}",
        cut in 0..BASE.len(),
    ) {
        for text in [text.clone(), format!("{}{text}", &BASE[..cut]), format!("{text}{}", &BASE[cut..])] {
            if let Err(error) = read(&text, &[]) {
                render(&error);
            }
        }
        if let Err(error) = read(BASE, &[&text, &format!("datasets.{text}"), &format!("seed={text}")]) {
            render(&error);
        }
    }
}
