//! A registry of images on this machine, where the engines of tests ask it without TLS.

use std::{collections::HashMap, fmt::Write, fs, os::unix::fs::symlink, process::Command, sync::Arc};

use anyhow::{Context, Result, ensure};
use sha2::{Digest, Sha256};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

const MANIFEST: &str = "application/vnd.docker.distribution.manifest.v2+json";
const CONFIG: &str = "application/vnd.docker.container.image.v1+json";
const LAYER: &str = "application/vnd.docker.image.rootfs.diff.tar.gzip";

/// What is at a path: its media type and its bytes.
type Shelf = HashMap<String, (&'static str, Vec<u8>)>;

/// Starts one that holds nothing; answers its address.
///
/// # Errors
/// Says why nothing can listen here.
pub async fn empty_registry() -> Result<String> {
    serve(Shelf::new()).await
}

/// Starts one that holds an image of busybox alone under each of these names, with the tag `1`; no two of them are the same.
///
/// # Errors
/// Says what of an image could not be made, or why nothing can listen here.
pub async fn registry_of(names: &[&str]) -> Result<String> {
    let (layer, content) = layer()?;
    let mut shelf = Shelf::new();
    for name in names {
        let config = format!(
            r#"{{"architecture":"amd64","os":"linux","config":{{"Labels":{{"image":"{name}"}}}},"rootfs":{{"type":"layers","diff_ids":["{content}"]}}}}"#
        );
        let manifest = format!(
            r#"{{"schemaVersion":2,"mediaType":"{MANIFEST}","config":{{"mediaType":"{CONFIG}","size":{},"digest":"{}"}},"layers":[{{"mediaType":"{LAYER}","size":{},"digest":"{}"}}]}}"#,
            config.len(),
            digest(config.as_bytes()),
            layer.len(),
            digest(&layer),
        );
        let at = |kind: &str, reference: &str| format!("/v2/{name}/{kind}/{reference}");
        shelf.insert(at("blobs", &digest(&layer)), (LAYER, layer.clone()));
        shelf.insert(at("blobs", &digest(config.as_bytes())), (CONFIG, config.into_bytes()));
        shelf.insert(at("manifests", &digest(manifest.as_bytes())), (MANIFEST, manifest.clone().into_bytes()));
        shelf.insert(at("manifests", "1"), (MANIFEST, manifest.into_bytes()));
    }
    serve(shelf).await
}

/// A compressed layer, and the digest of what is in it.
fn layer() -> Result<(Vec<u8>, String)> {
    let folder = tempfile::tempdir()?;
    let root = folder.path().join("root");
    fs::create_dir_all(root.join("bin"))?;
    fs::copy("/bin/busybox", root.join("bin/busybox")).context("the package busybox-static is missing")?;
    for name in ["sh", "sleep"] {
        symlink("busybox", root.join("bin").join(name))?;
    }
    let tar = folder.path().join("layer.tar");
    ensure!(Command::new("tar").arg("-C").arg(&root).arg("-cf").arg(&tar).arg(".").status()?.success(), "tar failed");
    let content = digest(&fs::read(&tar)?);
    ensure!(Command::new("gzip").arg("-n1").arg(&tar).status()?.success(), "gzip failed");
    Ok((fs::read(tar.with_extension("tar.gz"))?, content))
}

fn digest(bytes: &[u8]) -> String {
    let mut text = "sha256:".to_owned();
    for byte in Sha256::digest(bytes) {
        // Writing to a text cannot fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

async fn serve(shelf: Shelf) -> Result<String> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?.to_string();
    let shelf = Arc::new(shelf);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(answer(stream, Arc::clone(&shelf)));
        }
    });
    Ok(address)
}

async fn answer(mut stream: TcpStream, shelf: Arc<Shelf>) {
    let mut request = Vec::new();
    while !request.windows(4).any(|it| it == b"\r\n\r\n") {
        let is_read = stream.read_buf(&mut request).await.is_ok_and(|it| it > 0);
        // Whoever begins with TLS comes again without, at once.
        if !is_read || !request[0].is_ascii_uppercase() {
            return;
        }
    }
    let line = String::from_utf8_lossy(&request);
    let mut words = line.split(' ');
    let (method, path) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let missing = br#"{"errors":[{"code":"MANIFEST_UNKNOWN","message":"manifest unknown"}]}"#.as_slice();
    let (status, kind, body) = match shelf.get(path) {
        Some((kind, bytes)) => ("200 OK", *kind, bytes.as_slice()),
        None if path == "/v2/" => ("200 OK", "application/json", b"{}".as_slice()),
        None => ("404 Not Found", "application/json", missing),
    };
    let digest = digest(body);
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\nDocker-Content-Digest: {digest}\r\n\
         Docker-Distribution-Api-Version: registry/2.0\r\nConnection: close\r\n\r\n",
        body.len()
    );
    let body = if method == "HEAD" { b"".as_slice() } else { body };
    // Whoever went away does not need it.
    let _ = stream.write_all(&[head.as_bytes(), body].concat()).await;
}
