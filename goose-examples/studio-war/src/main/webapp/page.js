// What all of the page needs: its elements, what it tells, and how it asks the studio.
export const $ = id => document.getElementById(id);
const outages = { studio: "", broker: "", workings: "" };

export function element(name, text, className) {
  const made = document.createElement(name);
  if (text !== undefined) made.textContent = text;
  if (className) made.className = className;
  return made;
}

/** The cell that names a row of a table. */
export function rowHeader(text) {
  const cell = element("th", text);
  cell.scope = "row";
  return cell;
}

export function clock(millis) {
  const time = element("time", new Date(millis).toLocaleTimeString());
  time.dateTime = new Date(millis).toISOString();
  return time;
}

export function say(text, problem = "") {
  $("status").textContent = text;
  $("problem").textContent = problem;
}

/** Tells that the studio or the broker does not answer; an empty text ends it. */
export function outage(whose, text) {
  if (outages[whose] === text) return; // an alert is read aloud whenever it changes
  outages[whose] = text;
  $("outage").textContent = outages.studio || outages.broker || outages.workings;
}

export async function call(path, options) {
  const answer = await fetch(`api/${path}`, options).catch(e => {
    throw new Error(e.name === "TimeoutError" ? "there is no answer" : "the studio does not answer");
  });
  if (!answer.ok) {
    const problem = await answer.json().catch(() => ({}));
    throw new Error(problem.message ?? `the studio answers ${answer.status}`);
  }
  return answer.status === 200 || answer.status === 201 ? answer.json() : null;
}

/**
 * Makes the children of a list match the items. One that stays is the same element: it keeps the focus, and a live region
 * does not read it aloud again.
 */
export function match(list, items, key, make, show = () => {}) {
  const wanted = new Set(items.map(key));
  for (const child of [...list.children]) {
    if (wanted.has(child.dataset.key)) continue;
    const focused = child.contains(document.activeElement);
    child.remove();
    if (focused) $("status").focus({ preventScroll: true });
  }
  items.forEach((item, i) => {
    let child = list.children[i];
    if (child?.dataset.key !== key(item)) {
      child = [...list.children].find(c => c.dataset.key === key(item)) ?? make(item);
      child.dataset.key = key(item);
      list.insertBefore(child, list.children[i] ?? null);
    }
    show(child, item);
  });
}

/** Runs an action, which returns what to say of it, and a problem if there was one. Its button is disabled meanwhile. */
export async function act(button, action) {
  const focused = document.activeElement === button;
  button.disabled = true;
  try {
    say(...await action());
  } catch (e) {
    say("", e.message);
  }
  button.disabled = false;
  if (focused && document.activeElement === document.body) button.focus();
}
