//! Stories about a trip, a garden and a water tank.

use super::ledger::Quantity;
use super::telling::{Family, Story, Unit, capital, dollars_of, stage};

pub(super) const TRIP: Family = Family {
    name: "trip",
    open: open_trip,
    stages: &[
        stage(2, second_leg),
        stage(1, ferry),
        stage(1, detour),
        stage(1, and_back),
        stage(1, rest_of_way),
        stage(1, fuel),
        stage(1, fuel_price),
    ],
};

pub(super) const GARDEN: Family = Family {
    name: "garden",
    open: open_garden,
    stages: &[
        stage(2, second_bed),
        stage(1, frost),
        stage(1, replanted),
        stage(1, harvest),
        stage(1, eaten),
        stage(1, baskets),
        stage(1, basket_price),
    ],
};

pub(super) const TANK: Family = Family {
    name: "tank",
    open: open_tank,
    stages: &[stage(2, pump), stage(1, rain), stage(2, leak), stage(1, goats), stage(1, cans), stage(1, beds)],
};

fn open_trip(story: &mut Story) -> Option<()> {
    let (speed, hours) = (Quantity::given(5 * story.dice.between(8, 18)), story.given(2, 6));
    let name = story.person.name;
    let place = story.dice.pick(["the coast", "the mountains", "the capital", "a lake"]);
    story.say(format!("{name} drives toward {place} at {} kilometers an hour for {} hours.", speed.value, hours.value));
    story.total = story.product(speed, hours);
    story.ask(format!("How many kilometers does {name} cover?"));
    Some(())
}

fn second_leg(story: &mut Story) -> Option<()> {
    let (speed, hours) = (Quantity::given(5 * story.dice.between(5, 12)), story.given(2, 4));
    let they = story.person.they;
    story.say(format!("After lunch, {they} goes on at {} kilometers an hour for {} hours.", speed.value, hours.value));
    let more = story.product(speed, hours);
    story.add(more);
    Some(())
}

fn ferry(story: &mut Story) -> Option<()> {
    let n = story.given(4, 25);
    story.say(format!("A ferry carries the car another {} kilometers.", n.value));
    story.ask("How many kilometers has the car traveled so far?".to_owned());
    story.ferried = true;
    story.add(n);
    Some(())
}

fn detour(story: &mut Story) -> Option<()> {
    let n = story.given(6, 40);
    story.say(format!(
        "Without a detour around roadworks, the distance would have been {} kilometers shorter.",
        n.value
    ));
    story.ask("How many kilometers would it have been without the detour?".to_owned());
    story.phase = "shorter";
    story.subtract(n)
}

fn and_back(story: &mut Story) -> Option<()> {
    let (name, trips) = (story.person.name, story.given(2, 4));
    let which = if story.phase == "shorter" { "that shorter distance" } else { "that distance" };
    story.say(format!("In one month, {name} travels {which} {} times.", trips.value));
    story.ask(format!("How many kilometers is that in the month for {name}?"));
    story.phase = "month";
    story.multiply(trips);
    Some(())
}

fn rest_of_way(story: &mut Story) -> Option<()> {
    story.phase.is_empty().then_some(())?;
    let whole = Quantity::given(story.total.value + story.dice.between(30, 260));
    let name = story.person.name;
    story.say(format!("The whole way is {} kilometers long.", whole.value));
    story.ask(format!("How many kilometers are still ahead of {name}?"));
    story.phase = "ahead";
    story.total = story.ledger.subtract(whole, story.total)?;
    Some(())
}

fn fuel(story: &mut Story) -> Option<()> {
    // No fuel is burnt on a ferry.
    (!story.ferried || story.phase == "ahead").then_some(())?;
    let per_liter = story.divisor(8, 20)?;
    let which = match story.phase {
        "ahead" => "the rest of the way",
        "month" => "the whole month's driving",
        "shorter" => "the way without the detour",
        _ => "the distance so far",
    };
    story.say(format!("The car goes {} kilometers on a liter of fuel.", per_liter.value));
    story.ask(format!("How many liters of fuel does {which} take?"));
    story.phase = "fuel";
    story.divide(per_liter)
}

fn fuel_price(story: &mut Story) -> Option<()> {
    (story.phase == "fuel").then_some(())?;
    let price = Quantity::given(5 * story.dice.between(28, 44));
    story.say(format!("A liter costs {}.", dollars_of(price)));
    // "How many liters of fuel does the distance so far take?" becomes a question of money.
    let way = story.ask.strip_prefix("How many liters of fuel does ")?.strip_suffix(" take?")?;
    story.ask = format!("How many dollars does the fuel for {way} cost?");
    story.unit = Unit::Cents;
    story.multiply(price);
    Some(())
}

