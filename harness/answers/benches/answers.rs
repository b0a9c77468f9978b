//! Criterion benchmarks of what runs once per draw or once per question: extraction, reading, comparing, classes.
//!
//! ```text
//! cargo bench -p markovscale-answers
//! ```
//!
//! Targets: a decided pair with both sides read in about a microsecond (plain numbers) or a few, 64 answers of one question
//! in classes under 50 microseconds, extraction over 1 GB/s on typical completions and 10 MB of hostile text in
//! tens of milliseconds. Every input is made here, by rule.

use std::fmt::Write;
use std::hint::black_box;
use std::time::Duration;

use criterion::{Criterion, SamplingMode, Throughput, criterion_group, criterion_main};
use markovscale_answers::{Answer, ExtractOptions, Policy, classes, equivalent, extract_answer, grade};

const PAIRS: [(&str, &str, &str); 12] = [
    ("integers", "1234", "1,234"),
    ("different integers", "1234", "1235"),
    ("fractions", "\\frac{3}{4}", "0.75"),
    ("radicals", "\\frac{1}{\\sqrt{2}}", "\\frac{\\sqrt{2}}{2}"),
    ("nested radicals", "\\sqrt{3+2\\sqrt{2}}", "1+\\sqrt{2}"),
    ("points", "\\left(3, \\frac{\\pi}{2}\\right)", "(3,\\pi/2)"),
    ("intervals", "[2,5) \\cup (7,\\infty)", "x \\in (7, \\infty) \\cup [2, 5)"),
    ("polynomials", "(x+1)^2(x-3)", "x^3-x^2-5x-3"),
    ("rational functions", "\\frac{x^2-1}{x-1}", "x+1"),
    ("functions", "\\log_2 8 + \\sin 30^\\circ", "\\frac{7}{2}"),
    ("units", "12\\text{ cm}", "12"),
    ("words", "\\text{east}", "East"),
];

fn pairs(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("parse one");
    for (name, gold, _) in PAIRS {
        group.bench_function(name, |bencher| bencher.iter(|| Answer::parse(black_box(gold))));
    }
    group.finish();
    let mut group = criterion.benchmark_group("compare, both read before");
    for (name, gold, answer) in PAIRS {
        let (gold, answer) = (Answer::parse(gold), Answer::parse(answer));
        group.bench_function(name, |bencher| bencher.iter(|| equivalent(black_box(&gold), black_box(&answer))));
    }
    group.finish();
    let mut group = criterion.benchmark_group("parse both and grade");
    for (name, gold, answer) in PAIRS {
        group.bench_function(name, |bencher| {
            let policy = Policy::default();
            bencher.iter(|| grade(&Answer::parse(black_box(gold)), &Answer::parse(black_box(answer)), &policy));
        });
    }
    group.finish();
}

/// 64 answers of twelve values, in the notations that models use side by side.
fn notations() -> Vec<String> {
    (0..64u32)
        .map(|n| {
            // Small values are frequent.
            let value = (n * n + 3 * n) % 23 / 2;
            match n % 5 {
                0 => format!("\\frac{{{value}}}{{7}}"),
                1 => format!("\\dfrac{{{}}}{{14}}", 2 * value),
                2 => format!("{value}/7"),
                3 => format!("x = \\frac{{{value}}}{{7}}"),
                _ => format!("\\frac{value}7"),
            }
        })
        .collect()
}

