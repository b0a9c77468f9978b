//! Holds the floors of `plan`: a room uses rooms below it, and no two files use each other in a circle.
//!
//! Arrows are read from the source: every `use crate::`, `use super::` and path in code. `pub use` is followed to the file
//! that has what it hands on, and is an arrow of its own file only where that uses it. Tests may use anything.

mod circles;
mod lexer;
mod plan;
mod source;

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use circles::circles;
use plan::{ANSWERS, BENCH, House, SCALING};
use source::{Module, Source};

fn source(house: &House) -> io::Result<Source> {
    Source::read(&Path::new(env!("CARGO_MANIFEST_DIR")).join(house.folder).join("src"))
}

/// The arrows that run up, or from room to room of one floor, and rooms without a floor.
fn up_arrows(house: &House, source: &Source) -> Vec<String> {
    let floor_of = |room: &str| house.floors.iter().position(|floor| floor.rooms.contains(&room));
    let rooms: BTreeSet<&str> = source.modules().map(|module| &*module[0]).collect();
    let homeless = rooms.iter().filter(|room| floor_of(room).is_none());
    let homeless = homeless.map(|room| format!("`{room}` has no floor: give it one in tests/floors/plan.rs"));
    let named = |floor: usize| format!("floor {floor} ({})", house.floors[floor].rooms.join(", "));
    let up = source.arrows().into_iter().filter_map(|arrow| {
        let (from, to) = (floor_of(&arrow.from[0])?, floor_of(&arrow.to[0])?);
        (arrow.from[0] != arrow.to[0] && to >= from).then(|| {
            format!(
                "{}: `{}` of {} uses `{}` of {}; move what both need below both",
                arrow.place,
                arrow.from[0],
                named(from),
                arrow.what,
                named(to)
            )
        })
    });
    homeless.chain(up).collect()
}

/// The circles between files that the house does not allow, each with its arrows.
fn forbidden_circles(house: &House, source: &Source) -> Vec<String> {
    let arrows: Vec<_> = source.arrows().into_iter().filter(|arrow| !arrow.handed_on).collect();
    let pairs: BTreeSet<(Module, Module)> = arrows.iter().map(|arrow| (arrow.from.clone(), arrow.to.clone())).collect();
    let allowed = |circle: &[Module]| {
        let named = |group: &[&str], file: &Module| group.iter().any(|entry| House::names(entry, &file.join("/")));
        let within = |group: &[&str]| circle.iter().all(|file| named(group, file));
        house.circles.iter().any(|(group, _)| within(group))
    };
    let forbidden = circles(&pairs).into_iter().filter(|circle| !allowed(circle));
    forbidden
        .map(|circle| {
            let within = arrows.iter().filter(|arrow| circle.contains(&arrow.from) && circle.contains(&arrow.to));
            let lines: Vec<String> = within.map(|arrow| format!("  {}: {}", arrow.place, arrow.what)).collect();
            let files: Vec<String> = circle.iter().map(|file| file.join("/")).collect();
            format!("a circle of {}:\n{}", files.join(", "), lines.join("\n"))
        })
        .collect()
}

fn holds(house: &House) -> io::Result<()> {
    let source = source(house)?;
    let wrong = [up_arrows(house, &source), forbidden_circles(house, &source)].concat();
    assert!(wrong.is_empty(), "{} faults:\n{}", wrong.len(), wrong.join("\n"));
    Ok(())
}

#[test]
fn bench_keeps_its_floors() -> io::Result<()> {
    holds(&BENCH)
}

#[test]
fn scaling_keeps_its_floors() -> io::Result<()> {
    holds(&SCALING)
}

#[test]
fn answers_keeps_its_floors() -> io::Result<()> {
    holds(&ANSWERS)
}

/// A list that allows what nobody needs any more, or that gives a room twice, says nothing.
#[test]
fn the_plan_is_no_longer_than_needed() -> io::Result<()> {
    for house in [BENCH, SCALING, ANSWERS] {
        for floor in house.floors {
            assert!(floor.answers.ends_with('?'), "{:?} answer no question", floor.rooms);
        }
        let rooms: Vec<&str> = house.floors.iter().flat_map(|floor| floor.rooms).copied().collect();
        let there: BTreeSet<&str> = rooms.iter().copied().collect();
        assert_eq!(there.len(), rooms.len(), "a room of {} stands on two floors", house.folder);
        let source = source(&house)?;
        for room in there {
            assert!(source.modules().any(|module| module[0] == room), "{} has no `{room}`", house.folder);
        }
        let pairs = source.arrows().into_iter().filter(|arrow| !arrow.handed_on).map(|arrow| (arrow.from, arrow.to));
        let found = circles(&pairs.collect());
        for (group, reason) in house.circles {
            let needed: BTreeSet<String> = found.iter().flatten().map(|file| file.join("/")).collect();
            let unneeded: Vec<_> =
                group.iter().filter(|entry| !needed.iter().any(|file| House::names(entry, file))).collect();
            assert!(unneeded.is_empty(), "{}: {unneeded:?} stand in no circle any more ({reason})", house.folder);
        }
    }
    Ok(())
}

