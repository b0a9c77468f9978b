//! The files of a crate, and which of them uses what of which other.

use std::collections::BTreeMap;
use std::path::Path;

use crate::lexer::{Token, tokens};

/// A module that is a file, by its path below the crate: `["net", "stop"]`.
pub(crate) type Module = Vec<String>;

/// The files of a crate without its tests.
pub(crate) struct Source {
    files: BTreeMap<Module, File>,
}

struct File {
    /// As it is shown.
    path: String,
    tokens: Vec<Token>,
    /// What its names mean that are imported: their paths below the crate.
    imports: BTreeMap<String, Vec<String>>,
    uses: Vec<Use>,
}

/// A path in a file.
struct Use {
    line: usize,
    path: Vec<String>,
    /// The name under which `pub use` gives it to others.
    re_export: Option<String>,
}

/// One file uses something of another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Arrow {
    pub(crate) from: Module,
    pub(crate) to: Module,
    /// Where, as `src/net/stop.rs:7`.
    pub(crate) place: String,
    /// What, as `crate::backbone::Request`.
    pub(crate) what: String,
    /// Whether the file only hands it on (`pub use`) and does not use it itself.
    pub handed_on: bool,
}

impl Source {
    /// Reads the folder `src` of a crate.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub(crate) fn read(folder: &Path) -> std::io::Result<Self> {
        let mut texts = Vec::new();
        collect(folder, "src", &mut texts)?;
        Ok(Self::of(texts.iter().map(|(path, text)| (path.as_str(), text.as_str()))))
    }

    /// Of files that are given: paths such as `src/net/stop.rs`, and their texts.
    pub(crate) fn of<'a>(texts: impl IntoIterator<Item = (&'a str, &'a str)>) -> Self {
        let (mut files, mut tests) = (BTreeMap::new(), Vec::new());
        for (path, text) in texts {
            let Some(module) = module_of(path) else { continue };
            let (tokens, own_tests) = tokens(text);
            tests.extend(own_tests.into_iter().map(|name| [&module[..], &[name]].concat()));
            let file = File { path: path.to_owned(), tokens, imports: BTreeMap::new(), uses: Vec::new() };
            files.insert(module, file);
        }
        files.retain(|module: &Module, _| !tests.iter().any(|test| module.starts_with(test)));
        let modules: Vec<Module> = files.keys().cloned().collect();
        for (module, file) in &mut files {
            read_uses(module, file, &modules);
        }
        Self { files }
    }

    /// The modules, files of the crate's root left out.
    pub(crate) fn modules(&self) -> impl Iterator<Item = &Module> {
        self.files.keys().filter(|module| !module.is_empty())
    }

    /// Every arrow between two files, in the order of files and lines.
    pub(crate) fn arrows(&self) -> Vec<Arrow> {
        let mut arrows = Vec::new();
        for (module, file) in self.files.iter().filter(|(module, _)| !module.is_empty()) {
            for used in &file.uses {
                let to = self.home(&used.path, 0);
                if to == *module || to.is_empty() {
                    continue;
                }
                arrows.push(Arrow {
                    from: module.clone(),
                    to,
                    place: format!("{}:{}", file.path, used.line),
                    what: format!("crate::{}", used.path.join("::")),
                    handed_on: used.re_export.as_ref().is_some_and(|name| !file.uses_name(name)),
                });
            }
        }
        arrows
    }

    /// The file that has what a path names: `pub use` is followed to where it leads.
    fn home(&self, path: &[String], depth: usize) -> Module {
        let mut length = 0;
        while length < path.len() && self.files.contains_key(&path[..=length]) {
            length += 1;
        }
        let (module, rest) = path.split_at(length);
        let imported = rest.first().and_then(|name| self.files.get(module)?.imports.get(name));
        match imported {
            Some(target) if depth < 16 => {
                let through: Vec<String> = target.iter().chain(&rest[1..]).cloned().collect();
                self.home(&through, depth + 1)
            }
            _ => module.to_vec(),
        }
    }
}

impl File {
    /// Whether a name stands anywhere but in imports and declarations of modules: a type anywhere, a function where it is
    /// called.
    fn uses_name(&self, name: &str) -> bool {
        let is_type = name.starts_with(char::is_uppercase);
        let mut import = false;
        self.tokens.iter().enumerate().any(|(i, token)| {
            if token.is("use") || token.is(";") {
                import = token.is("use");
            }
            let before = i.checked_sub(1).map_or("", |i| &*self.tokens[i].text);
            let after = self.tokens.get(i + 1).map_or("", |token| &*token.text);
            !import && token.is(name) && !matches!(before, "::" | "." | "fn" | "mod") && (is_type || after == "(")
        })
    }
}

fn collect(folder: &Path, shown: &str, texts: &mut Vec<(String, String)>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
        let shown = format!("{shown}/{name}");
        if path.is_dir() {
            collect(&path, &shown, texts)?;
        } else if name.ends_with(".rs") {
            texts.push((shown, std::fs::read_to_string(&path)?));
        }
    }
    Ok(())
}