fn pools() -> [(&'static str, Vec<String>); 5] {
    [
        ("integers, 12 classes", (0..64u32).map(|n| ((n * n + 3 * n) % 23 / 2).to_string()).collect()),
        ("fractions in five notations, 12 classes", notations()),
        ("integers, all different", (100..164).map(|n| n.to_string()).collect()),
        ("radicals, all different", (2..66).map(|n| format!("{n}+\\sqrt{{{}}}", 2 * n + 1)).collect()),
        ("points, all different", (2..66).map(|n| format!("({n}, \\frac{{1}}{{{n}}})")).collect()),
    ]
}

fn pools_of_answers(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("classes of 64");
    for (name, texts) in pools() {
        let answers: Vec<Option<Answer>> = texts.iter().map(|text| Some(Answer::parse(text))).collect();
        group.bench_function(name, |bencher| bencher.iter(|| classes(black_box(&answers))));
        group.bench_function(format!("{name}, with reading them"), |bencher| {
            bencher.iter(|| {
                let read: Vec<Option<Answer>> =
                    black_box(&texts).iter().map(|text| Some(Answer::parse(text))).collect();
                classes(&read)
            });
        });
    }
    group.finish();
}

/// Prose with formulas, about as a model writes it, of about so many bytes.
fn reasoning(length: usize) -> String {
    let mut text = String::new();
    let mut step = 1u32;
    while text.len() < length {
        let _ = write!(
            text,
            "Step {step}: we substitute $x_{{{step}}} = \\frac{{{}}}{{{}}}$ into the equation, so that \\[ f(x) = x^2 - {step}x + \
             {} > 0 \\] holds for every value in the interval. Wait, let me double-check the sign before going on, because \
             it is easy to lose one here.\n\n",
            step + 1,
            2 * step + 1,
            step * step
        );
        step += 1;
    }
    text
}

fn extraction(criterion: &mut Criterion) {
    let body = reasoning(8_000);
    let long = reasoning(100_000);
    let texts = [
        ("box, 8 kB", format!("{body}Therefore the result is $\\boxed{{\\frac{{3}}{{4}}}}$.")),
        ("box after reasoning, 8 kB", format!("<think>\n{body}</think>\n\nIt is $\\boxed{{\\frac{{3}}{{4}}}}$.")),
        ("box after reasoning, 100 kB", format!("<think>\n{long}</think>\n\nIt is $\\boxed{{\\frac{{3}}{{4}}}}$.")),
        ("phrase, 8 kB", format!("{body}The answer is $\\frac{{3}}{{4}}$.")),
        ("hash mark, 8 kB", format!("{body}\n#### 1,234")),
        ("choice, 8 kB", format!("{body}\nSo option (C) is correct.")),
        ("last number, 8 kB", format!("{body}So there are 42 apples.")),
        ("cut off while reasoning, 8 kB", format!("<think>\n{body}")),
    ];
    let mut group = criterion.benchmark_group("extract");
    for (name, text) in &texts {
        group.throughput(Throughput::Bytes(text.len() as u64));
        group.bench_function(*name, |bencher| {
            bencher.iter(|| extract_answer(black_box(text), ExtractOptions::default()));
        });
    }
    group.finish();
}

fn hostile(criterion: &mut Criterion) {
    const LENGTH: usize = 10_000_000;
    let mut group = criterion.benchmark_group("extract from 10 MB");
    group.sample_size(10).sampling_mode(SamplingMode::Flat).measurement_time(Duration::from_secs(2));
    group.throughput(Throughput::Bytes(LENGTH as u64));
    for piece in [
        "{",
        "}",
        "{}",
        "\\boxed{",
        "\\boxed{}",
        "\\boxed ",
        "\\",
        "$",
        "$x$",
        ">",
        "<think>",
        "</think>",
        "the answer is ",
        "answer: 1 + ",
        "####",
        "#### a",
        "(A) ",
        "1",
        "1,",
        "\\(",
        "\n",
        "é",
    ] {
        let text = piece.repeat(LENGTH / piece.len());
        group.bench_function(piece.escape_debug().to_string(), |bencher| {
            bencher.iter(|| extract_answer(black_box(&text), ExtractOptions { guess_unfinished: true }));
        });
    }
    let nested = format!("{}{}", "\\boxed{".repeat(LENGTH / 8), "}".repeat(LENGTH / 8));
    group.bench_function("nested boxes", |bencher| {
        bencher.iter(|| extract_answer(black_box(&nested), ExtractOptions { guess_unfinished: true }));
    });
    group.finish();
}

criterion_group!(benches, pairs, pools_of_answers, extraction, hostile);
criterion_main!(benches);
