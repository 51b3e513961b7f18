package phrase

// zhControl are the sentences of its room.
var zhControl = map[string]string{}
