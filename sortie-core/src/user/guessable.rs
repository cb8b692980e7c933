//! Passwords that are long and still among the first that anybody tries.

/// What people type where a password is asked for: alone, repeated, or with digits and signs around it.
const COMMON: &str = "\
    abc abcd abcdef admin administrator asdf asdfasdf asdfgh asdfghjkl azerty baseball changeme default dragon \
    football guest hello iloveyou letmein login master monkey pass passw passwd password passwort princess qazwsx \
    qazwsxedc qwer qwert qwerty qwertyuiop qwertz root secret sortie sunshine superman trustno welcome zxcvbn \
    zxcvbnm";

/// The rows of keyboards and the rows of characters that fingers run along.
const ROWS: [&str; 6] = [
    "abcdefghijklmnopqrstuvwxyz",
    "0123456789",
    "qwertyuiopasdfghjklzxcvbnm",
    "qwertzuiopasdfghjklyxcvbnm",
    "1qaz2wsx3edc4rfv5tgb6yhn",
    "qazwsxedcrfvtgbyhnujm",
];

/// Whether this is one of them.
pub(super) fn is_guessed_first(password: &str) -> bool {
    let lower = password.to_lowercase();
    let letters: String = lower.chars().filter(|it| it.is_alphabetic()).collect();
    is_repeated(&lower, 4) || runs_along_a_row(&lower) || is_common(&letters) || is_common(&without_disguise(&lower))
}

/// Whether it is a unit of so many characters at most, again and again.
fn is_repeated(text: &str, longest: usize) -> bool {
    let chars: Vec<char> = text.chars().collect();
    (1..=longest).any(|unit| chars.len() > unit && chars.iter().zip(&chars[unit..]).all(|(one, next)| one == next))
}

/// Whether it is a piece of such a row, there or back, once or again and again.
fn runs_along_a_row(text: &str) -> bool {
    ROWS.iter().any(|row| {
        let back: String = row.chars().rev().collect();
        [row.repeat(text.len() / row.len() + 2), back.repeat(text.len() / row.len() + 2)]
            .iter()
            .any(|it| it.contains(text))
    })
}

fn is_common(letters: &str) -> bool {
    COMMON.split_whitespace().any(|word| !letters.is_empty() && letters.replace(word, "").is_empty())
}

/// The letters that digits and signs between letters stand for.
fn without_disguise(lower: &str) -> String {
    let chars: Vec<char> = lower.chars().collect();
    let last = chars.iter().rposition(|it| it.is_alphabetic()).unwrap_or(0);
    let meant = |(index, it): (usize, &char)| match it {
        '0' if index < last => Some('o'),
        '1' | '!' if index < last => Some('i'),
        '3' if index < last => Some('e'),
        '5' | '$' if index < last => Some('s'),
        '4' | '@' if index < last => Some('a'),
        it => it.is_alphabetic().then_some(*it),
    };
    chars.iter().enumerate().filter_map(meant).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_everybody_tries_first_is_known() {
        for password in [
            "password1234",
            "Password!2026",
            "P@ssw0rd2026",
            "passwordpassword",
            "123456789012",
            "987654321098",
            "qwertyuiopasdf",
            "1qaz2wsx3edc",
            "abcabcabcabcabc",
            "aaaaaaaaaaaa",
            "administrator1",
            "iloveyou2026!",
            "12345678901234567890",
        ] {
            assert!(is_guessed_first(password), "{password}");
        }
    }

    #[test]
    fn sentences_and_noise_are_not() {
        for password in [
            "correct horse battery",
            "ada-has-a-long-password",
            "an-engine-weaves-patterns",
            "k3Jd9-wq0Za-17mmX",
            "the password of my boat",
            "Ωmega und Älteres",
            "49271830561748",
        ] {
            assert!(!is_guessed_first(password), "{password}");
        }
    }
}
