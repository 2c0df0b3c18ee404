// The studio's page: what its buttons do, what the broker has, and the questions that keep it up to date.
import { $, act, call, clock, element, match, outage, rowHeader, say } from "./page.js";
import { showGallery, taskName } from "./gallery.js";

// The page asks for the gallery again and again: often while jobs are under way, seldom while nothing happens.
const BUSY_MS = 400;
const IDLE_MS = 1500;
const BROKER_MS = 1000;
const PATIENCE_MS = 15000;
const SAMPLE = "samples/rocket.jpg";

let due = [];
let asking = false;
let askedBroker = 0;
let heardOfBroker = null;
let tag = "";
let busy = true;
let wake = () => {};

// ---- what the buttons do

/** Runs the action of a button and then asks the broker at once. */
function press(button, action) {
  return act(button, action).then(() => {
    askedBroker = 0;
    wake();
  });
}

async function send(files) {
  const shoot = await call("shoots", { method: "POST" });
  let sent = 0;
  const refused = [];
  for (const file of files) {
    say(`Sending ${file.name} …`);
    try {
      if (file.size > shoot.maxUpload) throw new Error(`larger than ${Math.floor(shoot.maxUpload / 1e6)} MB`);
      await call(`shoots/${shoot.id}/photos?name=${encodeURIComponent(file.name)}`,
        { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } });
      sent++;
    } catch (e) {
      refused.push(`${file.name}: ${e.message}`);
    }
    wake();
  }
  if (sent > 0) await call(`shoots/${shoot.id}/end`, { method: "POST" }).catch(e => refused.push(e.message));
  return [`${sent} ${sent === 1 ? "file is" : "files are"} in the studio.`, refused.join("; ")];
}

let sending = Promise.resolve();

function bring(files) {
  sending = sending.then(() => press($("files"), () => send(files))); // a drop may come while another is being sent
}

async function sendBroken() {
  const answer = await fetch(SAMPLE);
  if (!answer.ok) throw new Error(`the studio answers ${answer.status}`);
  const whole = await answer.blob();
  return send([new File([whole.slice(0, whole.size / 3)], "broken.jpg", { type: "image/jpeg" })]);
}

async function loadSamples() {
  await call("shoots/samples", { method: "POST" });
  return ["The sample photographs are in the studio."];
}

async function clear() {
  await call("gallery", { method: "DELETE" });
  return ["The gallery is empty."];
}

async function replay(entry) {
  await call(`broker/dead/${entry.job}`, { method: "POST" });
  return [`Sent anew: ${jobText(entry)}.`];
}

async function discard(entry) {
  await call(`broker/dead/${entry.job}`, { method: "DELETE" });
  return [`Discarded: ${jobText(entry)}.`];
}

// ---- what the broker has

function newNotice(notice) {
  const line = element("li", `${notice.text} `);
  line.append(clock(notice.at));
  return line;
}

/** The notices that are due count down by the page's own clock, so they move between two answers of the broker. */
function showDue() {
  match($("due-list"), due, entry => entry.job, () => element("li"), (line, entry) => {
    const seconds = Math.ceil((entry.at - performance.now()) / 1000);
    line.textContent = `Notice of ${entry.about}, once all is finished: due ${seconds > 0 ? `in ${seconds} s` : "now"}`;
  });
  $("no-notices").hidden = $("due-list").children.length + $("notice-list").children.length > 0;
}

function jobText(entry) {
  return `${taskName(entry.task) || "a job"} of ${entry.about || "a photo that is gone"}`;
}

function doButton(text, entry, action) {
  const button = element("button", text, "button small");
  button.type = "button";
  button.setAttribute("aria-label", `${text}: ${jobText(entry)}`);
  button.addEventListener("click", () => press(button, () => action(entry)));
  return button;
}

function newDead(entry) {
  const row = element("tr");
  const when = element("td");
  when.append(clock(entry.diedAt));
  const what = element("td", undefined, "do");
  what.append(doButton("Run again", entry, replay), doButton("Discard", entry, discard));
  row.append(rowHeader(entry.about || "(gone)"), element("td", taskName(entry.task)), element("td", entry.runs === 1 ? "once" : `${entry.runs} times`),
    element("td", entry.failure), when, what);
  return row;
}

function showDead(dead) {
  match($("dead-list"), dead, entry => entry.job + entry.diedAt, newDead);
  $("dead").hidden = dead.length === 0;
}

// ---- asking

async function look() {
  const answer = await fetch("api/gallery",
    { cache: "no-store", headers: tag ? { "If-None-Match": tag } : {}, signal: AbortSignal.timeout(PATIENCE_MS) });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(`the studio answers ${answer.status}`);
  const gallery = await answer.json();
  busy = showGallery(gallery.photos);
  match($("notice-list"), gallery.notices, notice => notice.id, newNotice);
  tag = answer.headers.get("ETag") ?? "";
}

async function askBroker() {
  if (asking || Date.now() - askedBroker < BROKER_MS) return;
  asking = true;
  try {
    const broker = await call("broker", { signal: AbortSignal.timeout(PATIENCE_MS) });
    due = broker.due.map(entry => ({ ...entry, at: performance.now() + entry.inMillis }));
    showDead(broker.dead);
    const sum = place => broker.queues.reduce((all, queue) => all + queue[place], 0);
    $("broker").textContent = `In the broker: ${sum("waiting")} waiting, ${sum("running")} running, ${sum("scheduled")} scheduled, ${sum("dead")} dead.`;
    heardOfBroker = new Date();
    outage("broker", "");
  } catch (e) {
    due = [];
    $("broker").textContent = `In the broker: not known, ${e.message}`;
    outage("broker", "The broker does not answer. Jobs and notices wait for it; "
      + (heardOfBroker ? `the dead set is as it was at ${heardOfBroker.toLocaleTimeString()}.` : "the dead set is not known."));
  }
  asking = false;
  askedBroker = Date.now();
}

async function keepLooking() {
  for (;;) {
    try {
      await look();
      askBroker(); // not awaited: a broker that hangs must not hold up the gallery
      outage("studio", "");
    } catch (e) {
      tag = "";
      busy = false;
      due = [];
      outage("studio", `The studio does not answer; the page keeps asking. (${e.message})`);
    }
    showDue();
    await new Promise(go => {
      wake = go;
      setTimeout(go, busy || due.length > 0 ? BUSY_MS : IDLE_MS);
    });
  }
}

// ---- wiring

$("files").addEventListener("change", event => {
  bring([...event.target.files]);
  event.target.value = "";
});
$("samples").addEventListener("click", event => press(event.currentTarget, loadSamples));
$("broken").addEventListener("click", event => press(event.currentTarget, sendBroken));
$("clear").addEventListener("click", event => {
  if (confirm("Forget all photos, notices and dead jobs?")) press(event.currentTarget, clear);
});

// The whole page takes drops, so that a photo dropped beside the box does not replace the page.
let depth = 0;
addEventListener("dragenter", event => {
  event.preventDefault();
  depth++;
  $("drop").classList.add("over");
});
addEventListener("dragover", event => event.preventDefault());
addEventListener("dragleave", () => {
  if (--depth === 0) $("drop").classList.remove("over");
});
addEventListener("drop", event => {
  event.preventDefault();
  depth = 0;
  $("drop").classList.remove("over");
  if (event.dataTransfer.files.length) bring([...event.dataTransfer.files]);
});

keepLooking();
