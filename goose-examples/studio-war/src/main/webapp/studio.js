// The page asks for the gallery again and again: often while jobs are under way, seldom while nothing happens.
const BUSY_MS = 400;
const IDLE_MS = 1500;
const BROKER_MS = 1000;
const ENDS = new Set(["DONE", "DEAD"]);
const WORDS = { WAITING: "waiting", RUNNING: "running", RETRYING: "to be retried", DONE: "done", DEAD: "dead" };
const SAMPLE = "samples/rocket.jpg";

const $ = id => document.getElementById(id);
const cards = new Map();
let shownNotices = "";
let shownDead = "";
let asking = false;
let askedBroker = 0;
let tag = "";
let busy = true;
let wake = () => {};

function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

function clock(millis) {
  const time = element("time", new Date(millis).toLocaleTimeString());
  time.dateTime = new Date(millis).toISOString();
  return time;
}

function say(text, bad = false) {
  $("status").textContent = text;
  $("status").classList.toggle("bad", bad);
}

async function call(path, options) {
  const answer = await fetch(`api/${path}`, options);
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.message ?? `the studio answers ${answer.status}`);
  }
  return answer.status === 200 || answer.status === 201 ? answer.json() : null;
}

// ---- bringing photos

async function bring(files) {
  try {
    const shoot = await call("shoots", { method: "POST" });
    let brought = 0;
    const refused = [];
    for (const file of files) {
      say(`Sending ${file.name} …`);
      try {
        if (file.size > shoot.maxUpload) throw new Error(`larger than ${Math.floor(shoot.maxUpload / 1e6)} MB`);
        await call(`shoots/${shoot.id}/photos?name=${encodeURIComponent(file.name)}`,
          { method: "POST", body: file, headers: { "Content-Type": "application/octet-stream" } });
        brought++;
      } catch (e) {
        refused.push(`${file.name}: ${e.message}`);
      }
      wake();
    }
    if (brought > 0) await call(`shoots/${shoot.id}/end`, { method: "POST" });
    say(refused.length ? refused.join("; ") : `${brought} ${brought === 1 ? "file is" : "files are"} in the studio. A notice follows when all is ready.`,
      refused.length > 0);
  } catch (e) {
    say(e.message, true);
  }
}

async function bringBroken() {
  const whole = await (await fetch(SAMPLE)).blob();
  await bring([new File([whole.slice(0, whole.size / 3)], "broken.jpg", { type: "image/jpeg" })]);
}

async function act(what, done) {
  try {
    await what();
    say(done);
  } catch (e) {
    say(e.message, true);
  }
  askedBroker = 0;
  wake();
}

// ---- showing the gallery

function taskName(name) {
  return name.startsWith("thumbnail-") ? `${name.slice("thumbnail-".length)} px` : name;
}

function taskText(task) {
  switch (task.state) {
    case "RUNNING": return task.attempt > 1 ? `run ${task.attempt}, ${task.percent} %` : `${task.percent} %`;
    case "RETRYING": return `failed ${task.attempt}×, retrying`;
    case "DEAD": return `dead after ${task.attempt} runs`;
    case "DONE": return task.note;
    default: return "waiting";
  }
}

function showTask(line, task) {
  line.dataset.state = task.state;
  line.title = task.note;
  line.children[0].textContent = taskName(task.name);
  line.children[1].textContent = taskText(task);
  line.children[2].value = task.state === "DEAD" ? 100 : task.percent;
  line.children[2].setAttribute("aria-label", `${taskName(task.name)}: ${WORDS[task.state]}`);
}

function newTask() {
  const line = element("li", undefined, "task");
  const progress = element("progress");
  progress.max = 100;
  line.append(element("span", "", "what"), element("span", "", "how"), progress);
  return line;
}

function newCard(photo) {
  const card = $("card").content.firstElementChild.cloneNode(true);
  card.querySelector("h3").textContent = photo.name;
  card.querySelector("button").addEventListener("click", () => view(card.photo));
  card.querySelector(".tasks").append(...photo.tasks.map(newTask));
  return card;
}

function bestThumbnail(photo, wanted) {
  const made = photo.tasks.filter(t => t.state === "DONE" && t.name.startsWith("thumbnail-"))
    .map(t => Number(t.name.slice("thumbnail-".length))).sort((a, b) => a - b);
  const size = made.find(s => s >= wanted) ?? made.at(-1);
  return size === undefined ? null : `api/gallery/${photo.id}/thumbnail-${size}.jpg`;
}

function showCard(card, photo) {
  card.photo = photo;
  const picture = card.querySelector("img");
  const source = bestThumbnail(photo, 480);
  if (source && picture.getAttribute("src") !== source) {
    picture.src = source;
    picture.alt = photo.name;
  }
  picture.hidden = source === null;
  const finished = photo.tasks.every(t => ENDS.has(t.state));
  const placeholder = card.querySelector(".placeholder");
  placeholder.hidden = source !== null;
  placeholder.textContent = finished ? "✕" : "…";
  const button = card.querySelector("button");
  button.disabled = source === null;
  button.setAttribute("aria-label", source ? `Look at ${photo.name}` : `${photo.name}, no picture${finished ? "" : " yet"}`);
  const worth = ["Camera", "Exposure", "Aperture", "ISO"];
  const facts = photo.facts.filter(f => worth.includes(f.label)).map(f => (f.label === "ISO" ? `ISO ${f.value}` : f.value));
  const read = photo.tasks.some(t => t.name === "metadata" && t.state === "DONE");
  card.querySelector(".facts").textContent = facts.length || !read ? facts.join(" · ") : "The file names no camera.";
  photo.tasks.forEach((task, i) => showTask(card.querySelector(".tasks").children[i], task));
}

