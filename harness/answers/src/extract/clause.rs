//! Reading the answer from the words that follow an announcement.

use super::ending;
use super::formula::{leading_formula, opens_formula, result};
use super::prose;
use super::scan::{clean, count, first_bytes, strip_whole_word};
use super::surface::{is_picture, leading_items, list_item, without_pictures, without_tags};
use crate::Answer;

/// How much is looked at after an announcement.
pub(super) const LONGEST: usize = 2_000;
/// Longest answer that is taken as text where it is not understood.
const LONGEST_TEXT: usize = 200;
/// Most words of an answer that is nothing but words.
const MOST_WORDS: usize = 6;

/// Words between an announcement and the answer.
const FILLERS: [&str; 32] = [
    "definitely",
    "certainly",
    "surely",
    "obviously",
    "indeed",
    "of course",
    "in fact",
    "therefore",
    "thus",
    "then",
    "simply",
    "just",
    "also",
    "again",
    "still",
    "now",
    "hence",
    "exactly",
    "approximately",
    "about",
    "roughly",
    "equal to",
    "given by",
    "as follows",
    "the following",
    "option",
    "choice",
    "letter",
    "actually",
    "really",
    "that",
    "clearly",
];

/// First words of what is said about an answer without giving it.
const ABOUT: [&str; 52] = [
    "determined",
    "calculated",
    "computed",
    "given",
    "written",
    "expressed",
    "provided",
    "stated",
    "presented",
    "shown",
    "rounded",
    "checked",
    "left",
    "simplified",
    "line",
    "already",
    "valid",
    "different",
    "not",
    "correct",
    "right",
    "wrong",
    "incorrect",
    "clear",
    "unique",
    "known",
    "reasonable",
    "consistent",
    "verified",
    "in",
    "as",
    "whether",
    "what",
    "where",
    "when",
    "likely",
    "probably",
    "obvious",
    "supposed",
    "expected",
    "required",
    "needed",
    "to",
    "because",
    "based",
    "obtained",
    "found",
    "confirmed",
    "going",
    "being",
    "simple",
    "unclear",
];

/// Where an explanation surely starts.
const REASONS: [&str; 6] = [" because", " since ", " as ", " so ", " which", " where "];
/// Where one may start: a list or a condition may go on there, too.
const CUES: [&str; 11] = [" when ", " for ", " if ", " by ", " after ", ", ", " (", " – ", " — ", " - ", ": "];

/// An answer, and whether all that was said is in it, and not the number alone that stands in it.
pub(super) struct Said {
    pub(super) answer: Answer,
    pub(super) is_whole: bool,
}

impl Said {
    fn whole(answer: Answer) -> Self {
        let is_whole = answer.is_understood();
        Self { answer, is_whole }
    }
}

/// The answer at the start of what follows an announcement. With `guess` it is taken even where the text was cut off in it.
pub(super) fn read(announced: &str, guess: bool) -> Option<Said> {
    let (rest, is_that) = without_fillers(announced);
    // A list begins on a line of its own: in "the answer is 5. The …" the number is none of its marks.
    let lead = &announced[..announced.len() - rest.len()];
    count(LONGEST.min(rest.len()));
    let plain = without_tags(first_bytes(rest, LONGEST));
    let mut window = without_leading_mark(&plain, lead);
    if lead.contains('\n') {
        if let Some(answer) = listed(window) {
            return Some(Said::whole(answer));
        }
        window = list_item(window).map_or(window, |item| &window[item.as_ptr().addr() - window.as_ptr().addr()..]);
    }
    match leading_formula(window) {
        Some((content, end)) => {
            let after = window[end..].trim_start_matches(['*', '_', ' ']);
            let after = after.trim_start_matches(is_picture);
            let is_alone = after.is_empty() || after.starts_with(['\n', '.', ',', ';', '!', ')']);
            if is_alone && !goes_on_as_list(after) {
                return Some(Said::whole(Answer::parse(result(content))));
            }
        }
        // A formula that is set apart and never ends.
        None if !guess && ["$$", "\\[", "\\("].iter().any(|open| window.starts_with(open)) => return None,
        None => {}
    }
    let line = window.split('\n').next().unwrap_or_default();
    let is_last = sentence(line).len() == line.len() && window[line.len()..].trim_start().is_empty();
    if !guess && is_last && ending::is_cut(line) {
        return None;
    }
    // What a box with nothing in it follows was the answer.
    let line = up_to_any(line, &["\\boxed", "\\fbox"]).unwrap_or(line);
    let said = clean(without_pictures(sentence(line)));
    if is_that && let Some(number) = in_prose(said) {
        return Some(Said { answer: Answer::parse(number), is_whole: false });
    }
    emphasised(line)
        .map(|text| Answer::parse(result(text)))
        .filter(Answer::is_understood)
        .map(Said::whole)
        .or_else(|| in_sentence(said))
}

