//! Drawing on an SVG in fractional pixels: plotters rounds to whole units, so its canvas is `UNITS` times finer.

use std::sync::OnceLock;

use plotters::coord::Shift;
use plotters::element::{Drawable, PointCollection};
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};
use plotters::style::{FontTransform, register_font};

/// Units of the drawing library per pixel.
const UNITS: f64 = 10.0;
/// The shipped font first, then what a reader's machine is likely to have.
const FAMILY: &str = "Open Sans, Helvetica, Arial, sans-serif";
/// Drawn em size over measured em size: plotters measures by the font's line height (1.362 em for Open Sans) and draws
/// at 1 / 1.24 of the size asked for.
const MEASURE: f64 = 1.362 / 1.24;
/// plotters writes this fraction of a font's size.
const SIZE: f64 = 1.24;

pub(super) static REGULAR: &[u8] = include_bytes!("../../../assets/fonts/OpenSans-Regular.ttf");
pub(super) static BOLD: &[u8] = include_bytes!("../../../assets/fonts/OpenSans-Bold.ttf");

/// Whether the shipped fonts were registered; done once per process.
fn fonts() -> Result<(), String> {
    static REGISTERED: OnceLock<bool> = OnceLock::new();
    let registered = REGISTERED.get_or_init(|| {
        register_font(FAMILY, FontStyle::Normal, REGULAR).is_ok()
            && register_font(FAMILY, FontStyle::Bold, BOLD).is_ok()
    });
    if *registered { Ok(()) } else { Err("the shipped font could not be read".to_owned()) }
}

/// A place in pixels, from the top left.
pub(super) type Point = (f64, f64);

/// How a line is drawn.
#[derive(Clone, Copy)]
pub(super) struct Stroke {
    pub(super) color: RGBAColor,
    pub(super) width: f64,
    /// Lengths of dash and gap; `None` for a solid line.
    pub(super) dash: Option<(f64, f64)>,
}

/// How text is drawn.
#[derive(Clone, Copy)]
pub(super) struct Text {
    pub(super) size: f64,
    pub(super) bold: bool,
    pub(super) color: RGBColor,
    pub(super) horizontal: HPos,
    pub(super) vertical: VPos,
    /// Reads from bottom to top.
    pub(super) upright: bool,
}

/// Markers, a channel beside colour.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Marker {
    Circle,
    Square,
    Triangle,
    Diamond,
    TriangleDown,
    Pentagon,
    Star,
}

/// An SVG being drawn.
pub(super) struct Canvas<'a> {
    area: DrawingArea<SVGBackend<'a>, Shift>,
}

impl<'a> Canvas<'a> {
    /// A white canvas of this many pixels.
    pub(super) fn new(buffer: &'a mut String, width: f64, height: f64) -> Result<Self, String> {
        fonts()?;
        let size = ((width * UNITS) as u32, (height * UNITS) as u32);
        let area = SVGBackend::with_string(buffer, size).into_drawing_area();
        area.fill(&WHITE).map_err(|error| error.to_string())?;
        Ok(Self { area })
    }

    fn draw<E>(&self, element: &E) -> Result<(), String>
    where
        for<'b> &'b E: PointCollection<'b, (i32, i32)>,
        E: Drawable<SVGBackend<'a>>,
    {
        self.area.draw(element).map_err(|error| error.to_string())
    }

    /// A line through the points.
    pub(super) fn line(&self, points: &[Point], stroke: Stroke) -> Result<(), String> {
        let style = stroke.color.stroke_width((stroke.width * UNITS).round() as u32);
        match stroke.dash {
            None => self.draw(&PathElement::new(units(points), style)),
            Some((dash, gap)) => dashes(points, dash, gap)
                .iter()
                .try_for_each(|segment| self.draw(&PathElement::new(units(segment), style))),
        }
    }

    /// A filled polygon.
    pub(super) fn fill(&self, points: &[Point], color: RGBAColor) -> Result<(), String> {
        self.draw(&Polygon::new(units(points), color))
    }

    /// A marker with a white rim, which keeps overlapping markers apart; hollow ones belong to upper bounds.
    pub(super) fn marker(&self, at: Point, marker: Marker, color: RGBColor, hollow: bool) -> Result<(), String> {
        let outer = outline(at, marker, 5.0);
        let inner = outline(at, marker, 3.9);
        self.fill(&outer, if hollow { color.to_rgba() } else { WHITE.to_rgba() })?;
        self.fill(&inner, if hollow { WHITE.to_rgba() } else { color.to_rgba() })
    }

    /// Text anchored at a place. Control characters, which XML forbids, become spaces.
    pub(super) fn text(&self, text: &str, at: Point, style: Text) -> Result<(), String> {
        let at = units(&[at]);
        let clean = printable(text);
        let style = font(style).pos(Pos::new(style.horizontal, style.vertical));
        let Some(at) = at.first() else { return Ok(()) };
        self.draw(&plotters::element::Text::new(clean, *at, style))
    }

    /// Finishes the drawing.
    pub(super) fn finish(self) -> Result<(), String> {
        self.area.present().map_err(|error| error.to_string())
    }
}

