//! A tab's line to the shared worker that has the event stream (`public/live.js`).

use std::{cell::Cell, rc::Rc, time::Duration};

use leptos::{leptos_dom::helpers::IntervalHandle, prelude::*, web_sys};
use send_wrapper::SendWrapper;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageEvent, MessagePort, SharedWorker, WorkerOptions};

use super::news::News;

/// How often a tab says that it is there.
const BEAT: Duration = Duration::from_secs(5);
/// How many times the worker may leave that without an answer: it did not start, or is no more.
const MAX_UNANSWERED: u32 = 2;

/// A line to the worker, open while the tab takes part.
pub(super) struct Line {
    port: MessagePort,
    /// The browser tells by it where the worker cannot start.
    worker: SharedWorker,
    beat: Option<IntervalHandle>,
    _heard: Closure<dyn FnMut(MessageEvent)>,
    _failed: Closure<dyn FnMut()>,
}

impl Line {
    /// Joins the worker of a session; none where this browser has no such workers. `failed` is called where it turns
    /// out that the worker does not answer, and may be called again until the line is dropped.
    pub(super) fn join(session: &str, heard: impl Fn(News) + 'static, failed: impl Fn() + 'static) -> Option<Self> {
        let script = document().document_element()?.get_attribute("data-worker")?;
        let options = WorkerOptions::new();
        options.set_name(session);
        let worker = SharedWorker::new_with_worker_options(&script, &options).ok()?;
        let port = worker.port();

        let unanswered = Rc::new(Cell::new(0));
        let answered = Rc::clone(&unanswered);
        let heard = Closure::<dyn FnMut(MessageEvent)>::new(move |event: MessageEvent| {
            answered.set(0);
            if let Some(news) = event.data().as_string().and_then(|text| News::read(&text)) {
                heard(news);
            }
        });
        port.set_onmessage(Some(heard.as_ref().unchecked_ref()));
        let failed = Rc::new(failed);
        let broken = Rc::clone(&failed);
        let broken = Closure::<dyn FnMut()>::new(move || broken());
        worker.set_onerror(Some(broken.as_ref().unchecked_ref()));

        let line = SendWrapper::new((port.clone(), unanswered, failed));
        let beat = move || {
            let (port, unanswered, failed) = &*line;
            if unanswered.get() >= MAX_UNANSWERED {
                failed();
                return;
            }
            unanswered.set(unanswered.get() + 1);
            say(port, "here");
        };
        beat();
        let beat = set_interval_with_handle(beat, BEAT).ok();
        Some(Self { port, worker, beat, _heard: heard, _failed: broken })
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        if let Some(beat) = self.beat.take() {
            beat.clear();
        }
        self.worker.set_onerror(None);
        self.port.set_onmessage(None);
        say(&self.port, "leave");
        self.port.close();
    }
}

/// Says a word to the worker. One that is no more does not hear it, and gives no answer.
fn say(port: &MessagePort, word: &str) {
    let _ = port.post_message(&JsValue::from_str(word));
}
