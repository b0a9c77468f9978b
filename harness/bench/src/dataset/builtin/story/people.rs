//! Stories that compare people, and about a book and a club.

use super::ledger::Quantity;
use super::telling::{Family, Story, Unit, capital, dollars_of, stage};

pub(super) const COMPARISON: Family = Family {
    name: "comparison",
    open: open_comparison,
    stages: &[
        stage(1, sibling_more),
        stage(1, coach_times),
        stage(1, cousin_fewer),
        stage(1, half_as_many),
        stage(1, add_own),
        stage(1, every_day),
        stage(1, short_of_goal),
    ],
};

pub(super) const READING: Family = Family {
    name: "reading",
    open: open_reading,
    stages: &[
        stage(2, holiday_pages),
        stage(1, evening_pages),
        stage(1, skipped),
        stage(1, rest_of_book),
        stage(1, days_left),
        stage(1, minutes),
    ],
};

pub(super) const CLUB: Family = Family {
    name: "club",
    open: open_club,
    stages: &[
        stage(1, join),
        stage(1, leave),
        stage(2, school_classes),
        stage(1, twice_next_year),
        stage(1, teams),
        stage(1, fee),
        stage(1, rent_hall),
    ],
};

fn open_comparison(story: &mut Story) -> Option<()> {
    let (what, verb) = story.dice.pick([
        ("laps", "swims"),
        ("baskets of cherries", "picks"),
        ("push-ups", "does"),
        ("goals", "scores"),
        ("paper cranes", "folds"),
    ]);
    story.things = what;
    story.total = story.given(8, 40);
    let name = story.person.name;
    story.say(format!("{name} {verb} {} {what}.", story.total.value));
    story.phase = name;
    Some(())
}

/// The next person of the chain, whose count depends on the last one's.
fn compare(story: &mut Story, who: &'static str, how: &str) {
    let (last, things) = (story.phase, story.things);
    story.say(format!("{who}'s count is {how} {last}'s."));
    story.ask(format!("How many {things} is that for {who}?"));
    story.phase = who;
}

fn sibling_more(story: &mut Story) -> Option<()> {
    let n = story.given(3, 19);
    compare(story, story.friend.name, &format!("{} more than", n.value));
    story.add(n);
    Some(())
}

fn coach_times(story: &mut Story) -> Option<()> {
    let n = story.given(2, 4);
    let how = if n.value == 2 { "twice".to_owned() } else { format!("{} times", n.value) };
    compare(story, "Coach Abara", &how);
    story.multiply(n);
    Some(())
}

fn cousin_fewer(story: &mut Story) -> Option<()> {
    let n = story.part()?;
    compare(story, "Cousin Milo", &format!("{} less than", n.value));
    story.subtract(n)
}

fn half_as_many(story: &mut Story) -> Option<()> {
    compare(story, "Little Anouk", "half");
    story.divide(Quantity::given(2))
}

/// The last person and the first together.
fn add_own(story: &mut Story) -> Option<()> {
    let (name, last, things) = (story.person.name, story.phase, story.things);
    (name != last).then_some(())?;
    let own = first_given(story)?;
    story.ask(format!("How many {things} is that for {name} and {last} together?"));
    story.phase = "both";
    story.add(own);
    Some(())
}

/// What the first person has, as the opening says it.
fn first_given(story: &Story) -> Option<Quantity> {
    let first = story.ledger.steps.first()?;
    match first.left {
        super::ledger::Operand::Given(value) => Some(Quantity::given(value)),
        super::ledger::Operand::Step(_) => None,
    }
}

fn every_day(story: &mut Story) -> Option<()> {
    let (things, who) = (story.things, story.phase);
    (who != story.person.name && who != "both").then_some(())?;
    let days = story.given(2, 6);
    story.say(format!("{who} manages that number on each of {} days.", days.value));
    story.ask(format!("How many {things} is that for {who} over all these days?"));
    story.multiply(days);
    story.day = 1;
    Some(())
}

fn short_of_goal(story: &mut Story) -> Option<()> {
    (story.day == 1).then_some(())?;
    let (things, who) = (story.things, story.phase);
    let goal = Quantity::given(story.total.value + story.dice.between(5, 60));
    story.say(format!("The goal was {} {things}.", goal.value));
    story.ask(format!("By how many {things} does {who} miss the goal?"));
    story.total = story.ledger.subtract(goal, story.total)?;
    Some(())
}

fn open_reading(story: &mut Story) -> Option<()> {
    let (pages, days) = (story.given(9, 30), story.given(4, 12));
    let name = story.person.name;
    let what = story.dice.pick(["a novel", "a book about volcanoes", "a biography", "a collection of sea stories"]);
    story.say(format!("{name} is reading {what}, {} pages a day for {} days.", pages.value, days.value));
    story.total = story.product(pages, days);
    story.ask(format!("How many pages has {name} read?"));
    Some(())
}

