//! What comes of an event stream, as a tab hears it: from the worker that all tabs share, or from the tab that leads.

use crate::browser::live;

/// What a tab hears. `public/live.js` writes the same words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum News {
    /// The stream is open, to a server of this build.
    Hello(String),
    /// Something changed.
    Change(String),
    /// The stream broke, and is being taken up again.
    Lost,
    /// The server has no stream for this session.
    Refused,
}

impl News {
    pub(super) fn write(&self) -> String {
        match self {
            Self::Hello(build) => format!("hello {build}"),
            Self::Change(topic) => format!("change {topic}"),
            Self::Lost => "lost".to_owned(),
            Self::Refused => "refused".to_owned(),
        }
    }

    pub(super) fn read(text: &str) -> Option<Self> {
        let (kind, data) = text.split_once(' ').unwrap_or((text, ""));
        Some(match kind {
            "hello" => Self::Hello(data.to_owned()),
            "change" => Self::Change(data.to_owned()),
            "lost" => Self::Lost,
            "refused" => Self::Refused,
            _ => return None,
        })
    }

    /// Has the page do what it asks for.
    pub(super) fn tell(&self) {
        match self {
            Self::Hello(build) => live::hello(build),
            Self::Change(topic) => live::change(topic),
            Self::Lost => live::lost(),
            Self::Refused => live::refused(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::News;

    #[test]
    fn news_are_read_back() {
        for news in [News::Hello("1f".to_owned()), News::Change("tokens".to_owned()), News::Lost, News::Refused] {
            assert_eq!(News::read(&news.write()), Some(news));
        }
        // What the worker says to show that it lives is no news.
        for other in ["", "here", "opening", "hello\n1f"] {
            assert_eq!(News::read(other), None, "{other:?}");
        }
    }
}
