//! What can go wrong with a request, and what is done about it.
//!
//! | what came back | tried again | sign of too much | the replica |
//! |---|---|---|---|
//! | no connection (refused, unknown host, TLS) | yes, once it is reachable; not an attempt while it is known to be down | no | set aside at once |
//! | connection closed before the reply was whole | yes | no | set aside after 5 failures in a row |
//! | nothing for `timeout_seconds` | yes | yes | set aside after 5 failures in a row |
//! | 429 | yes, after `Retry-After` if given | yes | left alone for `Retry-After` |
//! | 429 with `insufficient_quota` | no | no | up |
//! | 503 | yes, after `Retry-After` if given | yes | set aside after 5 failures in a row |
//! | 408, 409, 425 | yes | 408 | up |
//! | 500 and above | yes | no | set aside after 5 failures in a row |
//! | 200 that cannot be read (half a JSON, no choices, NaN, an HTML page) | yes | no | up |
//! | a reply of more than 64 MiB | yes | no | up |
//! | a redirect | no | no | up |
//! | any other status from 400 to 499 | no | no | up |

use std::time::Duration;

use super::balance::{Health, Outcome};
use super::words::PromptRefusal;
use reqwest::StatusCode;

/// A request that did not bring what was asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Failure {
    /// No connection. Holds why.
    Unreachable(String),
    /// The connection ended too early. Holds how.
    Broken(String),
    /// Nothing came for so long.
    TimedOut(Duration),
    /// The server refused.
    Status(Refusal),
    /// The reply is not what was asked for. Holds why.
    Unreadable(String),
    /// The reply has more than so many bytes.
    TooLarge(usize),
}

/// A reply whose status is no success.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Refusal {
    /// The status.
    pub(super) status: StatusCode,
    /// The pause that the server asked for.
    pub(super) pause: Option<Duration>,
    /// The server's own words, cut, without the key.
    pub(super) words: String,
    /// Where it redirects to.
    pub(super) location: Option<String>,
    /// Whether the account's money is used up: a 429 that waiting does not mend.
    pub(super) no_money: bool,
    /// What it says of the prompt.
    pub(super) of_prompt: Option<PromptRefusal>,
    /// Its body, at most 64 KiB.
    pub(super) body: Vec<u8>,
    /// The field of the request that it names as wrong.
    pub(super) field: Option<String>,
}

impl Failure {
    /// Whether another try can mend it.
    pub(super) fn is_worth_another_try(&self) -> bool {
        match self {
            Self::Status(Refusal { status, no_money, .. }) => {
                !no_money && (status.is_server_error() || matches!(status.as_u16(), 408 | 409 | 425 | 429))
            }
            _ => true,
        }
    }

    /// What it tells of the replica.
    pub(super) fn outcome(&self) -> Outcome {
        let words = self.to_string();
        let (health, too_much) = match self {
            Self::Unreachable(_) => (Health::Gone(words), false),
            Self::Broken(_) => (Health::Ailing(words), false),
            Self::TimedOut(_) => (Health::Ailing(words), true),
            Self::Status(Refusal { status, no_money, .. }) => {
                let too_much = matches!(status.as_u16(), 408 | 429 | 503) && !no_money;
                (if status.is_server_error() { Health::Ailing(words) } else { Health::Up }, too_much)
            }
            Self::Unreadable(_) | Self::TooLarge(_) => (Health::Up, false),
        };
        Outcome { health, too_much, pause: self.pause() }
    }

    /// The pause that the server asked for, where waiting helps.
    pub(super) fn pause(&self) -> Option<Duration> {
        match self {
            Self::Status(refusal) if self.is_worth_another_try() => refusal.pause,
            _ => None,
        }
    }

    /// What a refusal that no other try changes says of the prompt.
    pub(super) fn of_prompt(&self) -> Option<PromptRefusal> {
        match self {
            Self::Status(refusal) if !self.is_worth_another_try() => refusal.of_prompt,
            _ => None,
        }
    }

    /// Whether the account is refused, whatever is asked: its key, or its money.
    pub(super) fn is_of_account(&self) -> bool {
        match self {
            Self::Status(Refusal { status, no_money, of_prompt, .. }) => {
                of_prompt.is_none() && (*no_money || matches!(status.as_u16(), 401..=403))
            }
            _ => false,
        }
    }

    /// The status of a refusal.
    pub(super) fn status(&self) -> Option<u16> {
        match self {
            Self::Status(refusal) => Some(refusal.status.as_u16()),
            _ => None,
        }
    }

    /// In short, with the time after which it came: what a trace keeps of an attempt.
    pub(super) fn attempt(&self, after: Duration) -> String {
        match self {
            // They say the time themselves.
            Self::TimedOut(_) => self.to_string(),
            Self::Status(Refusal { status, .. }) => format!("{} after {}", status.as_u16(), time(after)),
            _ => format!("{self} after {}", time(after)),
        }
    }
}

