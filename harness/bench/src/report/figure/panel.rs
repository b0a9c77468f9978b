//! One dataset's panel: frame, grid, lines, and intervals as bands; of many methods, all in a strip at the right as well.

use plotters::prelude::Color;
use plotters::style::text_anchor::{HPos, VPos};

use super::axis::Axis;
use super::canvas::{Canvas, Point, Stroke, Text, width};
use super::series::{FEW, Mark, Shown};
use super::style::{GRID, INK, QUIET};

/// Width of one method's interval in the strip.
const INTERVAL: f64 = 8.5;
const TICK: f64 = 12.0;
/// The strip's heading.
const STRIP: &str = "at largest budget";
const STRIP_SIZE: f64 = 10.5;

/// Where a panel's parts lie, in pixels.
pub(super) struct Place {
    pub(super) left: f64,
    pub(super) top: f64,
    pub(super) right: f64,
    pub(super) bottom: f64,
}

/// All that one panel shows.
pub(super) struct Panel<'a> {
    pub(super) title: String,
    pub(super) horizontal_title: String,
    pub(super) methods: &'a [Shown],
    /// One list per method.
    pub(super) marks: Vec<Vec<Mark>>,
    pub(super) x: Axis,
    pub(super) y: Axis,
}

/// Space right of the lines: the labels of few methods, or the intervals of many.
pub(super) fn margin(methods: &[Shown]) -> f64 {
    if methods.len() <= FEW {
        let labels = methods.iter().map(|shown| width(&shown.label, TICK, false));
        labels.fold(0.0, f64::max) + 26.0
    } else {
        (methods.len() as f64 * INTERVAL).max(width(STRIP, STRIP_SIZE, false)) + 14.0
    }
}

