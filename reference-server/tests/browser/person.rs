//! Somebody in front of a browser: reads, types and clicks, and looks whether the page is in order.

use std::time::Duration;

use serde_json::{Value, json};

use crate::chromium::Browser;
use crate::site::Site;

/// How long a page may take to show what is expected, and how often is looked.
const LOOKS: u32 = 300;
const PAUSE: Duration = Duration::from_millis(100);

/// The element with these words on it, among those of a kind, that can be seen; hidden words are for screen readers.
const WITH_WORDS: &str = "const find = (kind, words) => {
    const plain = (it) => {
        const copy = it.cloneNode(true);
        for (const hidden of copy.querySelectorAll('[aria-hidden=true]')) hidden.remove();
        return copy.textContent.replace(/\\s+/g, ' ').trim();
    };
    const all = [...document.querySelectorAll(kind)].filter((it) => it.getClientRects().length > 0);
    return all.find((it) => plain(it) === words) ?? all.find((it) => plain(it).startsWith(words));
};";

/// What is wrong with a page, whatever is on it.
const WRONG: &str = "(() => {
    const wrong = [];
    const root = document.scrollingElement;
    if (root.scrollWidth > window.innerWidth) wrong.push(`it is ${root.scrollWidth} wide and the window ${window.innerWidth}`);
    if (document.querySelectorAll('h1').length !== 1) wrong.push('it has not one first heading');
    if (!document.documentElement.lang) wrong.push('it does not say its language');
    for (const field of document.querySelectorAll('input:not([type=hidden]), textarea, select')) {
        if (!field.labels.length && !field.ariaLabel) wrong.push(`the field ${field.name} has no label`);
    }
    for (const button of document.querySelectorAll('button, a')) {
        if (!button.textContent.trim() && !button.ariaLabel) wrong.push(`nothing is written on ${button.outerHTML}`);
    }
    const ids = [...document.querySelectorAll('[id]')].map((it) => it.id);
    for (const id of ids) if (ids.indexOf(id) !== ids.lastIndexOf(id)) wrong.push(`${id} is there twice`);
    return wrong;
})()";

pub(crate) struct Person<'a> {
    browser: &'a Browser,
    site: &'a Site,
    session: String,
}

impl<'a> Person<'a> {
    /// Opens a window of this width, with cookies of its own and without scripts.
    pub(crate) fn sits_down(browser: &'a Browser, site: &'a Site, width: u32) -> Self {
        let order = |session: Option<&str>, method: &str, parameters: Value| {
            browser.order(session, method, &parameters)
        };
        let apart = order(None, "Target.createBrowserContext", json!({}));
        let context = &apart["browserContextId"];
        let target =
            order(None, "Target.createTarget", json!({"url": "about:blank", "browserContextId": context}));
        let attach = json!({"targetId": target["targetId"], "flatten": true});
        let session =
            order(None, "Target.attachToTarget", attach)["sessionId"].as_str().expect("a session").to_owned();
        order(Some(&session), "Emulation.setScriptExecutionDisabled", json!({"value": true}));
        let screen = json!({"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": false});
        order(Some(&session), "Emulation.setDeviceMetricsOverride", screen);
        Self { browser, site, session }
    }

    fn order(&self, method: &str, parameters: &Value) -> Value {
        self.browser.order(Some(&self.session), method, parameters)
    }

    /// What an expression is about the page; for looking only, as scripts of the page itself are off.
    fn ask(&self, expression: &str) -> Value {
        let answer =
            self.order("Runtime.evaluate", &json!({"expression": expression, "returnByValue": true}));
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// Opens an address of the forum and waits until the page is there.
    pub(crate) fn goes_to(&mut self, path: &str) {
        let went = self.order("Page.navigate", &json!({"url": self.site.url(path)}));
        assert!(went["errorText"].is_null(), "{path}: {went}");
        self.waits_for(&format!("{path} is loaded"), || {
            self.ask("document.readyState") == "complete" && self.address() == path
        });
    }

    /// Where the window is: path, query and no more.
    pub(crate) fn address(&self) -> String {
        self.ask("location.pathname + location.search").as_str().unwrap_or_default().to_owned()
    }

    /// Waits until these words are in the first element that fits.
    pub(crate) fn reads(&mut self, selector: &str, words: &str) {
        let text = format!("document.querySelector({}) ?.textContent.replace(/\\s+/g, ' ')", json!(selector));
        self.waits_for(&format!("{selector} says {words:?}"), || {
            self.ask(&text).as_str().is_some_and(|text| text.contains(words))
        });
    }

    /// Replaces what is in the field with this label.
    pub(crate) fn types(&mut self, label: &str, text: &str) {
        let field = format!("{WITH_WORDS} find('label', {})?.control", json!(label));
        self.clicks(&field, label);
        self.ask(&format!("{{ {field}.select(); }} undefined"));
        self.order("Input.insertText", &json!({"text": text}));
        let typed = self.ask(&format!("{{ {field}.value }}"));
        assert_eq!(typed, text, "{label}");
    }

    /// Clicks the button with these words.
    pub(crate) fn presses(&mut self, words: &str) {
        self.clicks(&format!("{WITH_WORDS} find('button', {})", json!(words)), words);
    }

    /// Clicks the link with these words.
    pub(crate) fn follows(&mut self, words: &str) {
        self.clicks(&format!("{WITH_WORDS} find('a', {})", json!(words)), words);
    }

    /// Moves what `element` is about into sight and clicks into its middle, with the mouse.
    fn clicks(&mut self, element: &str, words: &str) {
        self.waits_for(&format!("{words:?} is there"), || {
            self.ask(&format!("{{ {element} != null }}")) == true
        });
        let place = self.ask(&format!(
            "{{ (() => {{ {element_statement} it.scrollIntoView({{block: 'center', behavior: 'instant'}}); const box = it.getBoundingClientRect(); return [box.x + box.width / 2, box.y + box.height / 2]; }})() }}",
            element_statement = named(element)
        ));
        for kind in ["mousePressed", "mouseReleased"] {
            let click =
                json!({"type": kind, "x": place[0], "y": place[1], "button": "left", "clickCount": 1});
            self.order("Input.dispatchMouseEvent", &click);
        }
    }

    /// Nothing is wrong with the page, in the light and in the dark.
    pub(crate) fn looks_around(&mut self) {
        for scheme in ["light", "dark"] {
            let features = json!({"features": [{"name": "prefers-color-scheme", "value": scheme}]});
            self.order("Emulation.setEmulatedMedia", &features);
            assert_eq!(self.ask(WRONG), json!([]), "{} in the {scheme}", self.address());
        }
    }

    fn waits_for(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        for _ in 0..LOOKS {
            if is_so() {
                return;
            }
            std::thread::sleep(PAUSE);
        }
        panic!("{what}? {} shows: {}", self.address(), self.ask("document.body?.innerText"));
    }
}

/// The statements that find an element, with the last one, which is the element, given the name `it`.
fn named(element: &str) -> String {
    let at = element.rfind("find(").expect("it is found by its words");
    format!("{}const it = {};", &element[..at], &element[at..])
}
