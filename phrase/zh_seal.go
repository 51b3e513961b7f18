package phrase

// zhSeal are the sentences of its room.
var zhSeal = map[string]string{}
