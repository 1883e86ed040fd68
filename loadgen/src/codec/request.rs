//! Requests: checked once, written often.
//!
//! A journey is compiled before the run: its method, host, fixed path pieces and headers are checked there, by the only
//! constructors there are. Writing a request is then copying, and what varies between requests goes through calls
//! that cannot inject anything: numbers, text that is percent-encoded, and headers that were checked when their value
//! was captured. So no answer of a server can turn one request into two.
//!
//! ```text
//! Template::new(..)?            once
//!   .begin(&mut buffer)         PathWriter: fixed, number, text
//!   .headers()                  HeaderWriter: header
//!   .finish(body)               Content-Length and body
//! ```

use std::borrow::Cow;

use scenarios::requests::Method;

use super::head::is_name;

/// Whether a request without a body has to say so.
fn expects_body(method: Method) -> bool {
    matches!(method, Method::Post | Method::Put | Method::Patch)
}

/// Why a part of a request was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refused {
    /// A character that would end the path, or is not allowed in one.
    #[error(
        "path `{}`: found {found:?}, expected printable ASCII without blanks\n  hint: percent-encode it, or give it as text, which is encoded",
        path.escape_debug()
    )]
    Path {
        /// The path as given.
        path: String,
        /// What it must not contain.
        found: char,
    },
    /// The path does not start at the root.
    #[error(
        "path `{path}`: expected it to start with `/`\n  hint: write `/{path}`; the host is given by the target"
    )]
    Relative {
        /// The path as given.
        path: String,
    },
    /// A header name with other characters than names have.
    #[error("header name `{}`: expected letters, digits and `-`\n  hint: write `accept-language`, without the colon", name.escape_debug())]
    Name {
        /// The name as given.
        name: String,
    },
    /// A header that the codec writes itself.
    #[error("header `{name}`: it is written by the generator\n  hint: leave it out")]
    Reserved {
        /// The name as given.
        name: String,
    },
    /// A line end or another control character in the value of a header.
    #[error(
        "header `{name}`: found {found:?} in its value, expected printable text\n  hint: a value is a single line"
    )]
    Value {
        /// The name of the header.
        name: String,
        /// What the value must not contain.
        found: char,
    },
}

/// A fixed piece of a path, known to be free of anything that could end it. The first piece starts with `/`; a query
/// may be part of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Path(Box<str>);

impl Path {
    /// The beginning of a path.
    ///
    /// # Errors
    /// It does not start with `/`, or has a character that paths cannot have.
    pub fn root(path: &str) -> Result<Path, Refused> {
        if !path.starts_with('/') {
            return Err(Refused::Relative { path: path.to_owned() });
        }
        Path::piece(path)
    }

    /// A further piece.
    ///
    /// # Errors
    /// It has a character that paths cannot have.
    pub fn piece(path: &str) -> Result<Path, Refused> {
        match path.chars().find(|found| !found.is_ascii_graphic() || *found == '#') {
            Some(found) => Err(Refused::Path { path: path.to_owned(), found }),
            None => Ok(Path(path.into())),
        }
    }

    /// The text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A header field, known to be a single line.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Header(Box<str>);

impl Header {
    /// Checks a header once, when a journey is compiled or when its value has been captured.
    ///
    /// # Errors
    /// The name is none, is one that the codec writes itself, or the value has a line end or control character.
    pub fn new(name: &str, value: &str) -> Result<Header, Refused> {
        const RESERVED: [&str; 4] = ["host", "content-length", "transfer-encoding", "connection"];
        if !is_name(name) {
            return Err(Refused::Name { name: name.to_owned() });
        }
        if RESERVED.iter().any(|reserved| name.eq_ignore_ascii_case(reserved)) {
            return Err(Refused::Reserved { name: name.to_owned() });
        }
        field(name, value)
    }

    /// As it is sent, line end included.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The name of a header whose value varies, checked once.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Name(Cow<'static, str>);

impl Name {
    /// The name under which cookies are sent.
    pub const COOKIE: Name = Name(Cow::Borrowed("cookie"));

