//! The page: title, panels in a grid, legend in a free cell or a strip below, footer.

use plotters::prelude::Color;
use plotters::style::text_anchor::{HPos, VPos};

use super::axis::{budget_axis, percent, token_axis};
use super::canvas::{Canvas, Stroke, Text, accessible, width};
use super::panel::{Panel, Place, margin};
use super::series::{FEW, Mark, Shown, marks, methods};
use super::style::{INK, QUIET};
use super::x_axis::XAxis;
use crate::report::caption::{provenance, questions};
use crate::report::context::ReportContext;
use crate::report::order::ordered;
use crate::report::text::grouped;
use crate::results::Outcome;

const PLOT_WIDTH: f64 = 340.0;
const PLOT_HEIGHT: f64 = 300.0;
const LEFT: f64 = 66.0;
const TOP: f64 = 46.0;
const BELOW: f64 = 62.0;
const EDGE: f64 = 24.0;
const HEAD: f64 = 62.0;
const LEGEND_LINE: f64 = 23.0;

/// The figure of one backbone as an SVG document.
pub(super) fn draw(
    outcomes: &[&Outcome],
    backbone: &str,
    x_axis: XAxis,
    context: &ReportContext,
) -> Result<String, String> {
    let shown = methods(outcomes, context);
    let panels = panels(outcomes, &shown, x_axis, context);
    let cell = (LEFT + PLOT_WIDTH + margin(&shown), TOP + PLOT_HEIGHT + BELOW);
    let columns = panels.len().clamp(1, 3);
    let rows = panels.len().div_ceil(columns);
    let legend = (shown.len() > FEW).then(|| Legend::new(&shown, cell, columns, rows, panels.len()));
    let strip = legend.as_ref().map_or(0.0, |legend| legend.strip);
    let title = format!("Run {}, {backbone}: accuracy against {}", context.run, x_axis.short());
    let unseen = match x_axis {
        XAxis::Cost(cost) => outcomes.iter().filter(|outcome| cost.of(outcome) <= 0.0).count(),
        XAxis::Budget => 0,
    };
    let footer = footer(&shown, unseen, context);
    let texts = [(title.as_str(), 19.0, true), (footer[0].as_str(), 12.0, false), (footer[1].as_str(), 12.0, false)];
    let needed = texts.iter().map(|(text, size, bold)| width(text, *size, *bold)).fold(0.0, f64::max);
    let page_width = (2.0 * EDGE + cell.0 * columns as f64).max(needed + 2.0 * EDGE + 8.0).ceil();
    let page_height = (HEAD + cell.1 * rows as f64 + strip + 58.0).ceil();

    let mut svg = String::new();
    let canvas = Canvas::new(&mut svg, page_width, page_height)?;
    let plain =
        Text { size: 12.0, bold: false, color: QUIET, horizontal: HPos::Left, vertical: VPos::Center, upright: false };
    canvas.text(&title, (EDGE, 32.0), Text { size: 19.0, bold: true, color: INK, ..plain })?;
    for (index, panel) in panels.iter().enumerate() {
        let left = EDGE + (index % columns) as f64 * cell.0 + LEFT;
        let top = HEAD + (index / columns) as f64 * cell.1 + TOP;
        panel.draw(&canvas, &Place { left, top, right: left + PLOT_WIDTH, bottom: top + PLOT_HEIGHT })?;
    }
    if let Some(legend) = &legend {
        legend.draw(&canvas, &shown)?;
    }
    canvas.text(&footer[0], (EDGE, page_height - 38.0), plain)?;
    canvas.text(&footer[1], (EDGE, page_height - 18.0), plain)?;
    canvas.finish()?;
    Ok(accessible(&svg, page_width, page_height, &title, &description(backbone, &panels, &shown, &footer)))
}