/// The module that a file is; `None` for the program's own `main`.
fn module_of(path: &str) -> Option<Module> {
    let mut module: Module = path.strip_prefix("src/")?.strip_suffix(".rs")?.split('/').map(str::to_owned).collect();
    if module == ["main"] {
        return None;
    }
    if module.last().is_some_and(|last| last == "mod") || module == ["lib"] {
        module.pop();
    }
    Some(module)
}

fn read_uses(module: &Module, file: &mut File, modules: &[Module]) {
    let child =
        |name: &str| modules.iter().any(|other| other.split_last().is_some_and(|(l, m)| l == name && m == module));
    let below = |path: &[String]| -> Option<Vec<String>> {
        let up = path.iter().take_while(|part| *part == "super").count();
        match path.first()?.as_str() {
            "crate" => Some(path[1..].to_vec()),
            "self" => Some([&module[..], &path[1..]].concat()),
            "super" => Some([module.get(..module.len().checked_sub(up)?)?, &path[up..]].concat()),
            name if child(name) => Some([&module[..], path].concat()),
            _ => None,
        }
    };
    let tokens = &file.tokens;
    let (mut paths, mut i) = (Vec::new(), 0);
    while i < tokens.len() {
        if tokens[i].is("use") {
            let public = public(tokens, i);
            let end = (i..tokens.len()).find(|j| tokens[*j].is(";")).unwrap_or(tokens.len());
            for (line, path, alias) in tree(&tokens[i + 1..end]) {
                let Some(path) = below(&path) else { continue };
                let name = alias.or_else(|| path.last().cloned()).unwrap_or_default();
                file.imports.insert(name.clone(), path.clone());
                file.uses.push(Use { line, path, re_export: public.then_some(name) });
            }
            i = end;
        } else {
            let after_path = i > 0 && (tokens[i - 1].is("::") || tokens[i - 1].is("."));
            if tokens[i].is("pub") && tokens.get(i + 1).is_some_and(|token| token.is("(")) {
                // `pub(in crate::net)` uses nothing.
                i = (i..tokens.len()).find(|j| tokens[*j].is(")")).unwrap_or(i);
            } else if tokens[i].is_name() && !after_path {
                let path = path_at(&tokens[i..]);
                let names = path.len();
                if names > 1 {
                    paths.push((tokens[i].line, path));
                    i += 2 * (names - 1);
                }
            }
            i += 1;
        }
    }
    for (line, path) in paths {
        let imported = file.imports.contains_key(&path[0]);
        if let Some(path) = below(&path).filter(|_| !imported) {
            file.uses.push(Use { line, path, re_export: None });
        }
    }
}

/// Whether the `use` at `i` has a `pub` before it, with or without a restriction.
fn public(tokens: &[Token], i: usize) -> bool {
    let before = &tokens[..i];
    match before.last() {
        Some(token) if token.is(")") => {
            before.iter().rposition(|token| token.is("(")).is_some_and(|open| open > 0 && tokens[open - 1].is("pub"))
        }
        Some(token) => token.is("pub"),
        None => false,
    }
}

/// The names of a path that begins here.
fn path_at(tokens: &[Token]) -> Vec<String> {
    let mut path = vec![tokens[0].text.clone()];
    let mut rest = &tokens[1..];
    while let [colons, name, tail @ ..] = rest {
        if !colons.is("::") || !name.is_name() {
            break;
        }
        path.push(name.text.clone());
        rest = tail;
    }
    path
}

/// The paths of an import with their lines, and the name that each gets.
fn tree(tokens: &[Token]) -> Vec<(usize, Vec<String>, Option<String>)> {
    let (mut prefix, mut i) = (Vec::new(), 0);
    let Some(line) = tokens.first().map(|token| token.line) else { return Vec::new() };
    while i < tokens.len() {
        match &*tokens[i].text {
            "{" => {
                let inner = branches(&tokens[i + 1..tokens.len().saturating_sub(1)]);
                let whole = |(line, mut path, alias): (usize, Vec<String>, Option<String>)| {
                    path.retain(|name| name != "self");
                    (line, [&prefix[..], &path].concat(), alias)
                };
                return inner.into_iter().flat_map(tree).map(whole).collect();
            }
            "as" => return vec![(line, prefix, tokens.get(i + 1).map(|token| token.text.clone()))],
            "self" if !prefix.is_empty() => {}
            "::" | "*" => {}
            name => prefix.push(name.to_owned()),
        }
        i += 1;
    }
    vec![(line, prefix, None)]
}

/// What commas separate, those within braces left alone.
fn branches(tokens: &[Token]) -> Vec<&[Token]> {
    let mut depth = 0;
    let outer = |token: &Token| {
        depth += i32::from(token.is("{")) - i32::from(token.is("}"));
        depth == 0 && token.is(",")
    };
    tokens.split(outer).filter(|branch| !branch.is_empty()).collect()
}
