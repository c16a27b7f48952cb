// node lint.mjs FOLDER: html-validate and caniemail over each *.html; exit 1 where they find what exceptions.mjs lacks.
import fs from "node:fs";
import path from "node:path";
import { caniemail } from "caniemail";
import { HtmlValidate } from "html-validate";
import { clients, features, html } from "./exceptions.mjs";

const folder = process.argv[2];
const files = fs.readdirSync(folder).filter((name) => name.endsWith(".html")).sort();
if (!files.length) throw new Error(`There is no .html in ${folder}.`);

const validator = new HtmlValidate({
  root: true,
  extends: ["html-validate:recommended", "html-validate:document", "html-validate:a11y"],
});
const used = new Set();
let found = 0;
const tell = (what) => {
  found += 1;
  if (found <= 50) console.log(what);
};

for (const name of files) {
  const text = fs.readFileSync(path.join(folder, name), "utf8");
  const report = await validator.validateString(text);
  for (const one of report.results.flatMap((result) => result.messages)) {
    const known = html.find((each) => each.rule === one.ruleId && (!each.says || each.says.test(one.message)));
    if (known) used.add(known);
    else tell(`${name}:${one.line}: ${one.message} (html-validate: ${one.ruleId})`);
  }
  const told = new Set();
  for (const [client, issues] of caniemail({ clients, html: text }).issues.errors) {
    for (const { title } of issues) {
      if (title in features) used.add(title);
      else if (!told.has(`${title} ${client}`)) tell(`${name}: ${title} is not known to ${client} (caniemail)`);
      told.add(`${title} ${client}`);
    }
  }
}
for (const one of html.filter((each) => !used.has(each))) tell(`exceptions.mjs: nothing needs ${one.rule} any more`);
for (const one of Object.keys(features).filter((each) => !used.has(each))) {
  tell(`exceptions.mjs: nothing needs “${one}” any more`);
}
console.log(found ? `${found} faults in ${files.length} documents.` : `${files.length} documents, no fault.`);
process.exit(found ? 1 : 0);
