//! Stories about things that come, go and are shared out.

use super::ledger::Quantity;
use super::telling::{Family, Story, dollars_of, stage};

pub(super) const STICKERS: Family = Family {
    name: "stickers",
    open: open_collection,
    stages: &[
        stage(1, find_some),
        stage(2, buy_packs),
        stage(1, give_some),
        stage(1, double),
        stage(2, third_for_a_friend),
        stage(1, find_some),
        stage(1, halve),
        stage(1, give_some),
        stage(1, pages),
    ],
};

pub(super) const BAKERY: Family = Family {
    name: "bakery",
    open: open_bakery,
    stages: &[
        stage(2, second_bake),
        stage(1, burnt),
        stage(1, regulars),
        stage(2, cafes),
        stage(1, bags),
        stage(1, sell),
        stage(1, flour_cost),
    ],
};

pub(super) const HONEY: Family = Family {
    name: "honey",
    open: open_honey,
    stages: &[
        stage(2, orchard_hives),
        stage(1, cracked),
        stage(1, presents),
        stage(1, last_year),
        stage(1, crates),
        stage(1, sell),
        stage(1, frames),
    ],
};

fn open_collection(story: &mut Story) -> Option<()> {
    story.things = story.dice.pick(["stickers", "marbles", "seashells", "postcards", "stamps", "trading cards"]);
    story.total = story.given(24, 90);
    let (name, n, things) = (story.person.name, story.total.value, story.things);
    let opening = match story.dice.below(3) {
        0 => format!("On Monday, {name} has {n} {things}."),
        1 => format!("{name} collects {things}. On Monday there are {n} {things} in the collection."),
        _ => format!("At the start of the week, {name} counts {n} {things} in a shoebox."),
    };
    story.say(opening);
    story.ask(format!("How many {things} does {name} have in the end?"));
    Some(())
}

fn find_some(story: &mut Story) -> Option<()> {
    let day = story.next_day()?;
    let (they, friend) = (story.person.they, story.friend.name);
    let n = story.given(5, 40);
    let sentence = match story.dice.below(3) {
        0 => format!("{day}, {they} finds {} more at a flea market.", n.value),
        1 => format!("{day}, {they} gets {} from {friend}.", n.value),
        _ => format!("{day}, a parcel with another {} arrives.", n.value),
    };
    story.say(sentence);
    story.add(n);
    Some(())
}

fn buy_packs(story: &mut Story) -> Option<()> {
    let day = story.next_day()?;
    let (packs, each) = (story.given(2, 9), story.given(4, 15));
    let (they, things) = (story.person.they, story.things);
    let sentence = match story.dice.below(2) {
        0 => format!("{day}, {they} buys {} bags with {} {things} in each.", packs.value, each.value),
        _ => format!("{day}, {they} wins {} boxes that hold {} {things} apiece.", packs.value, each.value),
    };
    story.say(sentence);
    let bought = story.product(packs, each);
    story.add(bought);
    Some(())
}

fn give_some(story: &mut Story) -> Option<()> {
    let day = story.next_day()?;
    let n = story.part()?;
    let (they, friend, things) = (story.person.they, story.friend.name, story.things);
    let sentence = match story.dice.below(3) {
        0 => format!("{day}, {they} gives {} {things} to {friend}.", n.value),
        1 => format!("{day}, {they} sells {} of them to a neighbor.", n.value),
        _ => format!("{day}, {they} swaps {} {things} for a book.", n.value),
    };
    story.say(sentence);
    story.subtract(n)
}

fn double(story: &mut Story) -> Option<()> {
    let day = story.next_day()?;
    let (their, things) = (story.person.their, story.things);
    let factor = Quantity::given(story.dice.between(2, 3));
    let word = if factor.value == 2 { "doubles" } else { "triples" };
    story.say(format!("{day}, a gift from {their} grandmother {word} the number of {things}."));
    story.multiply(factor);
    Some(())
}

fn halve(story: &mut Story) -> Option<()> {
    let day = story.next_day()?;
    let (they, friend, things) = (story.person.they, story.friend.name, story.things);
    let sentence = match story.dice.below(2) {
        0 => format!("{day}, {they} lets {friend} take half of the {things}."),
        _ => format!("{day}, {they} donates half of the {things} to the school."),
    };
    story.say(sentence);
    story.divide(Quantity::given(2))
}

fn third_for_a_friend(story: &mut Story) -> Option<()> {
    let day = story.next_day()?;
    let (they, friend, things) = (story.person.they, story.friend.name, story.things);
    let (fraction, divisor) = story.dice.pick([("a third", 3), ("a quarter", 4)]);
    story.say(format!("{day}, {they} mails {fraction} of all the {things} to {friend}."));
    let sent = story.ledger.divide(story.total, Quantity::given(divisor))?;
    story.subtract(sent)
}

fn pages(story: &mut Story) -> Option<()> {
    let things = story.things;
    let shares = story.divisor(3, 12)?;
    let (they, n) = (story.person.they, shares.value);
    story.say(format!("Finally, {they} spreads all of them evenly over {n} trays."));
    story.ask(format!("How many {things} are on each tray?"));
    story.divide(shares)
}

fn open_bakery(story: &mut Story) -> Option<()> {
    story.things = story.dice.pick(["rolls", "muffins", "pretzels", "bagels", "scones"]);
    let (trays, each) = (story.given(4, 12), story.given(8, 24));
    let (name, things) = (story.person.name, story.things);
    let opening = match story.dice.below(2) {
        0 => format!("{name} bakes {} trays of {} {things} before sunrise.", trays.value, each.value),
        _ => {
            format!("In {name}'s bakery, {} trays with {} {things} each come out of the oven.", trays.value, each.value)
        }
    };
    story.say(opening);
    story.total = story.product(trays, each);
    story.ask(format!("How many {things} are left?"));
    Some(())
}