    /// Checks a name.
    ///
    /// # Errors
    /// It is none, or one that the codec writes itself.
    pub fn new(name: &str) -> Result<Name, Refused> {
        Header::new(name, "").map(|_| Name(Cow::Owned(name.to_owned())))
    }
}

fn field(name: &str, value: &str) -> Result<Header, Refused> {
    match value.chars().find(|found| found.is_control() && *found != '\t') {
        Some(found) => Err(Refused::Value { name: name.to_owned(), found }),
        None => Ok(Header(format!("{name}: {value}\r\n").into())),
    }
}

/// What all requests of a step have in common.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Template {
    method: Method,
    /// What stands between the path and the headers that vary.
    middle: Box<str>,
}

impl Template {
    /// Checks what is fixed. `host` is the value of the Host field: a name or address, with the port unless it is 80.
    ///
    /// # Errors
    /// The host has a line end or control character.
    pub fn new(method: Method, host: &str, headers: &[Header]) -> Result<Template, Refused> {
        let host = field("Host", host)?;
        let fixed: String = headers.iter().map(Header::as_str).collect();
        Ok(Template { method, middle: format!(" HTTP/1.1\r\n{}{fixed}", host.as_str()).into() })
    }

    /// The same, for connections that carry one request each: the server is told to close after it.
    #[must_use]
    pub fn closing(self) -> Template {
        Template { middle: format!("{}Connection: close\r\n", self.middle).into(), ..self }
    }

    /// The method of the requests.
    #[must_use]
    pub fn method(&self) -> Method {
        self.method
    }

    /// Begins a request at the end of `out`.
    pub fn begin<'a>(&'a self, out: &'a mut Vec<u8>) -> PathWriter<'a> {
        out.extend_from_slice(self.method.name().as_bytes());
        out.push(b' ');
        PathWriter { template: self, out }
    }
}

/// Writes the path of a request, piece by piece. The first piece must be a [`Path::root`].
#[derive(Debug)]
pub struct PathWriter<'a> {
    template: &'a Template,
    out: &'a mut Vec<u8>,
}

impl<'a> PathWriter<'a> {
    /// Adds a fixed piece.
    #[must_use]
    pub fn fixed(self, path: &Path) -> PathWriter<'a> {
        self.out.extend_from_slice(path.0.as_bytes());
        self
    }

    /// Adds a number.
    #[must_use]
    pub fn number(self, number: u64) -> PathWriter<'a> {
        write_decimal(self.out, number);
        self
    }

    /// Adds text, percent-encoded except for what never needs it (RFC 3986, section 2.3).
    #[must_use]
    pub fn text(self, text: &str) -> PathWriter<'a> {
        write_encoded(self.out, text);
        self
    }

    /// Copies what was written of the path; `begun` is where the request begins.
    pub(crate) fn copy_to(&self, begun: usize, to: &mut String) {
        to.clear();
        let start = begun + self.template.method.name().len() + 1;
        to.push_str(std::str::from_utf8(&self.out[start..]).unwrap_or_default());
    }

    /// Ends the path; the fixed headers follow.
    #[must_use]
    pub fn headers(self) -> HeaderWriter<'a> {
        self.out.extend_from_slice(self.template.middle.as_bytes());
        HeaderWriter { method: self.template.method, out: self.out }
    }
}

/// Writes the headers that vary, and the body.
#[derive(Debug)]
pub struct HeaderWriter<'a> {
    method: Method,
    out: &'a mut Vec<u8>,
}

impl<'a> HeaderWriter<'a> {
    /// Adds a header.
    #[must_use]
    pub fn header(self, header: &Header) -> HeaderWriter<'a> {
        self.out.extend_from_slice(header.0.as_bytes());
        self
    }

    /// Adds a header whose value varies. A value that is no single line is left out: it came with an answer, and the
    /// server will say that it is missing.
    #[must_use]
    pub fn field(self, name: &Name, value: &str) -> HeaderWriter<'a> {
        if !value.contains(|c: char| c.is_control() && c != '\t') {
            for piece in [&name.0, ": ", value, "\r\n"] {
                self.out.extend_from_slice(piece.as_bytes());
            }
        }
        self
    }

    /// Ends the request with its body, which may be empty.
    pub fn finish(self, body: &[u8]) {
        if !body.is_empty() || expects_body(self.method) {
            self.out.extend_from_slice(b"Content-Length: ");
            write_decimal(self.out, body.len() as u64);
            self.out.extend_from_slice(b"\r\n");
        }
        self.out.extend_from_slice(b"\r\n");
        self.out.extend_from_slice(body);
    }
}

/// Writes text percent-encoded, but for what never needs it (RFC 3986, section 2.3): as in paths and in forms.
pub(crate) fn write_encoded(out: &mut Vec<u8>, text: &str) {
    const DIGITS: &[u8; 16] = b"0123456789ABCDEF";
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~') {
            out.push(byte);
        } else {
            let [high, low] = [byte >> 4, byte & 15].map(|digit| DIGITS[usize::from(digit)]);
            out.extend_from_slice(&[b'%', high, low]);
        }
    }
}

