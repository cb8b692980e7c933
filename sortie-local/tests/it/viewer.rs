//! A tiny RFB client (RFC 6143): enough to sign in at a display and to change its size.

use std::{
    io::{Read, Write},
    os::unix::net::UnixStream,
    time::Duration,
};

use anyhow::{Result, ensure};
use des::{
    Des,
    cipher::{Array, BlockCipherEncrypt, KeyInit},
};
use sortie_core::{
    secret::Secret,
    workload::{Address, Endpoint},
};

/// A connection that has finished its handshake.
pub(crate) struct Viewer {
    stream: UnixStream,
    /// The size that the display said it has.
    pub(crate) size: (u16, u16),
}

impl Viewer {
    /// Signs in with one of the endpoint's passwords.
    pub(crate) fn sign_in(endpoint: &Endpoint, password: &Secret) -> Result<Self> {
        let Address::Unix(path) = &endpoint.address else { anyhow::bail!("not a Unix socket") };
        let mut stream = UnixStream::connect(path)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        ensure!(&take::<12>(&mut stream)? == b"RFB 003.008\n");
        stream.write_all(b"RFB 003.008\n")?;
        ensure!(take::<2>(&mut stream)? == [1, 2], "VncAuth is not the only security type");
        stream.write_all(&[2])?;
        let challenge = take::<16>(&mut stream)?;
        stream.write_all(&answer(challenge, password.reveal()))?;
        ensure!(take::<4>(&mut stream)? == [0; 4], "the password was refused");
        // Not shared: the display must share all the same.
        stream.write_all(&[0])?;
        let init = take::<24>(&mut stream)?;
        let size = (u16::from_be_bytes([init[0], init[1]]), u16::from_be_bytes([init[2], init[3]]));
        let mut name = vec![0; u32::from_be_bytes([init[20], init[21], init[22], init[23]]) as usize];
        stream.read_exact(&mut name)?;
        ensure!(name == b"Sortie", "the display's name tells {name:?}");
        Ok(Self { stream, size })
    }

    /// Asks for another size (by the extension for desktops of several screens: one screen).
    pub(crate) fn resize(&mut self, width: u16, height: u16) -> Result<()> {
        // SetEncodings: Raw and ExtendedDesktopSize; then one update, so that the display knows that we know.
        self.stream.write_all(&[2, 0, 0, 2])?;
        self.stream.write_all(&0_i32.to_be_bytes())?;
        self.stream.write_all(&(-308_i32).to_be_bytes())?;
        self.stream.write_all(&[3, 0, 0, 0, 0, 0, 0, 1, 0, 1])?;
        let (width, height) = (width.to_be_bytes(), height.to_be_bytes());
        let mut message = vec![251, 0];
        message.extend([width, height].concat());
        message.extend([1, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
        message.extend([width, height].concat());
        message.extend([0; 4]);
        self.stream.write_all(&message)?;
        Ok(())
    }
}

fn take<const N: usize>(stream: &mut UnixStream) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    stream.read_exact(&mut bytes)?;
    Ok(bytes)
}

fn answer(challenge: [u8; 16], password: &str) -> Vec<u8> {
    let mut key = [0; 8];
    key.iter_mut().zip(password.bytes()).for_each(|(to, from)| *to = from.reverse_bits());
    let des = Des::new(&Array::from(key));
    let mut answer = Vec::new();
    for half in challenge.chunks(8) {
        let mut block = Array::try_from(half).unwrap_or_default();
        des.encrypt_block(&mut block);
        answer.extend(block);
    }
    answer
}
