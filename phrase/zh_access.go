package phrase

// zhAccess are the sentences of its room.
var zhAccess = map[string]string{}