fn open_garden(story: &mut Story) -> Option<()> {
    story.things = story.dice.pick(["tomato", "pepper", "cucumber", "zucchini", "eggplant"]);
    let (rows, each) = (story.given(4, 12), story.given(5, 16));
    let (name, things) = (story.person.name, story.things);
    let opening = match story.dice.below(2) {
        0 => format!("{name} plants {} rows of {} {things} seedlings.", rows.value, each.value),
        _ => format!("There are {} rows with {} {things} plants each in {name}'s garden.", rows.value, each.value),
    };
    story.say(opening);
    story.total = story.product(rows, each);
    story.ask(format!("How many {things} plants are there?"));
    Some(())
}

fn second_bed(story: &mut Story) -> Option<()> {
    let (rows, each) = (story.given(2, 6), story.given(3, 9));
    let they = capital(story.person.they);
    story.say(format!("{they} adds {} short rows of {} plants.", rows.value, each.value));
    story.ask(format!("How many {} plants are there now?", story.things));
    let more = story.product(rows, each);
    story.add(more);
    Some(())
}

fn frost(story: &mut Story) -> Option<()> {
    let n = story.given(4, 24);
    let cause = story.dice.pick(["A late frost kills", "Slugs eat", "Hail destroys"]);
    story.say(format!("{cause} {} of the plants.", n.value));
    story.ask(format!("How many {} plants survive?", story.things));
    story.subtract(n)
}

fn replanted(story: &mut Story) -> Option<()> {
    let n = story.given(5, 20);
    story.say(format!("A neighbor brings {} healthy plants of the same kind.", n.value));
    story.ask(format!("How many {} plants does {} have now?", story.things, story.person.name));
    story.add(n);
    Some(())
}

fn harvest(story: &mut Story) -> Option<()> {
    let n = story.given(3, 9);
    story.say(format!("By August, every plant in the garden bears {} fruits.", n.value));
    story.ask(format!("How many fruits can {} pick?", story.person.name));
    story.phase = "fruits";
    story.multiply(n);
    Some(())
}

fn eaten(story: &mut Story) -> Option<()> {
    (story.phase == "fruits").then_some(())?;
    let n = story.given(10, 60);
    story.say(format!("The family keeps {} of the fruits.", n.value));
    story.ask("How many fruits are left to sell?".to_owned());
    story.subtract(n)
}

fn baskets(story: &mut Story) -> Option<()> {
    (story.phase == "fruits").then_some(())?;
    let size = story.divisor(4, 20)?;
    let all = if story.ask.contains("left") { "other " } else { "" };
    story.say(format!("All the {all}fruits go into baskets of {}.", size.value));
    story.ask("How many baskets does that fill?".to_owned());
    story.phase = "baskets";
    story.divide(size)
}

fn basket_price(story: &mut Story) -> Option<()> {
    (story.phase == "baskets").then_some(())?;
    let price = story.price(4, 12);
    story.say(format!("At the market, a basket brings {}.", dollars_of(price)));
    story.ask("How many dollars do all the baskets bring?".to_owned());
    story.unit = Unit::Cents;
    story.multiply(price);
    Some(())
}

fn open_tank(story: &mut Story) -> Option<()> {
    story.total = Quantity::given(10 * story.dice.between(12, 60));
    story.say(format!("The rain tank on {}'s roof holds {} liters of water.", story.person.name, story.total.value));
    story.ask("How many liters are in the tank now?".to_owned());
    Some(())
}

fn pump(story: &mut Story) -> Option<()> {
    let (rate, minutes) = (story.given(4, 18), story.given(5, 30));
    story.say(format!("A pump adds {} liters a minute for {} minutes.", rate.value, minutes.value));
    let more = story.product(rate, minutes);
    story.add(more);
    Some(())
}

fn rain(story: &mut Story) -> Option<()> {
    let n = story.given(15, 90);
    story.say(format!("A thunderstorm fills in {} liters.", n.value));
    story.add(n);
    Some(())
}

fn leak(story: &mut Story) -> Option<()> {
    let (rate, hours) = (story.given(2, 9), story.given(3, 12));
    story.say(format!("Through a crack, {} liters an hour are lost for {} hours.", rate.value, hours.value));
    let lost = story.product(rate, hours);
    story.subtract(lost)
}

fn goats(story: &mut Story) -> Option<()> {
    let n = story.given(12, 60);
    story.say(format!("The goats drink {} liters.", n.value));
    story.subtract(n)
}

fn cans(story: &mut Story) -> Option<()> {
    let size = story.divisor(5, 15)?;
    let they = story.person.they;
    story.say(format!(
        "All of the water is then drawn into cans of {} liters, which {they} fills to the brim.",
        size.value
    ));
    story.ask("How many cans are filled?".to_owned());
    story.phase = "cans";
    story.divide(size)
}

fn beds(story: &mut Story) -> Option<()> {
    (story.phase == "cans").then_some(())?;
    let n = story.divisor(2, 8)?;
    story.say(format!("Every flower bed in the park gets {} of these cans.", n.value));
    story.ask("How many flower beds can be watered?".to_owned());
    story.divide(n)
}
