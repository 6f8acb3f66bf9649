/** Text with holes: a template literal of arbitraries is an arbitrary of texts. */

import fc from 'fast-check';

export type Text = fc.Arbitrary<string>;

/** phrase`ip saddr ${addresses}`: a string stands for itself. */
export function phrase(parts: TemplateStringsArray, ...holes: readonly (Text | string)[]): Text {
  const arbitraries = holes.map((hole) => (typeof hole === 'string' ? fc.constant(hole) : hole));
  return fc
    .tuple(...arbitraries)
    .map((texts) => parts.map((part, index) => part + (texts[index] ?? '')).join(''));
}

export const word = (...words: readonly string[]): Text => fc.constantFrom(...words);

/** One to `most` different ones, with commas between. */
export function several(each: Text, most = 4): Text {
  return fc.uniqueArray(each, { minLength: 1, maxLength: most }).map((texts) => texts.join(', '));
}

/** Elements of a map: different keys, each with a value. */
export function pairs(key: Text, value: Text, most = 4): Text {
  return fc
    .uniqueArray(fc.tuple(key, value), {
      minLength: 1,
      maxLength: most,
      selector: ([first]) => first,
    })
    .map((entries) => entries.map(([first, second]) => `${first} : ${second}`).join(', '));
}

/** A set or object that the table must declare; `renderTable` gives it a name and moves the body there. */
export function declared(kind: string, body: Text): Text {
  return body.map((text) => `⟦${kind}|${text}⟧`);
}

/** The declarations in a text, replaced by names. */
export function lifted(text: string, taken: Map<string, string>): string {
  return text.replace(/⟦([a-z ]+)\|([^⟧]*)⟧/g, (_, kind: string, body: string) => {
    const declaration = `${kind} N { ${body}\n  }`;
    const name = taken.get(declaration) ?? `${kind.at(0)}${taken.size}`;
    taken.set(declaration, name);
    return name;
  });
}
