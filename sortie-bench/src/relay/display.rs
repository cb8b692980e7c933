//! A display that paints nothing, sends as many bytes as it is asked for, and reads whatever is pasted.

use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
};

/// What an update request asks for: so many blocks of 64 KiB.
pub(super) const BLOCK: usize = 64 * 1024;

/// Starts it; answers its port.
pub(super) async fn start() -> anyhow::Result<u16> {
    let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
    let port = listener.local_addr()?.port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            // A viewer that goes away ends its own connection only.
            tokio::spawn(async move { drop(serve(stream).await) });
        }
    });
    Ok(port)
}

async fn serve(mut stream: TcpStream) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    stream.write_all(b"RFB 003.008\n").await?;
    stream.read_exact(&mut [0; 12]).await?;
    stream.write_all(&[1, 1]).await?;
    stream.read_exact(&mut [0; 1]).await?;
    stream.write_all(&[0; 4]).await?;
    stream.read_exact(&mut [0; 1]).await?;
    stream.write_all(&[0; 24]).await?;
    let mut block = vec![0u8; BLOCK];
    loop {
        let kind = stream.read_u8().await?;
        if kind == 3 {
            // A FramebufferUpdateRequest's position says how many blocks are wanted.
            let mut rest = [0; 9];
            stream.read_exact(&mut rest).await?;
            let blocks = u32::from_be_bytes([rest[1], rest[2], rest[3], rest[4]]);
            for _ in 0..blocks {
                stream.write_all(&block).await?;
            }
        } else if kind == 6 {
            // A ClientCutText of whole blocks.
            stream.read_exact(&mut [0; 3]).await?;
            let length = stream.read_u32().await?;
            for _ in 0..length / u32::try_from(BLOCK).unwrap_or(u32::MAX) {
                stream.read_exact(&mut block).await?;
            }
        } else {
            // A KeyEvent: one byte comes back.
            stream.read_exact(&mut [0; 7]).await?;
            stream.write_u8(7).await?;
        }
    }
}