impl Panel<'_> {
    pub(super) fn draw(&self, canvas: &Canvas<'_>, place: &Place) -> Result<(), String> {
        self.grid(canvas, place)?;
        let few = self.methods.len() <= FEW;
        self.bands(canvas, place, if few { 0.1 } else { 0.08 })?;
        // Bounds first, so that the methods under comparison lie on top of them.
        let order =
            |bound: bool| self.methods.iter().zip(&self.marks).filter(move |(shown, _)| shown.upper_bound == bound);
        for (shown, marks) in order(true).chain(order(false)) {
            let points: Vec<Point> = marks.iter().map(|mark| self.at(place, mark.x, mark.y)).collect();
            let color = shown.look.color.to_rgba();
            canvas.line(&points, Stroke { color, width: 1.9, dash: shown.look.dash })?;
            for point in points {
                canvas.marker(point, shown.look.marker, shown.look.color, shown.look.hollow)?;
            }
        }
        if few { self.labels(canvas, place) } else { self.intervals(canvas, place) }
    }

    fn at(&self, place: &Place, x: f64, y: f64) -> Point {
        let (across, up) = (self.x.share(x), self.y.share(y));
        (place.left + across * (place.right - place.left), place.bottom - up * (place.bottom - place.top))
    }

    fn grid(&self, canvas: &Canvas<'_>, place: &Place) -> Result<(), String> {
        let thin = Stroke { color: GRID.to_rgba(), width: 1.0, dash: None };
        let tick =
            |horizontal, vertical| Text { size: TICK, bold: false, color: QUIET, horizontal, vertical, upright: false };
        let height = place.bottom - place.top;
        for (value, label) in &self.y.ticks {
            let y = place.bottom - self.y.share(*value) * height;
            canvas.line(&[(place.left, y), (place.right, y)], thin)?;
            canvas.text(label, (place.left - 8.0, y), tick(HPos::Right, VPos::Center))?;
        }
        for (value, label) in &self.x.ticks {
            let x = place.left + self.x.share(*value) * (place.right - place.left);
            canvas.line(&[(x, place.top), (x, place.bottom)], thin)?;
            canvas.text(label, (x, place.bottom + 7.0), tick(HPos::Center, VPos::Top))?;
        }
        let axis = Stroke { color: QUIET.to_rgba(), width: 1.2, dash: None };
        canvas.line(&[(place.left, place.top), (place.left, place.bottom), (place.right, place.bottom)], axis)?;
        let title = Text { size: 15.0, bold: true, color: INK, ..tick(HPos::Left, VPos::Bottom) };
        canvas.text(&self.title, (place.left, place.top - 12.0), title)?;
        let centre = (place.left + place.right) / 2.0;
        canvas.text(&self.horizontal_title, (centre, place.bottom + 27.0), tick(HPos::Center, VPos::Top))?;
        // Rotated text keeps its anchor's vertical offset across, hence `Bottom` left of the tick labels.
        let upright = Text { upright: true, ..tick(HPos::Center, VPos::Bottom) };
        canvas.text("accuracy (%)", (place.left - 38.0, (place.top + place.bottom) / 2.0), upright)
    }

    fn bands(&self, canvas: &Canvas<'_>, place: &Place, opacity: f64) -> Result<(), String> {
        for (shown, marks) in self.methods.iter().zip(&self.marks).filter(|(shown, _)| shown.banded) {
            let upper = marks.iter().map(|mark| self.at(place, mark.x, mark.high));
            let lower = marks.iter().rev().map(|mark| self.at(place, mark.x, mark.low));
            let color = shown.look.color.mix(opacity);
            match marks.as_slice() {
                [mark] => {
                    let ends = [self.at(place, mark.x, mark.low), self.at(place, mark.x, mark.high)];
                    canvas.line(&ends, Stroke { color: shown.look.color.mix(0.5), width: 2.0, dash: None })?;
                }
                _ => canvas.fill(&upper.chain(lower).collect::<Vec<_>>(), color)?,
            }
        }
        Ok(())
    }

    /// Each method's interval at its largest budget, side by side, where they cannot hide each other.
    fn intervals(&self, canvas: &Canvas<'_>, place: &Place) -> Result<(), String> {
        let (horizontal, vertical) = (HPos::Left, VPos::Bottom);
        let heading = Text { size: STRIP_SIZE, bold: false, color: QUIET, horizontal, vertical, upright: false };
        canvas.text(STRIP, (place.right + 14.0, place.top - 12.0), heading)?;
        for (index, (shown, marks)) in self.methods.iter().zip(&self.marks).enumerate() {
            let Some(mark) = marks.last() else { continue };
            let x = place.right + 14.0 + (index as f64 + 0.5) * INTERVAL;
            let at = |value: f64| (x, self.at(place, mark.x, value).1);
            let stroke = Stroke { color: shown.look.color.mix(0.75), width: 1.8, dash: None };
            canvas.line(&[at(mark.low), at(mark.high)], stroke)?;
            canvas.marker(at(mark.y), shown.look.marker, shown.look.color, shown.look.hollow)?;
        }
        Ok(())
    }

    fn labels(&self, canvas: &Canvas<'_>, place: &Place) -> Result<(), String> {
        let mut ends: Vec<(&Shown, Point)> = Vec::new();
        for (shown, marks) in self.methods.iter().zip(&self.marks) {
            ends.extend(marks.last().map(|mark| (shown, self.at(place, mark.x, mark.y))));
        }
        ends.sort_by(|left, right| left.1.1.total_cmp(&right.1.1));
        let heights: Vec<f64> = ends.iter().map(|(_, end)| end.1).collect();
        for ((shown, end), y) in ends.iter().zip(spread(&heights, TICK * 1.35, place.top, place.bottom)) {
            let x = place.right + 20.0;
            let leader = Stroke { color: shown.look.color.mix(0.45), width: 0.9, dash: None };
            canvas.line(&[(end.0 + 7.0, end.1), (place.right + 6.0, y), (x - 4.0, y)], leader)?;
            let color = shown.look.color;
            let (horizontal, vertical) = (HPos::Left, VPos::Center);
            canvas.text(
                &shown.label,
                (x, y),
                Text { size: TICK, bold: false, color, horizontal, vertical, upright: false },
            )?;
        }
        Ok(())
    }
}

/// Moves sorted heights apart by at least `gap`, within the panel as far as there is room.
fn spread(heights: &[f64], gap: f64, top: f64, bottom: f64) -> Vec<f64> {
    let mut placed: Vec<f64> = heights.to_vec();
    for index in 1..placed.len() {
        placed[index] = placed[index].max(placed[index - 1] + gap);
    }
    let over = placed.last().map_or(0.0, |last| (last - bottom).max(0.0));
    if let Some(last) = placed.last_mut() {
        *last -= over;
    }
    for index in (1..placed.len()).rev() {
        placed[index - 1] = placed[index - 1].min(placed[index] - gap);
    }
    if let Some(low) = placed.first().map(|first| (top - first).max(0.0)) {
        for index in 0..placed.len() {
            let least = if index == 0 { placed[0] + low } else { placed[index - 1] + gap };
            placed[index] = placed[index].max(least);
        }
    }
    placed
}

#[cfg(test)]
mod tests {
    use super::spread;

    #[test]
    fn labels_keep_their_distance_and_stay_inside() {
        let placed = spread(&[10.0, 11.0, 99.0, 99.5], 15.0, 0.0, 100.0);
        assert!(placed.windows(2).all(|pair| pair[1] - pair[0] >= 15.0 - 1e-9), "{placed:?}");
        assert!(placed[0] >= 0.0 && placed[3] <= 100.0, "{placed:?}");
    }
}
