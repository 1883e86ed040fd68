//! The order in which a file's own quantities are computed: each after those it reads.

use std::collections::HashMap;

use scenarios::formula::{Expr, ExprKind, OwnQuantity};

/// Quantities that are computed from each other.
#[derive(Debug)]
pub(super) struct Circle {
    /// One of them.
    pub(super) first: usize,
    /// All of them, the first again at the end.
    pub(super) names: Vec<String>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Progress {
    Open,
    Begun,
    Done,
}

/// Indexes in computing order: that of the file, but for what is read before it stands.
pub(super) fn order(quantities: &[OwnQuantity]) -> Result<Vec<usize>, Circle> {
    let by_name: HashMap<&str, usize> =
        quantities.iter().enumerate().map(|(index, own)| (own.name.as_str(), index)).collect();
    let reads: Vec<Vec<usize>> = quantities
        .iter()
        .map(|own| {
            let mut names = Vec::new();
            collect(&own.formula, &mut names);
            names.iter().filter_map(|name| by_name.get(name).copied()).collect()
        })
        .collect();
    let mut progress = vec![Progress::Open; quantities.len()];
    let mut order = Vec::with_capacity(quantities.len());
    // Depth first with a stack of its own: a chain of quantities may be long.
    for start in 0..quantities.len() {
        let mut path = vec![(start, 0)];
        while let Some((index, next)) = path.pop() {
            if progress[index] == Progress::Done {
                continue;
            }
            progress[index] = Progress::Begun;
            let Some(read) = reads[index].get(next).copied() else {
                progress[index] = Progress::Done;
                order.push(index);
                continue;
            };
            path.push((index, next + 1));
            match progress[read] {
                Progress::Done => {}
                Progress::Open => path.push((read, 0)),
                Progress::Begun => return Err(circle(quantities, &path, read)),
            }
        }
    }
    Ok(order)
}

fn circle(quantities: &[OwnQuantity], path: &[(usize, usize)], first: usize) -> Circle {
    let mut names: Vec<String> = path
        .iter()
        .skip_while(|(index, _)| *index != first)
        .map(|(index, _)| quantities[*index].name.clone())
        .collect();
    names.push(quantities[first].name.clone());
    Circle { first, names }
}

fn collect<'a>(expr: &'a Expr, names: &mut Vec<&'a str>) {
    match &expr.kind {
        ExprKind::Number(_) => {}
        ExprKind::Name(name) => names.push(name),
        ExprKind::Binary(_, left, right) => {
            collect(left, names);
            collect(right, names);
        }
        ExprKind::Call(_, arguments) => arguments.iter().for_each(|argument| collect(argument, names)),
        ExprKind::Over(_, _, each) => collect(each, names),
    }
}
