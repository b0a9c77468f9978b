//! Two figures per backbone, each as SVG (canonical) and PNG (rasterised from it).

mod axis;
mod canvas;
mod layout;
mod panel;
mod raster;
mod series;
mod style;
mod x_axis;

use plotters::style::BLACK;
use plotters::style::text_anchor::{HPos, VPos};
use rayon::prelude::*;

use x_axis::XAxis;

use super::context::ReportContext;
use super::error::ReportError;
use super::order::ordered;
use super::report_file::{Named, Render, Report, ReportFile};
use super::text::backbone_label;
use crate::results::Outcome;

pub(super) const FILES: ReportFile = ReportFile {
    name: "accuracy-vs-AXIS-BACKBONE.svg",
    about: "accuracy against cost, and against the budget, of each backbone, with a `.png` of the same name",
    needs: |_| true,
    render: Render::Several(pictures),
};

/// All figures by file name, drawn in parallel, in the context's order of backbones.
fn pictures(report: &Report<'_>) -> Result<Vec<Named>, ReportError> {
    let drawn: Vec<[Named; 2]> = documents(&report.replayed.outcomes, report.context)?
        .into_par_iter()
        .map(|(stem, svg)| {
            let png = raster::png(&svg).map_err(|message| ReportError::Draw { figure: stem.clone(), message })?;
            Ok([(format!("{stem}.svg"), svg.into_bytes()), (format!("{stem}.png"), png)])
        })
        .collect::<Result<_, ReportError>>()?;
    Ok(drawn.into_iter().flatten().collect())
}

/// Every figure as a file stem and an SVG document.
pub(super) fn documents(outcomes: &[Outcome], context: &ReportContext) -> Result<Vec<(String, String)>, ReportError> {
    let backbones = ordered(&context.backbones, outcomes.iter().map(|outcome| outcome.backbone.as_str()));
    let names = stems(&backbones);
    let jobs: Vec<(&String, &String, XAxis)> = backbones
        .iter()
        .zip(&names)
        .flat_map(|(backbone, name)| [XAxis::Cost(context.cost), XAxis::Budget].map(|axis| (backbone, name, axis)))
        .collect();
    jobs.into_par_iter()
        .map(|(backbone, name, x_axis)| {
            let own: Vec<&Outcome> = outcomes.iter().filter(|outcome| outcome.backbone == *backbone).collect();
            let label = backbone_label(backbone, own.iter().any(|outcome| outcome.simulated));
            let stem = format!("{}{name}", x_axis.stem());
            match layout::draw(&own, &label, x_axis, context) {
                Ok(svg) => Ok((stem, svg)),
                Err(message) => Err(ReportError::Draw { figure: stem, message }),
            }
        })
        .collect()
}

/// Draws a word with the shipped font, in both of its weights, and sees whether it leaves ink.
///
/// # Errors
/// When it leaves none, or cannot be drawn; in words.
pub fn font_draws() -> Result<(), String> {
    let picture = |word: &str, bold: bool| {
        let mut svg = String::new();
        let canvas = canvas::Canvas::new(&mut svg, 120.0, 30.0)?;
        let (horizontal, vertical) = (HPos::Left, VPos::Top);
        let style = canvas::Text { size: 12.0, bold, color: BLACK, horizontal, vertical, upright: false };
        canvas.text(word, (4.0, 4.0), style)?;
        canvas.finish()?;
        raster::png(&svg)
    };
    let blank = picture(" ", false)?;
    for (bold, weight) in [(false, "regular"), (true, "bold")] {
        if picture("Accuracy", bold)? == blank {
            return Err(format!("its {weight} letters leave no ink"));
        }
    }
    Ok(())
}

/// File name endings: none for a lone backbone; unique even where names differ only in characters unfit for a file.
fn stems(backbones: &[String]) -> Vec<String> {
    if backbones.len() == 1 {
        return vec![String::new()];
    }
    let mut stems: Vec<String> = Vec::new();
    for backbone in backbones {
        let clean = |character: char| match character {
            'A'..='Z' | 'a'..='z' | '0'..='9' | '.' | '-' | '_' => character,
            _ => '_',
        };
        let base: String = format!("-{}", backbone.chars().map(clean).collect::<String>());
        let mut stem = base.clone();
        let mut copy = 2;
        while stems.contains(&stem) {
            stem = format!("{base}-{copy}");
            copy += 1;
        }
        stems.push(stem);
    }
    stems
}

#[cfg(test)]
mod tests {
    use super::stems;

    #[test]
    fn file_names_stay_unique_and_clean() {
        let names = ["a/b", "a b", "../x"].map(str::to_owned);
        assert_eq!(stems(&names), ["-a_b", "-a_b-2", "-.._x"]);
        assert_eq!(stems(&["only".to_owned()]), [""]);
    }
}
