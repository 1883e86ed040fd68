//! Targets that speak TLS: their own authority, certificates of ours, names, and what is said when they do not fit.

mod authority;
mod helpers;

use std::io::{Read, Write};
use std::net::TcpListener;
use std::sync::atomic::Ordering;

use authority::{Authority, NEW, OLD, SITE, Site, serve, serve_each};
use helpers::{Run, report};
use scenarios::report::Part;

fn scenario(target: &str, path: &str) -> String {
    format!(
        "name: mine\ntarget: {target}\nactions:\n  home: {{ total: 40/s }}\nrequests:\n  home: {{ GET: {path} }}\nload: {{ duration: 1s, warmup: 0s, rate: 40/s, timeout: 5s, think: 50 ms }}\n"
    )
}

const MODELS: [&[&str]; 2] = [&[], &["--closed", "--users", "5"]];

fn in_model(text: &str, model: &[&str]) -> Run {
    let text = if model.is_empty() { text.to_owned() } else { text.replace("rate: 40/s, ", "") };
    Run::new(&text).args(model.iter().copied())
}

#[test]
fn a_target_of_an_authority_of_one_s_own_is_measured_in_both_models() {
    let authority = Authority::new();
    // A body of several records of TLS, and of several reads of the engine.
    for (versions, body, version) in [(NEW, 5, "TLS 1.3"), (OLD, 300_000, "TLS 1.2")] {
        for model in MODELS {
            let served = serve(&authority, &Site { versions, body, ..SITE });
            let target = format!("{{ url: \"{}\", ca: {} }}", served.url, authority.path("ca.pem"));
            let done = in_model(&scenario(&target, "/"), model).start().finish();
            let report = report(&done);
            assert_eq!(done.code, helpers::unless_limited(&report, 0), "{done:?}");
            assert!(report.all.good > 5 && report.all.failed() == 0, "{:?}", report.all.errors);
            assert!(report.all.bytes_per_response > body as f64);
            let tls = report.target.tls.unwrap();
            assert_eq!((tls.version.as_str(), tls.insecure), (version, false));
            assert!(tls.cipher.contains("AES"), "{}", tls.cipher);
            // The connection before the run and that which finds the address carry no handshake of the run's.
            assert_eq!(tls.handshakes + tls.resumed, report.generator.connections);
            assert!(served.connections.load(Ordering::SeqCst) > 1);
            assert!(done.stdout.contains(version) && !done.stdout.contains("INSECURE"));
        }
    }
}

#[test]
fn fresh_connections_resume_the_session_of_an_earlier_one() {
    let authority = Authority::new();
    let served = serve(&authority, &SITE);
    let target = format!("{{ url: \"{}\", ca: {} }}", served.url, authority.path("ca.pem"));
    for model in MODELS {
        let report = report(&in_model(&scenario(&target, "/once"), model).start().finish());
        assert_eq!(report.all.failed(), 0, "{:?}", report.all.errors);
        // Each request opens a connection; its handshake takes time, which is not taken for connecting.
        let parts = report.all.parts.unwrap();
        for part in [Part::Connect, Part::Tls] {
            let had = parts.parts.iter().find(|found| found.part == part).map_or(0, |found| found.count);
            assert_eq!(had, parts.answered, "{part:?}: {parts:?}");
        }
        let tls = report.target.tls.unwrap();
        assert!(tls.resumed > tls.handshakes, "{tls:?}");
    }
}

#[test]
fn a_certificate_that_is_not_trusted_is_told_and_taken_when_asked_to() {
    let authority = Authority::new();
    let served = serve(&authority, &SITE);
    let text = scenario(&served.url, "/");
    let done = Run::new(&text).start().finish();
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.stderr.contains("issued by nobody that is trusted here"), "{}", done.stderr);
    assert!(done.stderr.contains("hint:") && done.stderr.contains("--insecure"), "{}", done.stderr);
    for model in MODELS {
        let done = in_model(&text, model).args(["--insecure"]).start().finish();
        let report = report(&done);
        assert!(report.all.good > 5 && report.all.failed() == 0, "{:?}", report.all.errors);
        assert!(report.target.tls.unwrap().insecure);
        assert!(done.stdout.contains("INSECURE"), "{}", done.stdout);
        let page = std::fs::read_to_string(done.results().join("report.html")).unwrap();
        assert!(page.contains("NOT checked"));
    }
}

