//! One Markdown table per run.

use std::{io::Write, time::Duration};

/// Rows of scenario, metric, reference, candidate and ratio.
#[derive(Debug, Default)]
pub(crate) struct Table(Vec<[String; 5]>);

impl Table {
    /// Adds a row; the ratio is candidate by reference.
    pub(crate) fn compare(&mut self, scenario: &str, metric: &str, unit: &str, reference: f64, candidate: f64) {
        let ratio = if reference > 0.0 { format!("{:.2}", candidate / reference) } else { String::new() };
        let number = |it: f64| format!("{it:.3} {unit}");
        self.0.push([scenario.to_owned(), metric.to_owned(), number(reference), number(candidate), ratio]);
    }

    /// Adds a figure that has no peer.
    pub(crate) fn tell(&mut self, scenario: &str, metric: &str, figure: String) {
        self.0.push([scenario.to_owned(), metric.to_owned(), String::new(), figure, String::new()]);
    }

    /// Prints it.
    pub(crate) fn print(&self) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        writeln!(out, "\n| scenario | metric | reference | Sortie | ratio |\n|---|---|---|---|---|")?;
        for [scenario, metric, reference, candidate, ratio] in &self.0 {
            writeln!(out, "| {scenario} | {metric} | {reference} | {candidate} | {ratio} |")?;
        }
        Ok(())
    }
}

/// The value below which this share of the samples lies; sorts them.
pub(crate) fn percentile(samples: &mut [Duration], percent: usize) -> f64 {
    samples.sort_unstable();
    let last = samples.len().saturating_sub(1);
    samples.get(last * percent / 100).map_or(0.0, |it| it.as_secs_f64() * 1_000.0)
}
