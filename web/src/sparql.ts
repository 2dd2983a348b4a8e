/** Turns the plain SPARQL form into an editor. The form still posts, so results work the same with and without this. */

import { autocompletion, type CompletionContext, type CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap } from "@codemirror/commands";
import { bracketMatching, HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import { EditorState } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { tags } from "@lezer/highlight";
import { sparql } from "codemirror-lang-sparql";
import { ApiError, ask, problemIn } from "./api";
import { download } from "./files";
import { scrollThrough, type Packed } from "./table";

/** Colours that keep their contrast in light and dark; the variables are in site.css. */
const COLOURS = HighlightStyle.define([
  { tag: tags.keyword, color: "var(--accent)", fontWeight: "600" },
  { tag: [tags.string, tags.number], color: "var(--good)" },
  { tag: tags.variableName, color: "var(--ink)" },
  { tag: tags.comment, color: "var(--muted)", fontStyle: "italic" },
]);

interface Term {
  curie: string;
  label: string;
}

function completions(terms: Term[]) {
  return (context: CompletionContext): CompletionResult | null => {
    const word = context.matchBefore(/[A-Za-z][\w-]*:?[\w-]*/);
    if (!word || (word.from === word.to && !context.explicit)) return null;
    return { from: word.from, options: terms.map((term) => ({ label: term.curie, detail: term.label })), validFor: /^[\w:-]*$/ };
  };
}

/**
 * Typing over marked text. Left to the browser, it would keep the look of what it replaces in a style attribute, which the
 * policy of these pages refuses and logs. The editor may not have heard yet of what the page has just marked.
 */
const typeOver = EditorView.domEventHandlers({
  beforeinput(event, view) {
    if (event.inputType !== "insertText" || !event.data || event.isComposing) return false;
    if (view.state.selection.main.empty) takeUpMarked(view);
    if (view.state.selection.main.empty) return false;
    event.preventDefault();
    view.dispatch(view.state.replaceSelection(event.data), { userEvent: "input.type", scrollIntoView: true });
    return true;
  },
});

function takeUpMarked(view: EditorView): void {
  const marks = document.getSelection();
  if (!marks?.rangeCount || marks.isCollapsed) return;
  const { startContainer, startOffset, endContainer, endOffset } = marks.getRangeAt(0);
  if (!view.contentDOM.contains(startContainer) || !view.contentDOM.contains(endContainer)) return;
  const [anchor, head] = [view.posAtDOM(startContainer, startOffset), view.posAtDOM(endContainer, endOffset)];
  view.dispatch({ selection: { anchor, head } });
}

/** A file of the answer instead of the page: this page stays, tells how long it takes, and what went wrong. */
async function save(form: HTMLFormElement, format: string): Promise<void> {
  form.querySelector("[role=alert]")?.remove();
  const asked = new URLSearchParams([...new FormData(form)].map(([name, value]) => [name, String(value)]));
  let fault = "";
  try {
    const answer = await ask(`${form.action}?${asked.toString()}`, {});
    if (answer.ok) download(await answer.blob(), `answer.${format === "turtle" ? "ttl" : format}`);
    else fault = problemIn(await answer.json(), answer.status);
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    fault = error.message;
  }
  if (!fault) return;
  const told = document.createElement("p");
  told.className = "gap";
  told.setAttribute("role", "alert");
  told.textContent = fault;
  form.append(told);
}

document.querySelector<HTMLFormElement>("form:has(textarea[name=query])")?.addEventListener("submit", (event) => {
  const form = event.currentTarget as HTMLFormElement;
  const format = String(new FormData(form).get("format"));
  if (format === "html") return; // the answer is the next page
  event.preventDefault();
  void save(form, format);
});

const everyRow = document.querySelector("#all-rows");
const region = document.querySelector<HTMLElement>("#rows");
if (everyRow && region) {
  document.querySelector(".pager")?.remove();
  scrollThrough(region, JSON.parse(everyRow.textContent ?? "[]") as Packed);
}

const area = document.querySelector<HTMLTextAreaElement>("textarea[name=query]");
const vocabulary = document.querySelector<HTMLScriptElement>("#vocabulary");
if (area) {
  const terms = JSON.parse(vocabulary?.textContent ?? "[]") as Term[];
  const host = document.createElement("div");
  host.className = "editor";
  area.before(host);
  host.style.height = `${area.offsetHeight}px`; // what stands below stays where it is; the reader may draw it taller
  // Who writes already, before this script has come, goes on where they are.
  const isWriting = document.activeElement === area;
  const marked = { anchor: area.selectionStart, head: area.selectionEnd };
  area.hidden = true;
  // In a shadow root the editor uses constructed style sheets, which a strict style policy allows.
  const root = host.attachShadow({ mode: "open" });
  const editor = new EditorView({
    parent: root,
    root,
    state: EditorState.create({
      doc: area.value,
      ...(isWriting ? { selection: marked } : {}),
      extensions: [
        lineNumbers(), history(), bracketMatching(), sparql(), syntaxHighlighting(COLOURS),
        autocompletion({ override: [completions(terms)] }),
        keymap.of([{ key: "Mod-Enter", run: () => { area.form?.requestSubmit(); return true; } }, ...defaultKeymap, ...historyKeymap]),
        EditorView.lineWrapping, typeOver,
        EditorView.theme({
          "&": { height: "100%", backgroundColor: "var(--surface)", color: "var(--ink)", fontSize: "0.9rem" },
          ".cm-scroller": { overflow: "auto" },
          ".cm-content": { caretColor: "var(--ink)", fontFamily: "var(--mono)" },
          ".cm-gutters": { backgroundColor: "var(--ground)", color: "var(--muted)", border: "none" },
          "&.cm-focused": { outline: "2px solid var(--accent)" },
        }),
        EditorView.contentAttributes.of({ "aria-label": "SPARQL query", tabindex: "0" }),
        EditorView.updateListener.of((update) => { if (update.docChanged) area.value = update.state.doc.toString(); }),
      ],
    }),
  });
  if (isWriting) editor.focus();
  document.querySelectorAll<HTMLButtonElement>("[data-query]").forEach((example) => {
    example.hidden = false;
    example.addEventListener("click", () => {
      editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: example.dataset["query"] ?? "" } });
      editor.focus();
    });
  });
}