#[test]
fn a_wrong_name_and_an_expired_certificate_are_told_apart() {
    let authority = Authority::new();
    let ca = authority.path("ca.pem");
    let elsewhere = Site { names: &["shop.example"], ..SITE };
    let old = Site { until: 2002, ..SITE };
    for (site, said, hint) in [
        (elsewhere, "its certificate is for shop.example, not for 127.0.0.1", "--host"),
        (old, "its certificate expired", "renew it"),
    ] {
        let served = serve(&authority, &site);
        let done = Run::new(&scenario(&served.url, "/")).args(["--ca", &ca]).start().finish();
        assert_eq!(done.code, 2, "{done:?}");
        assert!(done.stderr.contains(said) && done.stderr.contains(hint), "{said}: {}", done.stderr);
        assert!(!done.has_results());
    }
}

#[test]
fn the_host_is_the_name_in_tls_and_in_the_request() {
    let authority = Authority::new();
    let served = serve(&authority, &Site { names: &["shop.example"], ..SITE });
    let target =
        format!("{{ url: \"{}\", ca: {}, host: shop.example }}", served.url, authority.path("ca.pem"));
    for model in MODELS {
        let report = report(&in_model(&scenario(&target, "/host"), model).start().finish());
        assert!(report.all.good > 5 && report.all.failed() == 0, "{:?}", report.all.errors);
    }
}

#[test]
fn a_certificate_of_ours_is_shown_and_its_lack_is_told() {
    let authority = Authority::new();
    let (certificate, key) = authority.client();
    let ca = authority.path("ca.pem");
    for versions in [NEW, OLD] {
        let served = serve(&authority, &Site { wants_client: true, versions, ..SITE });
        let text = scenario(&served.url, "/");
        let done = Run::new(&text).args(["--ca", &ca]).start().finish();
        assert_eq!(done.code, 2, "{done:?}");
        assert!(
            done.stderr.contains("certificate of ours") && done.stderr.contains("--cert"),
            "{}",
            done.stderr
        );
        let ours = ["--cert", certificate.to_str().unwrap(), "--key", key.to_str().unwrap()];
        for model in MODELS {
            let done = in_model(&text, model).args(["--ca", &ca]).args(ours).start().finish();
            let report = report(&done);
            assert!(report.all.good > 5 && report.all.failed() == 0, "{:?}", report.all.errors);
        }
    }
    let served = serve(&authority, &SITE);
    let pair = ["--cert", ca.as_str(), "--key", key.to_str().unwrap()];
    let done = Run::new(&scenario(&served.url, "/")).args(["--ca", &ca]).args(pair).start().finish();
    assert!(done.code == 2 && done.stderr.contains("do not fit together"), "{}", done.stderr);
}

#[test]
fn a_target_by_its_ipv6_address_is_measured_where_the_machine_has_one() {
    if TcpListener::bind("[::1]:0").is_err() {
        eprintln!("skipped: this machine has no address ::1");
        return;
    }
    let authority = Authority::new();
    let served = serve(&authority, &Site { listen: "[::1]:0", ..SITE });
    assert!(served.url.starts_with("https://[::1]:"));
    let target = format!("{{ url: \"{}\", ca: {} }}", served.url, authority.path("ca.pem"));
    for model in MODELS {
        let report = report(&in_model(&scenario(&target, "/"), model).start().finish());
        assert!(report.all.good > 5 && report.all.failed() == 0, "{:?}", report.all.errors);
    }
}