fn font(style: Text) -> TextStyle<'static> {
    let weight = if style.bold { FontStyle::Bold } else { FontStyle::Normal };
    let mut font = FontDesc::new(FontFamily::Name(FAMILY), style.size * SIZE * UNITS, weight);
    if style.upright {
        font = font.transform(FontTransform::Rotate270);
    }
    TextStyle { color: style.color.to_backend_color(), ..TextStyle::from(font) }
}

/// Width of a text in pixels.
pub(super) fn width(text: &str, size: f64, bold: bool) -> f64 {
    let weight = if bold { FontStyle::Bold } else { FontStyle::Normal };
    let measured = fonts().ok().and_then(|()| {
        let desc = FontDesc::new(FontFamily::Name(FAMILY), size * SIZE * UNITS, weight);
        desc.box_size(&printable(text)).ok()
    });
    // Without a measure, a wide guess keeps labels from being clipped.
    measured.map_or(text.chars().count() as f64 * size * 0.62, |(width, _)| f64::from(width) / UNITS * MEASURE)
}

/// The text without control characters.
pub(super) fn printable(text: &str) -> String {
    text.chars().map(|character| if character.is_control() { ' ' } else { character }).collect()
}

fn units(points: &[Point]) -> Vec<(i32, i32)> {
    points.iter().map(|(x, y)| ((x * UNITS).round() as i32, (y * UNITS).round() as i32)).collect()
}

/// Cuts a line into dashes whose pattern runs on around corners.
fn dashes(points: &[Point], dash: f64, gap: f64) -> Vec<Vec<Point>> {
    let mut segments = Vec::new();
    let mut current: Vec<Point> = points.first().map(|point| vec![*point]).unwrap_or_default();
    let (mut on, mut left) = (true, dash);
    for pair in points.windows(2) {
        let (from, to) = (pair[0], pair[1]);
        let length = (to.0 - from.0).hypot(to.1 - from.1);
        let mut done = 0.0;
        while length - done > left {
            done += left;
            let at = (from.0 + (to.0 - from.0) * done / length, from.1 + (to.1 - from.1) * done / length);
            current.push(at);
            if on {
                segments.push(std::mem::take(&mut current));
            }
            on = !on;
            left = if on { dash } else { gap };
            current = vec![at];
        }
        left -= length - done;
        current.push(to);
    }
    if on && current.len() > 1 {
        segments.push(current);
    }
    segments
}

/// A marker's corners at a given radius.
fn outline(at: Point, marker: Marker, radius: f64) -> Vec<Point> {
    let turn = std::f64::consts::TAU;
    let (corners, start, scale) = match marker {
        Marker::Circle => (24, 0.0, 0.95),
        Marker::Square => (4, turn / 8.0, 1.2),
        Marker::Triangle => (3, -turn / 4.0, 1.3),
        Marker::Diamond => (4, 0.0, 1.25),
        Marker::TriangleDown => (3, turn / 4.0, 1.3),
        Marker::Pentagon => (5, -turn / 4.0, 1.15),
        Marker::Star => (10, -turn / 4.0, 1.5),
    };
    (0..corners)
        .map(|corner| {
            let inner = if marker == Marker::Star && corner % 2 == 1 { 0.5 } else { 1.0 };
            let angle = start + turn * f64::from(corner) / f64::from(corners);
            (at.0 + radius * scale * inner * angle.cos(), at.1 + radius * scale * inner * angle.sin())
        })
        .collect()
}

/// The document at its size in pixels, with the words that a screen reader reads.
pub(super) fn accessible(svg: &str, width: f64, height: f64, title: &str, description: &str) -> String {
    let (fine_width, fine_height) = ((width * UNITS) as u32, (height * UNITS) as u32);
    let fine = format!("<svg width=\"{fine_width}\" height=\"{fine_height}\"");
    let sized = format!("<svg role=\"img\" aria-labelledby=\"title desc\" width=\"{width}\" height=\"{height}\"");
    let svg = svg.replacen(&fine, &sized, 1);
    let head =
        format!("<title id=\"title\">{}</title>\n<desc id=\"desc\">{}</desc>\n", escape(title), escape(description));
    match svg.find(">\n") {
        Some(end) => format!("{}{head}{}", &svg[..end + 2], &svg[end + 2..]),
        None => svg,
    }
}

fn escape(text: &str) -> String {
    printable(text).replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dashes_cover_the_share_they_should() {
        let drawn = dashes(&[(0.0, 0.0), (60.0, 0.0), (60.0, 40.0)], 6.0, 4.0);
        let length: f64 = drawn
            .iter()
            .flat_map(|segment| segment.windows(2).map(|pair| (pair[1].0 - pair[0].0).hypot(pair[1].1 - pair[0].1)))
            .sum();
        assert!((length - 60.0).abs() < 1e-9, "{length}");
        assert_eq!(drawn.len(), 10);
    }

    #[test]
    fn measures_grow_with_text_and_size() {
        assert!(width("markovscale(gate, last)", 12.0, false) > 2.0 * width("markov", 12.0, false));
        assert!((width("mmmm", 24.0, false) / width("mmmm", 12.0, false) - 2.0).abs() < 0.02);
    }
}
