use markovscale_answers::{Answer, Policy, grade};
use std::time::Instant;
fn main() {
    let policy = Policy::default();
    for (a, b) in [("42","42"),("1234", "1,234"), ("42","43"), ("0.5", "\\frac12"), ("\\frac{3}{4}","3/4"), ("2\\sqrt{3}", "\\sqrt{12}"), ("(1,2)", "(1, 3)"), ("[0,1)", "[0,1]"), ("x^2+2x+1", "(x+1)^2"), ("2x+1","1+2x"), ("\\frac{x^2-1}{x-1}","x+1"), ("\\sqrt{3+2\\sqrt2}","1+\\sqrt2"),("\\text{east}","east")] {
        let n = 20000;
        let (mut best, mut pbest) = (f64::MAX, f64::MAX);
        for _ in 0..10 {
            let t = Instant::now();
            for _ in 0..n / 10 { std::hint::black_box(grade(&Answer::parse(std::hint::black_box(a)), &Answer::parse(std::hint::black_box(b)), &policy)); }
            best = best.min(t.elapsed().as_nanos() as f64 / (n / 10) as f64);
            let t = Instant::now();
            for _ in 0..n / 10 { std::hint::black_box(Answer::parse(std::hint::black_box(a))); }
            pbest = pbest.min(t.elapsed().as_nanos() as f64 / (n / 10) as f64);
        }
        println!("{a:25} {b:20} pair {best:8.0} ns   parse gold {pbest:8.0} ns");
    }
}