fn panels<'a>(outcomes: &[&Outcome], shown: &'a [Shown], x_axis: XAxis, context: &ReportContext) -> Vec<Panel<'a>> {
    let budgets: Vec<u32> = outcomes.iter().map(|outcome| outcome.budget).collect();
    let datasets = ordered(&context.datasets, outcomes.iter().map(|outcome| outcome.dataset.as_str()));
    let panel = |dataset: &String| {
        let marks: Vec<Vec<Mark>> = shown.iter().map(|shown| marks(outcomes, dataset, &shown.method, x_axis)).collect();
        // The axis covers what is drawn: every point, and the intervals that are shown.
        let few = shown.len() <= FEW;
        let ends = marks.iter().flat_map(|marks| {
            let last = marks.len().saturating_sub(1);
            marks.iter().enumerate().flat_map(move |(index, mark)| {
                if few || index == last { [mark.low.min(mark.y), mark.high.max(mark.y)] } else { [mark.y, mark.y] }
            })
        });
        let places = marks.iter().flatten().map(|mark| mark.x);
        let x = match x_axis {
            XAxis::Cost(_) => token_axis(places),
            XAxis::Budget => budget_axis(&budgets),
        };
        let title = format!("{dataset} (n = {})", questions(outcomes, dataset));
        Panel { title, horizontal_title: x_axis.title(), methods: shown, y: percent(ends), x, marks }
    };
    datasets.iter().map(panel).collect()
}

/// `unseen` outcomes have no place on a log axis; leaving them out in silence would mislead.
fn footer(shown: &[Shown], unseen: usize, context: &ReportContext) -> [String; 2] {
    let kind = if shown.len() <= FEW {
        "Bands:"
    } else {
        "Bands (one per kind of method) and bars (all, at the largest budget, in the legend's order):"
    };
    let intervals = format!(
        "{kind} 95 % bootstrap intervals over questions ({} resamples). Vertical axes differ and need not start at 0.",
        grouped(context.resamples)
    );
    let unseen = if unseen > 0 { format!(" Not shown: {unseen} outcomes that cost nothing.") } else { String::new() };
    [intervals, format!("n: questions; {}.{unseen}", provenance(context))]
}

fn description(backbone: &str, panels: &[Panel<'_>], shown: &[Shown], footer: &[String; 2]) -> String {
    let datasets: Vec<&str> = panels.iter().map(|panel| panel.title.as_str()).collect();
    let methods: Vec<&str> = shown.iter().map(|shown| shown.label.as_str()).collect();
    let [intervals, provenance] = footer;
    format!(
        "Backbone {backbone}. Panels: {}. Methods: {}. {intervals} {provenance}",
        datasets.join(", "),
        methods.join(", ")
    )
}

/// Where the legend lies and in how many columns.
struct Legend {
    left: f64,
    top: f64,
    columns: usize,
    step: f64,
    /// Height that it adds below the panels; 0 in a free cell.
    strip: f64,
}

impl Legend {
    fn new(shown: &[Shown], cell: (f64, f64), columns: usize, rows: usize, panels: usize) -> Self {
        let step = shown.iter().map(|shown| width(&shown.label, 13.0, false)).fold(0.0, f64::max) + 76.0;
        let (page, below) = (cell.0 * columns as f64, HEAD + rows as f64 * cell.1);
        let free = columns * rows > panels && shown.len() as f64 * LEGEND_LINE < cell.1 && step < cell.0;
        if free {
            let left = EDGE + (panels % columns) as f64 * cell.0 + LEFT;
            return Self { left, top: below - cell.1 + TOP, columns: 1, step, strip: 0.0 };
        }
        let columns = ((page / step).floor() as usize).clamp(1, shown.len().max(1));
        let strip = shown.len().div_ceil(columns) as f64 * LEGEND_LINE + 14.0;
        Self { left: EDGE + 10.0, top: below + 8.0, columns, step, strip }
    }

    fn draw(&self, canvas: &Canvas<'_>, shown: &[Shown]) -> Result<(), String> {
        let lines = shown.len().div_ceil(self.columns);
        for (index, method) in shown.iter().enumerate() {
            let x = self.left + (index / lines) as f64 * self.step;
            let y = self.top + (index % lines) as f64 * LEGEND_LINE;
            let look = method.look;
            canvas
                .line(&[(x, y), (x + 44.0, y)], Stroke { color: look.color.to_rgba(), width: 1.9, dash: look.dash })?;
            canvas.marker((x + 22.0, y), look.marker, look.color, look.hollow)?;
            let style = Text {
                size: 13.0,
                bold: false,
                color: INK,
                horizontal: HPos::Left,
                vertical: VPos::Center,
                upright: false,
            };
            canvas.text(&method.label, (x + 54.0, y), style)?;
        }
        Ok(())
    }
}