function showGallery(photos) {
  const present = new Set(photos.map(p => p.id));
  for (const [id, card] of cards) {
    if (!present.has(id)) {
      card.remove();
      cards.delete(id);
    }
  }
  photos.forEach((photo, i) => {
    let card = cards.get(photo.id);
    if (!card) {
      card = newCard(photo);
      cards.set(photo.id, card);
    }
    if ($("gallery").children[i] !== card) $("gallery").insertBefore(card, $("gallery").children[i] ?? null);
    showCard(card, photo);
  });
  $("empty").hidden = photos.length > 0;
}

function showCounts(tasks) {
  for (const count of $("counts").children) {
    count.querySelector("dd").textContent = tasks.filter(t => t.state === count.dataset.state).length;
  }
}

function doButton(text, label, what) {
  const button = element("button", text, "button small");
  button.type = "button";
  button.setAttribute("aria-label", label);
  button.addEventListener("click", what);
  return button;
}

function deadRow(entry) {
  const row = element("tr");
  row.dataset.job = entry.job;
  const about = `${taskName(entry.task)} of ${entry.photo || "a photo that is gone"}`;
  const when = element("td");
  when.append(clock(entry.diedAt));
  const what = element("td", undefined, "do");
  what.append(
    doButton("Run again", `Run again: ${about}`, () => act(() => call(`broker/dead/${entry.job}`, { method: "POST" }), `Sent anew: ${about}.`)),
    doButton("Discard", `Discard: ${about}`, () => act(() => call(`broker/dead/${entry.job}`, { method: "DELETE" }), `Discarded: ${about}.`)));
  row.append(element("td", entry.photo || "(gone)"), element("td", taskName(entry.task)), element("td", entry.runs), element("td", entry.failure), when, what);
  return row;
}

function showDead(dead) {
  const key = dead.map(d => d.job + d.diedAt).join();
  if (key === shownDead) return; // a new table would take the focus from its buttons
  shownDead = key;
  $("dead-list").replaceChildren(...dead.map(deadRow));
  $("dead").hidden = dead.length === 0;
}

function showNotices(notices) {
  const key = notices.map(n => n.id).join();
  if (key === shownNotices) return; // a live region is read aloud whenever it changes
  shownNotices = key;
  $("notice-list").replaceChildren(...notices.map(notice => {
    const line = element("li", `${notice.text} `);
    line.append(clock(notice.at));
    return line;
  }));
  $("notices").hidden = notices.length === 0;
}

async function view(photo) {
  const source = bestThumbnail(photo, 1200);
  if (!source) return;
  $("viewer-title").textContent = photo.name;
  $("viewer-picture").src = source;
  $("viewer-picture").alt = photo.name;
  $("viewer-facts").replaceChildren();
  $("viewer").showModal();
  const answer = await fetch(`api/gallery/${photo.id}/metadata`);
  const facts = answer.ok ? await answer.json() : [];
  $("viewer-facts").replaceChildren(...facts.map(fact => {
    const row = element("tr");
    row.append(element("td", fact.group), element("td", fact.label), element("td", fact.value));
    return row;
  }));
}

// ---- asking

async function look() {
  const answer = await fetch("api/gallery", { cache: "no-store", headers: tag ? { "If-None-Match": tag } : {} });
  if (answer.status === 304) return;
  if (!answer.ok) throw new Error(`the studio answers ${answer.status}`);
  tag = answer.headers.get("ETag") ?? "";
  const gallery = await answer.json();
  const tasks = gallery.photos.flatMap(p => p.tasks);
  busy = tasks.some(t => !ENDS.has(t.state));
  showGallery(gallery.photos);
  showCounts(tasks);
  showNotices(gallery.notices);
}

async function askBroker() {
  if (asking || Date.now() - askedBroker < BROKER_MS) return;
  asking = true;
  try {
    const { photos, dead } = await call("broker");
    showDead(dead);
    $("broker").textContent = `In the broker: ${photos.waiting} waiting, ${photos.running} running, ${photos.scheduled} scheduled, ${photos.dead} dead.`;
  } catch (e) {
    $("broker").textContent = e.message;
  }
  asking = false;
  askedBroker = Date.now();
}

async function keepLooking() {
  let lost = false;
  for (;;) {
    try {
      await look();
      askBroker(); // not awaited: a broker that hangs must not hold up the gallery
      if (lost) say("The studio is back.");
      lost = false;
    } catch (e) {
      lost = true;
      tag = "";
      say("The studio does not answer; the page keeps asking.", true);
    }
    await new Promise(go => {
      wake = go;
      setTimeout(go, busy && !lost ? BUSY_MS : IDLE_MS);
    });
  }
}

// ---- wiring

$("files").addEventListener("change", event => {
  bring([...event.target.files]);
  event.target.value = "";
});
$("samples").addEventListener("click", () => act(() => call("shoots/samples", { method: "POST" }), "The sample photographs are in the studio."));
$("broken").addEventListener("click", bringBroken);
$("clear").addEventListener("click", () => act(() => call("gallery", { method: "DELETE" }), "The gallery is empty."));

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
