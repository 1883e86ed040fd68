//! `expect:`: claims that the estimate or a measurement may refute.

use crate::raw::{Key, Node};
use crate::scenario::Claim;

use super::fields::{File, Read, entries, refused, scalar};
use super::quantities::{self, Written};

pub(super) fn read(file: File<'_>, node: &Node, odd_names: &[&str]) -> Read<Vec<Claim>> {
    entries(node, "expect")?.iter().map(|(key, node)| claim(file, key, node, odd_names)).collect()
}

fn claim(file: File<'_>, key: &Key, node: &Node, odd_names: &[&str]) -> Read<Claim> {
    let text = scalar(node)?;
    // `with month = 30 days` has a sign of its own.
    let equals = text.find('=').filter(|at| !text[..*at].contains(" with "));
    let (figure, formula) = match equals {
        Some(at) => {
            let written = Written { node, text, from: at + 1 };
            (&text[..at], Some(quantities::formula(file, key, written, odd_names)?))
        }
        None => (text, None),
    };
    if figure.trim().is_empty() {
        return Err(refused(node, "a figure is missing before `=`", "like `302 MB = 3500/s x day x 1204 B`"));
    }
    let read = file.quantity_in(node, figure)?;
    let room =
        if read.low < read.high || figure.contains(" x ") { 0.0 } else { half_a_digit(figure) * read.low };
    Ok(Claim {
        quantity: key.name.clone(),
        low: read.low - room,
        high: read.high + room,
        dimension: read.dimension,
        text: figure.trim().to_owned(),
        formula,
        line: file.line(key.place),
    })
}

/// Half of the last digit that was written, as a share of the number: `24.5` claims 24.45 to 24.55.
fn half_a_digit(text: &str) -> f64 {
    let number =
        text.trim().split(|inner: char| !(inner.is_ascii_digit() || matches!(inner, '.' | '_'))).next();
    let number = number.unwrap_or("").replace('_', "");
    let decimals = number.split_once('.').map_or(0, |(_, decimals)| decimals.len());
    let Ok(value) = number.parse::<f64>() else { return 0.0 };
    let digit = 10f64.powi(-i32::try_from(decimals).unwrap_or(0));
    if value > 0.0 { 0.5 * digit / value } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_claim_has_the_room_of_its_last_digit() {
        for (text, share) in [("200/s", 0.0025), ("1.5 PB", 0.05 / 1.5), ("7_000", 0.5 / 7000.0), ("0", 0.0)]
        {
            assert!((half_a_digit(text) - share).abs() < 1e-12, "{text}");
        }
    }
}
