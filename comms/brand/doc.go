// Package brand judges what makes a page the company's own: its logo and its
// accent colour.
//
// Both come from outside and are shown to everybody, so that neither is taken
// as it is. A colour must be readable on every ground of the page, light and
// dark; one that is not is refused with the nearest that is. A picture is read
// no further than its head before its size is known, loses what is no pixel
// (places, cameras, comments), and is decoded once to the end, so that what is
// signed and shown is a picture and nothing else.
package brand
