//! Icons: 16 by 16, drawn with one stroke, so that a status can be told by its shape as well as by its colour.

use leptos::tachys::html::InertElement;

const CIRCLE: &str = "M8 1.75a6.25 6.25 0 1 1 0 12.5 6.25 6.25 0 0 1 0-12.5z";

/// Which icon.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Icon {
    /// A circle with a tick: it works.
    Done,
    /// A circle with a dash: it is silent.
    Silent,
    /// A circle with clock hands: it waits.
    Waiting,
    /// A circle with a cross: it was turned away.
    Refused,
    /// Two arrows that go round: it runs.
    Running,
    /// A circle with a bar across: it was cut off.
    CutOff,
    /// An hourglass: its time has run out.
    RunOut,
    /// A triangle: take care.
    Warning,
    /// A circle with an i.
    Info,
    /// A magnifying glass.
    Search,
    /// Four tiles.
    Overview,
    /// Two machines.
    Delegates,
    /// Two sliders.
    Profiles,
    /// A key.
    Tokens,
    /// A padlock.
    Secrets,
    /// A sheet with lines.
    Record,
    /// Two people.
    Users,
    /// One box above two others.
    Scopes,
    /// A prompt in a window.
    Terminal,
    /// A box with ribs, as it travels by ship.
    Container,
    /// Machines that hang together.
    Cluster,
    /// A cube.
    Task,
    /// A ship's wheel.
    Helm,
    /// An arrow into a tray.
    Download,
    /// An arrow to the right.
    Next,
    /// An arrow to the left.
    Back,
    /// Two sheets.
    Copy,
    /// A pencil: change it.
    Edit,
    /// A tick.
    Tick,
    /// A cross: take it away.
    Remove,
    /// Two arrowheads, up and down.
    Sort,
    /// Three dots: there is more to do.
    More,
    /// The mark of the product.
    Muster,
}

