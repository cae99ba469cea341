// What the editor needs once somebody works in it: searching, and completing words and brackets. Loaded when it is first focused.
import {
  autocompletion,
  closeBrackets,
  closeBracketsKeymap,
  completionKeymap,
  type CompletionSource,
} from "@codemirror/autocomplete";
import { highlightSelectionMatches, openSearchPanel, search, searchKeymap } from "@codemirror/search";
import type { Extension } from "@codemirror/state";
import { keymap } from "@codemirror/view";

export { openSearchPanel };

/** Searching, and completing what `complete` offers. */
export function more(complete: CompletionSource): Extension {
  return [
    closeBrackets(),
    autocompletion({ override: [complete] }),
    highlightSelectionMatches(),
    search({ top: false }),
    keymap.of([...closeBracketsKeymap, ...searchKeymap, ...completionKeymap]),
  ];
}
