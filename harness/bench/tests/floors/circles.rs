//! Files that use each other in a circle.

use std::collections::{BTreeMap, BTreeSet};

use crate::source::Module;

/// The circles of a graph, as the strongly connected groups of more than one file; each group and all of them in order.
pub(crate) fn circles(arrows: &BTreeSet<(Module, Module)>) -> Vec<Vec<Module>> {
    let mut search = Search::default();
    for (from, to) in arrows {
        search.targets.entry(from).or_default().push(to);
    }
    for (from, _) in arrows {
        search.visit(from);
    }
    search.found.sort();
    search.found
}

/// Tarjan's search.
#[derive(Default)]
struct Search<'a> {
    targets: BTreeMap<&'a Module, Vec<&'a Module>>,
    /// When a file was first visited, and the earliest file that it reaches.
    reached: BTreeMap<&'a Module, (usize, usize)>,
    open: Vec<&'a Module>,
    found: Vec<Vec<Module>>,
}

impl<'a> Search<'a> {
    fn visit(&mut self, file: &'a Module) -> usize {
        if let Some((at, earliest)) = self.reached.get(file) {
            return if self.open.contains(&file) { *earliest.min(at) } else { usize::MAX };
        }
        let at = self.reached.len();
        self.reached.insert(file, (at, at));
        self.open.push(file);
        let mut earliest = at;
        for target in self.targets.get(file).cloned().unwrap_or_default() {
            earliest = earliest.min(self.visit(target));
        }
        self.reached.insert(file, (at, earliest));
        if earliest == at {
            let start = self.open.iter().position(|other| *other == file).unwrap_or_default();
            let mut group: Vec<Module> = self.open.drain(start..).cloned().collect();
            if group.len() > 1 {
                group.sort();
                self.found.push(group);
            }
        }
        earliest
    }
}
