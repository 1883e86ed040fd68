//! Secrets stay out of everything that is written: the one place where they are taken out.
//!
//! A scenario names secrets (`env TOKEN`) and never has them. Their values go into requests and nowhere else: reports,
//! notes and errors pass through here before anybody sees them. So do user names and passwords in addresses.

use std::collections::HashMap;

use scenarios::Scenario;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::journey::Material;
use crate::material;

/// Shorter values are not taken for secrets: hiding `7` or `eu` everywhere would make a report unreadable and hide nothing.
const SHORTEST_BYTES: usize = 4;

/// What must not be shown.
#[derive(Debug, Default)]
pub(crate) struct Secrets {
    /// The values, in each form in which they may turn up, and what is shown instead; longer ones first.
    hidden: Vec<(String, String)>,
}

impl Secrets {
    /// The values that come from the environment.
    pub(crate) fn of(material: &Material) -> Secrets {
        Secrets::among(&material.environment)
    }

    /// The values that these scenarios take from the environment.
    pub(crate) fn named_by<'a>(scenarios: impl IntoIterator<Item = &'a Scenario>) -> Secrets {
        Secrets::among(&scenarios.into_iter().flat_map(material::environment).collect())
    }

    fn among(environment: &HashMap<String, String>) -> Secrets {
        let mut hidden = Vec::new();
        for (name, value) in environment.iter().filter(|(_, value)| value.len() >= SHORTEST_BYTES) {
            let mut encoded = Vec::new();
            crate::codec::write_encoded(&mut encoded, value);
            let quoted = Value::from(value.as_str()).to_string();
            let forms = [
                value.clone(),
                String::from_utf8_lossy(&encoded).into_owned(),
                quoted[1..quoted.len() - 1].to_owned(),
                value.escape_debug().to_string(),
            ];
            hidden.extend(forms.map(|form| (form, format!("[{name}]"))));
        }
        hidden.sort_by(|a, b| b.0.len().cmp(&a.0.len()).then(a.0.cmp(&b.0)));
        Secrets { hidden }
    }

    /// The text without secrets.
    pub(crate) fn hide(&self, text: &str) -> String {
        let text = without_logins(text);
        self.hidden.iter().fold(text, |text, (value, shown)| {
            if text.contains(value.as_str()) { text.replace(value.as_str(), shown) } else { text }
        })
    }

    /// A report without secrets, wherever in it they are.
    pub(crate) fn hide_in<Report: Serialize + DeserializeOwned>(&self, report: Report) -> Report {
        let Ok(mut tree) = serde_json::to_value(&report) else { return report };
        if self.hide_below(&mut tree) {
            // What was a report is one still: only text was replaced by text.
            return serde_json::from_value(tree).unwrap_or(report);
        }
        report
    }

    /// Whether anything was hidden.
    fn hide_below(&self, value: &mut Value) -> bool {
        match value {
            Value::String(text) => {
                let shown = self.hide(text);
                let is_other = shown != *text;
                *text = shown;
                is_other
            }
            Value::Array(items) => items.iter_mut().fold(false, |any, item| self.hide_below(item) | any),
            Value::Object(map) => map.values_mut().fold(false, |any, item| self.hide_below(item) | any),
            Value::Null | Value::Bool(_) | Value::Number(_) => false,
        }
    }
}

/// The text without what stands before the `@` of an address.
pub(crate) fn without_logins(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(start) = rest.find("://").map(|at| at + 3) {
        out.push_str(&rest[..start]);
        rest = &rest[start..];
        let end = rest.find(|c: char| c.is_whitespace() || "/?#`'\"<>".contains(c)).unwrap_or(rest.len());
        if let Some(at) = rest[..end].rfind('@') {
            out.push_str("[hidden]");
            rest = &rest[at..];
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_in_every_form_in_which_they_turn_up() {
        let mut material = Material::default();
        material.environment.insert("TOKEN".to_owned(), "s3cr/t \"x\"".to_owned());
        material.environment.insert("REGION".to_owned(), "eu".to_owned());
        let secrets = Secrets::of(&material);
        for (text, shown) in [
            ("Bearer s3cr/t \"x\"!", "Bearer [TOKEN]!"),
            ("/a?t=s3cr%2Ft%20%22x%22", "/a?t=[TOKEN]"),
            (r#"{"t":"s3cr/t \"x\""}"#, r#"{"t":"[TOKEN]"}"#),
            ("queue of eu", "queue of eu"),
            (
                "--target http://ann:pw@h:1/x and https://b@c",
                "--target http://[hidden]@h:1/x and https://[hidden]@c",
            ),
            ("http://h:1/a@b", "http://h:1/a@b"),
        ] {
            assert_eq!(secrets.hide(text), shown);
        }
    }
}
