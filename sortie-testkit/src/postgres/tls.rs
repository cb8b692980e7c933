//! A server that is reached over TCP, with a certificate of an authority made for it or without TLS at all.

use std::{net::TcpListener, path::PathBuf};

use anyhow::Result;

use super::Cluster;

/// How long the certificates are good for.
const DAYS: &str = "2";

/// A running server of one test. It ends with the process.
pub struct Network {
    cluster: Cluster,
}

impl Network {
    /// A server with a certificate for `localhost`.
    pub fn encrypted() -> Result<Self> {
        Self::start(true)
    }

    /// A server that knows nothing of TLS.
    pub fn open() -> Result<Self> {
        Self::start(false)
    }

    /// The connection string for a new empty database, by the name under which the server is looked for.
    pub fn empty_database(&self, host: &str) -> Result<String> {
        let direct = self.cluster.empty_database()?;
        let database = direct.rsplit("dbname=").next().unwrap_or_default();
        let (port, user) = (self.cluster.port, self.cluster.user());
        Ok(format!("host={host} hostaddr=127.0.0.1 port={port} user={user} dbname={database}"))
    }

    /// The certificate of the authority that signed the server's.
    pub fn authority(&self) -> PathBuf {
        self.cluster.folder.join("authority.crt")
    }

    /// The certificate of an authority that signed nothing.
    pub fn stranger(&self) -> PathBuf {
        self.cluster.folder.join("stranger.crt")
    }

    /// How many connections of Sortie there are, and how many of them are encrypted.
    pub fn connections(&self) -> Result<(u32, u32)> {
        let direct = self.cluster.dsn("template1");
        let text = "SELECT count(*), count(*) FILTER (WHERE ssl) FROM pg_stat_ssl JOIN pg_stat_activity USING (pid) \
                    WHERE application_name = 'sortie'";
        let answer = self.cluster.query(&direct, text)?;
        let (all, encrypted) = answer.split_once('|').unwrap_or_default();
        Ok((all.parse()?, encrypted.parse()?))
    }

    fn start(is_encrypted: bool) -> Result<Self> {
        let port = TcpListener::bind("127.0.0.1:0")?.local_addr()?.port();
        let cluster = Cluster { port, ..Cluster::prepare()? };
        let tcp = format!("-c port={port} -c listen_addresses=127.0.0.1");
        let options = if is_encrypted {
            certify(&cluster)?;
            let folder = cluster.socket();
            format!("{tcp} -c ssl=on -c ssl_cert_file={folder}/server.crt -c ssl_key_file={folder}/server.key")
        } else {
            tcp
        };
        cluster.boot(&options)?;
        Ok(Self { cluster })
    }
}

/// Two authorities, and the server's certificate from the first.
fn certify(cluster: &Cluster) -> Result<()> {
    let new = ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", DAYS];
    let certificate = |name: &str, more: &[&str]| {
        let (key, out, subject) = (format!("{name}.key"), format!("{name}.crt"), format!("/CN={name}"));
        let own = ["-keyout", &key, "-out", &out, "-subj", &subject];
        cluster.run("/usr/bin/openssl", &[new.as_slice(), own.as_slice(), more].concat())
    };
    certificate("authority", &[])?;
    certificate("stranger", &[])?;
    let signed = ["-CA", "authority.crt", "-CAkey", "authority.key", "-addext", "subjectAltName=DNS:localhost"];
    certificate("server", &signed)?;
    Ok(())
}