impl Icon {
    const fn stroke(self) -> &'static str {
        match self {
            Self::Done => "M5.25 8.25l2 2 3.5-4",
            Self::Silent => "M5.25 8h5.5",
            Self::Waiting => "M8 4.75V8l2.25 1.5",
            Self::Refused => "M5.9 5.9l4.2 4.2M10.1 5.9l-4.2 4.2",
            Self::Running => {
                "M13.5 6.5A5.75 5.75 0 0 0 3.2 5M2.5 9.5A5.75 5.75 0 0 0 12.8 11M13.75 2.75V6.5H10M2.25 13.25V9.5H6"
            }
            Self::CutOff => "M3.6 3.6l8.8 8.8",
            Self::RunOut => {
                "M4 2h8M4 14h8M5 2v2.25C5 6 8 6.75 8 8s-3 2-3 3.75V14m6-12v2.25C11 6 8 6.75 8 8s3 2 3 3.75V14"
            }
            Self::Warning => "M8 2.25 14.25 13.25H1.75zM8 6.75v3M8 11.4v.1",
            Self::Info => "M8 7.25v4M8 4.75v.1",
            Self::Search => "M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM10.4 10.4 14 14",
            Self::Overview => {
                "M2.25 2.25h4.5v4.5h-4.5zM9.25 2.25h4.5v4.5h-4.5zM2.25 9.25h4.5v4.5h-4.5zM9.25 9.25h4.5v4.5h-4.5z"
            }
            Self::Delegates => {
                "M2.25 2.75h11.5v4.5H2.25zM2.25 8.75h11.5v4.5H2.25zM4.75 5h.1M4.75 11h.1M7.5 5h4M7.5 11h4"
            }
            Self::Profiles => {
                "M2 5h6.25M11.75 5H14M10 3.25a1.75 1.75 0 1 1 0 3.5 1.75 1.75 0 0 1 0-3.5zM2 11h2.25M7.75 11H14M6 9.25a1.75 1.75 0 1 1 0 3.5 1.75 1.75 0 0 1 0-3.5z"
            }
            Self::Tokens => {
                "M10.5 2.25a3.25 3.25 0 1 1 0 6.5 3.25 3.25 0 0 1 0-6.5zM8.2 7.8 2.5 13.5M4 12l1.75 1.75M6.25 9.75 8 11.5"
            }
            Self::Secrets => "M3.25 7.25h9.5v6.5h-9.5zM5.25 7.25V5a2.75 2.75 0 0 1 5.5 0v2.25M8 9.75v1.5",
            Self::Record => "M3.25 2.25h9.5v11.5h-9.5zM5.75 5.5h4.5M5.75 8h4.5M5.75 10.5h2.5",
            Self::Users => {
                "M6 2.75a2.5 2.5 0 1 1 0 5 2.5 2.5 0 0 1 0-5zM1.5 13.5c0-2.6 2-4.25 4.5-4.25s4.5 1.65 4.5 4.25M10.5 3a2.4 2.4 0 0 1 0 4.6M12 9.6c1.5.6 2.5 2 2.5 3.9"
            }
            Self::Scopes => "M5.5 2h5v4h-5zM1.75 10.25h5v3.5h-5zM9.25 10.25h5v3.5h-5zM8 6v2.25M4.25 10.25v-2h7.5v2",
            Self::Container => "M1.75 4.25h12.5v7.5H1.75zM5 6.5v3M8 6.5v3M11 6.5v3",
            Self::Cluster => {
                "M5.75 1.75h4.5v3.5h-4.5zM1.75 10.75h4.5v3.5h-4.5zM9.75 10.75h4.5v3.5h-4.5zM8 5.25V8M4 10.75V8h8v2.75"
            }
            Self::Task => "m8 1.75 5.5 3.1v6.3L8 14.25l-5.5-3.1v-6.3zM2.75 5 8 8l5.25-3M8 8v6",
            Self::Helm => {
                "M8 3.75a4.25 4.25 0 1 1 0 8.5 4.25 4.25 0 0 1 0-8.5zM8 1.25v2.5M8 12.25v2.5M1.25 8h2.5M12.25 8h2.5M3.2 3.2 5 5M11 11l1.8 1.8M12.8 3.2 11 5M5 11l-1.8 1.8M8 8h.1"
            }
            Self::Download => "M8 2.25v8M4.75 7.25 8 10.5l3.25-3.25M2.75 13.5h10.5",
            Self::Terminal => "M1.75 2.75h12.5v10.5H1.75zM4.25 6l2 2-2 2M8.5 10.25h3",
            Self::Next => "m6 3.5 4.5 4.5L6 12.5",
            Self::Back => "M10 3.5 5.5 8l4.5 4.5",
            Self::Copy => "M5.75 5.75h7.5v7.5h-7.5zM3.5 10.25h-.75v-7.5h7.5v.75",
            Self::Edit => "M10.5 3 13 5.5 6 12.5l-3 .5.5-3zM9 4.5 11.5 7",
            Self::Tick => "m3.25 8.5 3 3 6.5-7",
            Self::Remove => "m4.25 4.25 7.5 7.5M11.75 4.25l-7.5 7.5",
            Self::Sort => "M5 6.25 8 3.25l3 3M5 9.75l3 3 3-3",
            Self::More => "M3 8h.01M8 8h.01M13 8h.01",
            Self::Muster => "M2 13V3l6 6 6-6v10",
        }
    }

    const fn round(self) -> bool {
        matches!(self, Self::Done | Self::Silent | Self::Waiting | Self::Refused | Self::CutOff | Self::Info)
    }

    /// Draws it. It says nothing to those who cannot see it: words stand beside it. Its HTML is always the same and holds
    /// nothing that came from outside, so that it is written as it is: a list has hundreds.
    pub fn draw(self) -> InertElement {
        let circle = if self.round() { CIRCLE } else { "" };
        let stroke = self.stroke();
        InertElement::new(format!(
            "<svg class=\"icon\" viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" aria-hidden=\"true\" focusable=\"false\">\
             <path d=\"{circle}{stroke}\"/></svg>"
        ))
    }
}