fn holiday_pages(story: &mut Story) -> Option<()> {
    let (pages, days) = (story.given(31, 60), story.given(2, 4));
    let they = story.person.they;
    story.say(format!("Then come {} days off, on each of which {they} reads {} pages.", days.value, pages.value));
    let more = story.product(pages, days);
    story.add(more);
    Some(())
}

fn evening_pages(story: &mut Story) -> Option<()> {
    let n = story.given(5, 28);
    let their = story.person.their;
    story.say(format!("On the train to {their} sister's, {} more pages get read.", n.value));
    story.add(n);
    Some(())
}

fn skipped(story: &mut Story) -> Option<()> {
    let n = story.given(4, 15);
    let name = story.person.name;
    story.say(format!("Of all these pages, {} were only maps and pictures.", n.value));
    story.ask(format!("How many pages of text has {name} read?"));
    story.phase = "text";
    story.subtract(n)
}

fn rest_of_book(story: &mut Story) -> Option<()> {
    // After pages without text were taken off, a length in pages would be ambiguous.
    story.phase.is_empty().then_some(())?;
    let name = story.person.name;
    let length = Quantity::given(story.total.value + story.dice.between(24, 240));
    story.say(format!("The whole book has {} pages.", length.value));
    story.ask(format!("How many pages are left for {name} to read?"));
    story.phase = "rest";
    story.total = story.ledger.subtract(length, story.total)?;
    Some(())
}

fn days_left(story: &mut Story) -> Option<()> {
    (story.phase == "rest").then_some(())?;
    let days = story.divisor(2, 12)?;
    let name = story.person.name;
    story.say(format!(
        "{name} wants to finish the book in {} more days, with the same number of pages every day.",
        days.value
    ));
    story.ask("How many pages a day does that take?".to_owned());
    story.phase = "daily";
    story.divide(days)
}

fn minutes(story: &mut Story) -> Option<()> {
    (story.phase == "daily").then_some(())?;
    let n = story.given(2, 4);
    story.say(format!("Each of those pages takes {} minutes.", n.value));
    story.ask(format!("How many minutes a day will {} read?", story.person.name));
    story.multiply(n);
    Some(())
}

fn open_club(story: &mut Story) -> Option<()> {
    let club = story.dice.pick(["chess club", "rowing club", "choir", "hiking club", "theater group"]);
    story.things = club;
    story.total = story.given(28, 80);
    story.say(format!("{}'s {club} starts the year with {} members.", story.person.name, story.total.value));
    story.ask(format!("How many members does the {club} have now?"));
    Some(())
}

fn join(story: &mut Story) -> Option<()> {
    let n = story.given(5, 30);
    story.say(format!("In spring, {} people join.", n.value));
    story.add(n);
    Some(())
}

fn leave(story: &mut Story) -> Option<()> {
    let n = story.given(3, 20);
    story.say(format!("Over the summer, {} members move away and leave.", n.value));
    story.subtract(n)
}

fn school_classes(story: &mut Story) -> Option<()> {
    let (classes, each) = (story.given(2, 6), story.given(3, 9));
    story.say(format!("A visit to {} school classes brings {} new members from each.", classes.value, each.value));
    let more = story.product(classes, each);
    story.add(more);
    Some(())
}

fn twice_next_year(story: &mut Story) -> Option<()> {
    story.say(format!("Thanks to a newspaper article, the {} then doubles its membership.", story.things));
    story.multiply(Quantity::given(2));
    Some(())
}

fn teams(story: &mut Story) -> Option<()> {
    let size = story.divisor(3, 12)?;
    story.say(format!("For a festival, all members are divided into groups of {}.", size.value));
    story.ask("How many groups are there?".to_owned());
    story.phase = "groups";
    story.divide(size)
}

fn fee(story: &mut Story) -> Option<()> {
    let amount = story.price(4, 15);
    let who = if story.phase == "groups" { "group" } else { "member" };
    story.say(format!("Every {who} pays {} into the travel fund.", dollars_of(amount)));
    story.ask("How many dollars are in the travel fund?".to_owned());
    story.phase = "fund";
    story.unit = Unit::Cents;
    story.multiply(amount);
    Some(())
}

fn rent_hall(story: &mut Story) -> Option<()> {
    (story.phase == "fund").then_some(())?;
    let cost = Quantity::given(100 * story.dice.between(20, 60));
    let club = capital(story.things);
    story.say(format!("{club} posters are bought from the fund for {}.", dollars_of(cost)));
    story.ask("How many dollars remain in the fund?".to_owned());
    story.subtract(cost)
}
