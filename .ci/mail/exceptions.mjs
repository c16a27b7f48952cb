// What the outside lints say of our mail and why it stays as it is. An exception without a case is a fault too.

/** html-validate: the rule, and what its sentence must hold. */
export const html = [
  {
    rule: "no-inline-style",
    why: "Gmail's app and webmail on a phone drop <style>, and forwards lose it: mail carries its look on each element.",
  },
  {
    rule: "no-conditional-comment",
    why: "Outlook for Windows lays out by Word, which knows no max-width: the tables for it stand in [if mso] comments.",
  },
  {
    rule: "no-deprecated-attr",
    says: /^Attribute "(bgcolor|align|valign|width|height|cellpadding|cellspacing|border)" is deprecated/,
    why: "Outlook for Windows takes colours, sizes and gaps of tables from attributes, and from no style.",
  },
  {
    rule: "prefer-tbody",
    why: "It adds a level to each of some thirty tables, and no client asks for it; Gmail counts every byte.",
  },
  {
    rule: "prefer-native-element",
    says: /native <article>/,
    why: "Clients that replace <body> by a <div> and drop <article> keep role=article, lang and dir on a <div>.",
  },
];

/** caniemail: features that some of the clients below lack, by its own names. */
export const features = {
  "text-decoration-thickness": "Adorns underlines; without it they have the usual thickness.",
  "text-decoration-color": "Adorns underlines; without it they have the colour of the text.",
  "text-decoration": "Underlines links; ProtonMail on iOS draws its own lines under them.",
  "overflow-wrap": "Breaks words of 90 letters; word-break stands beside it for who lacks one of the two.",
  "word-break": "Breaks words of 90 letters; overflow-wrap stands beside it for who lacks one of the two.",
  ":hover": "Adorns links under a mouse; what is underlined stays so.",
  "Attribute selector": "Of head.css: [data-ogsc] for Outlook's dark mode, which has it; others pass over the rule.",
  "Type selector": "Of head.css: what it says of dark mode and phones is said for large screens on the elements.",
  "Class selector": "Of head.css, as above.",
  "Descendant combinator": "Of head.css, as above.",
  "@media": "Of head.css: dark mode and phones. Without it the layout is fluid by itself, down to 320 px.",
  "<style> element": "Of head.css. Without it everything needed stands on the elements.",
  "display:none": "Hides the preheader; font-size, max-height and opacity do so where it is dropped.",
  "aria-label attribute": "Tells “Google” of one event from that of another; without it the words of the link are read.",
  "role attribute": "role=presentation: without it a reader announces a table, and still reads it in the right order.",
  "overflow": "Of the hidden preheader; max-height and mso-hide do it in Outlook.",
  "white-space": "Of the hidden filler behind the preheader, and of times that should not break.",
  "<body> element": "Becomes a <div>; its colours and direction stand on its child too.",
  "height property": "Of spacers; height as an attribute stands beside it.",
};

/** Clients that are asked about. Thunderbird is not: the data has gaps there that end the program. */
export const clients = [
  "apple-mail.*",
  "gmail.*",
  "outlook.*",
  "yahoo.*",
  "aol.*",
  "samsung-email.*",
  "protonmail.*",
  "fastmail.*",
];
