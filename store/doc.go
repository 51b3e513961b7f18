// Package store keeps a hall: records in SQLite, long bytes as sealed files.
//
// One folder holds it all: hall.db (write-ahead log, full sync) and
// blobs/PROJECT/aa/DIGEST. What a method wrote is on disk when it returns;
// writers that arrive together share one sync (see writer.go).
//
// Every record carries its project. A table's plain columns are only what is
// searched by: ids, projects, names, kinds, states, versions, keyed digests,
// times and counters. The record itself is one sealed column, bound to its
// table, project and id, so the columns are an index and the sealed body is
// the truth. A project's key stands in project_keys, wrapped by the master key;
// deleting it is what deletes the project.
//
// It refuses a database of a newer schema and a master key that is not the
// database's, before it has written a byte; and to keep a secret in plain text:
// API keys and tokens are stored as keyed hashes.
//
// A new column or table is a new file in migrations with the next number; the
// dump of each past schema stays in testdata and must go on opening. Another
// database satisfies the same interfaces (stores.go of package datahall) and
// runs the same suite (store/storetest).
package store
