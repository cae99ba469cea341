// The page's texts: Fluent files of the reader's language, formatted here because Fluent in JavaScript weighs 4 KiB and in Wasm 60.
// The page in Wasm calls `podariumTexts.format`; it never sees Fluent's types.
import { FluentBundle, FluentResource } from "@fluent/bundle";

/** Languages that www/assets.mjs wrote into `texts/`; the first is the one that every message exists in. */
declare const LANGUAGES: string[];

/** What the page in Wasm calls. */
export interface Texts {
  /** The language of most messages, for `<html lang>` and number formats. */
  language: string;
  /** The sentence of `message` or `message.attribute`, or nothing where no language has it. */
  format(id: string, args: Record<string, string | number>): string | undefined;
}

/** The best language that exists for the reader's wishes: exact first, then of the same language, else the first. */
function choose(wishes: readonly string[]): string {
  for (const wish of wishes) {
    const exact = LANGUAGES.find((language) => language.toLowerCase() === wish.toLowerCase());
    if (exact) return exact;
    const near = LANGUAGES.find((language) => language.split("-")[0] === wish.toLowerCase().split("-")[0]);
    if (near) return near;
  }
  return LANGUAGES[0]!;
}

async function load(language: string): Promise<FluentBundle> {
  const answer = await fetch(new URL(`texts/${language}.ftl`, document.baseURI));
  if (!answer.ok) throw new Error(`texts/${language}.ftl: ${answer.status}`);
  // Isolation marks around values would show in the canvas and in copied text; the page's values are names and numbers.
  const bundle = new FluentBundle(language, { useIsolating: false });
  const errors = bundle.addResource(new FluentResource(await answer.text()));
  for (const error of errors) console.error(error);
  return bundle;
}

/** Loads the reader's language, and the first one for messages that it lacks. */
export async function loadTexts(): Promise<Texts> {
  const language = choose(navigator.languages);
  const names = language === LANGUAGES[0] ? [language] : [language, LANGUAGES[0]!];
  const arriving = Promise.all(names.map(load));
  // The first number that is written loads the browser's tables of numbers and plurals: now, while the module is on its way.
  new Intl.NumberFormat(language).format(1);
  new Intl.PluralRules(language).select(1);
  const bundles = await arriving;
  return {
    language,
    format(id, args) {
      const [message = "", attribute] = id.split(".");
      for (const bundle of bundles) {
        const found = bundle.getMessage(message);
        const pattern = attribute ? found?.attributes[attribute] : found?.value;
        if (!pattern) continue;
        const errors: Error[] = [];
        const text = bundle.formatPattern(pattern, args, errors);
        for (const error of errors) console.error(`${id}: ${error.message}`);
        return text;
      }
      return undefined;
    },
  };
}
