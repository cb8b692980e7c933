//! A viewer that counts bytes: through our relay with WebSocket frames (RFC 6455), through the raw one without.

use anyhow::ensure;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
};

use super::display::BLOCK;

/// The length of one pasted text: the longest that is taken.
const PASTE: usize = 1 << 20;

/// See the module.
pub(super) struct Viewer {
    stream: TcpStream,
    framed: bool,
    /// Payload left in the frame that is being read.
    in_frame: u64,
    buffer: Vec<u8>,
}

impl Viewer {
    pub(super) async fn connect(port: u16, framed: bool) -> anyhow::Result<Self> {
        let stream = TcpStream::connect(("127.0.0.1", port)).await?;
        stream.set_nodelay(true)?;
        let mut viewer = Self { stream, framed, in_frame: 0, buffer: vec![0; BLOCK] };
        viewer.take(12).await?;
        viewer.send(b"RFB 003.008\n").await?;
        viewer.take(2).await?;
        viewer.send(&[1]).await?;
        viewer.take(4).await?;
        viewer.send(&[1]).await?;
        viewer.take(24).await?;
        Ok(viewer)
    }

    /// Asks for so many bytes and reads them.
    pub(super) async fn download(&mut self, bytes: u64) -> anyhow::Result<()> {
        let blocks = u32::try_from(bytes / BLOCK as u64)?;
        let [a, b, c, d] = blocks.to_be_bytes();
        self.send(&[3, 0, a, b, c, d, 0, 1, 0, 1]).await?;
        self.take(u64::from(blocks) * BLOCK as u64).await
    }

    /// Pastes so many bytes, text after text, and waits until the display has read them.
    pub(super) async fn upload(&mut self, bytes: u64) -> anyhow::Result<()> {
        let paste = self.paste();
        for _ in 0..bytes / PASTE as u64 {
            self.stream.write_all(&paste).await?;
        }
        self.press_key().await
    }

    /// A `ClientCutText`, in a frame where there are frames. Made once: what it costs to mask is not measured.
    fn paste(&self) -> Vec<u8> {
        const MASK: [u8; 4] = [0x5a, 0xc3, 0x17, 0x9e];
        let mut message = vec![6, 0, 0, 0];
        let length = u32::try_from(PASTE).unwrap_or_default();
        message.extend(length.to_be_bytes());
        message.resize(message.len() + PASTE, b'x');
        if !self.framed {
            return message;
        }
        let mut frame = vec![0x82, 0x80 | 127];
        frame.extend((message.len() as u64).to_be_bytes());
        frame.extend(MASK);
        frame.extend(message.iter().zip(MASK.iter().cycle()).map(|(byte, mask)| byte ^ mask));
        frame
    }

    /// Presses a key and waits for the display's answer.
    pub(super) async fn press_key(&mut self) -> anyhow::Result<()> {
        self.send(&[4, 1, 0, 0, 0, 0, 0, 0x61]).await?;
        self.take(1).await
    }

    async fn send(&mut self, message: &[u8]) -> anyhow::Result<()> {
        if !self.framed {
            return Ok(self.stream.write_all(message).await?);
        }
        // A mask of zeroes is a legal mask, and leaves the payload as it is.
        let mut frame = vec![0x82, 0x80 | u8::try_from(message.len())?, 0, 0, 0, 0];
        frame.extend_from_slice(message);
        Ok(self.stream.write_all(&frame).await?)
    }

    /// Reads so many bytes of payload and forgets them.
    async fn take(&mut self, mut wanted: u64) -> anyhow::Result<()> {
        while wanted > 0 {
            if self.framed && self.in_frame == 0 {
                self.in_frame = self.header().await?;
                continue;
            }
            let most = if self.framed { wanted.min(self.in_frame) } else { wanted };
            let length = usize::try_from(most)?.min(self.buffer.len());
            let n = self.stream.read(&mut self.buffer[..length]).await?;
            ensure!(n > 0, "the relay went away");
            wanted -= n as u64;
            if self.framed {
                self.in_frame -= n as u64;
            }
        }
        Ok(())
    }

    async fn header(&mut self) -> anyhow::Result<u64> {
        self.stream.read_u8().await?;
        Ok(match self.stream.read_u8().await? {
            126 => u64::from(self.stream.read_u16().await?),
            127 => self.stream.read_u64().await?,
            short => u64::from(short),
        })
    }
}