mod can_fail {
    use super::plan::Floor;
    use super::*;

    const HOUSE: House = House {
        folder: "",
        floors: &[
            Floor { rooms: &["ground"], answers: "?" },
            Floor { rooms: &["left", "right"], answers: "?" },
            Floor { rooms: &["top"], answers: "?" },
        ],
        circles: &[(&["top/a", "top/b"], "a grammar")],
    };

    fn ups(files: &[(&str, &str)]) -> Vec<String> {
        up_arrows(&HOUSE, &Source::of(files.iter().copied()))
    }

    #[test]
    fn an_arrow_up_is_named_with_its_file_line_and_floors() {
        let lib = ("src/lib.rs", "mod ground; mod left; mod right; mod top;");
        let found = ups(&[
            lib,
            ("src/ground.rs", "//! Words.\n\nuse std::fmt;\nuse crate::{left::Thing, ground::Own};\n"),
            ("src/left/mod.rs", "mod deep; pub use deep::Thing;"),
            ("src/left/deep.rs", "use super::super::top;\nfn f() {\n    crate::right::g();\n}"),
            ("src/right.rs", "use crate::ground::Own;"),
            ("src/top.rs", "use crate::{ground, left, right};"),
        ]);
        assert_eq!(
            found,
            [
                "src/ground.rs:4: `ground` of floor 0 (ground) uses `crate::left::Thing` of floor 1 (left, right); move \
                 what both need below both",
                "src/left/deep.rs:1: `left` of floor 1 (left, right) uses `crate::top` of floor 2 (top); move what both \
                 need below both",
                "src/left/deep.rs:3: `left` of floor 1 (left, right) uses `crate::right::g` of floor 1 (left, right); move \
                 what both need below both",
            ]
        );
    }

    #[test]
    fn what_only_looks_like_an_arrow_is_none() {
        let found = ups(&[
            (
                "src/ground.rs",
                r####"
                // use crate::top;
                /* crate::top::x() /* nested */ crate::top */
                const TEXT: &str = "crate::top::x";
                const RAW: &str = r#"crate::top "quoted" "#;
                const LETTER: char = '"';
                fn f<'a>(text: &'a str) -> char { let _ = crate::ground::g(); '\'' }
                pub(in crate::top) fn g() {}
                #[cfg(test)]
                use crate::top::{a, b};
                #[cfg(test)]
                mod tests { use crate::top::Everything; }
                #[cfg(test)]
                mod by_brute_force;
                "####,
            ),
            ("src/ground/by_brute_force.rs", "use crate::top;"),
            ("src/ground/by_brute_force/cases.rs", "use crate::top;"),
            ("src/top.rs", ""),
        ]);
        assert_eq!(found, [""; 0]);
        // But code behind another condition counts.
        let found = ups(&[("src/ground.rs", "#[cfg(not(test))] use crate::top;"), ("src/top.rs", "")]);
        assert_eq!(found.len(), 1);
    }

    #[test]
    fn a_room_without_a_floor_is_named() {
        let found = ups(&[("src/attic.rs", "")]);
        assert_eq!(found, ["`attic` has no floor: give it one in tests/floors/plan.rs"]);
    }

    #[test]
    fn a_circle_is_found_through_what_a_module_hands_on() {
        let files = [
            ("src/left/mod.rs", "mod one; mod two; pub use one::One; pub use two::two;"),
            ("src/left/one.rs", "use super::two;\npub struct One;"),
            ("src/left/two.rs", "use super::One;\npub fn two() {}"),
            // Allowed: a group of the plan.
            ("src/top/a.rs", "use super::b;"),
            ("src/top/b.rs", "use super::a;"),
        ];
        let found = forbidden_circles(&HOUSE, &Source::of(files));
        assert_eq!(
            found,
            [
                "a circle of left/one, left/two:\n  src/left/one.rs:1: crate::left::two\n  src/left/two.rs:1: crate::left::One"
            ]
        );
    }

    #[test]
    fn a_module_that_uses_what_it_hands_on_is_part_of_the_circle() {
        let child = ("src/left/one.rs", "use super::Kind;\npub struct One(Kind);");
        let only_hands_on = Source::of([("src/left/mod.rs", "mod one;\npub use one::One;\npub struct Kind;"), child]);
        assert_eq!(forbidden_circles(&HOUSE, &only_hands_on), [""; 0]);
        let uses = "mod one;\npub use one::One;\npub struct Kind;\nfn f() -> One { todo!() }";
        assert_eq!(forbidden_circles(&HOUSE, &Source::of([("src/left/mod.rs", uses), child])).len(), 1);
        let calls = "mod one;\npub struct Kind;\nfn f() { one::g() }";
        assert_eq!(forbidden_circles(&HOUSE, &Source::of([("src/left/mod.rs", calls), child])).len(), 1);
    }
}
