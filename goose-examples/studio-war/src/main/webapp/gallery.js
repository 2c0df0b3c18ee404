// The photos: a card for each, and the large view of one.
import { $, call, element, match, rowHeader } from "./page.js";

function isOpen(task) {
  return task.state !== "DONE" && task.state !== "DEAD";
}

export function taskName(name) {
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
  const [what, how, progress, why] = line.children;
  line.dataset.state = task.state;
  what.textContent = taskName(task.name);
  how.textContent = taskText(task);
  progress.value = task.state === "DEAD" ? 100 : task.percent;
  why.textContent = task.state === "DONE" ? "" : task.note;
}

function newTask() {
  const line = element("li", undefined, "task");
  const progress = element("progress");
  progress.max = 100;
  progress.setAttribute("aria-hidden", "true"); // the words beside it say the same
  line.append(element("span", "", "what"), element("span", "", "how"), progress, element("p", "", "why"));
  return line;
}

function newCard(photo) {
  const card = $("card").content.firstElementChild.cloneNode(true);
  card.querySelector("h3").textContent = photo.name;
  card.querySelector("button").addEventListener("click", () => view(card.photo));
  return card;
}

function bestThumbnail(photo, wanted) {
  const made = photo.tasks.filter(t => t.state === "DONE" && t.name.startsWith("thumbnail-"))
    .map(t => Number(t.name.slice("thumbnail-".length))).sort((a, b) => a - b);
  const size = made.find(s => s >= wanted) ?? made.at(-1);
  return size === undefined ? null : `api/gallery/${photo.id}/thumbnail-${size}.jpg`;
}

function metadataOf(photo) {
  return photo.tasks.find(t => t.name === "metadata");
}

function showPicture(picture, photo, wanted) {
  const source = bestThumbnail(photo, wanted);
  picture.hidden = source === null;
  if (source && picture.getAttribute("src") !== source) {
    picture.src = source;
    picture.alt = photo.name;
  }
  return source !== null;
}

function showCard(card, photo) {
  card.photo = photo;
  const pictured = showPicture(card.querySelector("img"), photo, 480);
  const read = metadataOf(photo)?.state === "DONE";
  const finished = !photo.tasks.some(isOpen);
  const placeholder = card.querySelector(".placeholder");
  placeholder.hidden = pictured;
  placeholder.textContent = finished ? "✕" : "…";
  const button = card.querySelector("button");
  button.disabled = !pictured && !read;
  button.setAttribute("aria-label", pictured ? `Look at ${photo.name}`
    : read ? `${photo.name}, no picture: read its metadata` : `${photo.name}, nothing to look at${finished ? "" : " yet"}`);
  const worth = ["Camera", "Exposure", "Aperture", "ISO"];
  const facts = photo.facts.filter(f => worth.includes(f.label)).map(f => (f.label === "ISO" ? `ISO ${f.value}` : f.value));
  card.querySelector(".facts").textContent = facts.length || !read ? facts.join(" · ") : "The file names no camera.";
  match(card.querySelector(".tasks"), photo.tasks, task => task.name, newTask, showTask);
}

/** Shows the photos and returns whether something is still to be done to them. */
export function showGallery(photos) {
  match($("gallery"), photos, photo => photo.id, newCard, showCard);
  $("empty").hidden = photos.length > 0;
  const tasks = photos.flatMap(photo => photo.tasks);
  for (const count of $("counts").children) {
    count.querySelector("dd").textContent = tasks.filter(t => t.state === count.dataset.state).length;
  }
  return tasks.some(isOpen);
}

async function view(photo) {
  const viewer = $("viewer");
  viewer.dataset.photo = photo.id;
  $("viewer-title").textContent = photo.name;
  showPicture($("viewer-picture"), photo, 1200);
  $("viewer-note").textContent = "Its metadata are asked for …";
  $("viewer-facts").replaceChildren();
  viewer.showModal();
  let facts = [];
  let note = "";
  try {
    const reading = metadataOf(photo);
    if (reading?.state === "DONE") facts = await call(`gallery/${photo.id}/metadata`);
    else note = reading?.state === "DEAD" ? `Its metadata cannot be read: ${reading.note}` : "Its metadata are not read yet.";
  } catch (e) {
    note = `Its metadata cannot be shown: ${e.message}`;
  }
  if (viewer.dataset.photo !== photo.id) return; // another was opened meanwhile
  $("viewer-note").textContent = note;
  $("viewer-facts").replaceChildren(...facts.map(fact => {
    const row = element("tr");
    row.append(element("td", fact.group), rowHeader(fact.label), element("td", fact.value));
    return row;
  }));
}
