//! A formula as text again, with the signs that a page uses.

use std::fmt;

use super::{Expr, ExprKind, Items, Sign};

impl fmt::Display for Expr {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.kind {
            ExprKind::Number(literal) => out.write_str(&literal.text),
            ExprKind::Name(name) => out.write_str(name),
            ExprKind::Binary(sign, left, right) => {
                inside(out, left, left.strength() < sign.strength())?;
                match sign {
                    Sign::Power => out.write_str("^")?,
                    Sign::Plus => out.write_str(" + ")?,
                    Sign::Minus => out.write_str(" − ")?,
                    Sign::Times => out.write_str(" × ")?,
                    Sign::Over => out.write_str(" ÷ ")?,
                }
                let repeats = matches!(sign, Sign::Minus | Sign::Over | Sign::Power);
                let is_weaker = right.strength() < sign.strength();
                inside(out, right, is_weaker || (repeats && right.strength() == sign.strength()))
            }
            ExprKind::Call(function, arguments) => {
                write!(out, "{}(", function.name())?;
                for (index, argument) in arguments.iter().enumerate() {
                    let comma = if index > 0 { ", " } else { "" };
                    write!(out, "{comma}{argument}")?;
                }
                out.write_str(")")
            }
            ExprKind::Over(function, items, each) => {
                let items = match items {
                    Items::Data => "data",
                    Items::Actions => "actions",
                };
                write!(out, "{}({items}, {each})", function.name())
            }
        }
    }
}

fn inside(out: &mut fmt::Formatter<'_>, part: &Expr, in_brackets: bool) -> fmt::Result {
    if in_brackets { write!(out, "({part})") } else { write!(out, "{part}") }
}

impl Sign {
    /// How tightly it binds.
    fn strength(self) -> u8 {
        match self {
            Sign::Plus | Sign::Minus => 0,
            Sign::Times | Sign::Over => 1,
            Sign::Power => 2,
        }
    }
}

impl Expr {
    fn strength(&self) -> u8 {
        match &self.kind {
            ExprKind::Binary(sign, ..) => sign.strength(),
            _ => 3,
        }
    }
}
