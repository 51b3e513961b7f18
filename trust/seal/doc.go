// Package seal keeps secrets secret: keys, small sealed values, sealed streams
// and API keys.
//
// There is one way to do each thing. A [MasterKey] stands in a file of the
// owner and wraps the keys of projects; every other key is derived from those
// by purpose ([Key.Derive]). A [Box] seals small values (a column of a row) with
// XChaCha20-Poly1305 and binds them to their place. A [Writer] seals what is
// long in chunks of 64 KiB that can be opened one by one ([OpenReaderAt]), by
// the STREAM construction (Hoang, Reyhanitabar, Rogaway, Vizár: Online
// Authenticated-Encryption and its Nonce-Reuse Misuse-Resistance, 2015) over
// AES-256-GCM under a key of its own for every stream.
//
// It refuses: anything with a changed, missing, added or moved bit; a value in
// another place than it was sealed for; a key other than the one it was sealed
// with; to print a key. It offers no choice of algorithm, no nonce and no
// unauthenticated reading. Losing a key loses what it seals, on purpose: that
// is how a deleted project is gone from old backups too.
//
// To change a format, give it the next version, write only that one, keep
// reading the old ones, and leave their fixtures in testdata where they are.
package seal
