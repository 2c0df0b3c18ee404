// What Goose does beside running jobs: batches of contact sheets, the recurring clean-up, the unique archive, the printer's limit.
import { $, act, call, element, match, outage } from "./page.js";

const ASK_MS = 1000;
const PATIENCE_MS = 15000;
const NAMES = { batches: "Batches", cron: "Recurring jobs", limits: "Limits" };

function times(count) {
  return count === 1 ? "once" : `${count} times`;
}

function newBatch(batch) {
  const line = element("li");
  const progress = element("progress");
  progress.setAttribute("aria-hidden", "true"); // the words beside it say the same
  const link = element("a", "contact sheet");
  link.href = `api/workings/sheets/${batch.id}.jpg`;
  link.target = "_blank";
  line.append(element("span"), progress, link);
  return line;
}

function showBatch(line, batch) {
  const [text, progress, link] = line.children;
  const failed = batch.dead > 0 ? `, ${batch.dead} could not be made` : "";
  text.textContent = `Proofs of ${batch.about}: ${batch.ended} of ${batch.total} ended${failed}, ${batch.state.replace("-", " ")}. `;
  progress.max = Math.max(1, batch.total);
  progress.value = batch.ended;
  link.hidden = !batch.sheet;
}

function cleanUpText(cleanUp) {
  if (!cleanUp) return "The clean-up is not registered yet.";
  const next = cleanUp.paused ? "paused" : cleanUp.nextInMillis > 0 ? `the next tick is in ${Math.ceil(cleanUp.nextInMillis / 1000)} s` : "a tick is due";
  const runs = cleanUp.runs === 0 ? "it has not run yet" : `it ran ${times(cleanUp.runs)}`;
  return `Clean-up (${cleanUp.schedule}): ${next}; ${runs}.`;
}

function archiveText(archive) {
  const there = archive.bytes > 0 ? `It has ${Math.max(1, Math.round(archive.bytes / 1000))} kB.` : "There is none now.";
  if (archive.ordered === 0) return `Archive: not ordered yet. ${there} `;
  const refused = archive.refused > 0 ? `; ${times(archive.refused)} it added no job, for one was there already` : "";
  return `Archive: ordered ${times(archive.ordered)}${refused}. ${there} `;
}

function printerText(printer) {
  return printer
    ? `Printer: ${printer.running} of ${printer.concurrent} permits taken; at most ${printer.rate} jobs begin in ${printer.perMillis / 1000} s.`
    : "The printer has no limit.";
}

function show(view) {
  match($("batch-list"), view.batches, batch => batch.id, newBatch, showBatch);
  $("clean-up").textContent = "cron" in view.missing ? "" : cleanUpText(view.cleanUp);
  $("archive-text").textContent = archiveText(view.archive);
  $("archive-file").hidden = view.archive.bytes === 0;
  $("printer").textContent = "limits" in view.missing ? "" : printerText(view.printer);
  match($("missing-list"), Object.entries(view.missing), ([name]) => name, ([name]) => element("li", NAMES[name] ?? name),
    (line, [name, why]) => { line.textContent = `${NAMES[name] ?? name} are not there. ${why}`; });
}

async function order() {
  const answer = await call("workings/archive", { method: "POST" });
  return [answer.outcome === "ADDED" ? "The archive will be packed."
    : `The archive is ordered already: nothing was added, job ${answer.job} will pack it.`];
}

async function keepLooking() {
  for (;;) {
    try {
      show(await call("workings", { cache: "no-store", signal: AbortSignal.timeout(PATIENCE_MS) }));
      outage("workings", "");
    } catch (e) {
      outage("workings", `Batches, the clean-up and the limit are as they were: ${e.message}`);
    }
    await new Promise(go => setTimeout(go, ASK_MS));
  }
}

$("pack").addEventListener("click", event => act(event.currentTarget, order));
keepLooking();
