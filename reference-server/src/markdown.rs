//! Markdown, as members write it, to HTML that is safe by construction.
//!
//! HTML that somebody types is shown as the text it is; a link leads to the web or to an address of this site, or it is
//! no link; a picture becomes a link to it, since a page loads nothing from elsewhere. So every tag in the result is one
//! of [`TAGS`] and written here, and there is nothing that a sanitiser would have to find afterwards.

use std::fmt::Write as _;

use pulldown_cmark::{Alignment, CodeBlockKind, CowStr, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

/// Quotations and lists inside each other; deeper ones are shown flat. A byte of Markdown may open one, and thirty
/// thousand boxes in each other are no text but an attack on browsers.
const MAX_DEPTH: usize = 12;

/// Every element that can come out.
pub const TAGS: [&str; 25] = [
    "a",
    "blockquote",
    "br",
    "code",
    "del",
    "em",
    "h3",
    "h4",
    "h5",
    "h6",
    "hr",
    "li",
    "ol",
    "p",
    "pre",
    "strong",
    "table",
    "tbody",
    "td",
    "th",
    "thead",
    "tr",
    "ul",
    "div",
    "span",
];

/// HTML for what a member wrote: `CommonMark` with tables and strike-through. The headings begin at the third level,
/// below those of the page.
#[must_use]
pub fn html(markdown: &str) -> String {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH;
    let mut writer = Writer { html: String::with_capacity(markdown.len() * 5 / 4 + 32), ..Writer::default() };
    for event in Parser::new_ext(markdown, options) {
        writer.event(event);
    }
    writer.html
}

#[derive(Default)]
struct Writer {
    html: String,
    /// What closes each element that is open and whose end says too little: links.
    links: Vec<&'static str>,
    /// Quotations and lists that are open, the flat ones included.
    depth: usize,
    /// The columns of the table that is open, and the next one.
    columns: Vec<Alignment>,
    column: usize,
    in_head: bool,
    /// Inside of a picture only its description is text.
    pictures: usize,
}

impl Writer {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) | Event::Html(text) | Event::InlineHtml(text) => self.text(&text),
            Event::Code(code) => {
                self.html.push_str("<code>");
                self.text(&code);
                self.html.push_str("</code>");
            }
            Event::SoftBreak => self.html.push('\n'),
            Event::HardBreak => self.html.push_str("<br>\n"),
            Event::Rule => self.html.push_str("<hr>\n"),
            // Extensions that are not switched on.
            Event::InlineMath(text) | Event::DisplayMath(text) | Event::FootnoteReference(text) => {
                self.text(&text);
            }
            Event::TaskListMarker(_) => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            // Raw HTML is text, and stands in a paragraph of its own.
            Tag::Paragraph | Tag::HtmlBlock => self.html.push_str("<p>"),
            Tag::Heading { level, .. } => self.put(format_args!("<h{}>", level_of(level))),
            Tag::BlockQuote(_) => self.open("<blockquote>\n"),
            Tag::List(None) => self.open("<ul>\n"),
            Tag::List(Some(1)) => self.open("<ol>\n"),
            Tag::List(Some(first)) => {
                self.nested(|writer| writer.put(format_args!("<ol start=\"{first}\">\n")));
            }
            Tag::Item => self.shallow("<li>"),
            Tag::CodeBlock(CodeBlockKind::Fenced(_) | CodeBlockKind::Indented) => {
                self.html.push_str("<pre><code>");
            }
            Tag::Emphasis => self.html.push_str("<em>"),
            Tag::Strong => self.html.push_str("<strong>"),
            Tag::Strikethrough => self.html.push_str("<del>"),
            Tag::Link { dest_url, .. } => self.link(&dest_url),
            Tag::Image { dest_url, .. } => {
                self.link(&dest_url);
                self.pictures += 1;
            }
            Tag::Table(columns) => {
                self.columns = columns;
                self.html.push_str("<div class=\"table\"><table>\n");
            }
            Tag::TableHead => {
                self.in_head = true;
                self.column = 0;
                self.html.push_str("<thead><tr>");
            }
            Tag::TableRow => {
                self.column = 0;
                self.html.push_str("<tr>");
            }
            Tag::TableCell => self.cell(),
            // Extensions that are off.
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Paragraph | TagEnd::HtmlBlock => self.html.push_str("</p>\n"),
            TagEnd::Heading(level) => self.put(format_args!("</h{}>\n", level_of(level))),
            TagEnd::BlockQuote(_) => self.close("</blockquote>\n"),
            TagEnd::List(false) => self.close("</ul>\n"),
            TagEnd::List(true) => self.close("</ol>\n"),
            TagEnd::Item => self.shallow("</li>\n"),
            TagEnd::CodeBlock => self.html.push_str("</code></pre>\n"),
            TagEnd::Emphasis => self.html.push_str("</em>"),
            TagEnd::Strong => self.html.push_str("</strong>"),
            TagEnd::Strikethrough => self.html.push_str("</del>"),
            TagEnd::Link => self.unlink(),
            TagEnd::Image => {
                self.pictures = self.pictures.saturating_sub(1);
                self.unlink();
            }
            TagEnd::Table => self.html.push_str("</tbody></table></div>\n"),
            TagEnd::TableHead => {
                self.in_head = false;
                self.html.push_str("</tr></thead>\n<tbody>\n");
            }
            TagEnd::TableRow => self.html.push_str("</tr>\n"),
            TagEnd::TableCell => self.html.push_str(if self.in_head { "</th>" } else { "</td>" }),
            _ => {}
        }
    }

    /// A quotation or a list begins.
    fn open(&mut self, tag: &str) {
        self.nested(|writer| writer.html.push_str(tag));
    }

    fn nested(&mut self, tag: impl FnOnce(&mut Self)) {
        self.depth += 1;
        if self.depth <= MAX_DEPTH {
            tag(self);
        }
    }

    fn close(&mut self, tag: &str) {
        if self.depth <= MAX_DEPTH {
            self.html.push_str(tag);
        }
        self.depth = self.depth.saturating_sub(1);
    }

    fn shallow(&mut self, tag: &str) {
        if self.depth <= MAX_DEPTH {
            self.html.push_str(tag);
        }
    }

    fn cell(&mut self) {
        let tag = if self.in_head { "th" } else { "td" };
        let class = match self.columns.get(self.column) {
            Some(Alignment::Right) => " class=\"right\"",
            Some(Alignment::Center) => " class=\"center\"",
            _ => "",
        };
        self.column += 1;
        self.put(format_args!("<{tag}{class}>"));
    }

    /// A link inside of a picture's description, or to where none may lead, is only its text.
    fn link(&mut self, to: &CowStr<'_>) {
        if self.links.last() == Some(&"</a>") || !may_lead_to(to) {
            self.links.push("");
            return;
        }
        self.html.push_str("<a href=\"");
        self.text(to);
        // Links of members earn no rank, and the other site gets no handle on this one.
        self.html.push_str("\" rel=\"nofollow ugc noopener\">");
        self.links.push("</a>");
    }

    fn unlink(&mut self) {
        let end = self.links.pop().unwrap_or_default();
        self.html.push_str(end);
    }

    fn text(&mut self, text: &str) {
        for letter in text.chars() {
            match letter {
                '<' => self.html.push_str("&lt;"),
                '>' => self.html.push_str("&gt;"),
                '&' => self.html.push_str("&amp;"),
                '"' => self.html.push_str("&quot;"),
                letter => self.html.push(letter),
            }
        }
    }

    fn put(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = self.html.write_fmt(text);
    }
}

