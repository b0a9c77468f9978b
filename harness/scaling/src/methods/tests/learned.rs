//! What methods learned, as files hold it: the data under its kind, as earlier versions wrote it too.

use super::super::learned::{Learned, LearnedReader};
use super::super::optscale::{OptScaleSettings, OptScaleTarget};
use super::*;

const SETTINGS: &str = r#"{"opt_scale":{"predicted":null,"tuned":{"q":0.05,"target":0.9}}}"#;

#[test]
fn what_was_learned_is_read_back_as_it_was_written() {
    let settings = OptScaleSettings { predicted: None, tuned: Some(OptScaleTarget { q: 0.05, target: 0.9 }) };
    let learned = Learned::new(settings);
    assert_eq!(serde_json::to_string(&learned).unwrap(), SETTINGS);
    let read: Learned = serde_json::from_str(SETTINGS).unwrap();
    assert_eq!(read, learned);
    assert_eq!(read.get::<OptScaleSettings>(), Some(&settings));
    assert!(read.get::<super::super::markovscale::StoppingPolicy>().is_none(), "it is another method's");
    assert_ne!(read, Learned::new(OptScaleSettings { predicted: None, tuned: None }));
}

#[test]
fn what_no_method_learns_is_refused_with_what_they_do() {
    let refused = |text: &str| serde_json::from_str::<Learned>(text).unwrap_err().to_string();
    let unknown = refused(r#"{"opt_scalee":{}}"#);
    assert!(unknown.contains("`opt_scalee`") && unknown.contains("`opt_scale`, `policy`"), "{unknown}");
    let malformed = refused(r#"{"policy":{"version":1}}"#);
    assert!(malformed.contains("`policy`: missing field"), "{malformed}");
    let two = refused(r#"{"opt_scale":{"predicted":null,"tuned":null},"policy":{}}"#);
    assert!(two.contains("`policy` stands beside `opt_scale`"), "{two}");
    refused("{}");
    refused("3");
}

#[test]
fn kinds_of_what_is_learned_are_distinct_and_belong_to_methods_that_learn() {
    let readers: Vec<LearnedReader> = METHODS.iter().filter_map(|spec| spec.learns).collect();
    for (index, reader) in readers.iter().enumerate() {
        assert!(readers[..index].iter().all(|other| other.kind != reader.kind), "{}", reader.kind);
    }
    for config in every_method().iter().filter(|config| config.method().learns()) {
        assert!(config.spec().learns.is_some(), "{} learns what no file can be read with", config.label());
    }
}
