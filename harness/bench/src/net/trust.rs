//! Which certificates of servers are trusted.
//!
//! Those that the system trusts, as reqwest does by itself; and where `SSL_CERT_FILE` names a file, the very certificates in
//! it too. curl and Python accept a self-signed certificate that is named so, and webpki refuses it, since most are made as
//! authorities and not as servers' certificates.

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::CryptoProvider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, DigitallySignedStruct, Error, SignatureScheme};
use rustls_platform_verifier::Verifier;

/// The variable that names a file of certificates, as OpenSSL, curl and Python read it.
const VARIABLE: &str = "SSL_CERT_FILE";

/// What to connect with where certificates were named; `None` where none were, or their file holds none.
pub(super) fn named() -> Option<ClientConfig> {
    let file = std::env::var_os(VARIABLE)?;
    config(&certificates(Path::new(&file)))
}

/// The certificates of a PEM file. What cannot be read is trusted by nobody, and the error of the connection names the
/// variable.
fn certificates(file: &Path) -> Vec<CertificateDer<'static>> {
    CertificateDer::pem_file_iter(file).map(|found| found.flatten().collect()).unwrap_or_default()
}

fn config(named: &[CertificateDer<'static>]) -> Option<ClientConfig> {
    if named.is_empty() {
        return None;
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let trust = Named { named: named.to_vec(), others: others(named, &provider)? };
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions().ok()?;
    Some(config.dangerous().with_custom_certificate_verifier(Arc::new(trust)).with_no_client_auth())
}

/// What the system trusts, and what the named certificates vouch for.
fn others(named: &[CertificateDer<'static>], provider: &Arc<CryptoProvider>) -> Option<Verifier> {
    let extended = Verifier::new_with_extra_roots(named.iter().cloned(), Arc::clone(provider));
    extended.or_else(|_| Verifier::new(Arc::clone(provider))).ok()
}

/// Trusts the very certificates that were named, and what the others vouch for. That a server holds the key of its
/// certificate is proved in either case.
#[derive(Debug)]
struct Named {
    named: Vec<CertificateDer<'static>>,
    others: Verifier,
}

impl ServerCertVerifier for Named {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let refused = match self.others.verify_server_cert(end_entity, intermediates, server_name, ocsp_response, now) {
            Ok(verified) => return Ok(verified),
            Err(refused) => refused,
        };
        if self.named.iter().any(|named| named == end_entity) {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(refused)
        }
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.others.verify_tls12_signature(message, cert, dss)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        self.others.verify_tls13_signature(message, cert, dss)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.others.supported_verify_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A self-signed certificate for `localhost`, an authority as `openssl req -x509` makes them; valid or not, it is named.
    const SELF_SIGNED: &str = include_str!("self_signed.pem");

    #[test]
    fn the_very_certificate_that_is_named_is_trusted_and_no_other() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("s.pem");
        std::fs::write(&file, SELF_SIGNED).unwrap();
        let certificates = certificates(&file);
        assert_eq!(certificates.len(), 1);
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let name = ServerName::try_from("localhost").unwrap();
        let verified = |named: Vec<CertificateDer<'static>>| {
            let others = Verifier::new(Arc::clone(&provider)).unwrap();
            Named { named, others }.verify_server_cert(&certificates[0], &[], &name, &[], UnixTime::now()).is_ok()
        };
        assert!(verified(certificates.clone()));
        assert!(!verified(Vec::new()));
        assert!(!verified(vec![CertificateDer::from(vec![0_u8; 9])]));
    }

    #[test]
    fn a_file_without_certificates_changes_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("s.pem");
        std::fs::write(&file, "no certificate").unwrap();
        assert!(config(&certificates(&file)).is_none());
        assert!(config(&certificates(&folder.path().join("none.pem"))).is_none());
        std::fs::write(&file, SELF_SIGNED).unwrap();
        assert!(config(&certificates(&file)).is_some());
    }
}
