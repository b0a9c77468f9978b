use std::fs;
use std::path::Path;

use clap::{CommandFactory, Parser};

use super::*;

#[derive(Parser)]
struct Program {
    #[command(subcommand)]
    command: Root,
}

#[derive(clap::Subcommand)]
enum Root {
    /// Question sets
    Dataset(Args),
}

fn run_line(line: &str) -> Result<(), CommandError> {
    let Root::Dataset(args) = Program::try_parse_from(line.split(' ')).expect("valid arguments").command;
    run(&args, &Printer::new(true))
}

fn message(error: &CommandError) -> String {
    match error {
        CommandError::Config(report) => report.to_string(),
        CommandError::Usage(message) => message.clone(),
        CommandError::Partly(text) => text.clone(),
        CommandError::Other(error) => error.to_string(),
    }
}

#[test]
fn every_help_ends_with_an_example() {
    let mut program = Program::command();
    program.build();
    let dataset = program.find_subcommand_mut("dataset").expect("the command");
    let names: Vec<String> = dataset.get_subcommands().map(|command| command.get_name().to_owned()).collect();
    assert_eq!(names, ["list", "show", "check", "pull", "help"]);
    for name in &names[..4] {
        let help = dataset.find_subcommand_mut(name).expect("it").render_long_help().to_string();
        let last = help.trim_end().lines().last().expect("lines");
        assert!(last.starts_with(&format!("  markovscale dataset {name}")), "{help}");
    }
}

#[test]
fn what_is_here_is_listed_shown_and_checked() {
    run_line("markovscale dataset list").expect("a list");
    run_line("markovscale dataset show algebra-and-counting --sample 300").expect("a set");
    run_line("markovscale dataset check arithmetic-stories algebra-and-counting").expect("good sets");
}

#[test]
fn errors_have_their_exit_codes() {
    for (line, code, expected) in [
        ("markovscale dataset show arithmetik-stories", 2, "did you mean `arithmetic-stories`?"),
        ("markovscale dataset show arithmetic-stories --sample 0", 2, "the questions 1 to 300"),
        ("markovscale dataset pull arithmetic-stories", 2, "nothing to pull"),
        ("markovscale dataset pull arithmetic-stories algebra-and-counting", 3, "nothing to pull"),
        ("markovscale dataset show aime24 --dataset-dir /no/such/folder", 2, "no such folder"),
    ] {
        let error = run_line(line).expect_err(line);
        assert_eq!(error.exit_code(), code, "{line}");
        assert!(message(&error).contains(expected), "{line}: {}", message(&error));
    }
}

#[test]
fn a_damaged_copy_fails_the_check_and_the_show() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("amc23.jsonl"), "{\"question\": \"\", \"answer\": 1}").expect("a file");
    let place = Path::display(folder.path());
    let error = run_line(&format!("markovscale dataset check amc23 --dataset-dir {place}")).expect_err("damaged");
    assert_eq!((error.exit_code(), message(&error).as_str()), (3, "amc23 has 1 problem"));
    let error = run_line(&format!("markovscale dataset show amc23 --dataset-dir {place}")).expect_err("damaged");
    assert_eq!(error.exit_code(), 1);
    assert!(
        message(&error).contains("amc23.jsonl: row 1, field `question`: found an empty text"),
        "{}",
        message(&error)
    );
}
