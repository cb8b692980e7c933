//! The beginning of an RFB connection (RFC 6143 §7.1): version and security, ended by us on both sides.
//!
//! [`upstream`] talks to the workload and may hold its password; [`viewer`] talks to the browser, which needs none. Between them
//! `ClientInit` is made to ask for a shared desktop, so that one viewer never throws out another.

pub mod upstream;
pub mod viewer;

/// The length of a version message: `RFB 003.008` and a newline.
pub const VERSION_LENGTH: usize = 12;

/// The versions of the protocol that differ in their handshake.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Version {
    /// 3.3: the server decides on the security type.
    V3_3,
    /// 3.7: the client chooses from a list.
    V3_7,
    /// 3.8: as 3.7, and every choice has a result.
    V3_8,
}

impl Version {
    /// Reads a version message. What is newer than 3.8 is spoken to as 3.8, odd ones between as the older neighbour.
    pub fn parse(message: [u8; VERSION_LENGTH]) -> Option<Self> {
        let [b'R', b'F', b'B', b' ', major @ .., b'.', m0, m1, m2, b'\n'] = message else { return None };
        match (number(major)?, number([m0, m1, m2])?) {
            (3, 0..=2) | (0..=2, _) => None,
            (3, 3..=6) => Some(Self::V3_3),
            (3, 7) => Some(Self::V3_7),
            _ => Some(Self::V3_8),
        }
    }

    /// The version message.
    pub const fn message(self) -> &'static [u8; VERSION_LENGTH] {
        match self {
            Self::V3_3 => b"RFB 003.003\n",
            Self::V3_7 => b"RFB 003.007\n",
            Self::V3_8 => b"RFB 003.008\n",
        }
    }
}

fn number(digits: [u8; 3]) -> Option<u16> {
    digits.iter().try_fold(0, |sum, digit| digit.is_ascii_digit().then(|| sum * 10 + u16::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_version_is_three_digits_and_three_digits() {
        for (message, version) in [
            (b"RFB 003.003\n", Some(Version::V3_3)),
            (b"RFB 003.005\n", Some(Version::V3_3)),
            (b"RFB 003.007\n", Some(Version::V3_7)),
            (b"RFB 003.008\n", Some(Version::V3_8)),
            (b"RFB 003.889\n", Some(Version::V3_8)),
            (b"RFB 005.000\n", Some(Version::V3_8)),
            (b"RFB 003.002\n", None),
            (b"RFB 000.000\n", None),
            (b"RFB 3.8     ", None),
            (b"HTTP/1.1 400", None),
        ] {
            assert_eq!(Version::parse(*message), version);
        }
    }
}
