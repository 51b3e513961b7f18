package phrase

// zhData are the sentences of its room.
var zhData = map[string]string{}
