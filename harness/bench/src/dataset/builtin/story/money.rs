//! Stories about buying, saving and a stall at the fair.

use super::ledger::Quantity;
use super::telling::{Family, Story, Unit, capital, dollars_of, stage};

pub(super) const SHOPPING: Family = Family {
    name: "shopping",
    open: open_shopping,
    stages: &[
        stage(2, second_item),
        stage(1, single_item),
        stage(1, coupon),
        stage(1, delivery),
        stage(1, share_bill),
        stage(1, change),
    ],
};

pub(super) const SAVING: Family = Family {
    name: "saving",
    open: open_saving,
    stages: &[
        stage(2, chores),
        stage(1, gift),
        stage(2, treats),
        stage(1, lent),
        stage(1, doubled_by_parents),
        stage(1, still_missing),
        stage(1, weeks_to_go),
    ],
};

pub(super) const FAIR: Family = Family {
    name: "fair",
    open: open_fair,
    stages: &[
        stage(2, second_drink),
        stage(1, tips),
        stage(1, stall_fee),
        stage(2, cups),
        stage(1, split_profit),
        stage(1, gift_to_charity),
    ],
};

fn open_shopping(story: &mut Story) -> Option<()> {
    const ITEMS: [(&str, i64, i64); 8] = [
        ("notebooks", 2, 5),
        ("tennis balls", 2, 4),
        ("flower pots", 4, 9),
        ("picture frames", 6, 14),
        ("scarves", 9, 18),
        ("light bulbs", 3, 7),
        ("paint brushes", 2, 6),
        ("board games", 15, 30),
    ];
    let (things, low, high) = story.dice.pick(ITEMS);
    story.things = things;
    story.unit = Unit::Cents;
    let (count, price) = (story.given(3, 12), story.price(low, high));
    let name = story.person.name;
    let opening = match story.dice.below(2) {
        0 => format!("{name} buys {} {things} at {} apiece.", count.value, dollars_of(price)),
        _ => format!("{name} puts {} {things} into the cart; each costs {}.", count.value, dollars_of(price)),
    };
    story.say(opening);
    story.total = story.product(count, price);
    story.ask(format!("How many dollars does {name} pay?"));
    Some(())
}

fn second_item(story: &mut Story) -> Option<()> {
    let (things, low, high) =
        story.dice.pick([("candles", 2, 6), ("mugs", 5, 9), ("towels", 6, 12), ("magnets", 1, 3)]);
    let (count, price) = (story.given(2, 9), story.price(low, high));
    let they = capital(story.person.they);
    story.say(format!("{they} also takes {} {things} for {} each.", count.value, dollars_of(price)));
    let more = story.product(count, price);
    story.add(more);
    Some(())
}

fn single_item(story: &mut Story) -> Option<()> {
    let (thing, low, high) = story.dice.pick([("an umbrella", 12, 25), ("a backpack", 30, 60), ("a lamp", 18, 40)]);
    let price = story.price(low, high);
    let they = capital(story.person.they);
    story.say(format!("{they} adds {thing} for {}.", dollars_of(price)));
    story.add(price);
    Some(())
}

fn coupon(story: &mut Story) -> Option<()> {
    let off = Quantity::given(100 * story.dice.between(3, 9));
    story.say(format!("A coupon takes {} off the bill.", dollars_of(off)));
    story.subtract(off)
}

fn delivery(story: &mut Story) -> Option<()> {
    let fee = story.price(4, 9);
    story.say(format!("Having everything delivered costs another {}.", dollars_of(fee)));
    story.add(fee);
    Some(())
}

fn share_bill(story: &mut Story) -> Option<()> {
    let people = story.divisor(2, 5)?;
    let name = story.person.name;
    let others = if people.value == 2 {
        format!("{name} and {} are 2 friends who", story.friend.name)
    } else {
        format!("{name} belongs to a group of {} friends who", people.value)
    };
    story.say(format!("{others} split the bill evenly."));
    story.phase = "split";
    story.divide(people)
}

fn change(story: &mut Story) -> Option<()> {
    let notes: Vec<i64> = [20, 50, 100, 200, 500].into_iter().filter(|note| note * 100 > story.total.value).collect();
    let paid = Quantity::given(100 * notes.first()?);
    let name = story.person.name;
    let what = if story.phase == "split" { "this share" } else { "the bill" };
    story.say(format!("{name} pays {what} with {} in cash.", dollars_of(paid)));
    story.ask(format!("How many dollars does {name} get back?"));
    story.total = story.ledger.subtract(paid, story.total)?;
    Some(())
}

fn open_saving(story: &mut Story) -> Option<()> {
    story.unit = Unit::Cents;
    story.things = story.dice.pick(["a bicycle", "a telescope", "a guitar", "a camera", "a tent"]);
    let (weeks, each) = (story.given(4, 15), Quantity::given(100 * story.dice.between(6, 18)));
    let (name, things) = (story.person.name, story.things);
    let opening = match story.dice.below(2) {
        0 => format!("To buy {things}, {name} puts {} aside every week for {} weeks.", dollars_of(each), weeks.value),
        _ => format!(
            "{name} wants {things} and saves {} a week. This goes on for {} weeks.",
            dollars_of(each),
            weeks.value
        ),
    };
    story.say(opening);
    story.total = story.product(each, weeks);
    story.ask(format!("How many dollars does {name} have now?"));
    Some(())
}

