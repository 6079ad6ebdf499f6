// Package backup writes an installation into one file and puts it back, on the
// same machine or another, on the same kind of database or the other.
//
// The file is JSON lines (one value a line, UTF-8) compressed with gzip (RFC
// 1952): a header, the small files of the installation's folder, the rows of
// each table after a line that names its columns, and an end that counts the
// lines and carries the SHA-256 of everything before it. A file that was cut
// short or changed is refused before anything of it can be used.
package backup
