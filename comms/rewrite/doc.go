// Package rewrite changes single things in a plan's YAML files. Everything
// else stays as people wrote it, byte for byte: comments, order, layout. Only
// line ends are made the same.
//
// It finds its way with the parsed tree and cuts in the text: a change of one
// value touches the lines of that value, an entry that goes takes the comment
// right above it along. It knows YAML and nothing of plans; whoever calls it
// reads the result as a plan.
//
// Merge joins what two people made of the same files, thing by thing: a key, an
// entry, a field in braces, each with the comments above it.
package rewrite
