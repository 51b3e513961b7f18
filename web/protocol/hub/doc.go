// Package hub fetches repositories from the Hugging Face hub, or from whatever
// speaks its two routes: the listing of a revision
// (/api/models/REPO/revision/REV?blobs=true) and its files
// (/REPO/resolve/COMMIT/FILE). https://huggingface.co/docs/hub/api
//
// A pull is pinned to the commit that the listing names. Files go into partial
// files that a later pull goes on with; each is checked against its digest,
// SHA-256 for those in LFS, git's SHA-1 of a blob for the others, before it
// counts. A connection that is cut, or silent for too long, is made anew and
// goes on where it ended; only when several in a row bring nothing is that an error.
//
// It refuses file names that lead outside of the repository, files longer than
// the listing says, files without a digest, repositories over the limit, and
// redirects from https to http. The token goes to the hub's own host and to no
// other one that it redirects to.
//
// To speak to another registry: a package beside this one that gives a
// Snapshot and fetches its files.
package hub
