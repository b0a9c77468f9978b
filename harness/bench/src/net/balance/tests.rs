use super::*;

const SECOND: Duration = Duration::from_secs(1);

fn balancer(replicas: usize, ceiling: u32) -> Balancer {
    let urls: Vec<String> = (0..replicas).map(|number| format!("http://host{number}/v1")).collect();
    Balancer::new(&urls, ceiling, Timeouts::REAL)
}

fn taken(balancer: &mut Balancer, affinity: Option<u64>, now: Instant) -> Option<usize> {
    balancer.take(affinity, now).map(|taken| taken.replica)
}

fn gone() -> Outcome {
    Outcome { health: Health::Gone("refused".to_owned()), too_much: false, pause: None }
}

fn ailing() -> Outcome {
    Outcome { health: Health::Ailing("500".to_owned()), too_much: false, pause: None }
}

#[test]
fn the_least_loaded_replica_is_asked() {
    let now = Instant::now();
    let mut three = balancer(3, 64);
    let mut first: Vec<usize> = (0..3).filter_map(|_| taken(&mut three, None, now)).collect();
    three.give_back(1, now, Outcome::GOOD, false, now);
    assert_eq!(taken(&mut three, None, now), Some(1));
    first.sort_unstable();
    assert_eq!(first, [0, 1, 2]);
}

#[test]
fn all_replicas_together_stay_below_the_ceiling() {
    let now = Instant::now();
    let mut two = balancer(2, 5);
    assert_eq!((0..10).filter_map(|_| taken(&mut two, None, now)).count(), 5);
    assert!(!two.has_room(now));
}

#[test]
fn an_affinity_stays_with_its_replica_and_moves_only_when_that_is_down() {
    let now = Instant::now();
    let mut four = balancer(4, 1000);
    let mut home = |affinity: u64| {
        let replica = taken(&mut four, Some(affinity), now).unwrap();
        four.give_back(replica, now, Outcome::GOOD, false, now);
        replica
    };
    let homes: Vec<usize> = (0..400).map(&mut home).collect();
    assert_eq!(homes, (0..400).map(&mut home).collect::<Vec<_>>());
    for replica in 0..4 {
        let count = homes.iter().filter(|home| **home == replica).count();
        assert!((60..=140).contains(&count), "{count} of 400 at replica {replica}");
    }
    let lost = homes[0];
    assert_eq!(taken(&mut four, Some(0), now), Some(lost));
    four.give_back(lost, now, gone(), false, now);
    for (affinity, home) in (0..400).zip(&homes) {
        let replica = taken(&mut four, Some(affinity), now).unwrap();
        four.give_back(replica, now, Outcome::GOOD, false, now);
        assert!(replica == *home || *home == lost, "{affinity} moved from {home} to {replica}");
        assert_ne!(replica, lost);
    }
}

#[test]
fn a_full_home_is_waited_for() {
    let now = Instant::now();
    let mut two = balancer(2, 64);
    let home = taken(&mut two, Some(1), now).unwrap();
    for _ in 0..7 {
        assert_eq!(taken(&mut two, Some(1), now), Some(home));
    }
    assert_eq!(taken(&mut two, Some(1), now), None);
    assert!(two.has_room(now), "the other replica is idle");
}

#[test]
fn a_replica_that_cannot_be_reached_is_probed_by_one_request_after_growing_pauses() {
    let mut now = Instant::now();
    let mut one = balancer(1, 64);
    for pause in [1, 2, 4, 8, 16, 32, 60, 60] {
        let probe = one.take(None, now).unwrap();
        one.give_back(probe.replica, now, gone(), false, now);
        assert_eq!(one.opens(now), Some(now + SECOND * pause));
        assert_eq!(one.take(None, now + SECOND * pause - Duration::from_millis(1)), None);
        now += SECOND * pause;
        assert!(one.has_room(now));
    }
    assert_eq!(one.take(None, now), Some(Taken { replica: 0, probe: true }));
    assert_eq!(one.take(None, now), None, "one probe at a time");
    one.tell(0, now, Health::Up, now);
    assert_eq!((0..10).filter_map(|_| one.take(None, now)).count(), 7, "beside the probe");
}

#[test]
fn a_probe_that_is_given_up_leaves_the_next_one_to_another() {
    let now = Instant::now();
    let mut one = balancer(1, 64);
    let first = one.take(None, now).unwrap();
    one.give_back(first.replica, now, gone(), false, now);
    let later = now + SECOND;
    let probe = one.take(None, later).unwrap();
    one.give_back(probe.replica, later, Outcome::UNTOLD, false, later);
    assert_eq!(one.take(None, later), Some(Taken { replica: 0, probe: true }));
}

#[test]
fn errors_set_a_replica_aside_only_when_nothing_else_comes() {
    let now = Instant::now();
    let mut one = balancer(1, 64);
    let mut told = |outcome: Outcome| {
        let slot = one.take(None, now).unwrap();
        one.give_back(slot.replica, now, outcome, false, now);
        one.opens(now).is_some()
    };
    for _ in 0..3 {
        assert!((0..4).all(|_| !told(ailing())));
        assert!(!told(Outcome::GOOD));
    }
    assert!((0..4).all(|_| !told(ailing())));
    assert!(told(ailing()));
}

#[test]
fn requests_that_fail_together_count_as_one_failure() {
    let start = Instant::now();
    let mut one = balancer(1, 64);
    let slots: Vec<Taken> = (0..8).filter_map(|_| one.take(None, start)).collect();
    let now = start + SECOND;
    for slot in slots {
        one.give_back(slot.replica, start, gone(), false, now);
    }
    assert_eq!(one.opens(now), Some(now + SECOND));
}

#[test]
fn a_pause_that_the_server_asks_for_holds_for_everybody() {
    let now = Instant::now();
    let mut one = balancer(1, 64);
    let slot = one.take(None, now).unwrap();
    let outcome = Outcome { health: Health::Up, too_much: true, pause: Some(SECOND * 7) };
    one.give_back(slot.replica, now, outcome, false, now);
    assert_eq!(one.opens(now), Some(now + SECOND * 7));
    assert_eq!(one.take(None, now + SECOND * 6), None);
    assert_eq!(one.hopeless(now), None);
    assert!(one.take(None, now + SECOND * 7).is_some());
}

#[test]
fn a_server_that_wants_to_be_left_alone_for_a_day_is_not_waited_for() {
    let now = Instant::now();
    let mut one = balancer(1, 64);
    let slot = one.take(None, now).unwrap();
    let outcome = Outcome { health: Health::Up, too_much: true, pause: Some(SECOND * 86_400) };
    one.give_back(slot.replica, now, outcome, false, now);
    assert_eq!(one.hopeless(now), Some(Hopeless::Paused(SECOND * 86_400)));
}

#[test]
fn a_server_that_has_answered_is_waited_for_longer() {
    let start = Instant::now();
    let down_for = |answered: bool, seconds: u32| {
        let mut two = balancer(2, 64);
        let mut now = start;
        if answered {
            let slot = two.take(None, now).unwrap();
            two.give_back(slot.replica, now, Outcome::GOOD, false, now);
        }
        while now < start + SECOND * seconds {
            while let Some(slot) = two.take(None, now) {
                two.give_back(slot.replica, now, gone(), false, now);
            }
            now += SECOND;
        }
        two.hopeless(now).is_some()
    };
    assert_eq!([down_for(false, 25), down_for(false, 35)], [false, true]);
    assert_eq!([down_for(true, 590), down_for(true, 605)], [false, true]);
}
