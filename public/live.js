// A shared worker: the one event stream of all tabs in which a browser shows the same session. Over HTTP/1.1 a browser
// opens six connections to a server and no more, and each stream would hold one.
//
// Its name is what the server calls the session; another session's stream is refused, so that no tab ever hears what a
// session before it was told. A tab that is seen joins, says that it is still there, and leaves; one that crashed is
// heard no more. What the tabs are told is in `app/src/browser/stream/news.rs`, what they do with it in `worker.rs` there.
'use strict';

const EVENTS = `/api/events?session=${encodeURIComponent(self.name)}`;
/** How often it is looked who is still there. Twice nobody, and the stream is let go. */
const LOOK_MS = 5_000;
/** How long a tab counts as there that was heard. */
const TAB_MS = 20_000;
/** How long nothing may come: the server writes a comment every 15 seconds, else the connection is dead. */
const SILENCE_MS = 45_000;
/** How long to wait before a stream that broke is taken up again: at first, and at most. Somebody is looking at it. */
const RETRY_MS = { first: 1_000, most: 5_000 };

/** The tabs that are seen, each by its port, and when it was last heard. */
const tabs = new Map();
/** How the stream is: what a tab that joins is told. */
let state = 'opening';
let following = false;
/** Cuts the open connection. */
let cut = () => {};
/** Ends the wait for the next try. */
let wake = () => {};

self.onconnect = ({ ports: [port] }) => {
  port.onmessage = ({ data }) => {
    if (data === 'leave') {
      tabs.delete(port);
      port.close();
      return;
    }
    const joins = !tabs.has(port);
    tabs.set(port, performance.now());
    port.postMessage(joins ? state : 'here');
    if (joins) wake();
    follow();
  };
};

function tell(news) {
  for (const port of tabs.keys()) port.postMessage(news);
}

/** Keeps the stream open for as long as a tab is there. */
async function follow() {
  if (following) return;
  following = true;
  const looking = setInterval(look, LOOK_MS);
  let failures = 0;
  while (tabs.size > 0) {
    state = 'opening';
    const end = await read(() => (failures = 0)).catch(() => 'lost');
    state = end;
    tell(end);
    if (tabs.size > 0) await pause(failures);
    failures += 1;
  }
  clearInterval(looking);
  state = 'opening';
  following = false;
}

/** Reads the stream to its end, and says how it ended. */
async function read(opened) {
  const controller = new AbortController();
  cut = () => controller.abort();
  let silence = setTimeout(cut, SILENCE_MS);
  try {
    const answer = await fetch(EVENTS, { cache: 'no-store', signal: controller.signal });
    if (answer.status === 401) return 'refused';
    if (!answer.ok) return 'lost';
    const reader = answer.body.getReader();
    const decoder = new TextDecoder();
    let text = '';
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return 'lost';
      clearTimeout(silence);
      silence = setTimeout(cut, SILENCE_MS);
      const events = (text + decoder.decode(value, { stream: true })).split('\n\n');
      text = events.pop();
      for (const event of events) {
        const field = (name) => event.match(new RegExp(`^${name}: ?(.*)$`, 'm'))?.[1];
        if (field('event') === 'ended') return 'refused';
        if (field('event') === 'hello') {
          opened();
          state = `hello ${field('data')}`;
          tell(state);
        }
        if (field('event') === 'change') tell(`change ${field('data')}`);
      }
    }
  } finally {
    clearTimeout(silence);
    controller.abort();
  }
}

/** Waits longer after each failure, and never as long as other browsers; or until a tab joins. */
function pause(failures) {
  const longest = Math.min(RETRY_MS.first * 2 ** failures, RETRY_MS.most);
  return new Promise((resolve) => {
    const waiting = setTimeout(resolve, longest * (0.5 + Math.random() / 2));
    wake = () => {
      clearTimeout(waiting);
      resolve();
    };
  });
}

let nobody = false;

/** Forgets tabs that are heard no more; lets the stream go where nobody was there the last time, either. */
function look() {
  const now = performance.now();
  for (const [port, heard] of tabs) if (now - heard > TAB_MS) tabs.delete(port);
  if (tabs.size === 0 && nobody) cut();
  nobody = tabs.size === 0;
}
