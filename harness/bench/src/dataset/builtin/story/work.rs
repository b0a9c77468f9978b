//! Stories about a factory, wages and a caterer.

use super::ledger::Quantity;
use super::telling::{Family, Story, Unit, capital, dollars_of, stage};

pub(super) const FACTORY: Family = Family {
    name: "factory",
    open: open_factory,
    stages: &[
        stage(2, second_machine),
        stage(1, faulty),
        stage(1, in_store),
        stage(1, boxed),
        stage(2, trucks),
        stage(1, sold),
    ],
};

pub(super) const WAGES: Family = Family {
    name: "wages",
    open: open_wages,
    stages: &[
        stage(2, overtime),
        stage(1, bonus),
        stage(2, bus),
        stage(1, several_weeks),
        stage(1, course),
        stage(1, save_part),
    ],
};

pub(super) const CATERING: Family = Family {
    name: "catering",
    open: open_catering,
    stages: &[
        stage(1, extra_guests),
        stage(1, cancelled),
        stage(1, pieces_each),
        stage(1, already_made),
        stage(1, platters),
        stage(1, platter_price),
        stage(1, deposit),
    ],
};

fn open_factory(story: &mut Story) -> Option<()> {
    story.things = story.dice.pick(["hinges", "bottles", "spoons", "buttons", "candles", "bricks"]);
    let (rate, hours) = (story.given(30, 90), story.given(4, 9));
    let things = story.things;
    let opening = match story.dice.below(2) {
        0 => format!("A machine makes {} {things} an hour and runs for {} hours.", rate.value, hours.value),
        _ => format!("In {} hours of work, a machine turns out {} {things} every hour.", hours.value, rate.value),
    };
    story.say(opening);
    story.total = story.product(rate, hours);
    story.ask(format!("How many {things} are made?"));
    Some(())
}

fn second_machine(story: &mut Story) -> Option<()> {
    let (rate, hours) = (story.given(20, 60), story.given(2, 6));
    story.say(format!("An older machine makes {} an hour for {} hours.", rate.value, hours.value));
    story.ask(format!("How many {} do the two machines make together?", story.things));
    let more = story.product(rate, hours);
    story.add(more);
    Some(())
}

fn faulty(story: &mut Story) -> Option<()> {
    let n = story.given(6, 45);
    story.say(format!("Inspection finds {} of the {} faulty, and these are thrown away.", n.value, story.things));
    story.ask(format!("How many good {} are there?", story.things));
    story.subtract(n)
}

fn in_store(story: &mut Story) -> Option<()> {
    let n = story.given(20, 120);
    story.say(format!("Another {} good {} are already in the storeroom.", n.value, story.things));
    story.ask(format!("How many {} are ready to be shipped?", story.things));
    story.add(n);
    Some(())
}

fn boxed(story: &mut Story) -> Option<()> {
    let size = story.divisor(4, 24)?;
    story.say(format!("The {} are packed into boxes of {}.", story.things, size.value));
    story.ask("How many boxes are filled?".to_owned());
    story.phase = "boxes";
    story.divide(size)
}

fn trucks(story: &mut Story) -> Option<()> {
    (story.phase == "boxes").then_some(())?;
    let (vans, each) = (story.given(2, 4), story.given(3, 9));
    story.say(format!("In the evening {} vans pick up {} boxes each.", vans.value, each.value));
    story.ask("How many boxes stay behind?".to_owned());
    let gone = story.product(vans, each);
    story.subtract(gone)
}

fn sold(story: &mut Story) -> Option<()> {
    (story.phase == "boxes").then_some(())?;
    let price = story.price(6, 20);
    let which = if story.ask.contains("behind") { "boxes that stay behind" } else { "boxes" };
    story.say(format!("A shop buys all the {which} for {} a box.", dollars_of(price)));
    story.ask("How many dollars does the shop pay?".to_owned());
    story.unit = Unit::Cents;
    story.multiply(price);
    Some(())
}

fn open_wages(story: &mut Story) -> Option<()> {
    story.unit = Unit::Cents;
    let job = story.dice.pick(["in a library", "at a garden center", "in a bicycle shop", "at a swimming pool"]);
    let (hours, rate) = (story.given(12, 35), story.price(11, 19));
    let name = story.person.name;
    story.say(format!("{name} works {job} for {} hours a week at {} an hour.", hours.value, dollars_of(rate)));
    story.total = story.product(hours, rate);
    story.ask(format!("How many dollars does {name} earn in a week?"));
    Some(())
}

fn overtime(story: &mut Story) -> Option<()> {
    let (hours, rate) = (story.given(2, 8), story.price(20, 28));
    let they = capital(story.person.they);
    story.say(format!(
        "{they} also does {} hours of overtime a week, paid at {} an hour.",
        hours.value,
        dollars_of(rate)
    ));
    let more = story.product(hours, rate);
    story.add(more);
    Some(())
}