/// Writes a number without the machinery of formatting.
fn write_decimal(out: &mut Vec<u8>, mut number: u64) {
    let mut digits = [0_u8; 20]; // u64::MAX has 20 digits
    let mut start = digits.len();
    loop {
        start -= 1;
        digits[start] = b'0' + (number % 10) as u8;
        number /= 10;
        if number == 0 {
            break;
        }
    }
    out.extend_from_slice(&digits[start..]);
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(method: Method, text: &str, body: &[u8]) -> String {
        let accept = Header::new("Accept", "*/*").unwrap();
        let cookie = Header::new("Cookie", "sid=42").unwrap();
        let template = Template::new(method, "forum.example:8080", &[accept]).unwrap();
        let mut out = Vec::new();
        let path = template.begin(&mut out).fixed(&Path::root("/questions/").unwrap());
        path.number(7).fixed(&Path::piece("?q=").unwrap()).text(text).headers().header(&cookie).finish(body);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn a_request_is_written_as_the_protocol_says() {
        let head = " HTTP/1.1\r\nHost: forum.example:8080\r\nAccept: */*\r\nCookie: sid=42\r\n";
        for (method, text, body, expected) in [
            (Method::Get, "rust", "", format!("GET /questions/7?q=rust{head}\r\n")),
            (Method::Get, "a b/ü", "", format!("GET /questions/7?q=a%20b%2F%C3%BC{head}\r\n")),
            (Method::Delete, "", "", format!("DELETE /questions/7?q={head}\r\n")),
            (Method::Post, "", "{}", format!("POST /questions/7?q={head}Content-Length: 2\r\n\r\n{{}}")),
            (Method::Put, "", "", format!("PUT /questions/7?q={head}Content-Length: 0\r\n\r\n")),
        ] {
            assert_eq!(written(method, text, body.as_bytes()), expected, "{method:?} {text:?}");
        }
    }

    #[test]
    fn a_request_that_is_alone_on_its_connection_says_so() {
        let template = Template::new(Method::Get, "h", &[]).unwrap().closing();
        let mut out = Vec::new();
        template.begin(&mut out).fixed(&Path::root("/").unwrap()).headers().finish(b"");
        assert_eq!(out, b"GET / HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n");
    }

    #[test]
    fn parts_that_could_end_a_line_are_refused_with_a_hint() {
        for (refused, says) in [
            (Path::root("/a b").map(drop), "' '"),
            (Path::root("/a\r\nX: y").map(drop), "'\\r'"),
            (Path::root("/ü").map(drop), "'ü'"),
            (Path::root("/a#b").map(drop), "'#'"),
            (Path::root("a").map(drop), "start with `/`"),
            (Header::new("X", "a\nb").map(drop), "'\\n'"),
            (Header::new("X", "a\rb").map(drop), "'\\r'"),
            (Header::new("X", "a\0b").map(drop), "'\\0'"),
            (Header::new("", "a").map(drop), "header name ``"),
            (Header::new("X: y\r\nZ", "a").map(drop), "header name `X: y\\r\\nZ`"),
            (Header::new("Content-Length", "5").map(drop), "written by the generator"),
            (Header::new("host", "a").map(drop), "written by the generator"),
            (Template::new(Method::Get, "a\r\nb", &[]).map(drop), "'\\r'"),
        ] {
            let error = refused.expect_err(says).to_string();
            assert!(error.contains(says) && error.contains("\n  hint: "), "{error}");
        }
    }

    proptest! {
        #[test]
        fn no_text_and_no_accepted_header_adds_a_line(text in ".{0,40}", value in ".{0,40}", number: u64) {
            let template = Template::new(Method::Get, "h", &[]).unwrap();
            let mut out = Vec::new();
            let path = template.begin(&mut out).fixed(&Path::root("/").unwrap()).number(number).text(&text);
            let mut writer = path.headers();
            let mut lines = 3; // request line, Host, the empty one
            if let Ok(header) = Header::new("X", &value) {
                writer = writer.header(&header);
                lines += 1;
            }
            writer.finish(b"");
            let out = String::from_utf8(out).unwrap();
            prop_assert_eq!(out.matches(['\r', '\n']).count(), 2 * lines);
            prop_assert_eq!(out.split("\r\n").next().unwrap().matches(' ').count(), 2);
            let prefix = format!("GET /{number}");
            prop_assert!(out.starts_with(&prefix));
        }
    }
}
