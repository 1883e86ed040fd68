//! What must be seen nowhere: values from the environment and logins in addresses, in every form of a comparison.

mod helpers;

use helpers::server::serve;
use helpers::{Done, Run};

const SCENARIO: &str = "name: hello
actions: { hello: { total: 100/s } }
requests: { hello: { GET: /, headers: { authorization: \"Bearer {token}\" }, check: status 200 } }
visitors: { token: env HELLO_TOKEN }
";
const TOKEN: &str = "s3cr3t-t0ken";
const PASSWORD: &str = "pa55w0rd";

fn check(b: &str, forms: &[&str]) -> Done {
    let a = serve(|asked| {
        let status = if asked.header("authorization").is_some() { "200 OK" } else { "403 Forbidden" };
        format!("HTTP/1.1 {status}\r\nContent-Length: 5\r\n\r\nhello")
    });
    let run = Run::command("check", SCENARIO).with_environment("HELLO_TOKEN", TOKEN);
    let short = ["--max-time", "28s", "--rate", "100", "--block", "400ms", "--no-confirm"];
    run.args(["--a", &a, "--b", b, "--allow-different-answers"])
        .args(short)
        .args(forms.iter().copied())
        .start()
        .finish()
}

/// A server that is given the secrets of the scenario, as many are.
fn command(rest: &str) -> String {
    format!(
        "TOKEN={TOKEN} PROXY=http://ann:{PASSWORD}@proxy.example exec {} __reference-server serve --listen 127.0.0.1:{{port}}{rest}",
        env!("CARGO_BIN_EXE_loadgen")
    )
}

fn assert_hidden(text: &str) {
    assert!(!text.contains(TOKEN) && !text.contains(PASSWORD), "{text}");
}

#[test]
fn secrets_are_in_no_form_of_a_comparison() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let names = ["text", "json", "markdown", "junit"];
    let exports: Vec<String> = names.iter().map(|name| format!("{name}={}", file(name))).collect();
    let mut arguments: Vec<&str> = exports.iter().flat_map(|export| ["--export", export.as_str()]).collect();
    let history = file("history");
    arguments.extend(["--history", &history]);
    let database = format!(" --database {}", file("forum.sqlite"));
    let done = check(&command(&database), &arguments);
    assert!(matches!(done.code, 0 | 1 | 3), "{done:?}");
    for name in names.iter().chain(&["history"]) {
        let text = std::fs::read_to_string(file(name)).unwrap();
        assert_hidden(&text);
        let shows = text.contains("TOKEN=[HELLO_TOKEN] PROXY=http://[hidden]@proxy.example");
        assert!(shows || *name == "history", "{name}: the command is shown otherwise as it is: {text}");
    }
    assert_hidden(&std::fs::read_to_string(done.results().join("comparison.json")).unwrap());
    assert_hidden(&done.stdout);
    assert_hidden(&done.stderr);
}

#[test]
fn secrets_are_in_no_error_of_a_comparison() {
    let done = check(&format!("echo {TOKEN} http://ann:{PASSWORD}@h; exit 7"), &["--format", "junit"]);
    assert!(done.code == 2 && done.stdout.contains("[HELLO_TOKEN] http://[hidden]@h"), "{done:?}");
    assert_hidden(&done.stdout);
    assert_hidden(&done.stderr);
    let done = check(&format!("http://ann:{PASSWORD}@127.0.0.1:1"), &[]);
    assert!(done.code == 2 && done.stderr.contains("[hidden]@127.0.0.1:1"), "{done:?}");
    assert_hidden(&done.stderr);
}