impl std::fmt::Display for Failure {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Unreachable(why) if why.contains("certificate") => write!(
                f,
                "no connection ({why}; a certificate that you trust can be named by the environment variable `SSL_CERT_FILE`, \
                 which holds the path of a PEM file)"
            ),
            Self::Unreachable(why) => write!(f, "no connection ({why})"),
            Self::Broken(how) => write!(f, "connection closed before the reply was whole ({how})"),
            Self::TimedOut(after) => write!(f, "timed out after {}", time(*after)),
            Self::Status(Refusal { status, words, location, .. }) => {
                write!(f, "{status}")?;
                if let Some(location) = location {
                    write!(f, ", a redirect to {location}; write that address into `base_url`")?;
                }
                if words.is_empty() { Ok(()) } else { write!(f, ": {words}") }
            }
            Self::Unreadable(why) => f.write_str(why),
            Self::TooLarge(most) => write!(f, "the reply has more than {} MiB", most >> 20),
        }
    }
}

/// A time as people read it.
pub(super) fn time(time: Duration) -> String {
    if time < Duration::from_secs(10) { format!("{} ms", time.as_millis()) } else { format!("{} s", time.as_secs()) }
}

/// What `Retry-After` asks for: seconds, or a date.
pub(super) fn retry_after(value: &str, now: chrono::DateTime<chrono::Utc>) -> Option<Duration> {
    let value = value.trim();
    if let Ok(seconds) = value.parse::<f64>() {
        return Duration::try_from_secs_f64(seconds).ok();
    }
    let date = chrono::DateTime::parse_from_rfc2822(value).ok()?;
    // A date that has passed asks for no pause.
    Some((date.to_utc() - now).to_std().unwrap_or(Duration::ZERO))
}

#[cfg(test)]
mod tests {
    use super::super::words::{own_words, says_no_money};
    use super::*;

    fn refusal(status: u16, body: &str) -> Failure {
        Failure::Status(Refusal {
            status: StatusCode::from_u16(status).unwrap(),
            pause: None,
            words: own_words(body.as_bytes(), Some("sk-secret")),
            location: None,
            no_money: says_no_money(body.as_bytes()),
            of_prompt: None,
            field: None,
            body: Vec::new(),
        })
    }

    #[test]
    fn what_waiting_can_mend_is_tried_again() {
        let again = |status: u16| refusal(status, "").is_worth_another_try();
        for status in [408, 409, 425, 429, 500, 502, 503, 504, 529] {
            assert!(again(status), "{status}");
        }
        for status in [301, 307, 400, 401, 402, 403, 404, 405, 413, 422] {
            assert!(!again(status), "{status}");
        }
        let quota = r#"{"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}}"#;
        assert!(!refusal(429, quota).is_worth_another_try());
    }

    #[test]
    fn a_refusal_is_told_in_the_servers_own_words_without_the_key() {
        let openai = r#"{"error": {"message": "Incorrect API key provided: sk-secret.", "type": "invalid"}}"#;
        assert_eq!(refusal(401, openai).to_string(), "401 Unauthorized: Incorrect API key provided: [key].");
    }

    #[test]
    fn a_pause_is_asked_for_in_seconds_or_by_a_date() {
        let now = chrono::DateTime::parse_from_rfc3339("1994-11-06T08:49:30Z").unwrap().to_utc();
        let seconds = |value| retry_after(value, now).map(|pause| pause.as_secs_f64());
        assert_eq!(seconds("120"), Some(120.0));
        assert_eq!(seconds(" 0.5 "), Some(0.5));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:37 GMT"), Some(7.0));
        assert_eq!(seconds("Sun, 06 Nov 1994 08:49:07 GMT"), Some(0.0));
        assert_eq!(seconds("-3"), None);
        assert_eq!(seconds("soon"), None);
        assert_eq!(seconds("NaN"), None);
    }

    #[test]
    fn attempts_are_told_in_short() {
        let ms = Duration::from_millis;
        assert_eq!(refusal(429, r#"{"message": "slow down"}"#).attempt(ms(12)), "429 after 12 ms");
        assert_eq!(Failure::TimedOut(ms(1_800_000)).attempt(ms(1_800_001)), "timed out after 1800 s");
        let broken = Failure::Broken("end of file".to_owned());
        assert_eq!(broken.attempt(ms(7)), "connection closed before the reply was whole (end of file) after 7 ms");
        let unreadable = Failure::Unreadable("reply is not JSON at byte 17".to_owned());
        assert_eq!(unreadable.attempt(ms(9)), "reply is not JSON at byte 17 after 9 ms");
    }
}