fn second_bake(story: &mut Story) -> Option<()> {
    let (trays, each) = (story.given(2, 6), story.given(6, 18));
    story.say(format!("A second batch adds {} smaller trays of {}.", trays.value, each.value));
    story.ask(format!("How many {} have been baked in all?", story.things));
    let more = story.product(trays, each);
    story.add(more);
    Some(())
}

fn burnt(story: &mut Story) -> Option<()> {
    let n = story.given(3, 19);
    let sentence = match story.dice.below(2) {
        0 => format!("Of all the {}, {} are burnt and thrown away.", story.things, n.value),
        _ => format!("A trainee drops {} {}, which go to the birds.", n.value, story.things),
    };
    story.say(sentence);
    story.ask(format!("How many {} are left?", story.things));
    story.subtract(n)
}

fn regulars(story: &mut Story) -> Option<()> {
    let n = story.given(8, 40);
    story.say(format!("Regular customers pick up {} {} that they had ordered.", n.value, story.things));
    story.ask(format!("How many {} are left?", story.things));
    story.subtract(n)
}

fn cafes(story: &mut Story) -> Option<()> {
    let (count, each) = (story.given(2, 5), story.given(6, 20));
    story.say(format!("Then {} cafes take {} {} each.", count.value, each.value, story.things));
    story.ask(format!("How many {} are left?", story.things));
    let taken = story.product(count, each);
    story.subtract(taken)
}

fn bags(story: &mut Story) -> Option<()> {
    let size = story.divisor(3, 12)?;
    story.say(format!("The {} are put into bags of {}.", story.things, size.value));
    story.ask("How many bags does that make?".to_owned());
    story.phase = "bag";
    story.divide(size)
}

/// Sells what there is: bags, crates or single things.
fn sell(story: &mut Story) -> Option<()> {
    let price = match story.phase {
        "crate" => story.price(22, 45),
        "bag" => story.price(3, 7),
        _ if story.things == "jars" => story.price(5, 9),
        _ => story.price(1, 2),
    };
    let what = match story.phase {
        "bag" => "bag",
        "crate" => "crate",
        _ => match story.things {
            "rolls" => "roll",
            "muffins" => "muffin",
            "pretzels" => "pretzel",
            "bagels" => "bagel",
            "scones" => "scone",
            _ => "jar",
        },
    };
    let name = story.person.name;
    story.say(format!("{name} sells every {what} for {}.", dollars_of(price)));
    story.ask(format!("How many dollars does {name} take in?"));
    story.phase = "sold";
    story.unit = super::telling::Unit::Cents;
    story.multiply(price);
    Some(())
}

fn flour_cost(story: &mut Story) -> Option<()> {
    spend(story, "The ingredients cost", 10, 60)
}

fn frames(story: &mut Story) -> Option<()> {
    spend(story, "New frames for the hives cost", 8, 40)
}

fn spend(story: &mut Story, what: &str, low: i64, high: i64) -> Option<()> {
    (story.phase == "sold").then_some(())?;
    let cost = story.price(low, high);
    story.say(format!("{what} {}.", dollars_of(cost)));
    story.ask(format!("How many dollars does {} have left after paying for that?", story.person.name));
    story.subtract(cost)
}

fn open_honey(story: &mut Story) -> Option<()> {
    story.things = "jars";
    let (hives, each) = (story.given(5, 18), story.given(4, 14));
    let name = story.person.name;
    let opening = match story.dice.below(2) {
        0 => format!("{name} keeps {} beehives, and each gives {} jars of honey this year.", hives.value, each.value),
        _ => format!("This summer, {name} fills {} jars of honey from every one of {} hives.", each.value, hives.value),
    };
    story.say(opening);
    story.total = story.product(hives, each);
    story.ask("How many jars of honey are there?".to_owned());
    Some(())
}

fn orchard_hives(story: &mut Story) -> Option<()> {
    let (hives, each) = (story.given(3, 9), story.given(3, 8));
    story.say(format!("Another {} hives in the orchard add {} jars apiece.", hives.value, each.value));
    story.ask("How many jars of honey are there in all?".to_owned());
    let more = story.product(hives, each);
    story.add(more);
    Some(())
}

fn cracked(story: &mut Story) -> Option<()> {
    let n = story.given(2, 9);
    story.say(format!("On the way to the cellar, {} jars break.", n.value));
    story.ask("How many jars are still whole?".to_owned());
    story.subtract(n)
}

fn presents(story: &mut Story) -> Option<()> {
    let n = story.given(4, 20);
    story.say(format!("As presents for friends, {} jars are set aside.", n.value));
    story.ask("How many jars remain?".to_owned());
    story.subtract(n)
}

fn last_year(story: &mut Story) -> Option<()> {
    let n = story.given(5, 25);
    story.say(format!("On a shelf there are also {} jars from last year.", n.value));
    story.ask("How many jars can be sold?".to_owned());
    story.add(n);
    Some(())
}

fn crates(story: &mut Story) -> Option<()> {
    let size = story.dice.pick([4, 6, 8, 9, 12]);
    story.say(format!("All these jars are packed into crates of {size}."));
    story.ask("How many crates are filled?".to_owned());
    story.phase = "crate";
    story.divide(Quantity::given(size))
}