/// What a box holds: an answer, or a sentence with one number in it.
pub(super) fn boxed(content: &str) -> Answer {
    let whole = Answer::parse(content);
    if whole.is_understood() || content.len() > LONGEST {
        return whole;
    }
    let plain = without_text_commands(content);
    let said = clean(sentence(&plain));
    let is_long = |word: &&str| word.len() > 2 && word.bytes().all(|byte| byte.is_ascii_alphabetic());
    let has_verb = super::last::tail(said).len() < said.len();
    if said.split_whitespace().filter(is_long).count() < 2 || !has_verb && !said.starts_with(char::is_uppercase) {
        return whole;
    }
    let rest = said.get(said.len() - super::last::tail(said).len()..).map(clean).unwrap_or_default();
    let at_end = Answer::parse(result(rest));
    if rest.len() < said.len() && at_end.is_understood() && !at_end.mixes_words() && !is_words(rest) {
        return at_end;
    }
    match prose::runs(said).as_slice() {
        [only] => prose::answer(only).unwrap_or(whole),
        _ => whole,
    }
}

/// `\text{He makes } \$18` as plain text.
fn without_text_commands(content: &str) -> String {
    const COMMANDS: [&str; 6] = ["\\text{", "\\mbox{", "\\textbf{", "\\mathrm{", "\\textrm{", "\\mathbf{"];
    let mut plain = content.to_owned();
    for command in COMMANDS {
        while let Some(at) = plain.find(command) {
            let inner = at + command.len();
            let Some(end) = plain[inner..].find('}') else { break };
            plain = [&plain[..at], &plain[inner..inner + end], &plain[inner + end + 1..]].concat();
        }
    }
    plain.replace("\\$", "$").replace("\\ ", " ")
}

/// The items of a list behind an announcement, several of them.
fn listed(window: &str) -> Option<Answer> {
    let items = leading_items(window);
    if items.len() < 2 {
        return None;
    }
    let items: Vec<&str> = items.iter().map(|item| clean(sentence(item))).collect();
    let all = Answer::parse(&items.join(", "));
    all.is_understood().then_some(all)
}

/// Behind an announcement a dash that stands by itself is no sign.
fn without_leading_mark<'t>(text: &'t str, lead: &str) -> &'t str {
    let is_set_apart = lead.contains([':', '：']);
    match text.strip_prefix(['-', '–', '—']) {
        Some(rest) if is_set_apart && rest.starts_with(' ') && leading_items(text).len() < 2 => rest.trim_start(),
        _ => text,
    }
}

/// Without the colons, emphasis and small words that lead to an answer, and whether the last of these was "that".
fn without_fillers(text: &str) -> (&str, bool) {
    let is_item = |text: &str| text.starts_with("* ");
    let around = |c: char| {
        c.is_whitespace()
            || is_picture(c)
            || matches!(c, ':' | '：' | ',' | '*' | '_' | '`' | '"' | '“' | '‘' | '«' | '>' | '=')
    };
    let start = text.trim_start();
    if is_item(start.trim_start_matches([':', '：']).trim_start()) {
        return (start.trim_start_matches([':', '：']).trim_start(), false);
    }
    let mut rest = text.trim_start_matches(around);
    let mut is_that = false;
    while let Some((word, after)) = FILLERS.iter().find_map(|word| Some((word, strip_whole_word(rest, word)?))) {
        is_that = *word == "that";
        rest = after.trim_start_matches(around);
    }
    (rest, is_that)
}

/// What `**…**` emphasises at the start of a line; the opening mark is gone already.
fn emphasised(line: &str) -> Option<&str> {
    let end = line.find("**")?;
    let text = clean(sentence(&line[..end]));
    (!line[..end].ends_with(' ') && !text.is_empty()).then_some(text)
}

/// Whether another formula follows after a comma, "and" or "or".
fn goes_on_as_list(after: &str) -> bool {
    let rest = after.trim_start_matches([',', ';']).trim_start();
    let rest = ["and", "or"].iter().find_map(|word| strip_whole_word(rest, word)).unwrap_or(rest);
    rest.len() < after.len() && opens_formula(rest.trim_start())
}

/// A line up to the end of its first sentence.
pub(super) fn sentence(line: &str) -> &str {
    let ends = |&(at, mark): &(usize, &str)| {
        let rest = &line[at + 1..];
        let next = rest.trim_start();
        // `5! = 120` goes on.
        let is_end = |c: char| c.is_uppercase() || is_picture(c);
        rest.is_empty() || rest.len() > next.len() && (mark != "!" || next.starts_with(is_end))
    };
    line.match_indices(['.', '!', '?']).find(ends).map_or(line, |(at, _)| &line[..at])
}

