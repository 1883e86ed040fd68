//! From words, numbers and signs to the tree of a formula: powers before products before sums.

use std::ops::Range;

use crate::error::Place;

use super::lex::{Token, Words, lex};
use super::{Expr, ExprKind, Function, Items, MAX_FORMULA_BYTES, Refusal, Sign, refuse};

/// Brackets within brackets: more than anyone can read.
const MAX_DEPTH: usize = 32;

/// Reads a formula; `place` says where in the file a part of its text stands.
pub(crate) fn parse(
    text: &str,
    place: &dyn Fn(Range<usize>) -> Place,
    words: Words<'_>,
) -> Result<Expr, Refusal> {
    if text.len() > MAX_FORMULA_BYTES {
        return refuse(
            0..text.len(),
            format!("the formula has {} bytes; the longest has {MAX_FORMULA_BYTES}", text.len()),
            "name its parts under `quantities`",
        );
    }
    let tokens = lex(text, words)?;
    let last = text.char_indices().last().map_or(0, |(at, _)| at);
    let mut parser = Parser { tokens, next: 0, end: text.len(), last, place };
    let whole = parser.sum(0)?;
    match parser.peek() {
        None => Ok(whole),
        Some((Token::Close, at)) => {
            refuse(at.clone(), "this bracket was never opened", "remove it, or open one before")
        }
        Some((Token::Comma, at)) => refuse(
            at.clone(),
            "a comma stands outside of a function",
            "decimals have a point (`1.5`); commas separate what is in `max(a, b)`; a name with a comma stands in quotes",
        ),
        Some((_, at)) => refuse(at.clone(), "a sign is missing before this", "like `users x 10/day`"),
    }
}

struct Parser<'a> {
    tokens: Vec<(Token, Range<usize>)>,
    next: usize,
    end: usize,
    /// Where the last character begins; it may have several bytes.
    last: usize,
    place: &'a dyn Fn(Range<usize>) -> Place,
}

impl Parser<'_> {
    fn peek(&self) -> Option<&(Token, Range<usize>)> {
        self.tokens.get(self.next)
    }

    fn take(&mut self) -> Option<(Token, Range<usize>)> {
        let token = self.tokens.get(self.next).cloned();
        self.next += usize::from(token.is_some());
        token
    }

    /// Takes a sign if it is one of these.
    fn sign(&mut self, signs: &[Sign]) -> Option<Sign> {
        match self.peek() {
            Some((Token::Sign(sign), _)) if signs.contains(sign) => {
                let sign = *sign;
                self.next += 1;
                Some(sign)
            }
            _ => None,
        }
    }

    fn sum(&mut self, depth: usize) -> Result<Expr, Refusal> {
        let mut left = self.product(depth)?;
        while let Some(sign) = self.sign(&[Sign::Plus, Sign::Minus]) {
            let right = self.product(depth)?;
            left = join(sign, left, right);
        }
        Ok(left)
    }

    fn product(&mut self, depth: usize) -> Result<Expr, Refusal> {
        let mut left = self.power(depth)?;
        while let Some(sign) = self.sign(&[Sign::Times, Sign::Over]) {
            let right = self.power(depth)?;
            left = join(sign, left, right);
        }
        Ok(left)
    }

    /// `a ^ b ^ c` is `a ^ (b ^ c)`, as in mathematics.
    fn power(&mut self, depth: usize) -> Result<Expr, Refusal> {
        let base = self.atom(depth)?;
        if self.sign(&[Sign::Power]).is_none() {
            return Ok(base);
        }
        if depth >= MAX_DEPTH {
            return refuse(self.end..self.end, "too many powers of powers", "name a part under `quantities`");
        }
        let exponent = self.power(depth + 1)?;
        Ok(join(Sign::Power, base, exponent))
    }

    fn atom(&mut self, depth: usize) -> Result<Expr, Refusal> {
        let Some((token, at)) = self.take() else {
            return refuse(
                self.last..self.end,
                "the formula ends where a value is due",
                "like `users x 10/day`",
            );
        };
        let place = (self.place)(at.clone());
        match token {
            Token::Number(literal) => Ok(Expr { kind: ExprKind::Number(literal), place }),
            Token::Name(name) => Ok(Expr { kind: ExprKind::Name(name), place }),
            Token::Open | Token::Function(_) if depth >= MAX_DEPTH => {
                refuse(at, "too many brackets within brackets", "name a part under `quantities`")
            }
            Token::Open => {
                let inside = self.sum(depth + 1)?;
                self.close(&at)?;
                Ok(inside)
            }
            Token::Function(function) => self.call(function, &at, depth),
            Token::Sign(_) | Token::Close | Token::Comma => {
                refuse(at, "a value is missing before this", "like `users x 10/day`")
            }
        }
    }

    fn close(&mut self, opened: &Range<usize>) -> Result<Range<usize>, Refusal> {
        match self.take() {
            Some((Token::Close, at)) => Ok(at),
            Some((Token::Comma, at)) => {
                refuse(at, "a comma stands outside of a function", "like `max(a, b)`")
            }
            Some((_, at)) => refuse(at, "a sign is missing before this", "like `users x 10/day`"),
            None => refuse(opened.clone(), "this bracket is never closed", "add `)`"),
        }
    }

    fn call(&mut self, function: Function, at: &Range<usize>, depth: usize) -> Result<Expr, Refusal> {
        let Some((Token::Open, opened)) = self.take() else {
            return refuse(at.clone(), "a bracket is due after a function", "like `max(a, b)`");
        };
        if let Some(items) = self.items() {
            return self.over(function, items, at, depth);
        }
        let mut arguments = vec![self.sum(depth + 1)?];
        while matches!(self.peek(), Some((Token::Comma, _))) {
            self.next += 1;
            arguments.push(self.sum(depth + 1)?);
        }
        let end = self.close(&opened)?.end;
        let takes_many = matches!(function, Function::Sum | Function::Min | Function::Max);
        if arguments.len() > 1 && !takes_many {
            let name = function.name();
            return refuse(
                at.start..end,
                format!("`{name}` takes one value, found {}", arguments.len()),
                format!("like `{name}(a / b)`"),
            );
        }
        let place = (self.place)(at.start..end);
        Ok(Expr { kind: ExprKind::Call(function, arguments), place })
    }

    /// `data,` or `actions,` at the beginning of a function's arguments.
    fn items(&mut self) -> Option<Items> {
        let items = match self.peek() {
            Some((Token::Name(name), _)) if name == "data" => Items::Data,
            Some((Token::Name(name), _)) if name == "actions" => Items::Actions,
            _ => return None,
        };
        if !matches!(self.tokens.get(self.next + 1), Some((Token::Comma, _))) {
            return None;
        }
        self.next += 2;
        Some(items)
    }

    fn over(
        &mut self,
        function: Function,
        items: Items,
        at: &Range<usize>,
        depth: usize,
    ) -> Result<Expr, Refusal> {
        let each = self.sum(depth + 1)?;
        let end = self.close(at)?.end;
        if !matches!(function, Function::Sum | Function::Min | Function::Max) {
            return refuse(
                at.clone(),
                format!("`{}` does not go over everything of a kind", function.name()),
                "`sum`, `min` and `max` do: `sum(data, count x size)`",
            );
        }
        let place = (self.place)(at.start..end);
        Ok(Expr { kind: ExprKind::Over(function, items, Box::new(each)), place })
    }
}

fn join(sign: Sign, left: Expr, right: Expr) -> Expr {
    let place = Place { start: left.place.start, end: right.place.end };
    Expr { kind: ExprKind::Binary(sign, Box::new(left), Box::new(right)), place }
}
