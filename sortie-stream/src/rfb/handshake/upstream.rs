//! Our side towards the workload's display.

use std::io;
use std::time::Duration;

use sortie_core::secret::Secret;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::time::timeout;

use super::{VERSION_LENGTH, Version};
use crate::rfb::vnc_auth;

/// The most of a display's explanation that is read, in bytes. The rest stays unread: the connection ends anyway.
pub const MAX_REASON: u32 = 1024;

const NONE: u8 = 1;
const VNC_AUTH: u8 = 2;

/// Why the display was not opened.
#[derive(Debug, thiserror::Error)]
pub enum HandshakeError {
    /// The connection failed or ended.
    #[error("display connection failed during the handshake")]
    Io(#[from] io::Error),
    /// The display said nothing, or too little, in time.
    #[error("display did not finish the handshake in time")]
    TimedOut,
    /// What answers does not speak RFB, or only a version before 3.3.
    #[error("display does not speak RFB 3.3 or newer")]
    Version,
    /// The display offers neither None nor VNC authentication.
    #[error("display offers no security type that is understood")]
    Security,
    /// The display asks for a password, and there is none.
    #[error("display asks for a password")]
    PasswordNeeded,
    /// The display refused, with its own explanation: at most [`MAX_REASON`] bytes, without control characters.
    #[error("display refused: {0}")]
    Refused(String),
    /// The display answered with a number that has no meaning.
    #[error("display sent an unknown security result")]
    Malformed,
}

/// Ends version and security with a display, within `deadline`. With a password VNC authentication is preferred, otherwise
/// None; nothing else is ever chosen. Afterwards the display waits for `ClientInit`, and nothing beyond was read.
pub async fn open<S>(upstream: &mut S, password: Option<&Secret>, deadline: Duration) -> Result<(), HandshakeError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    timeout(deadline, negotiate(upstream, password)).await.unwrap_or(Err(HandshakeError::TimedOut))
}

async fn negotiate<S>(upstream: &mut S, password: Option<&Secret>) -> Result<(), HandshakeError>
where
    S: AsyncRead + AsyncWrite + Unpin,
{
    let mut message = [0; VERSION_LENGTH];
    upstream.read_exact(&mut message).await?;
    let version = Version::parse(message).ok_or(HandshakeError::Version)?;
    upstream.write_all(version.message()).await?;
    let security = if version == Version::V3_3 {
        given(upstream, password.is_some()).await?
    } else {
        let security = chosen(upstream, password.is_some()).await?;
        upstream.write_all(&[security]).await?;
        security
    };
    if let (VNC_AUTH, Some(password)) = (security, password) {
        let mut challenge = [0; vnc_auth::CHALLENGE];
        upstream.read_exact(&mut challenge).await?;
        upstream.write_all(&vnc_auth::respond(password.reveal(), challenge)).await?;
    } else if version < Version::V3_8 {
        // Before 3.8 nothing follows the choice of None.
        return Ok(());
    }
    upstream.flush().await?;
    result(upstream, version).await
}

/// 3.3: the display names one type.
async fn given<S: AsyncRead + Unpin>(upstream: &mut S, has_password: bool) -> Result<u8, HandshakeError> {
    match upstream.read_u32().await? {
        0 => Err(HandshakeError::Refused(reason(upstream).await?)),
        1 => Ok(NONE),
        2 if has_password => Ok(VNC_AUTH),
        2 => Err(HandshakeError::PasswordNeeded),
        _ => Err(HandshakeError::Security),
    }
}

/// 3.7 and later: the display lists its types.
async fn chosen<S: AsyncRead + Unpin>(upstream: &mut S, has_password: bool) -> Result<u8, HandshakeError> {
    let n_types = upstream.read_u8().await?;
    if n_types == 0 {
        return Err(HandshakeError::Refused(reason(upstream).await?));
    }
    let mut types = [0; u8::MAX as usize];
    let types = &mut types[..usize::from(n_types)];
    upstream.read_exact(types).await?;
    let (offers_none, offers_auth) = (types.contains(&NONE), types.contains(&VNC_AUTH));
    match (offers_auth, offers_none) {
        (true, _) if has_password => Ok(VNC_AUTH),
        (_, true) => Ok(NONE),
        (true, false) => Err(HandshakeError::PasswordNeeded),
        (false, false) => Err(HandshakeError::Security),
    }
}

async fn result<S: AsyncRead + Unpin>(upstream: &mut S, version: Version) -> Result<(), HandshakeError> {
    match upstream.read_u32().await? {
        0 => Ok(()),
        1 | 2 if version == Version::V3_8 => Err(HandshakeError::Refused(reason(upstream).await?)),
        1 => Err(HandshakeError::Refused("wrong password".to_owned())),
        2 => Err(HandshakeError::Refused("too many attempts".to_owned())),
        _ => Err(HandshakeError::Malformed),
    }
}

/// The display's explanation: a length that may say anything, and text that may be anything.
async fn reason<S: AsyncRead + Unpin>(upstream: &mut S) -> Result<String, HandshakeError> {
    let n_bytes = upstream.read_u32().await?.min(MAX_REASON);
    let mut text = Vec::new();
    upstream.take(u64::from(n_bytes)).read_to_end(&mut text).await?;
    Ok(String::from_utf8_lossy(&text).chars().map(|it| if it.is_control() { ' ' } else { it }).collect())
}
