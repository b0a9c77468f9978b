//! How much is under way at once, and draws that are asked for together.

use std::collections::HashSet;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::FutureExt;
use tokio::sync::Notify;

use super::*;
use crate::key::Chain;

/// Holds a chain back until everything else is answered, and counts what is under way.
struct Counting {
    under_way: AtomicUsize,
    most: AtomicUsize,
    answered: AtomicUsize,
    others: usize,
    done: Notify,
}

impl Backbone for Counting {
    fn complete<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Completion, RequestFailure>> {
        let slow = request.draw.mode == Mode::Sequential && request.question.id.0 == "q0";
        async move {
            self.most.fetch_max(self.under_way.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
            tokio::task::yield_now().await;
            if slow {
                while self.answered.load(Ordering::SeqCst) < self.others {
                    self.done.notified().await;
                }
            } else {
                self.answered.fetch_add(1, Ordering::SeqCst);
                self.done.notify_one();
            }
            self.under_way.fetch_sub(1, Ordering::SeqCst);
            Ok(Completion { text: "\\boxed{1}".to_owned(), ..Completion::failed(1) })
        }
        .boxed()
    }
}

#[test]
fn a_server_has_a_few_strands_more_than_its_limit_under_way_and_any_other_backbone_its_limit() {
    let served = |concurrency: u32| {
        let server = "backbones=[{name: b, kind: openai, base_url: 'http://127.0.0.1:9/v1', model: m}]".to_owned();
        let set = [server, format!("backbones.0.limits.concurrency={concurrency}")];
        at_once(&parse(PLAN, "t.yaml", &set).unwrap().backbones[0])
    };
    assert_eq!([1, 7, 8, 64].map(served), [2, 8, 10, 73]);
    let simulated = |concurrency: u32| {
        at_once(&parse(PLAN, "t.yaml", &[format!("backbones.0.concurrency={concurrency}")]).unwrap().backbones[0])
    };
    assert_eq!([1, 8, 64].map(simulated), [1, 8, 64]);
}

#[test]
fn a_slow_chain_takes_one_place_and_no_more_than_the_limit_is_under_way() {
    let folder = tempfile::tempdir().unwrap();
    let set = ["pool={parallel: 50, chains: 1, rounds: 4}".to_owned(), "backbones.0.concurrency=3".to_owned()];
    let plan = parse(PLAN, "t.yaml", &set).unwrap();
    let others = 3 * 50 + 2 * 4;
    let backbone = Arc::new(Counting {
        under_way: AtomicUsize::new(0),
        most: AtomicUsize::new(0),
        answered: AtomicUsize::new(0),
        others,
        done: Notify::new(),
    });
    let summary = collect_with(folder.path(), &plan, &dataset(), Arc::clone(&backbone) as _, &mut |_| {});
    assert_eq!(summary.finished as usize, others + 4);
    assert_eq!(backbone.most.load(Ordering::SeqCst), 3);
}

/// Answers parallel draws three at a time; the draws of one request share the first one's seed. Fails some.
struct InBatches {
    fails: HashSet<u32>,
    asked: Mutex<Vec<Vec<(String, Chain, u64)>>>,
}

impl Backbone for InBatches {
    fn complete<'a>(&'a self, request: Request<'a>) -> BoxFuture<'a, Result<Completion, RequestFailure>> {
        async move { self.complete_all(vec![request]).await.remove(0) }.boxed()
    }

    fn batch(&self) -> usize {
        3
    }

    fn complete_all<'a>(
        &'a self,
        requests: Vec<Request<'a>>,
    ) -> BoxFuture<'a, Vec<Result<Completion, RequestFailure>>> {
        let first = requests[0].seed;
        let names = requests.iter().map(|request| (request.question.id.0.clone(), request.draw.chain, request.seed));
        self.asked.lock().unwrap().push(names.collect());
        let answer = |request: &Request<'_>| match self.fails.contains(&request.draw.chain.0) {
            true => Err(RequestFailure::once("broken")),
            false => Ok(Completion {
                text: "\\boxed{1}".to_owned(),
                shared_seed: (request.seed != first).then_some(first),
                ..Completion::failed(1)
            }),
        };
        std::future::ready(requests.iter().map(answer).collect()).boxed()
    }
}

#[test]
fn parallel_draws_are_asked_for_together_and_a_resumed_run_asks_for_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    let plan = parse(PLAN, "t.yaml", &["pool.parallel=8".to_owned(), "methods=[self_consistency]".to_owned()]).unwrap();
    let pass = |fails: &[u32]| {
        let backbone = Arc::new(InBatches { fails: fails.iter().copied().collect(), asked: Mutex::default() });
        let summary = collect_with(folder.path(), &plan, &dataset(), Arc::clone(&backbone) as _, &mut |_| {});
        let mut asked = std::mem::take(&mut *backbone.asked.lock().unwrap());
        asked.sort();
        let of_first = asked.iter().filter(|batch| batch[0].0 == "q0").cloned().collect::<Vec<_>>();
        (summary.finished, summary.failed, of_first)
    };
    let numbers = |asked: &[Vec<(String, Chain, u64)>]| -> Vec<Vec<u32>> {
        asked.iter().map(|batch| batch.iter().map(|(_, chain, _)| chain.0).collect()).collect()
    };
    let (finished, failed, asked) = pass(&[1, 4]);
    assert_eq!((finished, failed), (18, 6));
    assert_eq!(numbers(&asked), [vec![0, 1, 2], vec![3, 4, 5], vec![6, 7]]);
    let seeds: HashSet<u64> = asked.iter().flatten().map(|(.., seed)| *seed).collect();
    assert_eq!(seeds.len(), 8, "each draw has a seed of its own, for when it is asked for alone");
    let (finished, failed, asked) = pass(&[]);
    assert_eq!((finished, failed, numbers(&asked)), (6, 0, vec![vec![1, 4]]));
    assert_eq!(pass(&[]).0, 0);
}