/// The page has the first two levels for itself.
const fn level_of(level: HeadingLevel) -> u8 {
    match level {
        HeadingLevel::H1 => 3,
        HeadingLevel::H2 => 4,
        HeadingLevel::H3 => 5,
        _ => 6,
    }
}

/// Whether a link may lead there: to the web, to a mailbox, or to an address on this site. What has control characters
/// or spaces is read differently by different browsers, and `//` or `\` leave the site while looking as if they stayed.
fn may_lead_to(to: &str) -> bool {
    let plain = to.chars().all(|letter| !letter.is_control() && letter != '\\' && letter != ' ');
    let begins = |with: &str| to.get(..with.len()).is_some_and(|start| start.eq_ignore_ascii_case(with));
    let web =
        ["https://", "http://", "mailto:"].iter().any(|scheme| begins(scheme) && to.len() > scheme.len());
    let here = (to.starts_with('/') && !to.starts_with("//")) || to.starts_with('#');
    plain && (web || here)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_members_write_becomes_html() {
        for (markdown, expected) in [
            ("one\ntwo\n\nthree", "<p>one\ntwo</p>\n<p>three</p>\n"),
            (
                "*a* **b** ~~c~~ `<d>`",
                "<p><em>a</em> <strong>b</strong> <del>c</del> <code>&lt;d&gt;</code></p>\n",
            ),
            ("# Title", "<h3>Title</h3>\n"),
            ("> said", "<blockquote>\n<p>said</p>\n</blockquote>\n"),
            ("- a\n- b", "<ul>\n<li>a</li>\n<li>b</li>\n</ul>\n"),
            ("3. a\n4. b", "<ol start=\"3\">\n<li>a</li>\n<li>b</li>\n</ol>\n"),
            ("```rust\nlet x = 1 < 2;\n```", "<pre><code>let x = 1 &lt; 2;\n</code></pre>\n"),
            (
                "| a | b |\n|---|--:|\n| 1 | 2 |",
                "<div class=\"table\"><table>\n<thead><tr><th>a</th><th class=\"right\">b</th></tr></thead>\n<tbody>\n\
                 <tr><td>1</td><td class=\"right\">2</td></tr>\n</tbody></table></div>\n",
            ),
            (
                "[docs](https://example.org/?a=1&b=2)",
                "<p><a href=\"https://example.org/?a=1&amp;b=2\" rel=\"nofollow ugc noopener\">docs</a></p>\n",
            ),
            (
                "[above](/questions/7#answer-3)",
                "<p><a href=\"/questions/7#answer-3\" rel=\"nofollow ugc noopener\">above</a></p>\n",
            ),
            (
                "![a graph](https://example.org/g.png)",
                "<p><a href=\"https://example.org/g.png\" rel=\"nofollow ugc noopener\">a graph</a></p>\n",
            ),
            ("", ""),
        ] {
            assert_eq!(html(markdown), expected, "{markdown:?}");
        }
    }

    #[test]
    fn what_is_typed_as_html_is_text_and_no_link_runs_a_script() {
        for (markdown, expected) in [
            ("a <b>c</b>", "<p>a &lt;b&gt;c&lt;/b&gt;</p>\n"),
            ("<script>alert(1)</script>", "<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>\n"),
            ("[x](javascript:alert(1))", "<p>x</p>\n"),
            ("[x](JaVaScript:alert(1))", "<p>x</p>\n"),
            ("[x](data:text/html,<b>)", "<p>x</p>\n"),
            ("[x](//evil.example)", "<p>x</p>\n"),
            ("[x](/\\evil.example)", "<p>x</p>\n"),
            ("[x](vbscript:x)", "<p>x</p>\n"),
            ("<javascript:alert(1)>", "<p>javascript:alert(1)</p>\n"),
            ("[x](<https://a\" onclick=\"b>)", "<p>x</p>\n"),
            (
                "[x](https://a\"onclick=b)",
                "<p><a href=\"https://a&quot;onclick=b\" rel=\"nofollow ugc noopener\">x</a></p>\n",
            ),
            (
                "[![y](https://b)](https://a)",
                "<p><a href=\"https://a\" rel=\"nofollow ugc noopener\">y</a></p>\n",
            ),
        ] {
            assert_eq!(html(markdown), expected, "{markdown:?}");
        }
    }

    #[test]
    fn boxes_in_boxes_end_somewhere() {
        let deep = html(&format!("{}x", "> ".repeat(10_000)));
        assert_eq!(deep.matches("<blockquote>").count(), MAX_DEPTH);
        assert_eq!(deep.matches("</blockquote>").count(), MAX_DEPTH);
        assert!(deep.contains('x'));
    }

    /// Every tag of the result, or why the result is none that this module writes.
    fn tags(html: &str) -> Result<Vec<&str>, String> {
        let mut open = Vec::new();
        for part in html.split('<').skip(1) {
            let (tag, rest) = part.split_once('>').ok_or_else(|| format!("an open end: {part}"))?;
            if rest.contains('>') {
                return Err(format!("a bare >: {rest}"));
            }
            let name = tag.trim_start_matches('/').split(' ').next().unwrap_or_default();
            if !TAGS.contains(&name) {
                return Err(format!("<{tag}>"));
            }
            let attributes = &tag[tag.find(' ').unwrap_or(tag.len())..];
            let known = ["", " class=\"right\"", " class=\"center\"", " class=\"table\""]
                .contains(&attributes)
                || (name == "a"
                    && attributes.starts_with(" href=\"")
                    && attributes.ends_with("\" rel=\"nofollow ugc noopener\"")
                    && attributes.matches('"').count() == 4)
                || (name == "ol"
                    && attributes.starts_with(" start=\"")
                    && attributes.matches('"').count() == 2);
            if !known {
                return Err(format!("<{tag}>"));
            }
            match tag.strip_prefix('/') {
                Some(name) if open.pop() == Some(name) => {}
                Some(name) => return Err(format!("</{name}> closes nothing")),
                None if ["br", "hr"].contains(&name) => {}
                None => open.push(name),
            }
        }
        Ok(open)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn whatever_is_typed_the_tags_are_ours_and_in_order(
            pieces in prop::collection::vec(
                prop_oneof![
                    prop::sample::select(vec![
                        "<script>", "</p>", "<img src=x onerror=y>", "[", "](", ")", "![", "javascript:", "https://", "`", "```\n", "> ",
                        "- ", "1. ", "\n", "\n\n", "    ", "*", "**", "~~", "|", "|-|\n", "&lt;", "&#106;", "<!--", "-->", "\"", "<a href=",
                        "\u{0}", "\\", "# ", "[x]: javascript:y\n", "<https://x>", "\t",
                    ]).prop_map(str::to_owned),
                    any::<char>().prop_map(String::from),
                ],
                0..60,
            )
        ) {
            let typed = pieces.concat();
            let made = html(&typed);
            prop_assert_eq!(tags(&made), Ok(vec![]), "{:?} -> {}", typed, made);
        }
    }
}
