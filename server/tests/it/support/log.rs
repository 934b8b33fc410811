//! What the program writes into its log while something happens, at its most talkative.

use std::{
    io,
    sync::{Arc, Mutex, Once},
};

use tracing_subscriber::{
    Layer as _,
    filter::dynamic_filter_fn,
    fmt::{self, MakeWriter},
    layer::SubscriberExt as _,
};

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

tokio::task_local! {
    /// The log of what happens now, where a test listens.
    static HEARD: Lines;
}

impl io::Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().extend(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Writes to whoever listens.
struct ToWhoListens;

impl MakeWriter<'_> for ToWhoListens {
    type Writer = Lines;

    fn make_writer(&self) -> Lines {
        HEARD.try_with(Lines::clone).unwrap_or_default()
    }
}

/// Makes it possible to listen. Once for the process and before anything is logged: a listener that came later could
/// miss what had been logged before to nobody.
pub fn make_audible() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let somebody_listens = dynamic_filter_fn(|_, _| HEARD.try_with(|_| ()).is_ok());
        let layer = fmt::layer().with_ansi(false).with_writer(ToWhoListens).with_filter(somebody_listens);
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).unwrap();
    });
}

/// Runs something, and gives what was logged meanwhile.
pub async fn logged_while<T>(work: impl Future<Output = T>) -> (T, Vec<u8>) {
    let lines = Lines::default();
    let done = HEARD.scope(lines.clone(), work).await;
    let lines = std::mem::take(&mut *lines.0.lock().unwrap());
    (done, lines)
}
