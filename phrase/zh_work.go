package phrase

// zhWork are the sentences of its room.
var zhWork = map[string]string{}
