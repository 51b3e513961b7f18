// Package door is what every request passes before anything else: is the
// address ours, who asks, in which language, and how a refusal is told.
//
// [Guard] lets nothing through without a key except the paths of one listed
// table ([Open]); pages get a redirect to the login instead of an error. Keys
// come as bearer tokens, or as the cookie of a login, which is good for
// requests of our own pages only.
//
// It decides who asks; what they may do is trust/access's to decide, asked by
// each route.
package door
