// Package plan reads and judges communications plans: what was agreed while
// things were calm about who says what, when, in which words and with whose
// signature.
//
// A plan is a folder of YAML files that people who are not engineers write.
// It comes in as comms.PlanFile values, because a plan is signed as its files
// stand; this package touches no file system but an fs.FS that it is given.
//
//	files ─ Load ─► []comms.PlanFile ─ Read ─► *Plan          what the program works with
//	                                 └ Check ► Problems       what will go wrong in an incident
//	(in force, proposed) ─ Changed ─► parts, and so the quorum that signs
//	                     └ Diff ────► lines for those who sign
//
// Read refuses what the program could not work with, all mistakes at once,
// each with file, line, column and fix. It is strict about YAML: no anchors,
// aliases, merge keys, tags, tabs, keys that stand twice or second documents,
// so that what people read is what is signed. Check adds what is readable but
// unwise. A plan that was once accepted must stay readable by later versions,
// so new judgements belong to Check.
package plan
