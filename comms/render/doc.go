// Package render turns a draft and a plan into the message that would go out:
// every language and every form.
//
// A template's words know {slot} and {slot?} and nothing else. A body is
// Markdown; it is parsed once, with its slots as nodes of their own, and cut
// down to paragraphs, headings, lists, strong, emphasis and links to absolute
// addresses. What people type takes the place of those nodes afterwards and is
// never read as Markdown or HTML. From that one tree both the HTML and the
// text of mails are written, so that they say the same words. The other forms
// are plain text with slots.
//
// Sentences belong to the template. Where one has an empty {slot?}, all of it
// disappears, with the bold lead-in before it; a paragraph, list or heading
// that has nothing left goes as well. An empty {slot} stays as {slot}. A slot
// that the plan declares as required stays too, even where the words mark it
// with a question mark.
//
// The package reads no clock and no file, and draws on no order of maps: equal
// arguments give equal messages.
package render
