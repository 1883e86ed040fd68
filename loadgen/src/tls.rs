//! What TLS needs before the first handshake, and in plain words why one has failed.

use std::io;
use std::path::Path;
use std::sync::Arc;

use rustls::client::WebPkiServerVerifier;
use rustls::client::danger::ServerCertVerifier;
use rustls::crypto::{CryptoProvider, aws_lc_rs};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use scenarios::report::TlsFacts;
use scenarios::target;

mod explain;
mod unchecked;

pub(crate) use explain::{Trouble, explain};

/// How to speak TLS with a target.
#[derive(Clone, Debug)]
pub(crate) struct Tls {
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) name: ServerName<'static>,
    is_checked: bool,
}

/// Why TLS cannot even be tried.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TlsError {
    #[error("cannot read {file}: {problem}\n  hint: name a PEM file with {what}")]
    File { file: String, problem: String, what: &'static str },
    #[error(
        "the certificate in {file} and its key do not fit together: {problem}\n  hint: `certificate:` and `key:` (--cert, --key) name a pair"
    )]
    Pair { file: String, problem: rustls::Error },
    #[error(
        "`{name}` is no name that a certificate can have\n  hint: give one with `host: shop.example` (--host)"
    )]
    Name { name: String },
    #[error(
        "this system knows no certificates to check the server's by: {problem}\n  hint: install the package ca-certificates, name them with `ca: ca.pem` (--ca), or take any with `insecure: yes` (--insecure)"
    )]
    NoRoots { problem: rustls::Error },
}

impl Tls {
    /// Reads the files that are named. `host` is the name to ask for, with or without a port.
    ///
    /// # Errors
    /// A file is not what it should be, or the name is none.
    pub(crate) fn new(wishes: &target::Tls, host: &str) -> Result<Tls, TlsError> {
        let (bare, _) = target::split_port(host);
        let bare = bare.trim_start_matches('[').trim_end_matches(']');
        let name =
            ServerName::try_from(bare.to_owned()).map_err(|_| TlsError::Name { name: bare.to_owned() })?;
        let provider = Arc::new(aws_lc_rs::default_provider());
        let verifier = verifier(wishes, &provider)?;
        let versions = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|problem| TlsError::NoRoots { problem })?;
        let builder = versions.dangerous().with_custom_certificate_verifier(verifier);
        let mut config = match &wishes.identity {
            None => builder.with_no_client_auth(),
            Some(target::Identity { certificate, key }) => {
                let private = PrivateKeyDer::from_pem_file(Path::new(key))
                    .map_err(|problem| unreadable(key, &problem, "a private key"))?;
                builder
                    .with_client_auth_cert(certificates(certificate)?, private)
                    .map_err(|problem| TlsError::Pair { file: certificate.clone(), problem })?
            }
        };
        config.alpn_protocols = vec![b"http/1.1".to_vec()];
        Ok(Tls { config: Arc::new(config), name, is_checked: !wishes.insecure })
    }

    /// A connection that is yet to be made.
    pub(crate) fn session(&self) -> io::Result<rustls::ClientConnection> {
        rustls::ClientConnection::new(self.config.clone(), self.name.clone()).map_err(io::Error::other)
    }

    /// What was agreed on, for the report.
    pub(crate) fn facts(&self, session: &rustls::ClientConnection) -> TlsFacts {
        let version = match session.protocol_version() {
            Some(rustls::ProtocolVersion::TLSv1_3) => "TLS 1.3".to_owned(),
            Some(rustls::ProtocolVersion::TLSv1_2) => "TLS 1.2".to_owned(),
            other => format!("{other:?}"),
        };
        let suite = session.negotiated_cipher_suite().map(|suite| format!("{:?}", suite.suite()));
        let cipher = suite.unwrap_or_default().replace("TLS13_", "").replace("TLS_", "").replace('_', "-");
        TlsFacts { version, cipher, insecure: !self.is_checked, handshakes: 0, resumed: 0 }
    }
}

fn verifier(
    wishes: &target::Tls,
    provider: &Arc<CryptoProvider>,
) -> Result<Arc<dyn ServerCertVerifier>, TlsError> {
    if wishes.insecure {
        return Ok(Arc::new(unchecked::Unchecked::new(provider)));
    }
    let Some(file) = &wishes.ca else {
        let system = rustls_platform_verifier::Verifier::new(provider.clone());
        return Ok(Arc::new(system.map_err(|problem| TlsError::NoRoots { problem })?));
    };
    let what = "the certificates that vouch for the server's";
    let mut roots = RootCertStore::empty();
    for certificate in certificates(file)? {
        roots.add(certificate).map_err(|problem| unreadable(file, &problem, what))?;
    }
    let verifier = WebPkiServerVerifier::builder_with_provider(Arc::new(roots), provider.clone()).build();
    Ok(verifier.map_err(|problem| unreadable(file, &problem, what))?)
}

/// All certificates of a file, at least one.
fn certificates(file: &str) -> Result<Vec<CertificateDer<'static>>, TlsError> {
    let what = "one or more certificates";
    let found: Result<Vec<_>, _> = CertificateDer::pem_file_iter(Path::new(file)).and_then(Iterator::collect);
    let found = found.map_err(|problem| unreadable(file, &problem, what))?;
    if found.is_empty() { Err(unreadable(file, &"there is no certificate in it", what)) } else { Ok(found) }
}

fn unreadable(file: &str, problem: &impl std::fmt::Display, what: &'static str) -> TlsError {
    TlsError::File { file: file.to_owned(), problem: problem.to_string(), what }
}