fn bonus(story: &mut Story) -> Option<()> {
    let amount = Quantity::given(500 * story.dice.between(3, 12));
    let they = capital(story.person.they);
    story.say(format!("{they} gets a weekly bonus of {} for locking up.", dollars_of(amount)));
    story.add(amount);
    Some(())
}

fn bus(story: &mut Story) -> Option<()> {
    let (days, fare) = (story.given(3, 6), story.price(3, 6));
    let name = story.person.name;
    story.say(format!("Getting there costs {} a day, {} days a week.", dollars_of(fare), days.value));
    story.ask(format!("How many dollars of a week's pay does {name} keep after paying for travel?"));
    story.phase = "left";
    let spent = story.product(days, fare);
    story.subtract(spent)
}

fn several_weeks(story: &mut Story) -> Option<()> {
    let weeks = story.given(3, 8);
    let name = story.person.name;
    let after = if story.ask.contains("travel") { ", with travel taken off," } else { "" };
    story.say(format!("This goes on for {} weeks.", weeks.value));
    story.ask(format!("How many dollars does that make{after} in all for {name}?"));
    story.multiply(weeks);
    Some(())
}

fn course(story: &mut Story) -> Option<()> {
    let amount = Quantity::given(500 * story.dice.between(10, 40));
    let (they, name) = (story.person.they, story.person.name);
    let from = if story.phase == "left" { "what is left" } else { "this money" };
    story.say(format!("Out of {from}, {they} pays {} for a language course.", dollars_of(amount)));
    story.ask(format!("How many dollars does {name} have in the end?"));
    story.phase = "left";
    story.subtract(amount)
}

fn save_part(story: &mut Story) -> Option<()> {
    let (fraction, divisor) = story.dice.pick([("Half", 2), ("A third", 3), ("A quarter", 4), ("A fifth", 5)]);
    let what = if story.phase == "left" { "what is left" } else { "the money" };
    story.say(format!("{fraction} of {what} goes into a savings account."));
    story.ask("How many dollars go into the savings account?".to_owned());
    story.divide(Quantity::given(divisor))
}

fn open_catering(story: &mut Story) -> Option<()> {
    let (tables, seats) = (story.given(6, 18), story.given(4, 12));
    let name = story.person.name;
    let event = story.dice.pick(["a wedding", "a club dinner", "a birthday party", "a company lunch"]);
    story.say(format!("{name} is catering {event} with {} tables of {} guests.", tables.value, seats.value));
    story.total = story.product(tables, seats);
    story.ask("How many guests are there?".to_owned());
    story.phase = "guests";
    Some(())
}

fn extra_guests(story: &mut Story) -> Option<()> {
    let n = story.given(3, 15);
    story.say(format!("A bench by the door seats {} more guests.", n.value));
    story.add(n);
    Some(())
}

fn cancelled(story: &mut Story) -> Option<()> {
    let n = story.given(2, 14);
    story.say(format!("On the day itself, {} guests call in sick.", n.value));
    story.ask("How many guests come?".to_owned());
    story.subtract(n)
}

fn pieces_each(story: &mut Story) -> Option<()> {
    let n = story.given(2, 6);
    let food = story.dice.pick(["dumplings", "canapes", "spring rolls", "meatballs"]);
    story.say(format!("Every guest who comes is to get {} {food}.", n.value));
    story.ask(format!("How many {food} are needed?"));
    story.phase = "pieces";
    story.things = food;
    story.multiply(n);
    Some(())
}

fn already_made(story: &mut Story) -> Option<()> {
    (story.phase == "pieces").then_some(())?;
    let n = story.given(12, 60);
    story.say(format!("Of these, {} are in the freezer already.", n.value));
    story.ask(format!("How many {} are still to be made?", story.things));
    story.phase = "still";
    story.subtract(n)
}

fn platters(story: &mut Story) -> Option<()> {
    matches!(story.phase, "pieces" | "still").then_some(())?;
    let size = story.divisor(6, 30)?;
    let which = if story.phase == "still" { "ones still to be made" } else { story.things };
    story.say(format!("The {which} will be served on platters of {}.", size.value));
    story.ask("How many platters is that?".to_owned());
    story.phase = "platters";
    story.divide(size)
}

fn platter_price(story: &mut Story) -> Option<()> {
    (story.phase == "platters").then_some(())?;
    let price = story.price(12, 35);
    let name = story.person.name;
    story.say(format!("{name} charges {} for each of these platters.", dollars_of(price)));
    story.ask(format!("How many dollars does {name} charge for them?"));
    story.phase = "bill";
    story.unit = Unit::Cents;
    story.multiply(price);
    Some(())
}

fn deposit(story: &mut Story) -> Option<()> {
    (story.phase == "bill").then_some(())?;
    let amount = Quantity::given(500 * story.dice.between(4, 16));
    story.say(format!("A deposit of {} has been paid in advance.", dollars_of(amount)));
    story.ask("How many dollars are still to be paid?".to_owned());
    story.subtract(amount)
}