/// The answer in the sentence that announces it, cleaned.
fn in_sentence(sentence: &str) -> Option<Said> {
    // "5 because …": the number is the answer, the prose is not.
    let sentence = without_remark(up_to_any(sentence, &REASONS).map_or(sentence, clean));
    let first = sentence.split(' ').next().unwrap_or_default();
    if sentence.is_empty()
        || ABOUT.iter().any(|word| word.eq_ignore_ascii_case(first.trim_end_matches([',', ':', '.'])))
    {
        return None;
    }
    if let Some(letter) = lettered(sentence) {
        return Some(Said::whole(Answer::parse(letter)));
    }
    if is_words(sentence) {
        return words(sentence).map(Said::whole);
    }
    let read = |text: &str| Some(Answer::parse(result(text))).filter(is_sound);
    if let Some(whole) = read(sentence).or_else(|| read(&without_remarks(sentence))) {
        return Some(Said::whole(whole));
    }
    if let Some(part) = up_to_cue(sentence) {
        let answer = if is_words(part) { words(part) } else { read(part) };
        if let Some(answer) = answer.filter(Answer::is_understood) {
            return Some(Said::whole(answer));
        }
    }
    if let Some((content, end)) = leading_formula(sentence)
        && prose::said_around(sentence, 0, end).is_none()
    {
        return Some(Said { answer: Answer::parse(result(content)), is_whole: false });
    }
    match in_prose(sentence) {
        Some(number) => Some(Said { answer: Answer::parse(number), is_whole: false }),
        None => {
            let is_short = sentence.len() <= LONGEST_TEXT;
            is_short.then(|| Said { answer: Answer::parse(result(sentence)), is_whole: false })
        }
    }
}

/// Whether an answer is understood, and is no list of numbers and words: `15, in all` is 15.
fn is_sound(answer: &Answer) -> bool {
    answer.is_understood() && !answer.mixes_words()
}

/// A sentence up to where something else may begin; not where a number follows, which belongs to it.
fn up_to_cue(sentence: &str) -> Option<&str> {
    let at = CUES.iter().filter_map(|cue| Some((sentence.find(cue)?, cue.len()))).min()?;
    let behind = &sentence[at.0 + at.1..];
    let goes_on = behind.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '$' | '\\' | '-' | '('));
    Some(clean(&sentence[..at.0])).filter(|part| !part.is_empty() && !goes_on)
}

/// Without words in parentheses, wherever they stand: `8 (total) - 6 (initial)`.
fn without_remarks(sentence: &str) -> String {
    let mut plain = String::with_capacity(sentence.len());
    let mut rest = sentence;
    while let Some(at) = rest.find(" (") {
        let end = rest[at..].find(')').map(|end| at + end);
        match end.filter(|end| is_words(&rest[at + 2..*end]) && !rest[at + 2..*end].starts_with("mod")) {
            Some(end) => {
                plain.push_str(&rest[..at]);
                rest = &rest[end + 1..];
            }
            None => {
                plain.push_str(&rest[..at + 2]);
                rest = &rest[at + 2..];
            }
        }
    }
    plain.push_str(rest);
    plain
}

/// Without words in parentheses at the end, but for `(mod 7)`.
fn without_remark(sentence: &str) -> &str {
    let Some(at) = sentence.strip_suffix(')').and_then(|text| text.rfind(" (")) else {
        return sentence;
    };
    let words = &sentence[at + 2..sentence.len() - 1];
    let is_remark = is_words(words.split(' ').next().unwrap_or_default()) && !words.starts_with("mod");
    if is_remark { clean(&sentence[..at]) } else { sentence }
}

/// A text up to the first of some marks.
fn up_to_any<'t>(text: &'t str, marks: &[&str]) -> Option<&'t str> {
    marks.iter().filter_map(|mark| text.find(mark)).min().map(|at| &text[..at])
}

/// The first number of a sentence of several words, where no word beside it makes mathematics of it.
fn in_prose(sentence: &str) -> Option<&str> {
    let words = sentence.split_whitespace().filter(|word| word.bytes().all(|byte| byte.is_ascii_alphabetic())).count();
    let first = prose::runs(sentence).first().copied().filter(|run| words > 1 && !run.is_part)?;
    let amount = first.text.strip_prefix('$').unwrap_or(first.text);
    Answer::parse(result(amount)).is_understood().then_some(amount)
}

/// The choice in `(B) 5`, `B) 5` and `B: 5`.
fn lettered(sentence: &str) -> Option<&str> {
    let inner = sentence.strip_prefix('(').unwrap_or(sentence);
    let rest = inner.strip_prefix(|c: char| c.is_ascii_uppercase())?;
    let is_choice = rest.starts_with(") ") || inner.len() == sentence.len() && rest.starts_with(": ");
    is_choice.then(|| &inner[..1])
}

/// Nothing but words, and not only letters of a formula.
fn is_words(text: &str) -> bool {
    text.chars().all(|c| c.is_alphabetic() || c == ' ' || c == '-' || c == '\'' || c == '’')
        && text.split(' ').any(|word| word.chars().count() > 1)
}

/// An answer in words, if they are few.
fn words(text: &str) -> Option<Answer> {
    (!ending::is_unfinished(text) && text.split(' ').count() <= MOST_WORDS).then(|| Answer::parse(text))
}