fn chores(story: &mut Story) -> Option<()> {
    let (task, low, high) =
        story.dice.pick([("mows the lawn", 8, 15), ("walks a neighbor's dog", 4, 9), ("washes cars", 6, 12)]);
    let (times, pay) = (story.given(3, 9), Quantity::given(100 * story.dice.between(low, high)));
    let they = capital(story.person.they);
    story.say(format!("{they} also {task} {} times and earns {} each time.", times.value, dollars_of(pay)));
    let earned = story.product(times, pay);
    story.add(earned);
    Some(())
}

fn gift(story: &mut Story) -> Option<()> {
    let amount = Quantity::given(500 * story.dice.between(2, 10));
    let their = story.person.their;
    story.say(format!("For {their} birthday, an uncle sends {}.", dollars_of(amount)));
    story.add(amount);
    Some(())
}

fn treats(story: &mut Story) -> Option<()> {
    let (count, price) = (story.given(2, 6), story.price(3, 7));
    let they = capital(story.person.they);
    let what = story.dice.pick(["cinema snacks", "comic books", "bus trips to the lake", "ice-cream sundaes"]);
    story.say(format!("{they} spends some of it on {} {what} at {} each.", count.value, dollars_of(price)));
    let spent = story.product(count, price);
    story.subtract(spent)
}

fn lent(story: &mut Story) -> Option<()> {
    let amount = Quantity::given(100 * story.dice.between(5, 25));
    story.say(format!("Then {} borrows {}.", story.friend.name, dollars_of(amount)));
    story.subtract(amount)
}

fn doubled_by_parents(story: &mut Story) -> Option<()> {
    let their = story.person.their;
    story.say(format!("At New Year, {their} parents double whatever is in the money box."));
    story.multiply(Quantity::given(2));
    Some(())
}

fn still_missing(story: &mut Story) -> Option<()> {
    let (name, things) = (story.person.name, story.things);
    let price = Quantity::given((story.total.value / 100 + story.dice.between(20, 150)) / 10 * 1000);
    let thing = things.trim_start_matches("a ");
    story.say(format!("The {thing} costs {}.", dollars_of(price)));
    story.ask(format!("How many dollars is {name} still short?"));
    story.phase = "short";
    story.total = story.ledger.subtract(price, story.total)?;
    Some(())
}

fn weeks_to_go(story: &mut Story) -> Option<()> {
    (story.phase == "short").then_some(())?;
    let weekly: Vec<i64> =
        (3..=20).map(|dollars| 100 * dollars).filter(|cents| story.total.value % cents == 0).collect();
    let weekly = Quantity::given(story.dice.choose(&weekly)?);
    let they = story.person.they;
    story.say(format!("From now on {they} will save {} a week.", dollars_of(weekly)));
    story.ask(format!("How many more weeks will that take {}?", story.person.name));
    story.unit = Unit::Things;
    story.divide(weekly)
}

fn open_fair(story: &mut Story) -> Option<()> {
    story.unit = Unit::Cents;
    story.things = story.dice.pick(["lemonade", "apple cider", "iced tea", "hot chocolate"]);
    let (cups, price) = (story.given(24, 90), story.price(1, 3));
    let (name, friend, things) = (story.person.name, story.friend.name, story.things);
    story.say(format!(
        "At the village fair, {name} and {friend} sell {} cups of {things} for {} a cup.",
        cups.value,
        dollars_of(price)
    ));
    story.total = story.product(cups, price);
    story.ask("How many dollars do they take in?".to_owned());
    Some(())
}

fn second_drink(story: &mut Story) -> Option<()> {
    let (count, price) = (story.given(12, 40), story.price(2, 4));
    let what = story.dice.pick(["slices of plum cake", "waffles", "cheese sandwiches"]);
    story.say(format!("They also sell {} {what} at {} each.", count.value, dollars_of(price)));
    let more = story.product(count, price);
    story.add(more);
    Some(())
}

fn tips(story: &mut Story) -> Option<()> {
    let amount = story.price(5, 20);
    story.say(format!("Friendly visitors leave {} in the tip jar.", dollars_of(amount)));
    story.ask("How many dollars do they take in altogether?".to_owned());
    story.add(amount);
    Some(())
}

fn stall_fee(story: &mut Story) -> Option<()> {
    let fee = Quantity::given(100 * story.dice.between(12, 30));
    story.say(format!("Renting the stall costs {}.", dollars_of(fee)));
    story.ask("How many dollars do they keep?".to_owned());
    story.subtract(fee)
}

fn cups(story: &mut Story) -> Option<()> {
    let (packs, price) = (story.given(2, 6), story.price(2, 5));
    story.say(format!(
        "Beforehand they had bought {} packs of paper cups at {} a pack.",
        packs.value,
        dollars_of(price)
    ));
    story.ask("How many dollars of profit do they make?".to_owned());
    let spent = story.product(packs, price);
    story.subtract(spent)
}

fn split_profit(story: &mut Story) -> Option<()> {
    story.say("They divide the money equally between the two of them.".to_owned());
    story.ask(format!("How many dollars does {} get?", story.person.name));
    story.phase = "split";
    story.divide(Quantity::given(2))
}

fn gift_to_charity(story: &mut Story) -> Option<()> {
    (story.phase == "split").then_some(())?;
    let name = story.person.name;
    let share = story.dice.between(3, 5);
    let fraction = ["a third", "a quarter", "a fifth"][usize::try_from(share - 3).unwrap_or(0)];
    story.say(format!("{name} gives {fraction} of this share to the animal shelter."));
    story.ask("How many dollars does the animal shelter receive?".to_owned());
    story.divide(Quantity::given(share))
}
