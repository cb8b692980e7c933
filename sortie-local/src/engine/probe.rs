//! One question to one container.

use bollard::{
    exec::{StartExecOptions, StartExecResults},
    models::ExecConfig,
};
use futures_util::StreamExt;
use sortie_core::services::config::Question;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::{DockerEngine, perform};

/// As much of an answer as people read.
const WORDS: usize = 200;

/// Asks; what comes back instead of a good answer is told in words.
pub(super) async fn ask(engine: &DockerEngine, container: &str, question: &Question) -> Result<(), String> {
    match question {
        Question::Command(argv) => command(engine, container, argv).await,
        Question::Tcp(port) => connect(engine, container, *port).await.map(drop),
        Question::Http { port, path } => http(connect(engine, container, *port).await?, *port, path).await,
    }
}

async fn command(engine: &DockerEngine, container: &str, argv: &[String]) -> Result<(), String> {
    let told = |error: bollard::errors::Error| error.to_string();
    let docker = engine.client.get().await.map_err(told)?;
    let config = ExecConfig {
        cmd: Some(argv.to_vec()),
        attach_stdout: Some(true),
        attach_stderr: Some(true),
        ..ExecConfig::default()
    };
    let made = docker.create_exec(container, config).await.map_err(told)?;
    let mut said = String::new();
    let started = docker.start_exec(&made.id, None::<StartExecOptions>).await.map_err(told)?;
    if let StartExecResults::Attached { mut output, .. } = started {
        // Read to its end: only then is there a code.
        while let Some(piece) = output.next().await {
            let text = piece.map_err(told)?.to_string();
            said.extend(text.chars().take(WORDS.saturating_sub(said.len())));
        }
    }
    match docker.inspect_exec(&made.id).await.map_err(told)?.exit_code {
        Some(0) => Ok(()),
        Some(code) => Err(format!("the probe's command ended with code {code}: {}", said.trim())),
        None => Err("the probe's command has not ended".to_owned()),
    }
}

async fn connect(engine: &DockerEngine, container: &str, port: u16) -> Result<TcpStream, String> {
    let told = |error: bollard::errors::Error| error.to_string();
    let docker = engine.client.get().await.map_err(told)?;
    let found = perform::ours(engine, &docker, container).await.map_err(told)?;
    let networks = found.and_then(|it| it.network_settings).and_then(|it| it.networks).unwrap_or_default();
    let mut addresses: Vec<String> = networks.into_values().filter_map(|it| it.ip_address).collect();
    addresses.retain(|it| !it.is_empty());
    addresses.sort();
    let Some(address) = addresses.first() else { return Err("the container has no address".to_owned()) };
    let stream = TcpStream::connect((address.as_str(), port)).await;
    stream.map_err(|error| format!("nothing answers at port {port}: {error}"))
}

async fn http(mut stream: TcpStream, port: u16, path: &str) -> Result<(), String> {
    let told = |error: std::io::Error| format!("port {port} was closed: {error}");
    let request = format!("GET {path} HTTP/1.0\r\nHost: localhost\r\nUser-Agent: sortie\r\n\r\n");
    stream.write_all(request.as_bytes()).await.map_err(told)?;
    let mut line = Vec::new();
    let mut limited = (&mut stream).take(1024);
    while !line.contains(&b'\n') {
        if limited.read_buf(&mut line).await.map_err(told)? == 0 {
            break;
        }
    }
    let text = String::from_utf8_lossy(&line);
    let status = text.strip_prefix("HTTP/1.").and_then(|it| it.split(' ').nth(1)).and_then(|it| it.get(..3));
    match status.and_then(|it| it.parse::<u16>().ok()) {
        Some(200..=399) => Ok(()),
        Some(status) => Err(format!("{path} answers with {status}")),
        None => Err(format!("port {port} does not answer in HTTP")),
    }
}
