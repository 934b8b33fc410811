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

/// Those who listen. They hear all of the process: what a request begins goes on in tasks of its own.
static LISTENING: Mutex<Vec<Lines>> = Mutex::new(Vec::new());

/// Writes to all who listen.
struct ToWhoListens(Vec<Lines>);

impl io::Write for ToWhoListens {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        for lines in &self.0 {
            lines.0.lock().unwrap().extend(bytes);
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Finds out who listens.
struct WhoListens;

impl MakeWriter<'_> for WhoListens {
    type Writer = ToWhoListens;

    fn make_writer(&self) -> ToWhoListens {
        ToWhoListens(LISTENING.lock().unwrap().clone())
    }
}

/// Makes it possible to listen. Once for the process and before anything is logged: a listener that came later could
/// miss what had been logged before to nobody.
pub fn make_audible() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let somebody_listens = dynamic_filter_fn(|_, _| !LISTENING.lock().unwrap().is_empty());
        let layer = fmt::layer().with_ansi(false).with_writer(WhoListens).with_filter(somebody_listens);
        tracing::subscriber::set_global_default(tracing_subscriber::registry().with(layer)).unwrap();
    });
}

/// Runs something, and gives what was logged meanwhile.
pub async fn logged_while<T>(work: impl Future<Output = T>) -> (T, Vec<u8>) {
    let lines = Lines::default();
    LISTENING.lock().unwrap().push(lines.clone());
    let done = work.await;
    LISTENING.lock().unwrap().retain(|one| !Arc::ptr_eq(&one.0, &lines.0));
    let lines = std::mem::take(&mut *lines.0.lock().unwrap());
    (done, lines)
}