#[test]
fn a_server_that_does_not_speak_tls_is_told() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            drop(stream.read(&mut [0u8; 1_024]));
            drop(stream.write_all(b"HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n"));
        }
    });
    let done = Run::new(&scenario(&url, "/")).args(["--insecure"]).start().finish();
    assert_eq!(done.code, 2, "{done:?}");
    assert!(done.stderr.contains("does not speak TLS") && done.stderr.contains("http://"), "{}", done.stderr);
}

#[test]
fn what_is_done_before_and_after_the_load_goes_over_tls_too() {
    let authority = Authority::new();
    for model in MODELS {
        let served = serve(&authority, &SITE);
        let text = format!(
            "name: mine\ntarget: {{ url: \"{}\", ca: {} }}\nsetup: [open season]\nteardown: [close season]\nactions: {{ look: {{ total: 20/s }}, buy: {{ total: 20/s }} }}\nrequests:\n  open season: {{ POST: /seasons, json: {{ name: test }}, check: status 201, keep: {{ season: json $.id }} }}\n  close season: {{ DELETE: \"/seasons/{{season}}\", check: status 204 }}\n  look: {{ GET: \"/look?season={{season}}\" }}\n  buy: {{ POST: \"/buy?season={{season}}\", json: {{ item: 7 }} }}\njourneys: {{ visit: [look, buy] }}\nload: {{ duration: 1s, warmup: 0s, rate: 40/s, timeout: 5s, think: 50 ms }}\n",
            served.url,
            authority.path("ca.pem")
        );
        let report = report(&in_model(&text, model).start().finish());
        assert!(
            report.all.good > 5 && report.all.failed() == 0,
            "{:?} {:?}",
            report.all.errors,
            report.notes
        );
        assert!(!report.notes.iter().any(|note| note.starts_with("teardown: ")), "{:?}", report.notes);
        let asked = served.asked.lock().unwrap();
        assert_eq!(asked.first().map(String::as_str), Some("POST /seasons"), "{model:?}");
        assert_eq!(asked.last().map(String::as_str), Some("DELETE /seasons/17"), "{model:?}");
        let within = &asked[1..asked.len() - 1];
        assert!(within.iter().all(|asked| asked.ends_with("?season=17")), "{model:?}: {within:?}");
    }
}

#[test]
fn a_certificate_that_changes_in_the_middle_is_told_in_the_same_words_by_both_models() {
    let (ours, other) = (Authority::new(), Authority::named("another"));
    let told = MODELS.map(|model| {
        let (before, after) = (ours.config(&SITE), other.config(&SITE));
        // The look at the address and the question before the run are among the first.
        let served = serve_each(&SITE, move |number| if number < 8 { before.clone() } else { after.clone() });
        let target = format!("{{ url: \"{}\", ca: {}, connections: new }}", served.url, ours.path("ca.pem"));
        let done = in_model(&(scenario(&target, "/") + "slo: errors < 1%\n"), model).start().finish();
        let report = report(&done);
        assert!(matches!(done.code, 1 | 3), "{done:?}");
        assert!(report.all.failed() > 0, "{:?}", report.all);
        let kinds: Vec<_> = report.all.errors.iter().map(|error| error.kind.clone()).collect();
        let notes = report.notes.into_iter();
        let notes: Vec<_> =
            notes.filter(|note| note.starts_with("the first connection that failed: ")).collect();
        assert_eq!(notes.len(), 1, "{model:?}: {notes:?}");
        let printed = done.stdout.split_ascii_whitespace().collect::<Vec<_>>().join(" ");
        assert!(printed.contains("issued by nobody that is trusted here"), "{}", done.stdout);
        (kinds, notes)
    });
    assert_eq!(told[0], told[1]);
    let (kinds, notes) = &told[0];
    assert_eq!(kinds, &["no connection"]);
    assert!(
        notes[0].contains("issued by nobody that is trusted here") && notes[0].contains("--ca"),
        "{notes:?}"
    );
}
