//! Quantities as Kubernetes writes them: `500m`, `2`, `1.5`, `512Mi`, `2G`.
//!
//! Source: Kubernetes API reference, "Quantity". Exponents (`1e3`) are not accepted: nobody writes a CPU limit like that.

/// Thousandths of a CPU; `None` for empty or unreadable text. Fractions below a thousandth round up.
pub fn cpu_millis(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let scale = match unit {
        "m" => 1,
        "" => 1_000,
        _ => return None,
    };
    scaled(number, scale)
}

/// Bytes; `None` for empty or unreadable text. Fractions of a byte round up.
pub fn bytes(text: &str) -> Option<u64> {
    let (number, unit) = split(text)?;
    let scale = match unit {
        "" => 1,
        "k" => 1_000,
        "M" => 1_000_000,
        "G" => 1_000_000_000,
        "T" => 1_000_000_000_000,
        "Ki" => 1 << 10,
        "Mi" => 1 << 20,
        "Gi" => 1 << 30,
        "Ti" => 1 << 40,
        _ => return None,
    };
    scaled(number, scale)
}

fn split(text: &str) -> Option<(&str, &str)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && c != '.').unwrap_or(text.len());
    let (number, unit) = text.split_at_checked(end)?;
    (!number.is_empty()).then_some((number, unit))
}

/// `number × scale`, with at most nine decimal places, rounded up; `None` when it does not fit.
fn scaled(number: &str, scale: u64) -> Option<u64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.is_empty() || fraction.len() > 9 || (number.contains('.') && fraction.is_empty()) {
        return None;
    }
    let whole = whole.parse::<u128>().ok()?.checked_mul(u128::from(scale))?;
    let part = if fraction.is_empty() {
        0
    } else {
        let divisor = 10u128.pow(u32::try_from(fraction.len()).ok()?);
        (fraction.parse::<u128>().ok()? * u128::from(scale)).div_ceil(divisor)
    };
    u64::try_from(whole.checked_add(part)?).ok().filter(|it| i64::try_from(*it).is_ok())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quantities_read_as_kubernetes_reads_them() {
        assert_eq!(cpu_millis("500m"), Some(500));
        assert_eq!(cpu_millis("2"), Some(2_000));
        assert_eq!(cpu_millis("0.25"), Some(250));
        assert_eq!(bytes("512Mi"), Some(536_870_912));
        assert_eq!(bytes("1.5Gi"), Some(1_610_612_736));
        assert_eq!(bytes("2G"), Some(2_000_000_000));
    }

    #[test]
    fn what_is_not_a_quantity_is_refused() {
        for bad in ["", "m", "-1", "1e3", "1..2", ".5", "5.", "1 Gi", "ten", "2GB", "99999999999999999999"] {
            assert_eq!((cpu_millis(bad), bytes(bad)), (None, None), "{bad:?}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_the_parser_panic(text in ".{0,40}") {
            let _ = (cpu_millis(&text), bytes(&text));
        }

        #[test]
        fn whole_numbers_scale_exactly(n in 0u64..1_000_000) {
            prop_assert_eq!(cpu_millis(&format!("{n}m")), Some(n));
            prop_assert_eq!(bytes(&format!("{n}Ki")), Some(n * 1024));
        }
    }
}
