// The manifest editor: CodeMirror 6 behind a handle of plain functions, so that the page in Wasm never sees CodeMirror's types.
//
// It lives in a shadow root. There CodeMirror adopts constructed style sheets, while in the document it would insert <style>
// elements, which the page's content security policy refuses. Custom properties reach through, so the tokens still colour it.

import type { Completion, CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import {
  HighlightStyle,
  bracketMatching,
  foldGutter,
  foldKeymap,
  indentOnInput,
  indentUnit,
  syntaxHighlighting,
  syntaxTree,
} from "@codemirror/language";
import { type Diagnostic, lintGutter, lintKeymap, setDiagnostics } from "@codemirror/lint";
import {
  Compartment,
  EditorState,
  type Extension,
  Prec,
  RangeSetBuilder,
  StateEffect,
  StateField,
  type Text,
} from "@codemirror/state";
import {
  Decoration,
  type DecorationSet,
  EditorView,
  ViewPlugin,
  type ViewUpdate,
  drawSelection,
  highlightActiveLine,
  highlightActiveLineGutter,
  highlightSpecialChars,
  keymap,
  lineNumbers,
} from "@codemirror/view";
import { tags } from "@lezer/highlight";

/** A place in the text: both count from 1, and a column counts characters (Unicode code points), as the core's decoder does. */
export interface Position {
  line: number;
  column: number;
}

/** One problem to underline, with an optional text that would replace the underlined one. */
export interface Problem {
  from: Position;
  to: Position;
  message: string;
  severity: "error" | "warning" | "info" | "hint";
  fix?: { label: string; text: string };
}

/** What can be completed: `from` is the column (from 1) where the text to be replaced begins. */
export interface Completions {
  from: number;
  options: Completion[];
}

/** Asked with the cursor's place and the whole text; `null` where nothing is to be offered. */
export type Completer = (line: number, column: number, text: string) => Completions | null;

/** What the page hands in. `labels` translates CodeMirror's own phrases, and `labels.editor` names the field for screen readers. */
export interface EditorOptions {
  doc?: string;
  onChange?: (text: string) => void;
  onApply?: () => void;
  dark?: boolean;
  labels?: Record<string, string>;
}

/** What the page gets back. */
export interface EditorHandle {
  getText(): string;
  /** Replaces the text and forgets the undo history and the problems: it is another document now. Does not call `onChange`. */
  setText(text: string): void;
  setProblems(problems: Problem[]): void;
  /** Marks a line (from 1) and scrolls to it, or takes the mark away; neither moves the cursor nor takes the focus. */
  highlightLine(line: number | null): void;
  focus(): void;
  setDark(dark: boolean): void;
  setCompletion(completer: Completer | null): void;
  destroy(): void;
}

const markLine = StateEffect.define<number | null>();
const lineMark = Decoration.line({ class: "cm-marked-line" });
const markedLine = StateField.define<DecorationSet>({
  create: () => Decoration.none,
  update(marks, transaction) {
    for (const effect of transaction.effects) {
      if (!effect.is(markLine)) continue;
      const { doc } = transaction.state;
      return effect.value === null || effect.value < 1 || effect.value > doc.lines
        ? Decoration.none
        : Decoration.set(lineMark.range(doc.line(effect.value).from));
    }
    return marks.map(transaction.changes);
  },
  provide: (field) => EditorView.decorations.from(field),
});

/** From a place counted in characters to CodeMirror's offset, which counts UTF-16 units; places outside the text are moved into it. */
function offsetOf(doc: Text, { line, column }: Position): number {
  const at = doc.line(Math.min(Math.max(line, 1), doc.lines));
  let units = 0;
  let characters = 1;
  for (const character of at.text) {
    if (characters >= column) break;
    units += character.length;
    characters += 1;
  }
  return at.from + units;
}

/** The way back: the column, in characters from 1, of an offset. */
function columnOf(doc: Text, offset: number): number {
  const line = doc.lineAt(offset);
  return [...line.text.slice(0, offset - line.from)].length + 1;
}

// The YAML grammar knows only words, so what YAML reads as a number, a truth value or nothing is told apart here.
const notText = /^(?:[-+]?(?:\d[\d_]*(?:\.\d*)?(?:[eE][-+]?\d+)?|0x[\da-fA-F]+|0o?[0-7]+|\.inf)|true|false|null|~)$/i;
const valueMark = Decoration.mark({ class: "cm-value" });
const values = ViewPlugin.fromClass(
  class {
    decorations: DecorationSet;
    constructor(view: EditorView) {
      this.decorations = this.find(view);
    }
    update(update: ViewUpdate) {
      if (update.docChanged || update.viewportChanged || syntaxTree(update.startState) !== syntaxTree(update.state)) {
        this.decorations = this.find(update.view);
      }
    }
    find(view: EditorView): DecorationSet {
      const found = new RangeSetBuilder<Decoration>();
      for (const { from, to } of view.visibleRanges) {
        syntaxTree(view.state).iterate({
          from,
          to,
          enter: ({ name, node }) => {
            if (name !== "Literal" || node.parent?.name === "Key" || node.to - node.from > 24) return;
            if (notText.test(view.state.sliceDoc(node.from, node.to))) found.add(node.from, node.to, valueMark);
          },
        });
      }
      return found.finish();
    }
  },
  { decorations: (plugin) => plugin.decorations },
);

const severity = (name: string) => `var(--${name === "error" ? "crash" : name === "warning" ? "not-ready" : "starting"})`;

/** A problem's underline and its mark in the gutter: a colour and, since no state is told by colour alone, a shape. */
function severityTheme(name: string, shape: string) {
  return {
    [`.cm-lintRange-${name}`]: {
      backgroundImage: "none",
      textDecoration: `underline wavy ${severity(name)} 1px`,
      textDecorationSkipInk: "none",
      textUnderlineOffset: "3px",
    },
    [`.cm-lint-marker-${name}`]: { content: "none" },
    [`.cm-lint-marker-${name}::before`]: { content: `"${shape}"`, color: severity(name), fontWeight: "600" },
    [`.cm-diagnostic-${name}`]: { borderLeft: `3px solid ${severity(name)}` },
  };
}

const look = EditorView.theme({
  "&": { height: "100%", color: "var(--ink-1)", backgroundColor: "var(--panel)", fontSize: "var(--text-2)" },
  "&.cm-focused": { outline: "none" },
  ".cm-scroller": { fontFamily: "var(--mono)", lineHeight: "var(--leading-2)", overflow: "auto" },
  ".cm-content": { caretColor: "var(--accent)", padding: "var(--space-2) 0" },
  ".cm-cursor, .cm-dropCursor": { borderLeftColor: "var(--accent)", borderLeftWidth: "2px" },
  "&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground": {
    backgroundColor: "color-mix(in srgb, var(--accent) 28%, transparent)",
  },
  ".cm-activeLine": { backgroundColor: "color-mix(in srgb, var(--ink-2) 8%, transparent)" },
  ".cm-activeLineGutter": { backgroundColor: "transparent", color: "var(--ink-1)" },
  ".cm-value, .cm-value *": { color: "var(--leaving-ink)" },
  ".cm-marked-line": { backgroundColor: "var(--accent-soft)", boxShadow: "inset 2px 0 var(--accent)" },
  ".cm-gutters": { backgroundColor: "var(--panel)", color: "var(--ink-2)", border: "none" },
  ".cm-gutter-lint": { width: "1.2em" },
  ".cm-foldPlaceholder": {
    backgroundColor: "var(--well)",
    border: "1px solid var(--line)",
    borderRadius: "var(--radius-1)",
    color: "var(--ink-2)",
    padding: "0 var(--space-1)",
  },
  ".cm-matchingBracket, &.cm-focused .cm-matchingBracket": {
    backgroundColor: "color-mix(in srgb, var(--accent) 18%, transparent)",
  },
  ".cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket": { backgroundColor: "var(--crash-soft)" },
  ".cm-searchMatch": { backgroundColor: "var(--not-ready-soft)", outline: "1px solid var(--not-ready)" },
  ".cm-searchMatch-selected": { backgroundColor: "var(--accent-soft)", outline: "1px solid var(--accent)" },
  ".cm-selectionMatch": { backgroundColor: "color-mix(in srgb, var(--ready) 18%, transparent)" },
  ".cm-panels": { backgroundColor: "var(--well)", color: "var(--ink-1)", fontFamily: "var(--sans)" },
  ".cm-panels.cm-panels-bottom": { borderTop: "1px solid var(--line)" },
  ".cm-panel.cm-search": { padding: "var(--space-2) var(--space-6) var(--space-2) var(--space-2)" },
  ".cm-panel.cm-search label": { fontSize: "inherit" },
  ".cm-panel.cm-search [name=close]": { color: "var(--ink-2)", fontSize: "var(--text-3)" },
  ".cm-textfield": {
    backgroundColor: "var(--panel)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius-1)",
    color: "var(--ink-1)",
    font: "inherit",
  },
  ".cm-button": {
    backgroundImage: "none",
    backgroundColor: "var(--panel)",
    border: "1px solid var(--line-strong)",
    borderRadius: "var(--radius-1)",
    color: "var(--ink-1)",
    font: "inherit",
  },
  ".cm-tooltip": {
    backgroundColor: "var(--panel)",
    border: "1px solid var(--line)",
    borderRadius: "var(--radius-2)",
    boxShadow: "var(--shadow-2)",
    color: "var(--ink-1)",
    fontFamily: "var(--sans)",
    maxWidth: "min(480px, 90vw)",
    overflow: "hidden",
  },
  ".cm-diagnostic": { padding: "var(--space-2) var(--space-3)", whiteSpace: "pre-wrap" },
  ".cm-diagnosticAction": {
    backgroundColor: "var(--accent)",
    borderRadius: "var(--radius-1)",
    color: "var(--on-accent)",
    cursor: "pointer",
    font: "inherit",
    marginLeft: "var(--space-2)",
    padding: "0 var(--space-2)",
  },
  ".cm-tooltip-autocomplete > ul": { fontFamily: "var(--mono)" },
  ".cm-tooltip-autocomplete > ul > li[aria-selected]": { backgroundColor: "var(--accent)", color: "var(--on-accent)" },
  ".cm-completionDetail": { color: "inherit", fontStyle: "normal", marginLeft: "var(--space-3)" },
  ".cm-completionInfo": { padding: "var(--space-2) var(--space-3)" },
  ...severityTheme("error", "✕"),
  ...severityTheme("warning", "▲"),
  ...severityTheme("info", "●"),
  ...severityTheme("hint", "○"),
});

const colours = HighlightStyle.define([
  { tag: [tags.propertyName, tags.definition(tags.propertyName)], color: "var(--accent-ink)" },
  { tag: [tags.string, tags.content, tags.attributeValue], color: "var(--ready-ink)" },
  { tag: [tags.labelName, tags.typeName, tags.meta], color: "var(--not-ready-ink)" },
  { tag: [tags.comment, tags.lineComment], color: "var(--ink-2)", fontStyle: "italic" },
  { tag: [tags.punctuation, tags.separator, tags.squareBracket, tags.brace], color: "var(--ink-2)" },
  { tag: tags.invalid, color: "var(--crash-ink)" },
]);

const hostSheet = ":host { display: block; height: 100%; min-width: 0; } *, ::before, ::after { box-sizing: border-box; }";

/** Puts an editor into `parent`, which decides its size. */
export function createEditor(parent: HTMLElement, options: EditorOptions = {}): EditorHandle {
  const host = document.createElement("div");
  host.className = "editor-host";
  const root = host.attachShadow({ mode: "open" });
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(hostSheet);
  root.adoptedStyleSheets = [sheet];
  parent.append(host);

  const labels = options.labels ?? {};
  const scheme = new Compartment();
  const language = new Compartment();
  let dark = options.dark ?? false;
  let completer: Completer | null = null;

  function complete(context: CompletionContext): CompletionResult | null {
    if (!completer) return null;
    const { doc } = context.state;
    const line = doc.lineAt(context.pos);
    const found = completer(line.number, columnOf(doc, context.pos), doc.toString());
    if (!found || found.options.length === 0) return null;
    return { from: offsetOf(doc, { line: line.number, column: found.from }), options: found.options, filter: true };
  }

  const apply = () => {
    options.onApply?.();
    return true;
  };

  // Searching and completing come when somebody begins to work here; until then, Mod-f brings them.
  const working = new Compartment();
  let extra: Extension = [];
  let asked: Promise<typeof import("./editor-more")> | undefined;
  function begin(): Promise<typeof import("./editor-more")> {
    asked ??= import("./editor-more").then(
      (loaded) => {
        extra = loaded.more(complete);
        view.dispatch({ effects: working.reconfigure(extra) });
        return loaded;
      },
      (error) => {
        // A network may come back.
        asked = undefined;
        throw error;
      },
    );
    return asked;
  }
  const find = () => {
    begin().then(
      (loaded) => loaded.openSearchPanel(view),
      () => undefined,
    );
    return true;
  };

  const theme = (): Extension => EditorView.theme({}, { dark });

  /** `plain` has no colours yet. */
  function stateOf(doc: string, plain = false): EditorState {
    return EditorState.create({
      doc,
      extensions: [
        // Above the default keymap, which breaks the line at Mod-Enter. Ctrl too, where Mod is another key.
        Prec.highest(
          keymap.of([
            { key: "Mod-Enter", run: apply },
            { key: "Ctrl-Enter", run: apply },
          ]),
        ),
        lineNumbers(),
        highlightActiveLineGutter(),
        highlightSpecialChars(),
        history(),
        foldGutter(),
        lintGutter(),
        drawSelection(),
        indentUnit.of("  "),
        indentOnInput(),
        bracketMatching(),
        working.of(extra),
        highlightActiveLine(),
        // Tab indents; Escape and then Tab leaves the editor, which CodeMirror does by itself.
        keymap.of([
          ...defaultKeymap,
          ...historyKeymap,
          ...foldKeymap,
          ...lintKeymap,
          { key: "Mod-f", run: find },
          indentWithTab,
        ]),
        language.of(plain ? [] : yaml()),
        syntaxHighlighting(colours),
        values,
        markedLine,
        look,
        scheme.of(theme()),
        EditorState.phrases.of(labels),
        EditorState.tabSize.of(2),
        EditorView.contentAttributes.of({ "aria-label": labels.editor ?? "Manifest", spellcheck: "false", tabindex: "0" }),
        EditorView.updateListener.of((update) => {
          if (update.docChanged) options.onChange?.(update.state.doc.toString());
        }),
      ],
    });
  }

  // Reading the first text takes about as long as building the editor: the browser has its turn between the two.
  const view = new EditorView({ state: stateOf(options.doc ?? "", true), parent: root, root });
  host.addEventListener("focusin", () => begin().catch(() => undefined), { once: true });
  const colouring = setTimeout(() => view.dispatch({ effects: language.reconfigure(yaml()) }));

  function diagnosticOf(problem: Problem): Diagnostic {
    const { doc } = view.state;
    const from = offsetOf(doc, problem.from);
    const to = Math.max(from, offsetOf(doc, problem.to));
    const { fix } = problem;
    return {
      from,
      to,
      severity: problem.severity,
      message: problem.message,
      actions: fix
        ? [{ name: fix.label, apply: (editor, start, end) => editor.dispatch({ changes: { from: start, to: end, insert: fix.text } }) }]
        : [],
    };
  }

  return {
    getText: () => view.state.doc.toString(),
    setText: (text) => view.setState(stateOf(text)),
    setProblems: (problems) => view.dispatch(setDiagnostics(view.state, problems.map(diagnosticOf))),
    highlightLine(line) {
      const { doc } = view.state;
      const shown = line !== null && line >= 1 && line <= doc.lines;
      view.dispatch({
        effects: [
          markLine.of(line),
          ...(shown ? [EditorView.scrollIntoView(doc.line(line).from, { y: "nearest", yMargin: 40 })] : []),
        ],
      });
    },
    focus: () => view.focus(),
    setDark(value) {
      dark = value;
      view.dispatch({ effects: scheme.reconfigure(theme()) });
    },
    setCompletion(value) {
      completer = value;
    },
    destroy() {
      clearTimeout(colouring);
      view.destroy();
      host.remove();
    },
  };
}
