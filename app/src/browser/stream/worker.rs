//! A tab's line to the shared worker that has the event stream (`public/live.js`).

use std::{cell::Cell, rc::Rc};

use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{MessageEvent, MessagePort, SharedWorker, WorkerOptions};

use super::news::News;
use crate::browser::dom::{Interval, after, document};

/// How often a tab says that it is there, in milliseconds.
const BEAT: i32 = 5_000;
/// How long a worker may take for its first answer, in milliseconds. Not every browser tells where one cannot start.
const FIRST: i32 = 3_000;
/// How many times the worker may leave that without an answer: it did not start, or is no more.
const MAX_UNANSWERED: u32 = 2;

/// A line to the worker, open while the tab takes part.
pub(super) struct Line {
    port: MessagePort,
    /// The browser tells by it where the worker cannot start.
    worker: SharedWorker,
    _beat: Interval,
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

        let (waits, late) = (Rc::downgrade(&unanswered), Rc::clone(&failed));
        after(FIRST, move || {
            // Where the line was dropped, nobody waits any more.
            if waits.upgrade().is_some_and(|unanswered| unanswered.get() > 0) {
                late();
            }
        });
        let line = port.clone();
        let beat = move || {
            if unanswered.get() >= MAX_UNANSWERED {
                failed();
                return;
            }
            unanswered.set(unanswered.get() + 1);
            say(&line, "here");
        };
        beat();
        Some(Self { port, worker, _beat: Interval::new(BEAT, beat), _heard: heard, _failed: broken })
    }
}

impl Drop for Line {
    fn drop(&mut self) {
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
