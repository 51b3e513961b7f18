package phrase

// zhClient are the sentences of its room.
var zhClient = map[string]string{}
